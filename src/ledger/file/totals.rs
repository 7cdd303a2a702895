//! What the ledger holds, in numbers.

use super::actor::FileLedger;
use super::savings;
use crate::ledger::codes::{FOUND, NOT_FOUND, UNUSABLE};
use crate::ledger::error::Result;
use crate::ledger::types::Totals;
use crate::units::Credits;

impl FileLedger {
    pub(in crate::ledger) async fn totals(&self) -> Result<Totals> {
        self.read(|c| {
            let people = c.query_row(
                "SELECT count(status), coalesce(sum(status = ?1), 0), coalesce(sum(status = ?2), 0),
                     coalesce(sum(status = ?3 AND batch IS NULL), 0), coalesce(sum(resubmitted), 0)
                 FROM people",
                (FOUND, NOT_FOUND, UNUSABLE),
                |row| {
                    Ok(Totals {
                        people: row.get(0)?,
                        found: row.get(1)?,
                        not_found: row.get(2)?,
                        unusable: row.get(3)?,
                        resubmitted: row.get(4)?,
                        ..Totals::default()
                    })
                },
            )?;
            let (spent, batches) = c.query_row(
                "SELECT coalesce(sum(reserved - coalesce(refunded, 0)), 0), count(*) FROM batches
                 WHERE state IN ('completed', 'failed')",
                [],
                |row| Ok((Credits(row.get(0)?), row.get(1)?)),
            )?;
            Ok(Totals { saved: savings::saved(c)?, spent, batches, ..people })
        })
        .await
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub(in crate::ledger) async fn found_rate(&self) -> Result<Option<f64>> {
        self.read(|c| {
            let (searches, found): (u64, u64) = c.query_row(
                "SELECT coalesce(sum(searches), 0), coalesce(sum(found), 0) FROM batches
                 WHERE state = 'completed'",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            Ok((searches >= 20).then(|| found as f64 / searches as f64))
        })
        .await
    }
}
