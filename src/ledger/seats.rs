//! Who sits where in an unsettled batch. People who follow one another in the ledger and in the batch share a row.

use super::types::{BatchNo, PersonId, Seat};
use crate::people::Key;
use rusqlite::Transaction;

/// Seats people who follow one another in the ledger, from this place on.
pub(super) fn enter(
    t: &Transaction<'_>,
    batch: BatchNo,
    place: usize,
    people: &[PersonId],
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT OR ROLLBACK INTO seats (batch, place, person, people) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((batch.0, place, people[0].0, people.len()))
    .map(drop)
}

/// People who follow one another in the ledger and in a batch.
pub(super) struct Neighbours {
    /// The place of the first.
    pub(super) place: i64,
    /// Who sits there.
    pub(super) first: i64,
    /// The last of them.
    pub(super) last: i64,
}

/// Who sits in an unsettled batch, in the order of their places.
pub(super) fn neighbours(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<Vec<Neighbours>> {
    t.prepare_cached("SELECT place, person, people FROM seats WHERE batch = ?1 ORDER BY place")?
        .query_map([batch.0], |row| {
            let (first, people): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(Neighbours { place: row.get(0)?, first, last: first + people - 1 })
        })?
        .collect()
}

/// Gives up the seats of a batch.
pub(super) fn clear(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<()> {
    t.prepare_cached("DELETE FROM seats WHERE batch = ?1")?.execute([batch.0]).map(drop)
}

/// The people of an unsettled batch, each with their place.
pub(super) fn of(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<Vec<Seat>> {
    let mut read = t.prepare_cached(
        "SELECT id, key FROM people WHERE id BETWEEN ?2 AND ?3 AND batch = ?1 ORDER BY id",
    )?;
    let mut seats = Vec::new();
    for Neighbours { place, first, last } in neighbours(t, batch)? {
        let mut rows = read.query((batch.0, first, last))?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            // Whoever was forgotten leaves a gap, and moves nobody.
            let place =
                u32::try_from(place + id - first).expect("a batch has fewer than 2^32 seats");
            seats.push(Seat { person: PersonId(id), key: Key::from_bytes(row.get(1)?), place });
        }
    }
    Ok(seats)
}
