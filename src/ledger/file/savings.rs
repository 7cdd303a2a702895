//! What the ledger spared its user.

use super::actor::FileLedger;
use crate::ledger::error::Result;
use crate::units::Credits;
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn add_savings(&self, numbers: usize) -> Result<()> {
        self.write(move |c| {
            let price: Option<u64> =
                c.query_row("SELECT min(price) FROM accounts", [], |row| row.get(0))?;
            let Some(price) = price else { return Ok(()) };
            let saved = saved(c)?.saturating_add(Credits(price).saturating_mul(numbers));
            c.execute(
                "INSERT INTO meta (name, value) VALUES ('saved', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [saved.0.to_string()],
            )
            .map(drop)
        })
        .await
    }
}

pub(super) fn saved(c: &Connection) -> rusqlite::Result<Credits> {
    let saved: Option<String> = c
        .query_row("SELECT value FROM meta WHERE name = 'saved'", [], |row| row.get(0))
        .optional()?;
    Ok(Credits(saved.and_then(|saved| saved.parse().ok()).unwrap_or(0)))
}
