//! A batch before a look at it is recorded.

use super::rows::{batch_id, credits, moment};
use crate::batch::BatchId;
use crate::ledger::types::{BatchNo, LookTime};
use crate::units::Credits;
use rusqlite::{Connection, OptionalExtension};

/// What the ledger knows of a batch before a look at it is recorded.
pub(super) struct LookedAt {
    pub(super) batch: BatchNo,
    pub(super) account: i64,
    pub(super) id: Option<BatchId>,
    pub(super) searches: usize,
    pub(super) reserved: Credits,
    pub(super) stated_refund: Option<Credits>,
    pub(super) open: usize,
    pub(super) found: usize,
    pub(super) settled: bool,
    pub(super) done_since: Option<LookTime>,
    pub(super) missing_since: Option<LookTime>,
}

impl LookedAt {
    /// `None` for a batch without an id: nobody can have looked at it.
    pub(super) fn read(c: &Connection, batch: BatchNo) -> rusqlite::Result<Option<Self>> {
        c.prepare_cached(
            "SELECT account, enrow_id, searches, reserved, stated_refund, open, coalesce(found, 0),
                 state != 'running', done_since, done_since_server, missing_since, missing_since_server
             FROM batches WHERE id = ?1 AND state IN ('running', 'completed', 'failed')",
        )?
        .query_row([batch.0], |row| {
            let time = |column| {
                let at = moment(row, column)?;
                let server = moment(row, column + 1)?;
                Ok::<_, rusqlite::Error>(at.map(|at| LookTime { at, server }))
            };
            Ok(Self {
                batch,
                account: row.get(0)?,
                id: batch_id(row, 1)?,
                searches: row.get(2)?,
                reserved: credits(row, 3)?.unwrap_or_default(),
                stated_refund: credits(row, 4)?,
                open: row.get(5)?,
                found: row.get(6)?,
                settled: row.get(7)?,
                done_since: time(8)?,
                missing_since: time(10)?,
            })
        })
        .optional()
    }
}
