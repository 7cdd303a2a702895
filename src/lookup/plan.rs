//! Who is in the sheet, what is known of them, and who has to be asked for: read once, before anything is spent.

use super::{Error, RowError};
use crate::ledger::{AnsweredKind, Freshness, Ledger, PersonId, PersonStatus, Status};
use crate::people::{PersonKey, Row, Unsearchable};
use std::collections::HashMap;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRow {
    /// What it asks of us.
    pub row: Row,
    /// A hash of its text: proves later that the file is still the one that was planned for.
    pub fingerprint: u32,
}

/// What a row is to this run. A few bytes each, since there may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowRole {
    /// Its person stands in the ledger.
    Person(PersonId),
    /// It was answered when it came.
    Answered,
    /// It cannot be searched.
    Unsearchable,
}

/// Stands for [`RowRole::Answered`]; people's numbers are positive.
const ANSWERED: i64 = -1;
/// Stands for [`RowRole::Unsearchable`].
const UNSEARCHABLE: i64 = 0;

/// The plan of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Per row the person's number, or one of the two codes above.
    roles: Vec<i64>,
    fingerprints: Vec<u32>,
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
        mut rows: impl Iterator<Item = Result<InputRow, RowError>>,
        ledger: &Ledger,
        freshness: Freshness,
    ) -> Result<Self, Error> {
        let mut plan = Self::default();
        let mut people = People::default();
        let mut chunk = Chunk::default();
        let mut asked: Option<(Vec<usize>, _)> = None;
        loop {
            let next = rows.next().transpose().map_err(Error::Rows)?;
            let last = next.is_none();
            if let Some(InputRow { row, fingerprint }) = next {
                let index = plan.roles.len();
                plan.fingerprints.push(fingerprint);
                plan.roles.push(match row {
                    Row::Person(search) => {
                        chunk.rows.push(index);
                        chunk.keys.push(search.identity.key());
                        // Replaced once the ledger has said who that is.
                        UNSEARCHABLE
                    }
                    Row::Answered => {
                        plan.counts.filled_in += 1;
                        ANSWERED
                    }
                    Row::Unsearchable(reason) => {
                        *plan.counts.unsearchable.entry(reason).or_default() += 1;
                        UNSEARCHABLE
                    }
                });
            }
            if chunk.keys.len() < CHUNK && !last {
                continue;
            }
            // The ledger looks one chunk up while the next is read.
            if let Some((indexes, statuses)) = asked.take() {
                let statuses: Vec<PersonStatus> = statuses.await?;
                plan.place(&indexes, &statuses, &mut people);
            }
            let Chunk { rows: indexes, keys } = std::mem::take(&mut chunk);
            asked = Some((indexes, ledger.upsert_people(keys, freshness)));
            if last {
                break;
            }
        }
        if let Some((indexes, statuses)) = asked {
            let statuses: Vec<PersonStatus> = statuses.await?;
            plan.place(&indexes, &statuses, &mut people);
        }
        plan.sum_up(people);
        Ok(plan)
    }

    fn place(&mut self, rows: &[usize], statuses: &[PersonStatus], people: &mut People) {
        for (&row, status) in rows.iter().zip(statuses) {
            self.roles[row] = status.person.number();
        }
        people.add(statuses);
    }

    fn sum_up(&mut self, people: People) {
        let counts = &mut self.counts;
        counts.rows = self.roles.len();
        counts.people = people.0.len();
        counts.duplicates = counts.searchable_rows() - counts.filled_in - counts.people;
        for (person, state) in people.into_each() {
            match state {
                State::Open => self.open.push(person),
                State::Claimed => self.claimed.push(person),
                State::Found => counts.known_found += 1,
                State::NotFound => counts.known_not_found += 1,
                State::Suppressed => counts.suppressed += 1,
                State::Unusable => counts.unusable += 1,
            }
        }
        counts.new = self.open.len();
        counts.under_way = self.claimed.len();
    }

    /// What this row is to the run.
    ///
    /// # Errors
    /// Where the row is not the one that was planned for: the file was changed while it was read, and what is known of
    /// a row cannot be told to another one.
    pub(crate) fn role(&self, row: usize, fingerprint: u32) -> Result<RowRole, Changed> {
        match (self.roles.get(row), self.fingerprints.get(row)) {
            (Some(&role), Some(&planned)) if planned == fingerprint => Ok(match role {
                ANSWERED => RowRole::Answered,
                UNSEARCHABLE => RowRole::Unsearchable,
                number => RowRole::Person(PersonId::of_number(number)),
            }),
            _ => Err(Changed { row: row + 1 }),
        }
    }

    /// Who stands in this row, of which it is known that somebody does.
    pub(super) fn person(&self, row: usize) -> PersonId {
        PersonId::of_number(self.roles[row])
    }

    /// Proves that a pass ended where the planned one did.
    ///
    /// # Errors
    /// Where the file has become shorter.
    pub(crate) fn ends_at(&self, rows: usize) -> Result<(), Changed> {
        if rows == self.roles.len() { Ok(()) } else { Err(Changed { row: rows + 1 }) }
    }
}

/// Everybody in the sheet once, eight bytes each: the person's number above three bits for the [`State`].
#[derive(Default)]
struct People(Vec<i64>);

#[derive(Clone, Copy)]
enum State {
    Open,
    Claimed,
    Found,
    NotFound,
    Suppressed,
    Unusable,
}

impl People {
    #[expect(
        clippy::stable_sort_primitive,
        reason = "runs that are in order already, which a stable sort merges and an unstable one takes apart"
    )]
    fn add(&mut self, statuses: &[PersonStatus]) {
        self.0.extend(statuses.iter().map(|status| {
            let state = match status.status {
                Status::Open => State::Open,
                Status::Claimed(_) => State::Claimed,
                Status::Answered(AnsweredKind::Found) => State::Found,
                Status::Answered(AnsweredKind::Suppressed) => State::Suppressed,
                Status::Answered(
                    AnsweredKind::NotFound | AnsweredKind::Invalid | AnsweredKind::Failed,
                ) => State::NotFound,
                Status::Answered(AnsweredKind::Unusable) => State::Unusable,
            };
            (status.person.number() << 3) | state as i64
        }));
        self.0.sort();
        self.0.dedup_by_key(|packed| *packed >> 3);
    }

    fn into_each(self) -> impl Iterator<Item = (PersonId, State)> {
        let states = [
            State::Open,
            State::Claimed,
            State::Found,
            State::NotFound,
            State::Suppressed,
            State::Unusable,
        ];
        self.0.into_iter().map(move |packed| {
            let state = usize::try_from(packed & 7).expect("three bits");
            (PersonId::of_number(packed >> 3), states[state])
        })
    }
}

#[derive(Default)]
struct Chunk {
    rows: Vec<usize>,
    keys: Vec<PersonKey>,
}

/// The sheet is not the one that was planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the input was changed while it was read: data row {row} is not what it was")]
pub(crate) struct Changed {
    /// The first row that differs, from 1.
    pub row: usize,
}
