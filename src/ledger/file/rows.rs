//! Reading columns: what is stored becomes the ledger's types, or an error. Stored values are never believed to be in
//! range.

use crate::batch::{AccountId, BatchId};
use crate::ledger::codes;
use crate::ledger::types::{AnsweredKind, AskedBy, BatchNo, BatchState, Claim};
use crate::units::{Credits, Moment};
use rusqlite::types::Type;
use rusqlite::{Connection, Row};

/// An error for a value that no ledger can hold.
pub(super) fn unreadable(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Text,
        format!("not {what} this ledger can hold").into(),
    )
}

pub(super) fn answered_kind(code: i64, column: usize) -> rusqlite::Result<AnsweredKind> {
    codes::answered_kind(code).ok_or_else(|| unreadable(column, "a status"))
}

pub(super) fn batch_state(row: &Row<'_>, column: usize) -> rusqlite::Result<BatchState> {
    codes::batch_state(row.get_ref(column)?.as_str()?)
        .ok_or_else(|| unreadable(column, "a state of a batch"))
}

pub(super) fn batch_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<BatchId>> {
    Ok(row.get_ref(column)?.as_str_or_null()?.and_then(BatchId::parse))
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Moment>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Moment))
}

pub(super) fn credits(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Credits>> {
    Ok(row.get::<_, Option<u64>>(column)?.map(Credits))
}

/// What ties the people of this batch to it.
pub(super) fn claim_of(c: &Connection, batch: BatchNo) -> rusqlite::Result<Claim> {
    c.prepare_cached(
        "SELECT b.state, b.enrow_id, a.digest, b.lost_at, b.done_since, b.missing_since, b.host, b.username
         FROM batches b JOIN accounts a ON a.id = b.account
         WHERE b.id = ?1",
    )?
    .query_row([batch.0], |row| {
        Ok(Claim {
            batch,
            state: batch_state(row, 0)?,
            account: AccountId::from_bytes(row.get(2)?),
            asked_by: AskedBy::new(row.get(6)?, row.get(7)?),
            id: batch_id(row, 1)?,
            lost: moment(row, 3)?,
            done_since: moment(row, 4)?,
            missing_since: moment(row, 5)?,
        })
    })
}
