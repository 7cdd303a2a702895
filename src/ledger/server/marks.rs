//! The marks of a ledger that was moved, or is being moved.

use super::error::{Outcome, get};
use crate::ledger::error::LedgerErrorKind as Kind;
use tokio_postgres::Row;

/// Where the ledger was moved, or is being moved.
pub(super) fn mark(row: &Row) -> Outcome<Option<Kind>> {
    let (moved, moving): (Option<String>, Option<String>) =
        (get(row, "moved_to")?, get(row, "moving_to")?);
    Ok(moved.map(Kind::Moved).or(moving.map(Kind::Moving)))
}
