//! Finding people by their keys, and adding those who are not there.

use super::actor::FileLedger;
use super::people::statuses;
use super::rows::unreadable;
use crate::ledger::error::Result;
use crate::ledger::types::{Freshness, PersonId, PersonStatus, Status};
use crate::people::PersonKey;
use rusqlite::{CachedStatement, Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) fn upsert_people(
        &self,
        keys: Vec<PersonKey>,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Vec<PersonStatus>>> + use<> {
        self.write(move |c| {
            let last = last_id(c)?;
            let people = upsert(c, &keys, last)?;
            statuses_of(c, people, last, freshness)
        })
    }
}

/// Finds or adds these people. `last` is the highest id that was ever given out.
fn upsert(c: &Connection, keys: &[PersonKey], last: i64) -> rusqlite::Result<Vec<PersonId>> {
    let mut ids = vec![None; keys.len()];
    if last > 0 {
        match_in_order(c, keys, &mut ids)?;
    }
    // In the order of keys the index is read and written page by page instead of all over the place.
    let mut unmatched: Vec<u32> = (0..u32::try_from(keys.len())
        .expect("a chunk has fewer than 2^32 people"))
        .filter(|&i| ids[i as usize].is_none())
        .collect();
    unmatched.sort_unstable_by_key(|&i| (keys[i as usize], i));
    // Of each new person the first place in the chunk.
    let mut new: Vec<u32> = Vec::new();
    let mut find = c.prepare_cached(BY_KEY)?;
    for same in unmatched.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]) {
        let first = same[0] as usize;
        ids[first] = if last > 0 { id_of(&mut find, keys[first])? } else { None };
        if ids[first].is_none() {
            new.push(same[0]);
        }
    }
    add_new(c, keys, &new, last, &mut ids)?;
    for same in unmatched.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]) {
        let id = ids[same[0] as usize];
        for &i in same {
            ids[i as usize] = id;
        }
    }
    Ok(ids.into_iter().map(|id| id.expect("everybody was found or added")).collect())
}

/// Adds the people at these places of a chunk. They come in the order of their keys and get ids in the order of the
/// chunk.
fn add_new(
    c: &Connection,
    keys: &[PersonKey],
    new: &[u32],
    last: i64,
    ids: &mut [Option<PersonId>],
) -> rusqlite::Result<()> {
    let mut in_order = new.to_vec();
    in_order.sort_unstable();
    let mut last = last;
    for &i in &in_order {
        last = next_id(last)?;
        ids[i as usize] = Some(PersonId(last));
    }
    let entry = |&i: &u32| (ids[i as usize].expect("just numbered"), keys[i as usize]);
    insert(c, in_order.iter().map(entry), new.iter().map(entry))?;
    set_last_id(c, last)
}

/// New people are open. The others are looked up.
fn statuses_of(
    c: &Connection,
    people: Vec<PersonId>,
    known_until: i64,
    freshness: Freshness,
) -> rusqlite::Result<Vec<PersonStatus>> {
    let is_old = |person: &PersonId| person.0 <= known_until;
    let old: Vec<PersonId> = people.iter().copied().filter(is_old).collect();
    let mut known = statuses(c, &old, freshness)?.into_iter();
    let paired = |person| {
        let status = if is_old(&person) { known.next() } else { None };
        PersonStatus { person, status: status.unwrap_or(Status::Open) }
    };
    Ok(people.into_iter().map(paired).collect())
}

/// Finds people by their ids alone where the sheet has them in the order in which they were added: an earlier version of
/// the same sheet is the usual case. Reading on along the ids costs a tenth of looking a key up.
///
/// Leaves `None` for people who are elsewhere, or nowhere.
fn match_in_order(
    c: &Connection,
    keys: &[PersonKey],
    ids: &mut [Option<PersonId>],
) -> rusqlite::Result<()> {
    /// After that many rows of other people, one is looked up to find the place again.
    const MAX_MISSES: usize = 16;
    let mut find = c.prepare_cached(BY_KEY)?;
    let mut read = c.prepare_cached("SELECT id, key FROM people WHERE id >= ?1 ORDER BY id")?;
    let mut i = 0;
    while i < keys.len() {
        let Some(from) = id_of(&mut find, keys[i])? else {
            // The next ones may be new as well, and most are when one is.
            i += MAX_MISSES;
            continue;
        };
        let mut rows = read.query([from.0])?;
        let mut next = rows.next()?;
        let mut misses = 0;
        while let Some(row) = next
            && i < keys.len()
            && misses < MAX_MISSES
        {
            if row.get_ref(1)?.as_blob()? == keys[i].as_bytes() {
                ids[i] = Some(PersonId(row.get(0)?));
                misses = 0;
                next = rows.next()?;
            } else {
                misses += 1;
            }
            i += 1;
        }
        if next.is_none() {
            // Nobody was added after this person: whoever follows is new, or is further up.
            i += MAX_MISSES;
        }
    }
    Ok(())
}

const BY_KEY: &str = "SELECT person FROM keys WHERE key = ?1";

fn id_of(find: &mut CachedStatement<'_>, key: PersonKey) -> rusqlite::Result<Option<PersonId>> {
    find.query_row([key.as_bytes()], |row| row.get(0).map(PersonId)).optional()
}

/// Who has this key, if anybody.
pub(super) fn find(c: &Connection, key: PersonKey) -> rusqlite::Result<Option<PersonId>> {
    id_of(&mut c.prepare_cached(BY_KEY)?, key)
}

/// Adds one person who is not there yet.
pub(super) fn add(c: &Connection, key: PersonKey) -> rusqlite::Result<PersonId> {
    let person = PersonId(next_id(last_id(c)?)?);
    insert(c, [(person, key)], [(person, key)])?;
    set_last_id(c, person.0)?;
    Ok(person)
}

/// Removes a person. The id is not given to anybody else.
pub(super) fn remove(c: &Connection, person: PersonId, key: PersonKey) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM people WHERE id = ?1")?.execute([person.0])?;
    c.prepare_cached("DELETE FROM keys WHERE key = ?1")?.execute([key.as_bytes()]).map(drop)
}

/// The highest id that was ever given out.
fn last_id(c: &Connection) -> rusqlite::Result<i64> {
    let mut find = c.prepare_cached("SELECT value FROM meta WHERE name = 'last_person'")?;
    let last: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    match last.as_deref().map(str::parse) {
        None => Ok(0),
        Some(Ok(last)) if last >= 0 => Ok(last),
        Some(_) => Err(unreadable(0, "a number of people")),
    }
}

fn next_id(last: i64) -> rusqlite::Result<i64> {
    last.checked_add(1).ok_or_else(|| unreadable(0, "a number of people"))
}

/// Keeps ids up to this one from being given out again.
fn set_last_id(c: &Connection, last: i64) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('last_person', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([last.to_string()])
    .map(drop)
}

/// Inserts the same people by their ids and by their keys, each in its order. One row a statement: with many, SQLite
/// keeps a copy of every page it touches so that it can take back that statement alone, which costs a quarter more
/// (measured with 400,000 people).
///
/// `OR ROLLBACK`, here and wherever many people are written, is for the same reason: a failed constraint ends the whole
/// operation, which is what every operation does anyway.
fn insert(
    c: &Connection,
    by_id: impl IntoIterator<Item = (PersonId, PersonKey)>,
    by_key: impl IntoIterator<Item = (PersonId, PersonKey)>,
) -> rusqlite::Result<()> {
    let mut person =
        c.prepare_cached("INSERT OR ROLLBACK INTO people (id, key) VALUES (?1, ?2)")?;
    for (id, key) in by_id {
        person.execute((id.0, key.as_bytes()))?;
    }
    let mut owner =
        c.prepare_cached("INSERT OR ROLLBACK INTO keys (key, person) VALUES (?1, ?2)")?;
    for (id, key) in by_key {
        owner.execute((key.as_bytes(), id.0))?;
    }
    Ok(())
}
