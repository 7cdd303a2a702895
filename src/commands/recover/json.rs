//! What is unclear and what was done about it, as JSON for scripts.

use super::listing::{Balance, commands, doubt, is_lost, reason};
use crate::batch::BatchId;
use crate::ledger::{BalanceReading, UnprovenNumber};
use crate::lookup::{Accepted, Recovered, Unclear};
use crate::ui::batch_json::BatchJson;
use crate::ui::notice::experiment_end;
use crate::units::{Credits, Moment};
use serde::Serialize;

/// The list as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
pub(super) struct UnclearListJson {
    /// `null` where no answer was lost, or where it cannot be read.
    balance: Option<Credits>,
    /// What it would be without the batches whose answers were lost; `null` where that is not known.
    balance_expected: Option<i64>,
    /// Oldest first.
    unclear: Vec<UnclearJson>,
}

#[derive(Debug, Serialize)]
struct UnclearJson {
    #[serde(flatten)]
    batch: BatchJson,
    /// What settles it, the safest first.
    commands: Vec<String>,
    /// What its people may have cost, and what searching again costs at most.
    credits_at_most: Credits,
    /// Why the balance proves nothing; `null` where there was no experiment, or it was broken off.
    experiment: Option<&'static str>,
    /// How a command names it.
    handle: BatchId,
    /// People without a usable answer.
    people_unclear: usize,
    readings: Vec<ReadingJson>,
    /// `lost_answer`, `unproven_number` or `no_usable_answer`.
    reason: &'static str,
    /// How many of these people were asked for again before, and how often in all.
    resubmitted_people: usize,
    resubmitted_times: usize,
    unclear_since: String,
    unproven: Vec<UnprovenJson>,
}

#[derive(Debug, Serialize)]
struct ReadingJson {
    at: String,
    balance: i64,
}

#[derive(Debug, Serialize)]
struct UnprovenJson {
    country: Option<String>,
    number: String,
    why: &'static str,
}

impl UnprovenJson {
    fn of(number: &UnprovenNumber, why: &'static str) -> Self {
        let country = number.country.map(|country| country.as_str().to_owned());
        Self { country, number: number.number.clone(), why }
    }
}

impl UnclearListJson {
    pub(super) fn of(unclear: &[Unclear], balance: Option<&Balance>) -> Self {
        Self {
            balance: balance.map(|balance| balance.now),
            balance_expected: balance.and_then(|balance| balance.expected),
            unclear: unclear.iter().map(UnclearJson::of).collect(),
        }
    }
}

impl UnclearJson {
    fn of(unclear: &Unclear) -> Self {
        let reading = |reading: &BalanceReading| ReadingJson {
            at: reading.at.rfc3339(),
            balance: reading.balance,
        };
        Self {
            batch: BatchJson::of(&unclear.batch, Moment::now()),
            commands: commands(unclear).into_iter().map(|(_, command)| command).collect(),
            credits_at_most: unclear.credits(),
            experiment: unclear.batch.experiment.map(experiment_end),
            handle: unclear.handle(),
            people_unclear: unclear.people.len(),
            readings: unclear.readings.iter().map(reading).collect(),
            reason: match (is_lost(unclear), unclear.numbers.is_empty()) {
                (true, _) => "lost_answer",
                (false, false) => "unproven_number",
                (false, true) => "no_usable_answer",
            },
            resubmitted_people: unclear.resubmitted.people,
            resubmitted_times: unclear.resubmitted.times,
            unclear_since: unclear.since().rfc3339(),
            unproven: unclear
                .numbers
                .iter()
                .map(|number| UnprovenJson::of(number, doubt(number.doubt)))
                .collect(),
        }
    }
}

/// A batch that was read by its id.
#[derive(Debug, Serialize)]
pub(super) struct RecoveredJson {
    found: Option<usize>,
    id: BatchId,
    /// People without an answer; `null` while it runs.
    open: Option<usize>,
    people: usize,
    /// `recorded`, `partly` or `running`.
    state: &'static str,
    unclear: Vec<UnclearJson>,
}

impl RecoveredJson {
    pub(super) fn of(id: &BatchId, recovered: Recovered, unclear: &[Unclear]) -> Self {
        let (state, people, found, open) = match recovered {
            Recovered::Recorded { people, found } => ("recorded", people, Some(found), Some(0)),
            Recovered::Running { people } => ("running", people, None, None),
            Recovered::Partly { people, found, open } => {
                ("partly", people, Some(found), Some(open))
            }
        };
        let unclear = unclear.iter().map(UnclearJson::of).collect();
        Self { found, id: id.clone(), open, people, state, unclear }
    }
}

/// What `--accept` did.
#[derive(Debug, Serialize)]
pub(super) struct AcceptedJson {
    accepted: usize,
    id: BatchId,
    /// Numbers that still wait, and why they were not taken.
    left: Vec<UnprovenJson>,
}

impl AcceptedJson {
    pub(super) fn of(id: &BatchId, accepted: &Accepted) -> Self {
        let left = accepted.left.iter();
        Self {
            accepted: accepted.people,
            id: id.clone(),
            left: left.map(|(number, why)| UnprovenJson::of(number, reason(*why))).collect(),
        }
    }
}

/// What `--resubmit` did.
#[derive(Debug, Serialize)]
pub(super) struct ResubmittedJson {
    /// What searching for them costs at most.
    pub(super) credits_at_most: Credits,
    /// People who are open again.
    pub(super) people: usize,
}
