//! Claiming people for a batch, and giving a claim up.

use super::accounts;
use super::actor::FileLedger;
use super::budget;
use super::members::{self, IdRange};
use super::moments;
use super::people;
use super::readings;
use super::refresh;
use super::store::Operation;
use crate::ledger::error::Result;
use crate::ledger::types::{
    BatchNo, ClaimedBatch, ClaimedSearch, NewBatch, PersonId, Status, millis,
};
use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;

impl FileLedger {
    pub(in crate::ledger) async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        self.write(move |c| claim(c, &new)).await
    }

    pub(in crate::ledger) async fn release(&self, batch: BatchNo) -> Result<bool> {
        self.write(move |c| release(c, batch)).await
    }
}

fn claim(c: &Operation<'_>, new: &NewBatch) -> rusqlite::Result<Option<ClaimedBatch>> {
    let open = open_people(c, new)?;
    if open.is_empty() {
        return Ok(None);
    }
    // The POST is judged by the wall clock as it is; what is recorded never goes back.
    let send_by = Moment(new.now.0.saturating_add(millis(new.send_within)));
    let now = moments::recorded_at(c, new.refresh.map_or(new.now, |since| since.max(new.now)))?;
    if let Some((list, since)) = new.scope.zip(new.refresh) {
        refresh::begin(c, list, since)?;
    }
    let balance = accounts::state(c, new.account)?.expected_balance();
    let account = accounts::upsert(c, new.account)?;
    c.prepare_cached(
        "INSERT INTO batches (account, owner, state, single, nonce, searches, open, claimed_at, send_by, balance_before,
             scope, label, host, username)
         VALUES (?1, ?2, 'sending', ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10,
             (SELECT host FROM runs WHERE id = ?2), (SELECT username FROM runs WHERE id = ?2))",
    )?
    .execute((
        account,
        c.run,
        new.single,
        new.nonce.as_str(),
        open.len(),
        now.0,
        send_by.0,
        balance,
        new.scope.map(|scope| scope.0),
        &new.label,
    ))?;
    let batch = BatchNo(c.last_insert_rowid());
    let positions: Vec<usize> = open.iter().map(|open| open.position).collect();
    let people: Vec<PersonId> = positions.iter().map(|&place| new.people[place].person).collect();
    take(c, batch, &people)?;
    let special = open.iter().filter(|open| !open.is_plain);
    keep_what_is_sent(c, special.map(|open| &new.people[open.position]))?;
    accounts::bump_revision(c, account)?;
    Ok(Some(ClaimedBatch { batch, send_by, positions }))
}

/// Somebody who may be claimed.
struct Claimable {
    /// In the request.
    position: usize,
    /// Whether what is sent is the key by which the ledger knows the person, and nothing else.
    is_plain: bool,
}

/// The people who may be claimed, each once: somebody who is twice in a batch is paid twice.
///
/// The same rule as in planning, asked again under the writer's lock: people whom another run has claimed or answered
/// since are left out.
fn open_people(c: &Connection, new: &NewBatch) -> rusqlite::Result<Vec<Claimable>> {
    let people: Vec<PersonId> = new.people.iter().map(|search| search.person).collect();
    let mut plain = vec![None; people.len()];
    let select = "SELECT id, status, asked_at, batch, key FROM people WHERE id >= ?1 ORDER BY id";
    people::scan_by_id(c, select, &people, |place, row| {
        if people::status(row, new.freshness)? == Status::Open {
            let ClaimedSearch { key, names, custom, .. } = &new.people[place];
            let is_known = row.get_ref(4)?.as_blob()? == key.as_bytes();
            plain[place] = Some(is_known && names.is_none() && custom.is_none());
        }
        Ok(())
    })?;
    let mut seen = HashSet::with_capacity(plain.len());
    let open = |(position, is_plain): (usize, Option<bool>)| {
        let is_plain = is_plain.filter(|_| seen.insert(people[position]))?;
        Some(Claimable { position, is_plain })
    };
    Ok(plain.into_iter().enumerate().filter_map(open).collect())
}

/// Puts people into a batch. People of one sheet stand together, so one statement takes most of a batch.
fn take(c: &Connection, batch: BatchNo, people: &[PersonId]) -> rusqlite::Result<()> {
    let mut take = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = ?1, sent_key = NULL, names = NULL, custom = NULL, hole = NULL
         WHERE id BETWEEN ?2 AND ?3 AND batch IS NULL",
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

/// What is sent for a person, where it is more than the key by which the ledger knows them.
pub(super) fn keep_what_is_sent<'a>(
    c: &Connection,
    searches: impl Iterator<Item = &'a ClaimedSearch>,
) -> rusqlite::Result<()> {
    let mut keep = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET sent_key = CASE WHEN key = ?2 THEN NULL ELSE ?2 END, names = ?3, custom = ?4
         WHERE id = ?1",
    )?;
    for ClaimedSearch { person, key, names, custom } in searches {
        keep.execute((person.0, key.as_bytes(), names, custom.map(u64::cast_signed)))?;
    }
    Ok(())
}

/// The batch was certainly not taken, so what was reserved of a budget comes back.
pub(super) fn release(c: &Connection, batch: BatchNo) -> rusqlite::Result<bool> {
    let known: Option<(i64, String)> = c
        .prepare_cached(
            "SELECT account, nonce FROM batches WHERE id = ?1 AND state IN ('sending', 'unknown')",
        )?
        .query_row([batch.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((account, nonce)) = known else {
        return Ok(false);
    };
    budget::give_back(c, &nonce)?;
    let mut open = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL WHERE id BETWEEN ?2 AND ?3 AND batch = ?1",
    )?;
    for IdRange { first, last, .. } in members::id_ranges(c, batch)? {
        open.execute((batch.0, first, last))?;
    }
    members::clear(c, batch)?;
    readings::forget(c, batch)?;
    c.prepare_cached("INSERT OR IGNORE INTO released SELECT nonce FROM batches WHERE id = ?1")?
        .execute([batch.0])?;
    c.prepare_cached("DELETE FROM batches WHERE id = ?1")?.execute([batch.0])?;
    accounts::bump_revision(c, account)?;
    Ok(true)
}
