//! Opening people again who may have been paid for, because a person takes that risk.

use super::accounts;
use super::actor::FileLedger;
use super::members::{self, IdRange};
use super::readings;
use super::record;
use crate::ledger::codes::UNUSABLE;
use crate::ledger::error::Result;
use crate::ledger::types::BatchNo;
use crate::units::Moment;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn resubmit(&self, batch: BatchNo, now: Moment) -> Result<usize> {
        self.write(move |c| {
            let ranges = members::id_ranges(c, batch)?;
            let is_unknown: bool = c
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM batches WHERE id = ?1 AND state = 'unknown')")?
                .query_row([batch.0], |row| row.get(0))?;
            if is_unknown {
                let mut open = c.prepare_cached(
                    "UPDATE people SET batch = NULL, resubmitted = resubmitted + 1
                     WHERE id BETWEEN ?2 AND ?3 AND batch = ?1",
                )?;
                let mut people = 0;
                for IdRange { first, last, .. } in ranges {
                    people += open.execute((batch.0, first, last))?;
                }
                let_go(c, batch)?;
                return Ok(people);
            }
            let mut reopen = c.prepare_cached(
                "UPDATE people SET status = NULL, answered_at = NULL, asked_at = NULL, note = NULL,
                     resubmitted = resubmitted + 1
                 WHERE id BETWEEN ?1 AND ?2 AND status = ?3 AND batch IS NULL",
            )?;
            // A number that is on record stays, so only those without one are let go.
            let mut let_go = c.prepare_cached(
                "UPDATE people SET batch = NULL, status = NULL, answered_at = NULL, asked_at = NULL, note = NULL,
                     resubmitted = resubmitted + 1
                 WHERE id BETWEEN ?2 AND ?3 AND batch = ?1 AND number IS NULL
                     AND id IN (SELECT person FROM unproven WHERE batch = ?1)",
            )?;
            let (mut reopened, mut left) = (0, 0);
            for IdRange { first, last, .. } in ranges {
                reopened += reopen.execute((first, last, UNUSABLE))?;
                left += let_go.execute((batch.0, first, last))?;
            }
            record::leave(c, batch, left, now)?;
            Ok(reopened + left)
        })
        .await
    }
}

/// Nobody waits for the batch now. It is kept with its members: if it turns up, its answers can be recorded.
fn let_go(c: &Connection, batch: BatchNo) -> rusqlite::Result<()> {
    readings::forget(c, batch)?;
    let account = c
        .prepare_cached(
            "UPDATE batches SET state = 'resubmitted', open = 0 WHERE id = ?1 RETURNING account",
        )?
        .query_row([batch.0], |row| row.get(0))?;
    // It may have been paid, so the ledger can no longer predict the balance.
    accounts::clear_baseline(c, account)?;
    accounts::bump_revision(c, account)
}
