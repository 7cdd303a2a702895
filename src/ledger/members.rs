//! Who sits where in an unsettled batch. People who follow one another in the ledger and in the batch share a row.

use super::types::{BatchNo, Member, PersonId};
use crate::people::PersonKey;
use rusqlite::Transaction;

/// Seats people who follow one another in the ledger, from this position on.
pub(super) fn add(
    t: &Transaction<'_>,
    batch: BatchNo,
    position: usize,
    people: &[PersonId],
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT OR ROLLBACK INTO members (batch, position, person, people) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((batch.0, position, people[0].0, people.len()))
    .map(drop)
}

/// People who follow one another in the ledger and in a batch.
pub(super) struct IdRange {
    /// The position of the first.
    pub(super) position: i64,
    /// Who sits there.
    pub(super) first: i64,
    /// The last of them.
    pub(super) last: i64,
}

/// Who sits in an unsettled batch, in the order of their places.
pub(super) fn id_ranges(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<Vec<IdRange>> {
    t.prepare_cached(
        "SELECT position, person, people FROM members WHERE batch = ?1 ORDER BY position",
    )?
    .query_map([batch.0], |row| {
        let (first, people): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok(IdRange { position: row.get(0)?, first, last: first + people - 1 })
    })?
    .collect()
}

/// Gives up the members of a batch.
pub(super) fn clear(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<()> {
    t.prepare_cached("DELETE FROM members WHERE batch = ?1")?.execute([batch.0]).map(drop)
}

/// The people of an unsettled batch, each with their position.
pub(super) fn list(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<Vec<Member>> {
    let mut read = t.prepare_cached(
        "SELECT id, key FROM people WHERE id BETWEEN ?2 AND ?3 AND batch = ?1 ORDER BY id",
    )?;
    let mut members = Vec::new();
    for IdRange { position, first, last } in id_ranges(t, batch)? {
        let mut rows = read.query((batch.0, first, last))?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            // Whoever was forgotten leaves a gap, and moves nobody.
            let position =
                u32::try_from(position + id - first).expect("a batch has fewer than 2^32 members");
            members.push(Member {
                person: PersonId(id),
                key: PersonKey::from_bytes(row.get(1)?),
                position,
            });
        }
    }
    Ok(members)
}
