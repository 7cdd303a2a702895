//! Any batch of the account, whoever sent it: its results as Enrow tells them, and what the ledger can learn of them.

use super::collect::{MISSING_RETRY, UNFINISHED_RETRY};
use super::matching::{self, ParsedResult};
use super::poll_schedule::PollSchedule;
use super::{Engine, StopReason};
use crate::batch::BatchId;
use crate::enrow::{
    BatchReport, EchoedSearch, FetchError, Qualification, RetryPolicy, SearchResult, Stage,
};
use crate::ledger::{BatchRecord, BatchState};
use crate::people::{Answer, PersonKey, RowAnswer, RowStatus};
use crate::units::Moment;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// How long after it was taken an id may be unknown to the API.
const VISIBLE_WITHIN: Duration = Duration::from_mins(3);

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
    /// Told to stop.
    Stopped(StopReason),
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

impl Engine {
    /// Gets the results of a batch of this account and records in the ledger what they say of people. Costs nothing.
    ///
    /// # Errors
    /// Where Enrow does not know the id or refuses the key, or the ledger cannot be used.
    pub(crate) async fn fetch(&self, id: &BatchId, wait: Wait) -> anyhow::Result<Fetched> {
        self.replay_saved_responses().await?;
        let known = self.ledger.batch_by_id(id.clone()).await?;
        let began = Instant::now();
        // Since when it calls itself completed.
        let mut done = began;
        let mut schedule: Option<PollSchedule> = None;
        loop {
            let report = match self.stop.cut(self.look(id, known.as_ref())).await {
                None => return Ok(self.stopped()),
                Some(Ok(report)) => Some(report),
                // Taken a moment ago: it may take a while to be seen.
                Some(Err(FetchError::UnknownId { .. }))
                    if wait == Wait::Yes && is_fresh(known.as_ref()) =>
                {
                    None
                }
                Some(Err(error)) => return Err(error.into()),
            };
            let stats = report.as_ref().map(|r| r.stats).unwrap_or_default();
            match report {
                Some(report)
                    if (is_unfinished(&report) && done.elapsed() < UNFINISHED_RETRY)
                        || (known.as_ref().is_some_and(|batch| report.lacks_results(batch))
                            && done.elapsed() < MISSING_RETRY) =>
                {
                    // Recorded like this, a batch of ours would lose what may still come.
                    if wait == Wait::No {
                        return self.settle(None, report).await;
                    }
                }
                Some(report) if report.stage != Stage::Ongoing => {
                    return self.settle(known.as_ref(), report).await;
                }
                Some(_) if wait == Wait::No => {
                    return Ok(Fetched::Ongoing {
                        finished: stats.finished,
                        requested: stats.requested,
                    });
                }
                Some(_) | None => done = Instant::now(),
            }
            let requested = stats.requested.unwrap_or(1);
            self.run_state.watches(stats.finished.unwrap_or(0), requested);
            let schedule = schedule.get_or_insert_with(|| PollSchedule::new(requested));
            schedule.observe(stats.finished, began.elapsed());
            if self.stop.sleep(schedule.wait(began.elapsed())).await.is_some() {
                return Ok(self.stopped());
            }
        }
    }

    fn stopped(&self) -> Fetched {
        Fetched::Stopped(self.stop.reason().unwrap_or(StopReason::Interrupted))
    }

    async fn look(
        &self,
        id: &BatchId,
        known: Option<&BatchRecord>,
    ) -> Result<BatchReport, FetchError> {
        let trouble = |trouble: &_| self.trouble(trouble);
        let report = if known.is_some_and(|batch| batch.single) {
            self.client.single(id, RetryPolicy::Endless, &trouble).await
        } else {
            self.client.batch(id, RetryPolicy::Endless, &trouble).await
        };
        self.run_state.trouble(None);
        let report = report?;
        Ok(match known {
            Some(batch) => report.of(batch),
            None => report,
        })
    }

    /// Records a batch that has ended and makes rows of it.
    async fn settle(
        &self,
        known: Option<&BatchRecord>,
        report: BatchReport,
    ) -> anyhow::Result<Fetched> {
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
        let sheet = Sheet::of(results);
        let answers = sheet.answers();
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
        let rows: Vec<FetchedRow> =
            sheet.rows(&suppressed, known.is_some_and(|batch| batch.single));
        Ok(Fetched::Done(Results {
            in_doubt,
            missing: requested.saturating_sub(rows.len()),
            recorded,
            rows,
        }))
    }
}

/// Whether a completed batch has searches that are not.
fn is_unfinished(report: &BatchReport) -> bool {
    match &report.stage {
        Stage::Completed(results) => {
            results.iter().any(|result| result.qualification == Qualification::Ongoing)
        }
        Stage::Failed | Stage::Ongoing => false,
    }
}

fn is_fresh(known: Option<&BatchRecord>) -> bool {
    known
        .and_then(|batch| batch.accepted)
        .is_some_and(|at| Moment::now().since(at) < VISIBLE_WITHIN)
}

/// Results in the order of their searches, each search once.
struct Sheet {
    rows: Vec<(SearchResult, ParsedResult)>,
}

impl Sheet {
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

    fn rows(self, suppressed: &HashSet<PersonKey>, single: bool) -> Vec<FetchedRow> {
        let row = |(result, parsed): (SearchResult, ParsedResult)| FetchedRow {
            answer: if key(&result).is_some_and(|key| suppressed.contains(&key)) {
                RowAnswer::suppressed()
            } else {
                answer(parsed)
            },
            // There it is our own word, not the sender's.
            custom: result.custom.filter(|_| !single),
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
