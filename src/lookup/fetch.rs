//! Any batch of the account, whoever sent it: its results as Enrow tells them, and what the ledger can learn of them.

use super::collect::VISIBLE_WITHIN;
use super::matching::{self, ParsedResult};
use super::poll::{Look, PollTarget};
use super::{EndReason, Engine, Error};
use crate::batch::BatchId;
use crate::enrow::{BatchReport, EchoedSearch, SearchResult, Stage, Stats};
use crate::ledger::{BatchRecord, BatchState, Which};
use crate::people::{Answer, PersonKey, RowAnswer, RowStatus};
use crate::units::Moment;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// What to do while a batch runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Ask once.
    No,
    /// Until it is done.
    Yes,
}

/// How a batch stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fetched {
    /// It is done.
    Done(Results),
    /// It ended without results.
    Failed,
    /// It runs.
    Ongoing {
        /// Searches that are finished, where Enrow says so.
        finished: Option<usize>,
        /// Searches in all, where Enrow says so.
        requested: Option<usize>,
    },
    /// The run ended first.
    Ended(EndReason),
}

/// The results of a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Results {
    /// Whether it is a batch of ours whose answer was lost, as its nonce proves.
    pub in_doubt: bool,
    /// Searches that Enrow gave no result for.
    pub missing: usize,
    /// Answers the ledger did not have.
    pub recorded: usize,
    /// One row for each result, in the order in which they were searched.
    pub rows: Vec<FetchedRow>,
}

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FetchedRow {
    /// Its answer.
    pub answer: RowAnswer,
    /// The sender's own id of the search.
    pub custom: Option<String>,
    /// The search, as Enrow echoes it.
    pub searched: EchoedSearch,
}

/// Why the looking ended.
enum Looked {
    Done(BatchReport),
    Ongoing(Stats),
    /// Completed, but some results may still come.
    Partial(BatchReport),
}

impl Engine {
    /// Gets the results of a batch of this account and records in the ledger what they say of people. Costs nothing.
    pub(crate) async fn fetch(&self, id: &BatchId, wait: Wait) -> Result<Fetched, Error> {
        self.replay_saved_responses().await?;
        let known = self.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop();
        let known = known.as_ref();
        let target = PollTarget { id, known };
        let looking =
            self.poll_until_done(target, async |look| self.decide_fetch(target, wait, look));
        match self.cancel.run_until_cancelled(looking).await {
            Err(reason) => Ok(Fetched::Ended(reason)),
            Ok(looked) => match looked? {
                Looked::Ongoing(stats) => {
                    Ok(Fetched::Ongoing { finished: stats.finished, requested: stats.requested })
                }
                // Recorded like this, a batch of ours would lose what may still come.
                Looked::Partial(report) => self.settle(None, report).await,
                Looked::Done(report) => self.settle(known, report).await,
            },
        }
    }

    /// What one look at a fetched batch leads to.
    fn decide_fetch(
        &self,
        target: PollTarget<'_>,
        wait: Wait,
        look: Look,
    ) -> Result<ControlFlow<Looked>, Error> {
        let stats = match (look, wait) {
            (Look::Ongoing(stats), Wait::No) => {
                return Ok(ControlFlow::Break(Looked::Ongoing(stats)));
            }
            (Look::Ended { report, lasts }, wait) if report.may_grow(target.known, lasts) => {
                match wait {
                    Wait::No => return Ok(ControlFlow::Break(Looked::Partial(report))),
                    Wait::Yes => report.stats,
                }
            }
            (Look::Ended { report, .. }, _) => {
                return Ok(ControlFlow::Break(Looked::Done(report)));
            }
            (Look::Ongoing(stats), Wait::Yes) => stats,
            // Accepted a moment ago: it may take a while to be shown.
            (Look::UnknownId { .. }, Wait::Yes)
                if target.known.is_some_and(|batch| batch.accepted.is_some())
                    && target.age() < VISIBLE_WITHIN =>
            {
                Stats::default()
            }
            (Look::UnknownId { error, .. }, _) => return Err(error.into()),
        };
        self.run_state.watches(stats.finished.unwrap_or(0), stats.requested.unwrap_or(1));
        Ok(ControlFlow::Continue(()))
    }

    /// Records a batch that has ended and makes rows of it.
    async fn settle(
        &self,
        known: Option<&BatchRecord>,
        report: BatchReport,
    ) -> Result<Fetched, Error> {
        let results = match &report.stage {
            Stage::Completed(results) => results.clone(),
            Stage::Failed | Stage::Ongoing => Vec::new(),
        };
        let has_failed = report.stage == Stage::Failed;
        let requested = report.stats.requested.unwrap_or(0);
        let in_doubt = match &report.nonce {
            Some(nonce) => self.in_doubt().await?.iter().any(|batch| batch.nonce.as_str() == nonce),
            None => false,
        };
        let unique = UniqueResults::of(results);
        let answers = unique.answers();
        let mut recorded = 0;
        if let Some(batch) = known.filter(|batch| batch.state == BatchState::Running)
            && self.record_if_done(batch, report).await?
        {
            recorded = answers.len();
        }
        let learned = self.ledger.import_answers(answers, Moment::now()).await?;
        recorded += learned.recorded;
        if has_failed {
            return Ok(Fetched::Failed);
        }
        let suppressed: HashSet<PersonKey> = learned.suppressed.into_iter().collect();
        let rows: Vec<FetchedRow> = unique.rows(&suppressed, known);
        Ok(Fetched::Done(Results {
            in_doubt,
            missing: requested.saturating_sub(rows.len()),
            recorded,
            rows,
        }))
    }
}

/// Results in the order of their searches, each search once.
struct UniqueResults {
    rows: Vec<(SearchResult, ParsedResult)>,
}

impl UniqueResults {
    fn of(mut results: Vec<SearchResult>) -> Self {
        results.sort_by_key(|result| result.index.unwrap_or(usize::MAX));
        let mut rows: Vec<(SearchResult, ParsedResult)> = Vec::with_capacity(results.len());
        // Where the same search comes twice: by its place and whom it is about.
        let mut seen: HashMap<(usize, Option<PersonKey>), usize> = HashMap::new();
        for result in results {
            let parsed = matching::parse_result(&result);
            let place = result.index.map(|index| (index, key(&result)));
            let before = place.and_then(|place| seen.insert(place, rows.len()));
            match before.map(|at| &mut rows[at].1) {
                Some(first) if *first == parsed => {}
                Some(first) => {
                    *first =
                        ParsedResult::Answer(Answer::Failed(matching::CONTRADICTED.to_owned()));
                }
                None => rows.push((result, parsed)),
            }
        }
        Self { rows }
    }

    /// What can be said of people who are named, each once and without contradiction.
    fn answers(&self) -> Vec<(PersonKey, Answer)> {
        let mut answers: HashMap<PersonKey, Option<Answer>> = HashMap::new();
        for (result, parsed) in &self.rows {
            let (Some(key), ParsedResult::Answer(answer)) = (key(result), parsed) else {
                continue;
            };
            answers
                .entry(key)
                .and_modify(|known| *known = known.take().filter(|known| known == answer))
                .or_insert_with(|| Some(answer.clone()));
        }
        answers
            .into_iter()
            .filter_map(|(key, answer)| {
                let answer = answer.filter(|answer| match answer {
                    Answer::Found { .. } | Answer::NotFound => true,
                    Answer::Invalid(_) | Answer::Failed(_) | Answer::Unusable(_) => false,
                });
                Some((key, answer?))
            })
            .collect()
    }

    fn rows(self, suppressed: &HashSet<PersonKey>, known: Option<&BatchRecord>) -> Vec<FetchedRow> {
        let row = |(result, parsed): (SearchResult, ParsedResult)| FetchedRow {
            answer: if key(&result).is_some_and(|key| suppressed.contains(&key)) {
                RowAnswer::suppressed()
            } else {
                answer(parsed)
            },
            // A single search carries our own nonce there, not the sender's word.
            custom: result.custom.filter(|_| !known.is_some_and(|batch| batch.single)),
            searched: result.params.unwrap_or_default(),
        };
        self.rows.into_iter().map(row).collect()
    }
}

/// Whom a result is about, as far as its own echo tells.
fn key(result: &SearchResult) -> Option<PersonKey> {
    result.params.as_ref()?.as_echo().key()
}

fn answer(parsed: ParsedResult) -> RowAnswer {
    match parsed {
        ParsedResult::Ongoing => {
            RowAnswer::without(RowStatus::Pending, "Enrow has not finished this search")
        }
        ParsedResult::Answer(Answer::Found { number, country }) => RowAnswer {
            status: RowStatus::Found,
            number: Some(number),
            country,
            note: "".into(),
            is_stale: false,
        },
        ParsedResult::Answer(Answer::NotFound) => RowAnswer::without(RowStatus::NotFound, ""),
        ParsedResult::Answer(Answer::Invalid(message)) => {
            RowAnswer::without(RowStatus::Invalid, message)
        }
        ParsedResult::Answer(Answer::Failed(why) | Answer::Unusable(why)) => {
            RowAnswer::without(RowStatus::Failed, why)
        }
    }
}
