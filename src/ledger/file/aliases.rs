//! People who are known by several keys.

use super::keys::{self, match_in_order};
use super::new_keys::NewKeys;
use super::store::Operation;
use crate::ledger::resolver::{Changes, Found, KeyState, NewPerson, Resolver, Rows};
use crate::ledger::types::{Alias, FoundBy, PersonId};
use crate::people::PersonKey;
use rusqlite::{Connection, OptionalExtension};

/// Finds or adds these people, some of whom have aliases. `last` is the highest id that was ever given out.
pub(super) fn upsert(
    c: &Operation<'_>,
    keys: &[PersonKey],
    aliases: &[Alias],
    last: i64,
) -> rusqlite::Result<Vec<Found>> {
    let rows = Rows::new(keys, aliases);
    let mut found = vec![None; keys.len()];
    let mut new_keys = NewKeys::for_rows(c, c.new_keys.take(), keys.len(), last)?;
    let may_be_known =
        |key| last > 0 && new_keys.as_ref().is_none_or(|new_keys| new_keys.may_know(key));
    match_in_order(c, keys, may_be_known, |row| rows.digest(row), &mut found)?;
    if i64::try_from(keys.len()).ok().and_then(|rows| last.checked_add(rows)).is_none() {
        return Err(keys::no_more_ids());
    }
    let wanted = rows.wanted(&found);
    let states = states(c, &wanted.keys, may_be_known)?;
    let mut people = Resolver::new(&wanted, states, last, |person| keys::kinds_of(c, person));
    people.resolve_all(&rows, &mut found)?;
    let changes = people.changes();
    if let Some(new_keys) = &mut new_keys {
        new_keys.add(&wanted.keys, changes.last);
    }
    save(c, &wanted.keys, &changes)?;
    c.new_keys.replace(new_keys);
    Ok(found.into_iter().map(|found| found.expect("everybody was found or added")).collect())
}

/// What is known of these keys. In their order the index is read page by page.
fn states(
    c: &Connection,
    wanted: &[PersonKey],
    may_be_known: impl Fn(PersonKey) -> bool,
) -> rusqlite::Result<Vec<KeyState>> {
    let mut states = Vec::with_capacity(wanted.len());
    let mut find = c.prepare_cached("SELECT person, role FROM keys WHERE key = ?1")?;
    for &key in wanted {
        let read = |row: &rusqlite::Row<'_>| {
            let by = if row.get(1)? { FoundBy::OwnKey } else { FoundBy::Alias };
            let person: Option<i64> = row.get(0)?;
            Ok(person.map_or(KeyState::FitsTwo, |id| KeyState::Of(PersonId(id), by)))
        };
        let state = if may_be_known(key) {
            find.query_row([key.as_bytes()], read).optional()?
        } else {
            None
        };
        states.push(state.unwrap_or(KeyState::Free));
    }
    Ok(states)
}

fn save(c: &Connection, keys: &[PersonKey], changes: &Changes) -> rusqlite::Result<()> {
    let person = |(id, new): (_, &NewPerson)| (id, new.key, new.digest, new.kinds);
    keys::insert_people(c, changes.new_people().map(person))?;
    let mut keep = c.prepare_cached(
        "INSERT INTO keys (key, person, role) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET person = excluded.person, role = excluded.role",
    )?;
    for (key, state) in changes.keys() {
        let (person, is_own) = match state {
            KeyState::Of(person, by) => (Some(person.0), by == FoundBy::OwnKey),
            KeyState::FitsTwo => (None, false),
            KeyState::Free => continue,
        };
        keep.execute((keys[key].as_bytes(), person, is_own))?;
    }
    let mut note = c.prepare_cached(
        "UPDATE people SET aliases = coalesce(?2, aliases), kinds = coalesce(?3, kinds) WHERE id = ?1",
    )?;
    for (person, old) in &changes.old {
        let kinds = old.changed_kinds();
        if old.digest.is_some() || kinds.is_some() {
            note.execute((person.0, old.digest, kinds.map(|kinds| kinds.0)))?;
        }
    }
    keys::set_last_id(c, changes.last)
}
