//! People who are known by several keys.

use super::keys::{self, Found, match_in_order};
use crate::ledger::types::{Alias, FoundBy, PersonId};
use crate::people::{KeyKind, PersonKey};
use rusqlite::{Connection, OptionalExtension};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Finds or adds these people, some of whom have aliases. `last` is the highest id that was ever given out.
pub(super) fn upsert(
    c: &Connection,
    keys: &[PersonKey],
    aliases: &[Alias],
    last: i64,
) -> rusqlite::Result<Vec<Found>> {
    let rows = Rows::new(keys, aliases);
    let mut found = vec![None; keys.len()];
    if last > 0 {
        match_in_order(c, keys, |row| rows.digest(row), &mut found)?;
    }
    let mut people = People::load(c, &rows, &found, last)?;
    for row in 0..keys.len() {
        if found[row].is_none() {
            found[row] = Some(people.resolve(keys[row], rows.aliases(row), rows.digest(row))?);
        }
    }
    people.save()?;
    Ok(found.into_iter().map(|found| found.expect("everybody was found or added")).collect())
}

/// The keys of a chunk, by row.
struct Rows<'a> {
    keys: &'a [PersonKey],
    aliases: Vec<PersonKey>,
    /// Where the aliases of a row begin; one more than there are rows.
    starts: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn new(keys: &'a [PersonKey], aliases: &[Alias]) -> Self {
        let starts = (0..=keys.len()).map(|row| aliases.partition_point(|alias| alias.row < row));
        Self {
            keys,
            aliases: aliases.iter().map(|alias| alias.key).collect(),
            starts: starts.collect(),
        }
    }

    fn aliases(&self, row: usize) -> &[PersonKey] {
        &self.aliases[self.starts[row]..self.starts[row + 1]]
    }

    /// A digest of a row's aliases in their order. `None` for a row without.
    fn digest(&self, row: usize) -> Option<i64> {
        /// 2^64 divided by the golden ratio: it spreads what the words have in common.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let word = |key: &PersonKey| {
            let bytes: [u8; 8] = key.as_bytes()[8..].try_into().expect("a key has 16 bytes");
            u64::from_be_bytes(bytes)
        };
        let mix = |digest: u64, key| (digest ^ word(key)).rotate_left(29).wrapping_mul(SPREAD);
        let aliases = self.aliases(row);
        (!aliases.is_empty()).then(|| aliases.iter().fold(0, mix).cast_signed())
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyState {
    /// Nobody has it.
    Free,
    /// An alias that fits two people, and so is none.
    FitsTwo,
    Of(PersonId, FoundBy),
}

/// The people that a chunk is about, as far as they are known, and what changes.
struct People<'a> {
    c: &'a Connection,
    /// The highest id before this chunk.
    known_until: i64,
    keys: HashMap<PersonKey, Key, BuildHasherDefault<DigestHasher>>,
    /// In the order of their ids.
    new: Vec<NewPerson>,
    /// Digests of aliases of people who were there before.
    digests: BTreeMap<PersonId, i64>,
    /// All keys of people who were there before and for whom it was asked.
    keys_of: HashMap<PersonId, Vec<PersonKey>>,
}

struct Key {
    state: KeyState,
    /// Whether this chunk changes it.
    is_changed: bool,
}

struct NewPerson {
    key: PersonKey,
    digest: Option<i64>,
    /// All their keys.
    keys: Vec<PersonKey>,
}

/// A key is a digest: half of it is its hash.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(half) = bytes.last_chunk() {
            self.0 = u64::from_ne_bytes(*half);
        }
    }

    /// How long a key is says nothing.
    fn write_usize(&mut self, _: usize) {}
}

impl<'a> People<'a> {
    fn load(
        c: &'a Connection,
        rows: &Rows<'_>,
        found: &[Option<Found>],
        last: i64,
    ) -> rusqlite::Result<Self> {
        let open = (0..rows.keys.len()).filter(|&row| found[row].is_none());
        let mut wanted: Vec<PersonKey> = open
            .flat_map(|row| {
                std::iter::once(rows.keys[row]).chain(rows.aliases(row).iter().copied())
            })
            .collect();
        // In the order of keys the index is read page by page.
        wanted.sort_unstable();
        wanted.dedup();
        let mut keys =
            HashMap::with_capacity_and_hasher(wanted.len(), BuildHasherDefault::default());
        let mut find = c.prepare_cached("SELECT person, role FROM keys WHERE key = ?1")?;
        for key in wanted {
            let read = |row: &rusqlite::Row<'_>| {
                let by = if row.get(1)? { FoundBy::OwnKey } else { FoundBy::Alias };
                let person: Option<i64> = row.get(0)?;
                Ok(person.map_or(KeyState::FitsTwo, |id| KeyState::Of(PersonId(id), by)))
            };
            let state =
                if last > 0 { find.query_row([key.as_bytes()], read).optional()? } else { None };
            keys.insert(key, Key { state: state.unwrap_or(KeyState::Free), is_changed: false });
        }
        Ok(Self {
            c,
            known_until: last,
            keys,
            new: Vec::new(),
            digests: BTreeMap::new(),
            keys_of: HashMap::new(),
        })
    }

    /// Whose row this is.
    fn resolve(
        &mut self,
        key: PersonKey,
        aliases: &[PersonKey],
        digest: Option<i64>,
    ) -> rusqlite::Result<Found> {
        let found = match self.keys[&key].state {
            KeyState::Of(person, by) => Found { person, by },
            KeyState::Free | KeyState::FitsTwo => match self.only_fit(key, aliases)? {
                Some(person) => {
                    self.give(key, person)?;
                    Found { person, by: FoundBy::Alias }
                }
                None => self.add(key, digest)?,
            },
        };
        for &alias in aliases {
            self.give(alias, found.person)?;
        }
        let is_old = found.person.0 <= self.known_until;
        if let Some(digest) = digest.filter(|_| found.by == FoundBy::OwnKey && is_old) {
            self.digests.insert(found.person, digest);
        }
        Ok(found)
    }

    /// The only person who has one of these aliases and no other key of a kind that the row has.
    fn only_fit(
        &mut self,
        key: PersonKey,
        aliases: &[PersonKey],
    ) -> rusqlite::Result<Option<PersonId>> {
        let mut candidates: Vec<PersonId> = Vec::new();
        for alias in aliases {
            if let KeyState::Of(person, _) = self.keys[alias].state
                && !candidates.contains(&person)
            {
                candidates.push(person);
            }
        }
        let mut fitting = Vec::new();
        for person in candidates {
            let theirs = self.keys_of(person)?;
            let differs = |kind: KeyKind| {
                let is_of_kind = |key: &&PersonKey| key.kind() == kind;
                let ours: Vec<_> =
                    std::iter::once(&key).chain(aliases).filter(is_of_kind).collect();
                let mut others = theirs.iter().filter(is_of_kind).peekable();
                !ours.is_empty()
                    && others.peek().is_some()
                    && !others.any(|key| ours.contains(&key))
            };
            if ![KeyKind::Profile, KeyKind::Domain, KeyKind::Company].into_iter().any(differs) {
                fitting.push(person);
            }
        }
        Ok(match fitting[..] {
            [only] => Some(only),
            _ => None,
        })
    }

    fn add(&mut self, key: PersonKey, digest: Option<i64>) -> rusqlite::Result<Found> {
        let person = PersonId(keys::next_id(self.last())?);
        self.new.push(NewPerson { key, digest, keys: Vec::new() });
        self.set(key, KeyState::Of(person, FoundBy::OwnKey))?;
        Ok(Found { person, by: FoundBy::OwnKey })
    }

    /// Makes a key an alias of this person, unless it is somebody else's.
    fn give(&mut self, alias: PersonKey, person: PersonId) -> rusqlite::Result<()> {
        match self.keys[&alias].state {
            KeyState::Free => self.set(alias, KeyState::Of(person, FoundBy::Alias)),
            KeyState::Of(other, FoundBy::Alias) if other != person => {
                // From now on it says nothing of the other one either, also for later rows of this chunk.
                self.set(alias, KeyState::FitsTwo)
            }
            KeyState::Of(..) | KeyState::FitsTwo => Ok(()),
        }
    }

    fn set(&mut self, key: PersonKey, state: KeyState) -> rusqlite::Result<()> {
        // What is stored is read before anything is changed: it does not know of what this chunk changes.
        if let Some(&Key { state: KeyState::Of(former, _), .. }) = self.keys.get(&key) {
            self.keys_of(former)?.retain(|known| *known != key);
        }
        if let KeyState::Of(person, _) = state {
            self.keys_of(person)?.push(key);
        }
        self.keys.insert(key, Key { state, is_changed: true });
        Ok(())
    }

    /// The highest id so far.
    fn last(&self) -> i64 {
        self.known_until.saturating_add(i64::try_from(self.new.len()).unwrap_or(i64::MAX))
    }

    fn keys_of(&mut self, person: PersonId) -> rusqlite::Result<&mut Vec<PersonKey>> {
        let behind = person.0.saturating_sub(self.known_until);
        if let Some(place) = behind.checked_sub(1).filter(|place| *place >= 0) {
            let place = usize::try_from(place).expect("a chunk has fewer than 2^32 people");
            return Ok(&mut self.new[place].keys);
        }
        match self.keys_of.entry(person) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let mut select = self.c.prepare_cached(
                    "SELECT key FROM people WHERE id = ?1
                     UNION ALL SELECT key FROM keys WHERE person = ?1 AND role = 0",
                )?;
                let keys =
                    select.query_map([person.0], |row| row.get(0).map(PersonKey::from_bytes))?;
                Ok(unknown.insert(keys.collect::<rusqlite::Result<_>>()?))
            }
        }
    }

    fn save(self) -> rusqlite::Result<()> {
        let last = self.last();
        let Self { c, known_until, keys, new, digests, .. } = self;
        let new = new.into_iter().zip(known_until.saturating_add(1)..);
        keys::insert_people(c, new.map(|(new, id)| (PersonId(id), new.key, new.digest)))?;
        let changed = keys.into_iter().filter(|(_, key)| key.is_changed);
        let mut changed: Vec<_> = changed.map(|(key, Key { state, .. })| (key, state)).collect();
        changed.sort_unstable_by_key(|(key, _)| *key);
        let mut keep = c.prepare_cached(
            "INSERT INTO keys (key, person, role) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET person = excluded.person, role = excluded.role",
        )?;
        for (key, state) in changed {
            let (person, is_own) = match state {
                KeyState::Of(person, by) => (Some(person.0), by == FoundBy::OwnKey),
                KeyState::FitsTwo => (None, false),
                KeyState::Free => continue,
            };
            keep.execute((key.as_bytes(), person, is_own))?;
        }
        let mut note = c.prepare_cached("UPDATE people SET aliases = ?2 WHERE id = ?1")?;
        for (person, digest) in digests {
            note.execute((person.0, digest))?;
        }
        keys::set_last_id(c, last)
    }
}
