//! The one poll loop: looks at a batch until its caller has seen enough.

use super::poll_schedule::PollSchedule;
use super::{Engine, Error};
use crate::batch::{AccountId, BatchId};
use crate::enrow::{BatchReport, FetchError, RetryPolicy, Stage, Stats};
use crate::ledger::BatchRecord;
use crate::timer::{Instant, sleep};
use crate::units::Moment;
use std::ops::ControlFlow;
use std::time::Duration;

/// A batch to look at, as far as the ledger knows it.
#[derive(Clone, Copy)]
pub(super) struct PollTarget<'a> {
    pub id: &'a BatchId,
    /// `None` for a batch that this ledger did not send.
    pub known: Option<&'a BatchRecord>,
}

/// One look at a batch.
pub(super) enum Look {
    Ongoing {
        stats: Stats,
        /// When it said so, by the server's clock.
        served: Option<Moment>,
    },
    /// `completed` or `failed`.
    Ended {
        report: BatchReport,
        /// How long ago it said so first.
        lasts: Duration,
    },
    /// Enrow, or a proxy before it, refused to show it.
    NotShown {
        error: FetchError,
        /// For how long, without a break. One such answer among others is an accident.
        lasts: Duration,
    },
}

impl PollTarget<'_> {
    /// How long the batch has run already.
    pub(super) fn age(&self) -> Duration {
        let accepted = self.known.and_then(|batch| batch.accepted);
        accepted.map_or(Duration::ZERO, |at| Moment::now().since(at))
    }

    /// Whether an error concerns this batch alone, so that the run goes on with others. That a key is refused concerns
    /// all of its own batches; a batch that another key sent may not be for it.
    fn is_own_trouble(&self, error: &FetchError, ours: AccountId) -> bool {
        match error {
            FetchError::UnknownId { .. } | FetchError::Refused { .. } => true,
            FetchError::Key { .. } => self.known.is_some_and(|batch| batch.account != ours),
            FetchError::NoAnswer(_) | FetchError::UnreadableBalance => false,
        }
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
        let mut not_shown: Option<Instant> = None;
        loop {
            let (look, stats) = match self.poll(target, RetryPolicy::Endless).await {
                Ok(report) => {
                    not_shown = None;
                    let stats = report.stats;
                    match report.stage {
                        Stage::Ongoing => {
                            (Look::Ongoing { stats, served: report.served }, Some(stats))
                        }
                        Stage::Completed(_) | Stage::Failed => {
                            let lasts = ended.get_or_insert_with(Instant::now).elapsed();
                            (Look::Ended { report, lasts }, None)
                        }
                    }
                }
                Err(error) if target.is_own_trouble(&error, self.account) => {
                    let lasts = not_shown.get_or_insert_with(Instant::now).elapsed();
                    (Look::NotShown { error, lasts }, None)
                }
                Err(error) => return Err(error.into()),
            };
            if let ControlFlow::Break(done) = decide(look).await? {
                return Ok(done);
            }
            let requested = stats.and_then(|stats| stats.requested).unwrap_or(1);
            let schedule = schedule.get_or_insert_with(|| PollSchedule::new(requested));
            schedule.observe(stats.and_then(|stats| stats.finished), elapsed());
            sleep(schedule.wait(elapsed())).await;
        }
    }

    /// Looks at a batch once.
    pub(super) async fn poll(
        &self,
        target: PollTarget<'_>,
        policy: RetryPolicy,
    ) -> Result<BatchReport, FetchError> {
        let _permit = self.polls.acquire().await.expect("the semaphore is never closed");
        self.run_state.polled();
        let trouble = |trouble: &_, again| self.trouble(trouble, again);
        let report = if target.known.is_some_and(|batch| batch.single) {
            self.client.single(target.id, policy, &trouble).await
        } else {
            let searches = target.known.map(|batch| batch.searches);
            match self.client.batch(target.id, searches, policy, &trouble).await {
                // `find` may have sent it, with another ledger.
                Err(unknown @ FetchError::UnknownId { .. }) if target.known.is_none() => {
                    match self.client.single(target.id, policy, &trouble).await {
                        Err(FetchError::UnknownId { .. }) => Err(unknown),
                        single => single,
                    }
                }
                report => report,
            }
        };
        self.run_state.trouble_over();
        let report = report?;
        Ok(match target.known {
            Some(batch) => report.of(batch),
            None => report,
        })
    }
}

impl BatchReport {
    /// This report, if it is about `batch`; otherwise the batch counts as running. An answer meant for somebody else
    /// (a cache, a mix-up) says nothing about ours, and without echoed searches its numbers would land on our people.
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
pub(super) mod tests {
    use super::*;
    use crate::batch::Nonce;
    use crate::ledger::{
        BatchNo, BatchState, ClaimedSearch, Ledger, LedgerLocation, NewBatch, Owner, Which,
    };
    use crate::people::{Identity, Profile};

    /// A running batch of one.
    pub(in crate::lookup) async fn running() -> BatchRecord {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let freshness = crate::lookup::Settings::default().freshness;
        let key = Identity::Profile(Profile::parse_handle("ada-example").unwrap()).key();
        let person =
            ledger.upsert_people(vec![key], Vec::new(), freshness).await.unwrap()[0].person;
        let new = NewBatch {
            account: AccountId::of_key("key"),
            nonce: Nonce::random(),
            single: false,
            people: vec![ClaimedSearch { person, key, names: None, custom: None }],
            scope: None,
            label: None,
            refresh: None,
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

    /// A key that is refused ends a run, but not because of a batch that another key sent.
    #[tokio::test]
    async fn trouble_of_one_batch_does_not_end_the_run() {
        let (batch, ours) = (running().await, AccountId::of_key("key"));
        let id = BatchId::parse("b-1").unwrap();
        let theirs = AccountId::of_key("another");
        let known = PollTarget { id: &id, known: Some(&batch) };
        let foreign = PollTarget { id: &id, known: None };
        let key = || FetchError::Key { status: 401, message: String::new() };
        let unknown =
            || FetchError::UnknownId { served: None, status: 400, message: String::new() };
        for (target, error, account, is_own) in [
            (known, unknown(), ours, true),
            (foreign, unknown(), ours, true),
            (known, key(), ours, false),
            (known, key(), theirs, true),
            (foreign, key(), ours, false),
            (known, FetchError::UnreadableBalance, ours, false),
        ] {
            assert_eq!(target.is_own_trouble(&error, account), is_own, "{error:?}");
        }
        assert_eq!(foreign.age(), Duration::ZERO);
        let accepted = Some(Moment::now().saturating_sub(Duration::from_hours(1)));
        let old = BatchRecord { accepted, ..batch };
        assert!(PollTarget { id: &id, known: Some(&old) }.age() >= Duration::from_hours(1));
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
                stats: Stats { finished: Some(1), ..Stats::default() },
            };
            let report = report.of(&batch);
            assert_eq!(report.stage != Stage::Ongoing, ends, "{id:?} {nonce:?}");
            assert_eq!(report.stats.finished.is_some(), ends, "{id:?} {nonce:?}");
        }
    }
}
