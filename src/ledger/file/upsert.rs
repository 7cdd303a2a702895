//! Finding people by their keys, and adding those who are not there.

use super::actor::FileLedger;
use super::aliases;
use super::keys::{
    BY_KEY, insert_keys, insert_people, last_id, look_up, match_in_order, next_id, set_last_id,
};
use super::people::statuses;
use crate::ledger::error::Result;
use crate::ledger::resolver::{Found, KindCounts};
use crate::ledger::types::{Alias, FoundBy, Freshness, PersonId, PersonStatus, Status};
use crate::people::PersonKey;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) fn upsert_people(
        &self,
        keys: Vec<PersonKey>,
        aliases: Vec<Alias>,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Vec<PersonStatus>>> + use<> {
        self.write(move |c| {
            let last = last_id(c)?;
            let people = if aliases.is_empty() {
                upsert(c, &keys, last)?
            } else {
                aliases::upsert(c, &keys, &aliases, last)?
            };
            statuses_of(c, people, last, freshness)
        })
    }
}

/// Finds or adds these people, who have no aliases. `last` is the highest id that was ever given out.
fn upsert(c: &Connection, keys: &[PersonKey], last: i64) -> rusqlite::Result<Vec<Found>> {
    let mut found = vec![None; keys.len()];
    match_in_order(c, keys, |_| last > 0, |_| None, &mut found)?;
    // In the order of keys the index is read and written page by page instead of all over the place.
    let mut unmatched: Vec<u32> = (0..u32::try_from(keys.len())
        .expect("a chunk has fewer than 2^32 people"))
        .filter(|&i| found[i as usize].is_none())
        .collect();
    unmatched.sort_unstable_by_key(|&i| (keys[i as usize], i));
    // Of each new person the first place in the chunk.
    let mut new: Vec<u32> = Vec::new();
    let mut find = c.prepare_cached(BY_KEY)?;
    for same in unmatched.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]) {
        let first = same[0] as usize;
        found[first] = if last > 0 { look_up(&mut find, keys[first])? } else { None };
        if found[first].is_none() {
            new.push(same[0]);
        }
    }
    add_new(c, keys, &new, last, &mut found)?;
    for same in unmatched.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]) {
        let first = found[same[0] as usize];
        for &i in same {
            found[i as usize] = first;
        }
    }
    Ok(found.into_iter().map(|found| found.expect("everybody was found or added")).collect())
}

/// Adds the people at these places of a chunk. They come in the order of their keys and get ids in the order of the
/// chunk.
fn add_new(
    c: &Connection,
    keys: &[PersonKey],
    new: &[u32],
    last: i64,
    found: &mut [Option<Found>],
) -> rusqlite::Result<()> {
    let mut in_order = new.to_vec();
    in_order.sort_unstable();
    let mut last = last;
    for &i in &in_order {
        last = next_id(last)?;
        found[i as usize] = Some(Found { person: PersonId(last), by: FoundBy::OwnKey });
    }
    let entry = |&i: &u32| (found[i as usize].expect("just numbered").person, keys[i as usize]);
    insert_people(
        c,
        in_order.iter().map(entry).map(|(person, key)| (person, key, None, KindCounts::of([key]))),
    )?;
    insert_keys(c, new.iter().map(entry).map(|(person, key)| (key, person, FoundBy::OwnKey)))?;
    set_last_id(c, last)
}

/// New people are open. The others are looked up.
fn statuses_of(
    c: &Connection,
    people: Vec<Found>,
    known_until: i64,
    freshness: Freshness,
) -> rusqlite::Result<Vec<PersonStatus>> {
    let is_old = |person: PersonId| person.0 <= known_until;
    let old: Vec<PersonId> =
        people.iter().map(|found| found.person).filter(|person| is_old(*person)).collect();
    let mut known = statuses(c, &old, freshness)?.into_iter();
    let paired = |Found { person, by }| {
        let status = if is_old(person) { known.next() } else { None };
        PersonStatus { person, status: status.unwrap_or(Status::Open), found_by: by }
    };
    Ok(people.into_iter().map(paired).collect())
}
