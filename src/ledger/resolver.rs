//! Whose rows are: people who are known by several keys. The rules, whatever the backend.

use super::types::{Alias, FoundBy, PersonId};
use crate::people::{KeyKind, PersonKey};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// A person, and by which key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) person: PersonId,
    pub(super) by: FoundBy,
}

/// The keys of a chunk, by row.
pub(super) struct Rows<'a> {
    pub(super) keys: &'a [PersonKey],
    aliases: Vec<PersonKey>,
    /// Where the aliases of a row begin; one more than there are rows.
    starts: Vec<usize>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(keys: &'a [PersonKey], aliases: &[Alias]) -> Self {
        let starts = (0..=keys.len()).map(|row| aliases.partition_point(|alias| alias.row < row));
        Self {
            keys,
            aliases: aliases.iter().map(|alias| alias.key).collect(),
            starts: starts.collect(),
        }
    }

    pub(super) fn aliases(&self, row: usize) -> &[PersonKey] {
        &self.aliases[self.starts[row]..self.starts[row + 1]]
    }

    /// The keys of the rows that are still without a person, each once and in their order.
    pub(super) fn wanted(&self, found: &[Option<Found>]) -> Vec<PersonKey> {
        let open = (0..self.keys.len()).filter(|&row| found[row].is_none());
        let mut wanted: Vec<PersonKey> = open
            .flat_map(|row| {
                std::iter::once(self.keys[row]).chain(self.aliases(row).iter().copied())
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// A digest of a row's aliases in their order. `None` for a row without.
    pub(super) fn digest(&self, row: usize) -> Option<i64> {
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
pub(super) enum KeyState {
    /// Nobody has it.
    Free,
    /// An alias that fits two people, and so is none.
    FitsTwo,
    Of(PersonId, FoundBy),
}

/// The people that a chunk is about, as far as they are known, and what changes.
pub(super) struct Resolver<L> {
    /// The highest id before this chunk.
    known_until: i64,
    keys: KeyStates,
    /// In the order of their ids.
    new: Vec<NewPerson>,
    /// Digests of aliases of people who were there before.
    digests: BTreeMap<PersonId, i64>,
    /// All keys of people who were there before and for whom it was asked.
    keys_of: HashMap<PersonId, Vec<PersonKey>>,
    /// Reads all keys of a person, as they are stored.
    load: L,
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
pub(super) struct DigestHasher(u64);

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

impl<L, E> Resolver<L>
where
    L: FnMut(PersonId) -> Result<Vec<PersonKey>, E>,
{
    /// `keys` are all keys of the rows and what is stored of them; new people get ids after `known_until`.
    pub(super) fn new(keys: KeyStates, known_until: i64, load: L) -> Self {
        Self {
            known_until,
            keys,
            new: Vec::new(),
            digests: BTreeMap::new(),
            keys_of: HashMap::new(),
            load,
        }
    }

    /// Whose row this is.
    pub(super) fn resolve(
        &mut self,
        key: PersonKey,
        aliases: &[PersonKey],
        digest: Option<i64>,
    ) -> Result<Found, E> {
        let found = match self.keys.0[&key].state {
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
    fn only_fit(&mut self, key: PersonKey, aliases: &[PersonKey]) -> Result<Option<PersonId>, E> {
        let mut candidates: Vec<PersonId> = Vec::new();
        for alias in aliases {
            if let KeyState::Of(person, _) = self.keys.0[alias].state
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

    fn add(&mut self, key: PersonKey, digest: Option<i64>) -> Result<Found, E> {
        let person = PersonId(self.last().saturating_add(1));
        self.new.push(NewPerson { key, digest, keys: Vec::new() });
        self.set(key, KeyState::Of(person, FoundBy::OwnKey))?;
        Ok(Found { person, by: FoundBy::OwnKey })
    }

    /// Makes a key an alias of this person, unless it is somebody else's.
    fn give(&mut self, alias: PersonKey, person: PersonId) -> Result<(), E> {
        match self.keys.0[&alias].state {
            KeyState::Free => self.set(alias, KeyState::Of(person, FoundBy::Alias)),
            KeyState::Of(other, FoundBy::Alias) if other != person => {
                // From now on it says nothing of the other one either, also for later rows of this chunk.
                self.set(alias, KeyState::FitsTwo)
            }
            KeyState::Of(..) | KeyState::FitsTwo => Ok(()),
        }
    }

    fn set(&mut self, key: PersonKey, state: KeyState) -> Result<(), E> {
        // What is stored is read before anything is changed: it does not know of what this chunk changes.
        if let Some(&Key { state: KeyState::Of(former, _), .. }) = self.keys.0.get(&key) {
            self.keys_of(former)?.retain(|known| *known != key);
        }
        if let KeyState::Of(person, _) = state {
            self.keys_of(person)?.push(key);
        }
        self.keys.0.insert(key, Key { state, is_changed: true });
        Ok(())
    }

    /// The highest id so far.
    fn last(&self) -> i64 {
        self.known_until.saturating_add(i64::try_from(self.new.len()).unwrap_or(i64::MAX))
    }

    fn keys_of(&mut self, person: PersonId) -> Result<&mut Vec<PersonKey>, E> {
        let behind = person.0.saturating_sub(self.known_until);
        if let Some(place) = behind.checked_sub(1).filter(|place| *place >= 0) {
            let place = usize::try_from(place).expect("a chunk has fewer than 2^32 people");
            return Ok(&mut self.new[place].keys);
        }
        match self.keys_of.entry(person) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let keys = (self.load)(person)?;
                Ok(unknown.insert(keys))
            }
        }
    }

    /// What this chunk adds and changes.
    pub(super) fn changes(self) -> Changes {
        let last = self.last();
        let Self { known_until, keys, new, digests, .. } = self;
        let new = new.into_iter().zip(known_until.saturating_add(1)..);
        let changed = keys.0.into_iter().filter(|(_, key)| key.is_changed);
        let mut keys: Vec<_> = changed.map(|(key, Key { state, .. })| (key, state)).collect();
        keys.sort_unstable_by_key(|(key, _)| *key);
        Changes {
            last,
            new: new.map(|(new, id)| (PersonId(id), new.key, new.digest)).collect(),
            keys,
            digests,
        }
    }
}

/// What is known of all keys of a chunk.
#[derive(Default)]
pub(super) struct KeyStates(HashMap<PersonKey, Key, BuildHasherDefault<DigestHasher>>);

impl KeyStates {
    pub(super) fn insert(&mut self, key: PersonKey, state: KeyState) {
        self.0.insert(key, Key { state, is_changed: false });
    }
}

/// What a chunk changes in the ledger.
pub(super) struct Changes {
    /// The highest id.
    pub(super) last: i64,
    /// New people in the order of their ids, each with the key of their search and the digest of their aliases.
    pub(super) new: Vec<(PersonId, PersonKey, Option<i64>)>,
    /// Keys in their order, and whose they are.
    pub(super) keys: Vec<(PersonKey, KeyState)>,
    /// Digests of aliases of people who were there before.
    pub(super) digests: BTreeMap<PersonId, i64>,
}
