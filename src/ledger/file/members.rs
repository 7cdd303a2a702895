//! Who is in a batch. People who follow one another in the ledger and in the batch share a row.

use super::actor::FileLedger;
use super::rows::unreadable;
use crate::ledger::codes::{FAILED, UNUSABLE};
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

/// Forgets who was in a batch once everybody has an answer. Until then a later look may still bring one.
pub(super) fn clear_if_answered(c: &Connection, batch: BatchNo) -> rusqlite::Result<()> {
    let mut unanswered = c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM people WHERE id BETWEEN ?1 AND ?2 AND (status IS NULL OR status IN (?3, ?4)))
             OR EXISTS (SELECT 1 FROM unproven WHERE batch = ?5)",
    )?;
    for IdRange { first, last, .. } in id_ranges(c, batch)? {
        if unanswered.query_row((first, last, FAILED, UNUSABLE, batch.0), |row| row.get(0))? {
            return Ok(());
        }
    }
    clear(c, batch)
}

/// Removes the members of a batch that is given up.
pub(super) fn clear(c: &Connection, batch: BatchNo) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM members WHERE batch = ?1")?.execute([batch.0]).map(drop)
}

fn list(c: &Connection, batch: BatchNo) -> rusqlite::Result<Vec<Member>> {
    let mut read = c.prepare_cached(
        "SELECT id, coalesce(sent_key, key), names, custom FROM people WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    )?;
    let mut members = Vec::new();
    for IdRange { position, first, last } in id_ranges(c, batch)? {
        let mut rows = read.query((first, last))?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            // A person who was forgotten leaves a gap and moves nobody.
            let position = id
                .checked_sub(first)
                .and_then(|offset| position.checked_add(offset))
                .and_then(|position| u32::try_from(position).ok())
                .ok_or_else(|| unreadable(0, "a position"))?;
            let key = PersonKey::from_bytes(row.get(1)?);
            let custom = row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned);
            let names = row.get(2)?;
            members.push(Member { person: PersonId(id), position, key, names, custom });
        }
    }
    Ok(members)
}
