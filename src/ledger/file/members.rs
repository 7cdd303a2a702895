//! Who is in an unsettled batch. People who follow one another in the ledger and in the batch share a row.

use super::actor::FileLedger;
use super::rows::unreadable;
use crate::ledger::error::Result;
use crate::ledger::types::{BatchNo, Member, PersonId};
use crate::people::PersonKey;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn members(&self, batch: BatchNo) -> Result<Vec<Member>> {
        self.read(move |c| list(c, batch)).await
    }
}

/// People who follow one another in the ledger and in a batch.
pub(super) struct IdRange {
    /// The position of the first.
    position: i64,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Adds people who follow one another in the ledger, from this position on.
pub(super) fn add(
    c: &Connection,
    batch: BatchNo,
    position: usize,
    people: &[PersonId],
) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT OR ROLLBACK INTO members (batch, position, person, people) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((batch.0, position, people[0].0, people.len()))
    .map(drop)
}

/// The members of a batch, in the order of their positions.
pub(super) fn id_ranges(c: &Connection, batch: BatchNo) -> rusqlite::Result<Vec<IdRange>> {
    c.prepare_cached(
        "SELECT position, person, people FROM members WHERE batch = ?1 ORDER BY position",
    )?
    .query_map([batch.0], |row| {
        let (position, first, people): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let last = people.checked_sub(1).and_then(|others| first.checked_add(others));
        let last = last.ok_or_else(|| unreadable(1, "a person"))?;
        Ok(IdRange { position, first, last })
    })?
    .collect()
}

/// Removes the members of a batch that is settled or given up.
pub(super) fn clear(c: &Connection, batch: BatchNo) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM members WHERE batch = ?1")?.execute([batch.0]).map(drop)
}

fn list(c: &Connection, batch: BatchNo) -> rusqlite::Result<Vec<Member>> {
    let mut read = c.prepare_cached(
        "SELECT id, key FROM people WHERE id BETWEEN ?2 AND ?3 AND batch = ?1 ORDER BY id",
    )?;
    let mut members = Vec::new();
    for IdRange { position, first, last } in id_ranges(c, batch)? {
        let mut rows = read.query((batch.0, first, last))?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            // A person who was forgotten leaves a gap and moves nobody.
            let position = id
                .checked_sub(first)
                .and_then(|offset| position.checked_add(offset))
                .and_then(|position| u32::try_from(position).ok())
                .ok_or_else(|| unreadable(0, "a position"))?;
            let key = PersonKey::from_bytes(row.get(1)?);
            members.push(Member { person: PersonId(id), key, position });
        }
    }
    Ok(members)
}
