//! What the ledger spared its user.

use super::accounts;
use super::actor::FileLedger;
use super::moments;
use crate::ledger::error::Result;
use crate::ledger::types::Savings;
use crate::units::Credits;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn add_savings(&self, savings: Savings) -> Result<()> {
        self.write(move |c| {
            let Savings { numbers, account, label, now } = &savings;
            let price: Option<u64> =
                c.query_row("SELECT min(price) FROM accounts", [], |row| row.get(0))?;
            let Some(price) = price else { return Ok(()) };
            let account = account.map(|account| accounts::upsert(c, account)).transpose()?;
            let at = moments::recorded_at(c, *now)?;
            let credits = Credits(price).saturating_mul(*numbers);
            c.prepare_cached(
                "INSERT INTO savings (at, account, label, numbers, credits, host, username)
                 VALUES (?1, ?2, ?3, ?4, ?5, (SELECT host FROM runs WHERE id = ?6), (SELECT username FROM runs WHERE id = ?6))",
            )?
            .execute((at.0, account, label, numbers, credits.0, c.run))
            .map(drop)
        })
        .await
    }
}

pub(super) fn saved(c: &Connection) -> rusqlite::Result<Credits> {
    c.query_row("SELECT coalesce(sum(credits), 0) FROM savings", [], |row| row.get(0).map(Credits))
}
