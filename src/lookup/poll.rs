//! The one poll loop: looks at a batch until its caller has seen enough.

use super::poll_schedule::PollSchedule;
use super::{Engine, Error};
use crate::batch::BatchId;
use crate::enrow::{BatchReport, FetchError, Qualification, RetryPolicy, Stage, Stats};
use crate::ledger::BatchRecord;
use crate::units::Moment;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How long results that are not there are asked for again: they may come a moment after `completed`.
const MISSING_RETRY: Duration = Duration::from_secs(3);

/// How long a completed batch is asked again for searches that it calls ongoing.
const UNFINISHED_RETRY: Duration = Duration::from_mins(1);

/// A batch to look at, as far as the ledger knows it.
#[derive(Clone, Copy)]
pub(super) struct PollTarget<'a> {
    pub id: &'a BatchId,
    /// `None` for a batch that this ledger did not send.
    pub known: Option<&'a BatchRecord>,
}

/// One look at a batch.
pub(super) enum Look {
    Ongoing(Stats),
    /// `completed` or `failed`.
    Ended {
        report: BatchReport,
        /// How long ago it said so first.
        lasts: Duration,
    },
    UnknownId {
        error: FetchError,
        /// How long the id has been unknown without a break. One such answer among others is an accident of Enrow's.
        lasts: Duration,
    },
}

impl PollTarget<'_> {
    /// How long the batch has run already.
    pub(super) fn age(&self) -> Duration {
        let accepted = self.known.and_then(|batch| batch.accepted);
        accepted.map_or(Duration::ZERO, |at| Moment::now().since(at))
    }
}

impl Engine {
    /// Looks at a batch again and again, as its schedule says, until `decide` breaks.
    pub(super) async fn poll_until_done<T>(
        &self,
        target: PollTarget<'_>,
        mut decide: impl AsyncFnMut(Look) -> Result<ControlFlow<T>, Error>,
    ) -> Result<T, Error> {
        let age = target.age();
        let began = Instant::now();
        let elapsed = || age + began.elapsed();
        let mut schedule = target.known.map(|batch| PollSchedule::new(batch.searches));
        let mut ended: Option<Instant> = None;
        let mut unknown: Option<Instant> = None;
        loop {
            let (look, stats) = match self.poll(target).await {
                Ok(report) => {
                    unknown = None;
                    let stats = report.stats;
                    match report.stage {
                        Stage::Ongoing => (Look::Ongoing(stats), Some(stats)),
                        Stage::Completed(_) | Stage::Failed => {
                            let lasts = ended.get_or_insert_with(Instant::now).elapsed();
                            (Look::Ended { report, lasts }, None)
                        }
                    }
                }
                Err(error @ FetchError::UnknownId { .. }) => {
                    let lasts = unknown.get_or_insert_with(Instant::now).elapsed();
                    (Look::UnknownId { error, lasts }, None)
                }
                Err(error) => return Err(error.into()),
            };
            if let ControlFlow::Break(done) = decide(look).await? {
                return Ok(done);
            }
            let requested = stats.and_then(|stats| stats.requested).unwrap_or(1);
            let schedule = schedule.get_or_insert_with(|| PollSchedule::new(requested));
            schedule.observe(stats.and_then(|stats| stats.finished), elapsed());
            tokio::time::sleep(schedule.wait(elapsed())).await;
        }
    }

    /// Looks at a batch once.
    pub(super) async fn poll(&self, target: PollTarget<'_>) -> Result<BatchReport, FetchError> {
        let _permit = self.polls.acquire().await.expect("the semaphore is never closed");
        self.run_state.polled();
        let trouble = |trouble: &_| self.trouble(trouble);
        let report = if target.known.is_some_and(|batch| batch.single) {
            self.client.single(target.id, RetryPolicy::Endless, &trouble).await
        } else {
            let searches = target.known.map(|batch| batch.searches);
            self.client.batch(target.id, searches, RetryPolicy::Endless, &trouble).await
        };
        self.run_state.trouble(None);
        let report = report?;
        Ok(match target.known {
            Some(batch) => report.of(batch),
            None => report,
        })
    }
}

impl BatchReport {
    /// Whether a completed batch may still get results, `lasts` after it first said that it is done. What is recorded
    /// too early is lost.
    pub(super) fn may_grow(&self, known: Option<&BatchRecord>, lasts: Duration) -> bool {
        (lasts < MISSING_RETRY && known.is_some_and(|batch| self.lacks_results(batch)))
            || (lasts < UNFINISHED_RETRY && self.has_unfinished())
    }

    /// Whether a completed batch has fewer results than searches, or some that are not finished.
    pub(super) fn is_partial(&self, batch: &BatchRecord) -> bool {
        self.lacks_results(batch) || self.has_unfinished()
    }

    fn lacks_results(&self, batch: &BatchRecord) -> bool {
        matches!(&self.stage, Stage::Completed(results) if results.len() < batch.searches)
    }

    fn has_unfinished(&self) -> bool {
        match &self.stage {
            Stage::Completed(results) => {
                results.iter().any(|result| result.qualification == Qualification::Ongoing)
            }
            Stage::Failed | Stage::Ongoing => false,
        }
    }

    /// This report, if it is about `batch`; else as if that one still ran. An answer meant for somebody else (a cache,
    /// a mix-up) says nothing of ours, and where it echoes no searches its numbers would land on our people.
    pub(super) fn of(self, batch: &BatchRecord) -> Self {
        let ours = match (&self.nonce, &self.id, &batch.id) {
            (Some(nonce), _, _) => nonce == batch.nonce.as_str(),
            (None, Some(id), Some(ours)) => id.as_str().eq_ignore_ascii_case(ours.as_str()),
            (None, _, _) => true,
        };
        if ours {
            return self;
        }
        tracing::warn!(id = %shown(batch.id.as_ref()), "Enrow answered about another batch");
        Self { stage: Stage::Ongoing, stats: Stats::default(), ..self }
    }
}

/// An id for a log line.
pub(super) fn shown(id: Option<&BatchId>) -> &str {
    id.map_or("without id", BatchId::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{AccountId, Nonce};
    use crate::enrow::SearchResult;
    use crate::ledger::{
        BatchNo, BatchState, ClaimedSearch, Ledger, LedgerLocation, NewBatch, Owner, Which,
    };
    use crate::people::{Identity, Profile};

    /// A running batch of one.
    async fn running() -> BatchRecord {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let freshness = crate::lookup::Settings::default().freshness;
        let key = Identity::Profile(Profile::parse_handle("ada-example").unwrap()).key();
        let person = ledger.upsert_people(vec![key], freshness).await.unwrap()[0].person;
        let new = NewBatch {
            account: AccountId::of_key("key"),
            nonce: Nonce::random(),
            single: false,
            people: vec![ClaimedSearch { person, key, names: None, custom: None }],
            scope: None,
            freshness,
            now: Moment::now(),
            send_within: Duration::from_secs(20),
        };
        let batch: BatchNo = ledger.claim(new).await.unwrap().unwrap().batch;
        let held = ledger.batches(Which::Number(batch)).await.unwrap().pop().unwrap();
        BatchRecord {
            id: BatchId::parse("b-1"),
            state: BatchState::Running,
            owner: Owner::Us,
            ..held
        }
    }

    #[tokio::test]
    async fn results_that_are_not_there_yet_are_no_whole_answer() {
        let batch = running().await;
        let result = |qualification| SearchResult {
            index: Some(0),
            qualification,
            number: None,
            country: None,
            params: None,
            custom: None,
        };
        for (results, partial) in [
            (vec![], true),
            (vec![result(Qualification::Ongoing)], true),
            (vec![result(Qualification::NotFound)], false),
        ] {
            let report = BatchReport {
                id: None,
                nonce: None,
                stage: Stage::Completed(results),
                served: None,
                stats: Stats::default(),
            };
            assert_eq!(report.is_partial(&batch), partial);
            assert_eq!(report.may_grow(Some(&batch), Duration::ZERO), partial);
            assert!(!report.may_grow(Some(&batch), UNFINISHED_RETRY));
        }
    }

    #[tokio::test]
    async fn a_report_about_another_batch_ends_nothing() {
        let batch = running().await;
        let ours = batch.nonce.as_str();
        for (id, nonce, ends) in [
            (Some("b-1"), Some(ours), true),
            // Proven by the word alone, whatever the id looks like.
            (Some("other-form"), Some(ours), true),
            (None, Some(ours), true),
            (Some("B-1"), None, true),
            (None, None, true),
            (Some("b-1"), Some("another word"), false),
            (Some("b-2"), None, false),
        ] {
            let report = BatchReport {
                id: id.and_then(BatchId::parse),
                nonce: nonce.map(str::to_owned),
                stage: Stage::Completed(Vec::new()),
                served: None,
                stats: Stats::default(),
            };
            let ended = report.of(&batch).stage != Stage::Ongoing;
            assert_eq!(ended, ends, "{id:?} {nonce:?}");
        }
    }
}
