//! Who is in the sheet, what is known of them, and who has to be asked for: read once, before anything is spent.

use super::{Error, RowError};
use crate::ledger::{Alias, AnsweredKind, Freshness, Ledger, PersonId, PersonStatus, Status};
use crate::people::{Distinction, PersonKey, Row, Unsearchable};
use std::collections::{HashMap, HashSet};

/// What a row is to this run. A few bytes each, since there may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowRole {
    /// Its person stands in the ledger.
    Person(PersonId),
    /// It was answered when it came.
    Answered,
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
    /// People to ask for, in the ledger's order, each once.
    pub(super) open: Vec<PersonId>,
    /// People in batches that are not settled.
    pub(super) claimed: Vec<PersonId>,
    /// What was counted.
    pub counts: PlanCounts,
}

/// What a plan counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlanCounts {
    /// Data rows.
    pub rows: usize,
    /// Different people who can be searched for.
    pub people: usize,
    /// Rows whose person stands in an earlier row.
    pub duplicates: usize,
    /// Rows that came with their answer.
    pub filled_in: usize,
    /// Rows that are not to be searched.
    pub skipped: usize,
    /// People answered in the ledger: with a number.
    pub known_found: usize,
    /// People answered in the ledger: without one.
    pub known_not_found: usize,
    /// People who asked not to be searched for.
    pub suppressed: usize,
    /// People in batches under way or in doubt.
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

/// How many people are looked up in the ledger at once.
const CHUNK: usize = 100_000;

impl Plan {
    /// Reads all rows and enters their people, unclaimed, into the ledger. Costs nothing and sends nothing.
    ///
    /// # Errors
    /// Where the sheet cannot be read or the ledger not be written.
    pub(crate) async fn make(
        mut rows: impl Iterator<Item = Result<Row, RowError>>,
        ledger: &Ledger,
        freshness: Freshness,
    ) -> Result<Self, Error> {
        let mut plan = Self::default();
        let mut people = People::default();
        let mut chunk = Chunk::default();
        let mut namesakes = Namesakes::default();
        let mut asked: Option<(Vec<usize>, Vec<Distinction>, _)> = None;
        loop {
            let next = rows.next().transpose().map_err(Error::Rows)?;
            let last = next.is_none();
            if let Some(row) = next {
                let index = plan.roles.len();
                plan.roles.push(match row {
                    Row::Person(search) => {
                        chunk.rows.push(index);
                        let row = chunk.keys.len();
                        let aliases = search.keys.aliases.into_iter();
                        chunk.aliases.extend(aliases.map(|key| Alias { row, key }));
                        chunk.keys.push(search.keys.primary);
                        chunk.distinctions.push(search.distinction);
                        // Replaced once the ledger has said who that is.
                        RowRole::Answered
                    }
                    Row::Answered => {
                        plan.counts.filled_in += 1;
                        RowRole::Answered
                    }
                    Row::Skipped => {
                        plan.counts.skipped += 1;
                        RowRole::Skipped
                    }
                    Row::Unsearchable(reason) => {
                        *plan.counts.unsearchable.entry(reason).or_default() += 1;
                        RowRole::Unsearchable(reason)
                    }
                });
            }
            if chunk.keys.len() < CHUNK && !last {
                continue;
            }
            // The ledger looks one chunk up while the next is read.
            if let Some((indexes, distinctions, statuses)) = asked.take() {
                let statuses: Vec<PersonStatus> = statuses.await?;
                plan.place(&indexes, &statuses, &mut people);
                namesakes.add_all(&statuses, &distinctions);
            }
            let Chunk { rows: indexes, aliases, keys, distinctions } = std::mem::take(&mut chunk);
            let statuses = ledger.upsert_people_with_aliases(keys, aliases, freshness);
            asked = Some((indexes, distinctions, statuses));
            if last {
                break;
            }
        }
        if let Some((indexes, distinctions, statuses)) = asked {
            let statuses: Vec<PersonStatus> = statuses.await?;
            plan.place(&indexes, &statuses, &mut people);
            namesakes.add_all(&statuses, &distinctions);
        }
        plan.leave_out(&namesakes.several, &mut people);
        plan.sum_up(people);
        Ok(plan)
    }

    fn place(&mut self, rows: &[usize], statuses: &[PersonStatus], people: &mut People) {
        for (&row, status) in rows.iter().zip(statuses) {
            self.roles[row] = RowRole::Person(status.person);
        }
        people.add(statuses);
    }

    /// Makes the rows of these people invalid: a number would stand on the wrong one.
    fn leave_out(&mut self, several: &HashSet<PersonId>, people: &mut People) {
        if several.is_empty() {
            return;
        }
        people.0.retain(|(person, _)| !several.contains(person));
        for role in &mut self.roles {
            if matches!(role, RowRole::Person(person) if several.contains(person)) {
                *role = RowRole::Unsearchable(Unsearchable::Namesakes);
                *self.counts.unsearchable.entry(Unsearchable::Namesakes).or_default() += 1;
            }
        }
    }

    fn sum_up(&mut self, people: People) {
        let counts = &mut self.counts;
        counts.rows = self.roles.len();
        counts.people = people.0.len();
        counts.duplicates =
            counts.searchable_rows() - counts.filled_in - counts.skipped - counts.people;
        for (person, state) in people.0 {
            match state {
                State::Open => self.open.push(person),
                State::Claimed => self.claimed.push(person),
                State::Answered(AnsweredKind::Found) => counts.known_found += 1,
                State::Answered(
                    AnsweredKind::NotFound | AnsweredKind::Invalid | AnsweredKind::Failed,
                ) => counts.known_not_found += 1,
                State::Answered(AnsweredKind::Suppressed) => counts.suppressed += 1,
                State::Answered(AnsweredKind::Unusable) => counts.unusable += 1,
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

/// Everybody in the sheet once: 16 bytes each, since there may be millions.
#[derive(Default)]
struct People(Vec<(PersonId, State)>);

/// A [`Status`] without the batch.
#[derive(Clone, Copy)]
enum State {
    Open,
    Claimed,
    Answered(AnsweredKind),
}

impl People {
    fn add(&mut self, statuses: &[PersonStatus]) {
        self.0.extend(statuses.iter().map(|person| {
            let state = match person.status {
                Status::Open => State::Open,
                Status::Claimed(_) => State::Claimed,
                Status::Answered(kind) => State::Answered(kind),
            };
            (person.person, state)
        }));
        // A stable sort merges what is in order already.
        self.0.sort_by_key(|(person, _)| *person);
        self.0.dedup_by_key(|(person, _)| *person);
    }
}

#[derive(Default)]
struct Chunk {
    rows: Vec<usize>,
    aliases: Vec<Alias>,
    keys: Vec<PersonKey>,
    distinctions: Vec<Distinction>,
}

/// People of whom rows say that they are several, who cannot be told apart by what is searched.
#[derive(Default)]
struct Namesakes {
    /// What rows say so far. Most say nothing.
    known: HashMap<PersonId, Distinction>,
    several: HashSet<PersonId>,
}

impl Namesakes {
    fn add_all(&mut self, statuses: &[PersonStatus], distinctions: &[Distinction]) {
        for (status, distinction) in statuses.iter().zip(distinctions) {
            self.add(status.person, *distinction);
        }
    }

    fn add(&mut self, person: PersonId, distinction: Distinction) {
        if distinction == Distinction::default() {
            return;
        }
        let known = self.known.entry(person).or_insert(distinction);
        if known.contradicts(distinction) {
            self.several.insert(person);
        }
        *known = known.or(distinction);
    }
}
