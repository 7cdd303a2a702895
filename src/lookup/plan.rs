//! Who is in the sheet, what is known of them, and who has to be asked for: read once, before anything is spent.

use super::{Error, RowError};
use crate::ledger::{
    Alias, AnsweredKind, FilledRow, FoundBy, Freshness, Ledger, PersonId, PersonStatus, Status,
};
use crate::people::{
    Distinction, FilledIn, PersonKey, PersonKeys, PhoneNumber, Row, Search, Unsearchable,
};
use std::collections::{HashMap, HashSet};

/// What a row is to this run. A few bytes each, since there may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowRole {
    /// Its person stands in the ledger.
    Person(PersonId, FoundBy),
    /// It came with a number, and the ledger knows neither the number nor the person: it keeps the number unless the
    /// person is asked for.
    Filled(PersonId),
    /// It came with a number that the ledger does not know, and names nobody who could be searched for.
    Kept,
    /// It is not to be searched.
    Skipped,
    /// It cannot be searched.
    Unsearchable(Unsearchable),
}

/// The plan of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// For each row, in order.
    roles: Vec<RowRole>,
    /// The rows that name their person by a profile, while the plan is made.
    by_profile: Vec<bool>,
    /// People to ask for, in the ledger's order, each once.
    pub(super) open: Vec<PersonId>,
    /// People in batches that are not settled.
    pub(super) claimed: Vec<PersonId>,
    pub counts: PlanCounts,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlanCounts {
    /// Data rows.
    pub rows: usize,
    /// Different people who can be searched for.
    pub people: usize,
    /// Rows whose person stands in an earlier row.
    pub duplicates: usize,
    /// Rows that came with a number of which the ledger knows nothing, and keep it.
    pub filled_in: usize,
    /// Rows that are not to be searched.
    pub skipped: usize,
    /// People answered in the ledger: with a number.
    pub known_found: usize,
    /// People answered in the ledger: without one.
    pub known_not_found: usize,
    /// People who asked not to be searched for.
    pub suppressed: usize,
    /// People in batches that are running or unclear.
    pub under_way: usize,
    /// People whose answer was paid for, or may be, and cannot be used.
    pub unusable: usize,
    /// People to search for.
    pub new: usize,
    /// Rows that cannot be searched, by reason.
    pub unsearchable: HashMap<Unsearchable, usize>,
}

impl PlanCounts {
    /// Rows that cannot be searched.
    pub(crate) fn unsearchable_rows(&self) -> usize {
        self.unsearchable.values().sum()
    }

    /// Rows that can, or could if they were not answered.
    pub(crate) fn searchable_rows(&self) -> usize {
        self.rows - self.unsearchable_rows()
    }
}

/// How many people are looked up in the ledger at once. A chunk of new people changes nearly every page of the keys of a
/// long list, whatever its size; memory grows with it.
const CHUNK: usize = 128_000;

impl Plan {
    /// Reads all rows and enters their people, unclaimed, into the ledger. Costs nothing and sends nothing.
    ///
    /// # Errors
    /// Where the sheet cannot be read or the ledger not be written.
    pub(crate) async fn make(
        rows: impl Iterator<Item = Result<Row, RowError>>,
        ledger: &Ledger,
        freshness: Freshness,
        filled: FilledRows,
    ) -> Result<Self, Error> {
        let mut rows = rows.fuse();
        let mut plan = Self::default();
        let mut states = Vec::new();
        let mut chunk = Chunk::default();
        let mut namesakes = Namesakes::default();
        let mut asked: Option<(Chunk, _)> = None;
        loop {
            let next = rows.next().transpose().map_err(Error::Rows)?;
            let last = next.is_none();
            if let Some(row) = next {
                plan.add(row, &mut chunk);
            }
            if chunk.len() < CHUNK && !last {
                continue;
            }
            // The ledger looks one chunk up while the next is read.
            if let Some((chunk, statuses)) = asked.take() {
                let statuses: Vec<PersonStatus> = statuses.await?;
                namesakes.add_all(&statuses, &chunk.distinctions);
                plan.place(chunk, &statuses, ledger, filled, &mut states).await?;
            }
            if last && chunk.is_empty() {
                break;
            }
            let mut full = std::mem::take(&mut chunk);
            let (keys, aliases) =
                (std::mem::take(&mut full.keys), std::mem::take(&mut full.aliases));
            asked = Some((full, ledger.upsert_people(keys, aliases, freshness)));
        }
        plan.leave_out(&namesakes.several, &mut states);
        plan.by_profile = Vec::new();
        plan.sum_up(&states);
        Ok(plan)
    }

    /// Takes in a row. What it is to the run is decided once the ledger has said who its person is.
    fn add(&mut self, row: Row, chunk: &mut Chunk) {
        let index = self.roles.len();
        self.by_profile.push(row.search().is_some_and(Search::is_by_profile));
        let role = match row {
            Row::Person(search) => {
                chunk.push(index, &search);
                RowRole::Kept
            }
            Row::Filled(FilledIn { number, is_skipped, who }) => {
                let named = who.map(|search| chunk.push(index, &search));
                chunk.filled.push(FilledPlace { index, is_skipped, named, number });
                RowRole::Kept
            }
            Row::Skipped => {
                self.counts.skipped += 1;
                RowRole::Skipped
            }
            Row::Unsearchable(reason) => self.unsearchable(reason),
        };
        self.roles.push(role);
    }

    fn unsearchable(&mut self, reason: Unsearchable) -> RowRole {
        *self.counts.unsearchable.entry(reason).or_default() += 1;
        RowRole::Unsearchable(reason)
    }

    async fn place(
        &mut self,
        chunk: Chunk,
        statuses: &[PersonStatus],
        ledger: &Ledger,
        filled: FilledRows,
        states: &mut Vec<Option<PersonState>>,
    ) -> Result<(), Error> {
        states.resize(self.roles.len(), None);
        for (&row, status) in chunk.rows.iter().zip(statuses) {
            self.roles[row] = RowRole::Person(status.person, status.found_by);
            states[row] = Some(status.status.into());
        }
        if filled == FilledRows::KeepAll {
            self.counts.filled_in += chunk.filled.len();
            for place in &chunk.filled {
                self.roles[place.index] = RowRole::Kept;
                states[place.index] = None;
            }
        } else if !chunk.filled.is_empty() {
            let row = |place: &FilledPlace| FilledRow {
                person: place.named.ok().map(|at| statuses[at].person),
                number: place.number.clone(),
            };
            let known = ledger.knows_filled(chunk.filled.iter().map(row).collect()).await?;
            for (place, is_known) in chunk.filled.iter().zip(known) {
                let known_as = place.named.map(|at| statuses[at]);
                if !self.place_filled(place, known_as, is_known, filled) {
                    states[place.index] = None;
                }
            }
        }
        Ok(())
    }

    /// Decides about a row that came with a number. Answers whether its person is one of this run.
    fn place_filled(
        &mut self,
        place: &FilledPlace,
        status: Result<PersonStatus, Unsearchable>,
        is_known: bool,
        filled: FilledRows,
    ) -> bool {
        let (role, is_asked) = match status {
            Err(reason) if is_known => (self.unsearchable(reason), false),
            Err(_) => (RowRole::Kept, false),
            Ok(PersonStatus { status: Status::Open, .. }) if is_known && place.is_skipped => {
                self.counts.skipped += 1;
                (RowRole::Skipped, false)
            }
            Ok(PersonStatus { person, found_by, .. }) if is_known => {
                (RowRole::Person(person, found_by), true)
            }
            Ok(PersonStatus { person, .. }) => {
                (RowRole::Filled(person), filled == FilledRows::AskAgain && !place.is_skipped)
            }
        };
        self.counts.filled_in +=
            usize::from(!is_asked && matches!(role, RowRole::Filled(_) | RowRole::Kept));
        self.roles[place.index] = role;
        is_asked
    }

    /// Makes the rows of these people invalid: a number would stand on the wrong one. A profile that the person was made
    /// from is one person, whatever the others with this name are. One that came to a name later is not spared: the answer
    /// may be of a search by that name.
    fn leave_out(&mut self, several: &HashSet<PersonId>, states: &mut [Option<PersonState>]) {
        if several.is_empty() {
            return;
        }
        for ((role, state), by_profile) in self.roles.iter_mut().zip(states).zip(&self.by_profile) {
            match *role {
                RowRole::Person(_, FoundBy::OwnKey) | RowRole::Filled(_) if *by_profile => {}
                RowRole::Person(person, _) if several.contains(&person) => {
                    *role = RowRole::Unsearchable(Unsearchable::Namesakes);
                    *self.counts.unsearchable.entry(Unsearchable::Namesakes).or_default() += 1;
                }
                RowRole::Filled(person) if several.contains(&person) => *state = None,
                RowRole::Person(..)
                | RowRole::Filled(_)
                | RowRole::Kept
                | RowRole::Skipped
                | RowRole::Unsearchable(_) => {}
            }
        }
    }

    /// Counts the people of the rows, each once. `states` says of each row whether its person is one of this run.
    fn sum_up(&mut self, states: &[Option<PersonState>]) {
        let person = |(role, state): (&RowRole, &Option<PersonState>)| match *role {
            RowRole::Person(person, _) | RowRole::Filled(person) => Some((person, (*state)?)),
            RowRole::Kept | RowRole::Skipped | RowRole::Unsearchable(_) => None,
        };
        let mut people = Vec::with_capacity(states.iter().flatten().count());
        people.extend(self.roles.iter().zip(states).filter_map(person));
        // Stable: what was said of a person first counts. It merges what is in order already.
        people.sort_by_key(|(person, _)| *person);
        people.dedup_by_key(|(person, _)| *person);
        let is_open = |(_, state): &&(PersonId, PersonState)| matches!(state, PersonState::Open);
        self.open.reserve_exact(people.iter().filter(is_open).count());
        let counts = &mut self.counts;
        counts.rows = self.roles.len();
        counts.people = people.len();
        counts.duplicates =
            counts.searchable_rows() - counts.filled_in - counts.skipped - counts.people;
        for (person, state) in people {
            match state {
                PersonState::Open => self.open.push(person),
                PersonState::Claimed => self.claimed.push(person),
                PersonState::Answered(AnsweredKind::Found) => counts.known_found += 1,
                PersonState::Answered(
                    AnsweredKind::NotFound | AnsweredKind::Invalid | AnsweredKind::Failed,
                ) => counts.known_not_found += 1,
                PersonState::Answered(AnsweredKind::Suppressed) => counts.suppressed += 1,
                PersonState::Answered(AnsweredKind::Unusable) => counts.unusable += 1,
            }
        }
        counts.new = self.open.len();
        counts.under_way = self.claimed.len();
    }

    /// A plan of rows whose people are known.
    pub(super) fn of(roles: Vec<RowRole>) -> Self {
        Self { roles, ..Self::default() }
    }

    /// Whether a person is to be searched for.
    pub(crate) fn is_open(&self, person: PersonId) -> bool {
        self.open.binary_search(&person).is_ok()
    }

    /// What a row is to the run.
    pub(crate) fn role(&self, row: usize) -> RowRole {
        self.roles[row]
    }
}

/// A [`Status`] without the batch: a byte for each row.
#[derive(Debug, Clone, Copy)]
enum PersonState {
    Open,
    Claimed,
    Answered(AnsweredKind),
}

impl From<Status> for PersonState {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Claimed(_) => Self::Claimed,
            Status::Answered(kind) => Self::Answered(kind),
        }
    }
}

/// What becomes of rows that came with a number of which the ledger knows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilledRows {
    /// Their people are searched for like all others.
    AskAgain,
    Keep,
    /// They keep it, and so do all others: what a sandbox makes up takes the place of no real number.
    KeepAll,
}

#[derive(Default)]
struct Chunk {
    rows: Vec<usize>,
    aliases: Vec<Alias>,
    keys: Vec<PersonKey>,
    /// The rows that say something that tells namesakes apart: the place of each, and what it says.
    distinctions: Vec<(usize, Distinction)>,
    filled: Vec<FilledPlace>,
}

/// A row that came with a number.
struct FilledPlace {
    /// In the sheet.
    index: usize,
    is_skipped: bool,
    /// The place of its person in the chunk.
    named: Result<usize, Unsearchable>,
    number: PhoneNumber,
}

impl Chunk {
    /// How many rows wait for the ledger.
    fn len(&self) -> usize {
        self.rows.len().max(self.filled.len())
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the person of a row, and answers at which place.
    fn push(&mut self, index: usize, search: &Search) -> usize {
        let row = self.keys.len();
        let PersonKeys { primary, aliases } = search.keys();
        self.aliases.extend(aliases.into_iter().map(|key| Alias { row, key }));
        self.keys.push(primary);
        if search.distinction != Distinction::default() {
            self.distinctions.push((row, search.distinction));
        }
        self.rows.push(index);
        row
    }
}

/// People of whom rows say that they are several, who cannot be told apart by what is searched.
#[derive(Default)]
struct Namesakes {
    /// What rows say so far. Most say nothing.
    known: HashMap<PersonId, Distinction>,
    several: HashSet<PersonId>,
}

impl Namesakes {
    fn add_all(&mut self, statuses: &[PersonStatus], distinctions: &[(usize, Distinction)]) {
        for &(row, distinction) in distinctions {
            self.add(statuses[row].person, distinction);
        }
    }

    fn add(&mut self, person: PersonId, distinction: Distinction) {
        let known = self.known.entry(person).or_insert(distinction);
        if known.contradicts(distinction) {
            self.several.insert(person);
        }
        *known = known.or(distinction);
    }
}

#[cfg(test)]
mod tests;
