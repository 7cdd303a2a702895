//! Claiming people for a batch, and giving a claim up.

use super::accounts;
use super::actor::FileLedger;
use super::members::{self, IdRange};
use super::people;
use super::store::Operation;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{AccountState, BatchNo, ClaimedBatch, NewBatch, PersonId, Status};
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;

impl FileLedger {
    pub(in crate::ledger) async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        self.write(move |c| claim(c, &new)).await
    }

    pub(in crate::ledger) async fn release(&self, batch: BatchNo) -> Result<bool> {
        self.write(move |c| release(c, batch)).await
    }

    pub(in crate::ledger) async fn release_untaken(
        &self,
        account: AccountId,
        proven: AccountState,
    ) -> Result<bool> {
        self.write(move |c| {
            if accounts::state(c, account)? != proven {
                return Ok(false);
            }
            let account = accounts::upsert(c, account)?;
            let unknown: Vec<i64> = c
                .prepare_cached("SELECT id FROM batches WHERE account = ?1 AND state = 'unknown'")?
                .query_map([account], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            unknown.into_iter().try_for_each(|batch| release(c, BatchNo(batch)).map(drop))?;
            Ok(true)
        })
        .await
    }
}

fn claim(c: &Operation<'_>, new: &NewBatch) -> rusqlite::Result<Option<ClaimedBatch>> {
    let positions = open_positions(c, new)?;
    if positions.is_empty() {
        return Ok(None);
    }
    let balance = accounts::state(c, new.account)?.expected_balance();
    let account = accounts::upsert(c, new.account)?;
    c.prepare_cached(
        "INSERT INTO batches (account, owner, state, single, nonce, searches, claimed_at, balance_before)
         VALUES (?1, ?2, 'sending', ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        account,
        c.run,
        new.single,
        new.nonce.as_str(),
        positions.len(),
        new.now.0,
        balance,
    ))?;
    let batch = BatchNo(c.last_insert_rowid());
    let people: Vec<PersonId> = positions.iter().map(|&position| new.people[position]).collect();
    take(c, batch, &people)?;
    accounts::bump_revision(c, account)?;
    Ok(Some(ClaimedBatch { batch, positions }))
}

/// The positions of the people who may be claimed, each person once: whoever is twice in a batch is paid twice.
///
/// The same rule as in planning, asked again under the writer's lock: people whom another run has claimed or answered
/// since are left out.
fn open_positions(c: &Connection, new: &NewBatch) -> rusqlite::Result<Vec<usize>> {
    let statuses = people::statuses(c, &new.people, new.freshness)?;
    let mut seen = HashSet::with_capacity(statuses.len());
    let is_open = |(position, status): (usize, Status)| {
        (status == Status::Open && seen.insert(new.people[position])).then_some(position)
    };
    Ok(statuses.into_iter().enumerate().filter_map(is_open).collect())
}

/// Puts people into a batch. People of one sheet stand together, so one statement takes most of a batch.
fn take(c: &Connection, batch: BatchNo, people: &[PersonId]) -> rusqlite::Result<()> {
    let mut take = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = ?1 WHERE id BETWEEN ?2 AND ?3 AND batch IS NULL",
    )?;
    let mut position = 0;
    for range in people.chunk_by(|a, b| a.0 + 1 == b.0) {
        let taken = take.execute((batch.0, range[0].0, range[range.len() - 1].0))?;
        if taken != range.len() {
            return Err(rusqlite::Error::StatementChangedRows(taken));
        }
        members::add(c, batch, position, range)?;
        position += range.len();
    }
    Ok(())
}

fn release(c: &Connection, batch: BatchNo) -> rusqlite::Result<bool> {
    let account: Option<i64> = c
        .prepare_cached(
            "SELECT account FROM batches WHERE id = ?1 AND state IN ('sending', 'unknown')",
        )?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    let Some(account) = account else {
        return Ok(false);
    };
    let mut open = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL WHERE id BETWEEN ?2 AND ?3 AND batch = ?1",
    )?;
    for IdRange { first, last, .. } in members::id_ranges(c, batch)? {
        open.execute((batch.0, first, last))?;
    }
    members::clear(c, batch)?;
    c.prepare_cached("DELETE FROM batches WHERE id = ?1")?.execute([batch.0])?;
    accounts::bump_revision(c, account)?;
    Ok(true)
}
