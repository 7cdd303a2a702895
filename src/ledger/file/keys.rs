//! People and their keys, as they are stored: finding, adding and removing one.

use super::rows::unreadable;
use crate::ledger::resolver::{Found, KindCounts};
use crate::ledger::types::{FoundBy, PersonId};
use crate::people::PersonKey;
use rusqlite::{CachedStatement, Connection, OptionalExtension};

/// Finds people by their ids alone where the sheet has them in the order in which they were added: an earlier version of
/// the same sheet is the usual case. Reading on along the ids costs a tenth of looking a key up. `aliases` is the digest
/// of a row's aliases, which must be those that were looked at last. Keys that are certainly new are not looked up.
///
/// Leaves `None` for people who are elsewhere, or nowhere, or whose aliases have changed.
pub(super) fn match_in_order(
    c: &Connection,
    keys: &[PersonKey],
    may_be_known: impl Fn(PersonKey) -> bool,
    aliases: impl Fn(usize) -> Option<i64>,
    found: &mut [Option<Found>],
) -> rusqlite::Result<()> {
    /// After that many rows of other people, one is looked up to find the place again.
    const MAX_MISSES: usize = 16;
    let mut find = c.prepare_cached(BY_KEY)?;
    let mut read =
        c.prepare_cached("SELECT id, key, aliases FROM people WHERE id >= ?1 ORDER BY id")?;
    let mut i = 0;
    while i < keys.len() {
        let from = if may_be_known(keys[i]) { look_up(&mut find, keys[i])? } else { None };
        let Some(from) = from else {
            // The next ones may be new as well, and most are when one is.
            i += MAX_MISSES;
            continue;
        };
        let mut rows = read.query([from.person.0])?;
        let mut next = rows.next()?;
        let mut misses = 0;
        while let Some(row) = next
            && i < keys.len()
            && misses < MAX_MISSES
        {
            if row.get_ref(1)?.as_blob()? == keys[i].as_bytes() {
                let wanted = aliases(i);
                if wanted.is_none() || wanted == row.get(2)? {
                    found[i] = Some(Found { person: PersonId(row.get(0)?), by: FoundBy::OwnKey });
                }
                misses = 0;
                next = rows.next()?;
            } else {
                misses += 1;
            }
            i += 1;
        }
        if next.is_none() {
            // Nobody was added after this person: those who follow are new, or are further up.
            i += MAX_MISSES;
        }
    }
    Ok(())
}

pub(super) const BY_KEY: &str =
    "SELECT person, role FROM keys WHERE key = ?1 AND person IS NOT NULL";

pub(super) fn look_up(
    find: &mut CachedStatement<'_>,
    key: PersonKey,
) -> rusqlite::Result<Option<Found>> {
    find.query_row([key.as_bytes()], |row| {
        let by = if row.get(1)? { FoundBy::OwnKey } else { FoundBy::Alias };
        Ok(Found { person: PersonId(row.get(0)?), by })
    })
    .optional()
}

/// Who has this key, if anybody.
pub(super) fn find(c: &Connection, key: PersonKey) -> rusqlite::Result<Option<PersonId>> {
    Ok(look_up(&mut c.prepare_cached(BY_KEY)?, key)?.map(|found| found.person))
}

/// Adds one person who is not there yet.
pub(super) fn add(c: &Connection, key: PersonKey) -> rusqlite::Result<PersonId> {
    let person = PersonId(next_id(last_id(c)?)?);
    insert_people(c, [(person, key, None, KindCounts::of([key]))])?;
    insert_keys(c, [(key, person, FoundBy::OwnKey)])?;
    set_last_id(c, person.0)?;
    Ok(person)
}

/// What keys a person has. Code that writes people without counting their keys leaves that to be done here.
pub(super) fn kinds_of(c: &Connection, person: PersonId) -> rusqlite::Result<KindCounts> {
    let counted: Option<i64> = c
        .prepare_cached("SELECT kinds FROM people WHERE id = ?1")?
        .query_row([person.0], |row| row.get(0))?;
    if let Some(counted) = counted {
        return Ok(KindCounts(counted));
    }
    let mut find = c.prepare_cached("SELECT key FROM keys WHERE person = ?1")?;
    let keys = find.query_map([person.0], |row| row.get(0).map(PersonKey::from_bytes))?;
    Ok(KindCounts::of(keys.collect::<rusqlite::Result<Vec<_>>>()?))
}

/// Removes a person with all their keys. The id is not given to anybody else.
pub(super) fn remove(c: &Connection, person: PersonId) -> rusqlite::Result<()> {
    // No index says which keys somebody has: every person who is added would pay for it, and few are removed.
    for delete in ["DELETE FROM keys WHERE person = ?1", "DELETE FROM people WHERE id = ?1"] {
        c.prepare_cached(delete)?.execute([person.0])?;
    }
    Ok(())
}

/// The highest id that was ever given out.
pub(super) fn last_id(c: &Connection) -> rusqlite::Result<i64> {
    let mut find = c.prepare_cached("SELECT value FROM meta WHERE name = 'last_person'")?;
    let last: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    match last.as_deref().map(str::parse) {
        None => Ok(0),
        Some(Ok(last)) if last >= 0 => Ok(last),
        Some(_) => Err(unreadable(0, "a number of people")),
    }
}

pub(super) fn next_id(last: i64) -> rusqlite::Result<i64> {
    last.checked_add(1).ok_or_else(no_more_ids)
}

pub(super) fn no_more_ids() -> rusqlite::Error {
    unreadable(0, "a number of people")
}

/// Keeps ids up to this one from being given out again.
pub(super) fn set_last_id(c: &Connection, last: i64) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('last_person', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([last.to_string()])
    .map(drop)
}

/// Inserts people in the order of their ids, each with the digest of their aliases and how many keys they have. One row
/// a statement: with many, SQLite keeps a copy of every page it touches so that it can take back that statement alone,
/// which costs a quarter more (measured with 400,000 people).
///
/// `OR ROLLBACK`, here and wherever many people are written, is for the same reason: a failed constraint ends the whole
/// operation, which is what every operation does anyway.
pub(super) fn insert_people(
    c: &Connection,
    people: impl IntoIterator<Item = (PersonId, PersonKey, Option<i64>, KindCounts)>,
) -> rusqlite::Result<()> {
    let mut insert = c.prepare_cached(
        "INSERT OR ROLLBACK INTO people (id, key, aliases, kinds) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (id, key, aliases, kinds) in people {
        insert.execute((id.0, key.as_bytes(), aliases, kinds.0))?;
    }
    Ok(())
}

/// Inserts keys in their order. A key that was an alias of two people becomes one person's own.
pub(super) fn insert_keys(
    c: &Connection,
    keys: impl IntoIterator<Item = (PersonKey, PersonId, FoundBy)>,
) -> rusqlite::Result<()> {
    let mut insert = c.prepare_cached(
        "INSERT INTO keys (key, person, role) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET person = excluded.person, role = excluded.role WHERE person IS NULL",
    )?;
    for (key, person, by) in keys {
        let changed = insert.execute((key.as_bytes(), person.0, by == FoundBy::OwnKey))?;
        if changed != 1 {
            return Err(rusqlite::Error::StatementChangedRows(changed));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_from_none_and_never_below() {
        let c = Connection::open_in_memory().unwrap();
        c.execute_batch("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)").unwrap();
        assert_eq!(last_id(&c), Ok(0));
        for (value, last) in [("7", Some(7)), ("0", Some(0)), ("-1", None), ("x", None)] {
            c.execute("INSERT OR REPLACE INTO meta VALUES ('last_person', ?1)", [value]).unwrap();
            assert_eq!(last_id(&c).ok(), last, "{value}");
        }
    }
}
