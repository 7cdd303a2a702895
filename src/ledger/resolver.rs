//! Which person a row is about, where people have several keys. The rules are the same for every backend.

use super::types::{Alias, FoundBy, PersonId};
use crate::people::{KeyKind, PersonKey};
use std::collections::BTreeMap;

/// A person, and by which key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) person: PersonId,
    pub(super) by: FoundBy,
}

/// The keys of a chunk, by row.
pub(super) struct Rows<'a> {
    pub(super) keys: &'a [PersonKey],
    aliases: &'a [Alias],
    /// Where the aliases of a row begin; one more than there are rows.
    starts: Vec<u32>,
}

impl<'a> Rows<'a> {
    /// `aliases` are in the order of the rows.
    pub(super) fn new(keys: &'a [PersonKey], aliases: &'a [Alias]) -> Self {
        let mut start = 0;
        let starts = (0..=keys.len()).map(|row| {
            start += aliases[start..].iter().take_while(|alias| alias.row < row).count();
            place_of(start)
        });
        Self { keys, aliases, starts: starts.collect() }
    }

    fn aliases(&self, row: usize) -> &[Alias] {
        &self.aliases[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// The keys of the rows that are still without a person.
    pub(super) fn wanted(&self, found: &[Option<Found>]) -> UnknownKeys {
        let open = (0..self.keys.len()).filter(|&row| found[row].is_none());
        let count = open.clone().map(|row| 1 + self.aliases(row).len()).sum();
        let mut sorted: Vec<(PersonKey, u32)> = Vec::with_capacity(count);
        for row in open {
            let aliases = self.aliases(row).iter().map(|alias| alias.key);
            for key in std::iter::once(self.keys[row]).chain(aliases) {
                sorted.push((key, place_of(sorted.len())));
            }
        }
        sorted.sort_unstable();
        let mut wanted = UnknownKeys { keys: Vec::with_capacity(count), places: vec![0; count] };
        for (key, nth) in sorted {
            if wanted.keys.last() != Some(&key) {
                wanted.keys.push(key);
            }
            wanted.places[nth as usize] = place_of(wanted.keys.len() - 1);
        }
        wanted
    }

    /// A digest of a row's aliases in their order. `None` for a row without.
    pub(super) fn digest(&self, row: usize) -> Option<i64> {
        /// 2^64 divided by the golden ratio: it spreads what the words have in common.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let word = |alias: &Alias| {
            let bytes: [u8; 8] = alias.key.as_bytes()[8..].try_into().expect("a key has 16 bytes");
            u64::from_be_bytes(bytes)
        };
        let mix = |digest: u64, alias| (digest ^ word(alias)).rotate_left(29).wrapping_mul(SPREAD);
        let aliases = self.aliases(row);
        (!aliases.is_empty()).then(|| aliases.iter().fold(0, mix).cast_signed())
    }
}

/// The keys of the rows of a chunk that are without a person.
pub(super) struct UnknownKeys {
    /// Each once, in their order.
    pub(super) keys: Vec<PersonKey>,
    /// Where each key of each row stands among them.
    places: Vec<u32>,
}

/// A place in a chunk: half the size of a `usize`, since there are some for each key.
fn place_of(place: usize) -> u32 {
    u32::try_from(place).expect("a chunk has fewer than 2^32 keys")
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyState {
    /// No person has it.
    Free,
    /// An alias that fits two people, and so is none.
    FitsTwo,
    Of(PersonId, FoundBy),
}

/// The people that a chunk is about, as far as they are known, and what changes.
pub(super) struct Resolver<'a, L> {
    /// The highest id before this chunk.
    known_until: i64,
    wanted: &'a UnknownKeys,
    /// One for each key.
    states: Vec<KeyState>,
    /// Whether this chunk changes a key.
    changed: Vec<bool>,
    /// In the order of their ids.
    new: Vec<NewPerson>,
    /// People who were there before and were asked for.
    old: BTreeMap<PersonId, OldPerson>,
    /// Reads what keys a person has, as it is stored.
    load: L,
}

pub(super) struct NewPerson {
    pub(super) key: PersonKey,
    pub(super) digest: Option<i64>,
    pub(super) kinds: KindCounts,
}

/// What a chunk changes of somebody who was there before.
#[derive(Default)]
pub(super) struct OldPerson {
    pub(super) digest: Option<i64>,
    /// As they were, and as they are now.
    kinds: Option<[KindCounts; 2]>,
}

impl OldPerson {
    pub(super) fn changed_kinds(&self) -> Option<KindCounts> {
        self.kinds.and_then(|[before, now]| (before != now).then_some(now))
    }
}

/// How many keys of each kind a person has, in 20 bits each. More are not counted, and not taken off again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct KindCounts(pub(super) i64);

impl KindCounts {
    const MOST: i64 = (1 << 20) - 1;

    pub(super) fn of(keys: impl IntoIterator<Item = PersonKey>) -> Self {
        let mut counts = Self::default();
        keys.into_iter().for_each(|key| counts.add(key));
        counts
    }

    fn place(kind: KeyKind) -> u32 {
        match kind {
            KeyKind::Profile => 0,
            KeyKind::Domain => 20,
            KeyKind::Company => 40,
        }
    }

    fn count(self, kind: KeyKind) -> i64 {
        self.0 >> Self::place(kind) & Self::MOST
    }

    fn add(&mut self, key: PersonKey) {
        if self.count(key.kind()) < Self::MOST {
            self.0 += 1 << Self::place(key.kind());
        }
    }

    fn take(&mut self, key: PersonKey) {
        if (1..Self::MOST).contains(&self.count(key.kind())) {
            self.0 -= 1 << Self::place(key.kind());
        }
    }
}

impl<'a, L, E> Resolver<'a, L>
where
    L: FnMut(PersonId) -> Result<KindCounts, E>,
{
    /// `states` says what is stored of each key; new people get ids after `known_until`.
    pub(super) fn new(
        wanted: &'a UnknownKeys,
        states: Vec<KeyState>,
        known_until: i64,
        load: L,
    ) -> Self {
        let changed = vec![false; states.len()];
        Self { known_until, wanted, states, changed, new: Vec::new(), old: BTreeMap::new(), load }
    }

    /// Finds a person for each row that is without one.
    pub(super) fn resolve_all(
        &mut self,
        rows: &Rows<'_>,
        found: &mut [Option<Found>],
    ) -> Result<(), E> {
        let mut places = self.wanted.places.as_slice();
        for (row, found) in found.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            let (of_row, others) = places.split_at(1 + rows.aliases(row).len());
            *found = Some(self.resolve(of_row[0], &of_row[1..], rows.digest(row))?);
            places = others;
        }
        Ok(())
    }

    /// The person of this row.
    fn resolve(&mut self, key: u32, aliases: &[u32], digest: Option<i64>) -> Result<Found, E> {
        let found = match self.states[key as usize] {
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
            self.old.entry(found.person).or_default().digest = Some(digest);
        }
        Ok(found)
    }

    /// The only person who has one of these aliases and no other key of a kind that the row has.
    fn only_fit(&mut self, key: u32, aliases: &[u32]) -> Result<Option<PersonId>, E> {
        let mut candidates: Vec<PersonId> = Vec::new();
        for &alias in aliases {
            if let KeyState::Of(person, _) = self.states[alias as usize]
                && !candidates.contains(&person)
            {
                candidates.push(person);
            }
        }
        let mut fitting = Vec::new();
        for person in candidates {
            let theirs = *self.kinds_of(person)?;
            let is_theirs = |key: u32| matches!(self.states[key as usize], KeyState::Of(owner, _) if owner == person);
            let differs = |kind: KeyKind| {
                let ours = std::iter::once(key).chain(aliases.iter().copied());
                let mut ours =
                    ours.filter(|key| self.wanted.keys[*key as usize].kind() == kind).peekable();
                ours.peek().is_some() && theirs.count(kind) > 0 && !ours.any(is_theirs)
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

    fn add(&mut self, key: u32, digest: Option<i64>) -> Result<Found, E> {
        let person = PersonId(self.last().saturating_add(1));
        let kinds = KindCounts::default();
        self.new.push(NewPerson { key: self.wanted.keys[key as usize], digest, kinds });
        self.set(key, KeyState::Of(person, FoundBy::OwnKey))?;
        Ok(Found { person, by: FoundBy::OwnKey })
    }

    /// Makes a key an alias of this person, unless it is somebody else's.
    fn give(&mut self, alias: u32, person: PersonId) -> Result<(), E> {
        match self.states[alias as usize] {
            KeyState::Free => self.set(alias, KeyState::Of(person, FoundBy::Alias)),
            KeyState::Of(other, FoundBy::Alias) if other != person => {
                // From now on it says nothing of the other one either, also for later rows of this chunk.
                self.set(alias, KeyState::FitsTwo)
            }
            KeyState::Of(..) | KeyState::FitsTwo => Ok(()),
        }
    }

    fn set(&mut self, place: u32, state: KeyState) -> Result<(), E> {
        let place = place as usize;
        let key = self.wanted.keys[place];
        // The stored keys are read before anything changes: they do not include the changes of this chunk.
        if let KeyState::Of(former, _) = self.states[place] {
            self.kinds_of(former)?.take(key);
        }
        if let KeyState::Of(person, _) = state {
            self.kinds_of(person)?.add(key);
        }
        self.states[place] = state;
        self.changed[place] = true;
        Ok(())
    }

    /// The highest id so far.
    fn last(&self) -> i64 {
        self.known_until.saturating_add(i64::try_from(self.new.len()).unwrap_or(i64::MAX))
    }

    fn kinds_of(&mut self, person: PersonId) -> Result<&mut KindCounts, E> {
        let behind = person.0.saturating_sub(self.known_until);
        if let Some(place) = behind.checked_sub(1).filter(|place| *place >= 0) {
            let place = usize::try_from(place).expect("a chunk has fewer than 2^32 people");
            return Ok(&mut self.new[place].kinds);
        }
        let old = self.old.entry(person).or_default();
        if old.kinds.is_none() {
            old.kinds = Some([(self.load)(person)?; 2]);
        }
        let [_, now] = old.kinds.get_or_insert_default();
        Ok(now)
    }

    /// What this chunk adds and changes.
    pub(super) fn changes(self) -> Changes {
        let last = self.last();
        let Self { known_until, states, changed, new, old, .. } = self;
        Changes { last, known_until, new, states, changed, old }
    }
}

/// What a chunk changes in the ledger.
pub(super) struct Changes {
    /// The highest id.
    pub(super) last: i64,
    known_until: i64,
    new: Vec<NewPerson>,
    states: Vec<KeyState>,
    changed: Vec<bool>,
    /// People who were there before.
    pub(super) old: BTreeMap<PersonId, OldPerson>,
}

impl Changes {
    /// New people in the order of their ids.
    pub(super) fn new_people(&self) -> impl Iterator<Item = (PersonId, &NewPerson)> {
        (self.known_until.saturating_add(1)..).map(PersonId).zip(&self.new)
    }

    /// The positions of the keys that change, in their order, and the people who have them now.
    pub(super) fn keys(&self) -> impl Iterator<Item = (usize, KeyState)> {
        let states = self.states.iter().copied().enumerate();
        states.zip(&self.changed).filter_map(|(key, changed)| changed.then_some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_keys_than_can_be_counted_leave_the_other_kinds_alone() {
        let key = PersonKey::from_bytes([0; 16]);
        let mut counts = KindCounts(KindCounts::MOST - 1);
        counts.add(key);
        counts.add(key);
        assert_eq!(counts, KindCounts(KindCounts::MOST));
        counts.take(key);
        assert_eq!(counts, KindCounts(KindCounts::MOST));
    }
}
