//! The balances that were read while the answer to a batch was lost.

use crate::ledger::types::{BalanceReading, BatchNo, MOST_READINGS};
use rusqlite::Connection;

pub(super) fn save(
    c: &Connection,
    batch: BatchNo,
    reading: BalanceReading,
) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT OR REPLACE INTO readings (batch, at, balance)
         SELECT id, ?2, ?3 FROM batches WHERE id = ?1 AND state = 'unknown'",
    )?
    .execute((batch.0, reading.at.0, reading.balance))?;
    c.prepare_cached(
        "DELETE FROM readings WHERE batch = ?1 AND (SELECT count(*) FROM readings WHERE batch = ?1) > ?2
         AND at IN (SELECT at FROM (
             SELECT at, row_number() OVER (ORDER BY at) AS n FROM readings WHERE batch = ?1) WHERE n % 2 = 0)",
    )?
    .execute((batch.0, MOST_READINGS))
    .map(drop)
}

/// Forgets the readings of a batch that is settled or released.
pub(super) fn forget(c: &Connection, batch: BatchNo) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM readings WHERE batch = ?1")?.execute([batch.0]).map(drop)
}
