//! Refreshes that are not finished.

use super::actor::FileLedger;
use super::moments;
use crate::ledger::error::Result;
use crate::ledger::types::{ListScope, Refresh};
use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn refresh_of(
        &self,
        list: ListScope,
        now: Moment,
    ) -> Result<Refresh> {
        self.read(move |c| {
            let began: Option<i64> = c
                .prepare_cached("SELECT began_at FROM refreshes WHERE scope = ?1")?
                .query_row([list.0], |row| row.get(0))
                .optional()?;
            Ok(match began {
                Some(began) => Refresh { since: Moment(began), is_continued: true },
                // After every answer on record, whatever the clock says.
                None => Refresh { since: moments::after_all(c, now)?, is_continued: false },
            })
        })
        .await
    }

    pub(in crate::ledger) async fn end_refresh(&self, list: ListScope) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("DELETE FROM refreshes WHERE scope = ?1")?.execute([list.0]).map(drop)
        })
        .await
    }
}

/// Begins a refresh with the claim of its first batch.
pub(super) fn begin(c: &Connection, list: ListScope, since: Moment) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO refreshes (scope, began_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?
    .execute((list.0, since.0))
    .map(drop)
}
