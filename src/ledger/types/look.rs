//! What one look at a batch shows, and what the ledger makes of it.

use super::hole::Hole;
use super::person::PersonId;
use crate::people::{Answer, Country};
use crate::units::{Credits, Moment};
use std::time::Duration;

/// Looks must last this long before anything is concluded from what they do not show.
pub(in crate::ledger) const LAST_LOOK_AFTER: Duration = Duration::from_hours(24);

/// When a look was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookTime {
    /// By our wall clock.
    pub at: Moment,
    /// By the server's clock, where its answer was dated.
    pub server: Option<Moment>,
}

impl LookTime {
    /// Whether looking has lasted a day since `first`, by each clock that both looks know: one clock alone may have been
    /// set.
    pub(in crate::ledger) fn ends_a_day_since(&self, first: &Self) -> bool {
        let is_day = |from: Moment, to: Moment| to.since(from) >= LAST_LOOK_AFTER;
        let by_server = match (first.server, self.server) {
            (Some(from), Some(to)) => is_day(from, to),
            (Some(_) | None, None) | (None, Some(_)) => true,
        };
        is_day(first.at, self.at) && by_server
    }
}

/// One answer of Enrow about a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLook {
    pub time: LookTime,
    pub stage: LookStage,
    /// Credits given back, where Enrow says so.
    pub refunded: Option<Credits>,
    /// Numbers found, where Enrow says so.
    pub stated_found: Option<usize>,
    /// Answers that are proven to be these people's. Nothing is recorded for the others.
    pub answers: Vec<(PersonId, Answer)>,
    /// Why the others have none, where the batch is done.
    pub holes: Vec<(PersonId, Hole)>,
    /// Numbers that came and are not believed.
    pub unproven: Vec<UnprovenNumber>,
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookStage {
    /// Enrow works on it.
    Ongoing,
    /// Enrow says that it is done.
    Completed,
    /// Enrow says that it failed.
    Failed,
    /// Enrow was not asked: a person accepts numbers.
    NotAsked,
}

/// A number that came and is not believed. A person decides about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnprovenNumber {
    /// Whose it would be, where the result points to anybody.
    pub person: Option<PersonId>,
    /// The position in the request that it points to.
    pub position: Option<u32>,
    /// Digits and what people write between them; empty where what came was no number at all.
    pub number: String,
    /// The country that came with it.
    pub country: Option<Country>,
    /// Why it is not believed.
    pub doubt: Doubt,
}

/// Why a number is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Two results for one search disagree.
    Contradicted,
    /// Index and proof point to different searches.
    IndexDisagrees,
    /// The index, or our proof, points to a search, but the echo names somebody else.
    NamesSomebodyElse,
    /// It points to nobody in the batch.
    Nobody,
    /// The result carries a number and does not call it found.
    NotCalledFound,
    /// The result is proven, but the number is not in international form.
    NotInternational,
    /// Nothing but the index says whose it is.
    OnlyIndex,
}

/// What the ledger made of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LookRecorded {
    /// People whose answer is recorded now and was not before.
    pub answered: usize,
    /// Numbers among these answers.
    pub found: usize,
    /// People who were given up because the looking has lasted a day, or because the batch failed.
    pub given_up: usize,
    /// People who still wait for an answer.
    pub open: usize,
    /// Whether this look settled the batch.
    pub settled: bool,
}
