//! Settling an unclear batch by its id, and reading any batch again.

use super::poll::PollTarget;
use super::{Engine, Error, matching};
use crate::batch::BatchId;
use crate::enrow::{BatchReport, FetchError, RetryPolicy, Stage};
use crate::ledger::{Acceptance, BatchRecord, LookTime, PostOutcome, Recorded, Reserved, Which};
use crate::units::Moment;
use std::rc::Rc;

/// What became of an id that a person named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// It is this batch, and its answers are recorded.
    Recorded { people: usize, found: usize },
    /// It is this batch, and it goes on: the next run collects it.
    Running { people: usize },
    /// It is this batch and it is done, but some people have no answer: later runs look again.
    Partly {
        people: usize,
        found: usize,
        /// People without an answer.
        open: usize,
    },
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoverError {
    /// The ledger does not know it, and no batch is unclear.
    #[error("this ledger does not know batch {0}, and none of its own is unclear")]
    NothingUnclear(BatchId),
    /// It is another batch: neither its nonce nor its contents are those of an unclear batch.
    #[error("batch {0} is none of the unclear batches: neither its nonce nor its people agree")]
    AnotherBatch(BatchId),
    /// It is not done and shows no nonce, so nothing can be compared yet.
    #[error(
        "batch {0} is not finished and does not show its nonce, so it cannot be told yet whether it is the one"
    )]
    CannotTellYet(BatchId),
    /// Enrow did not answer about it.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The ledger or a later step failed.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<crate::ledger::LedgerError> for RecoverError {
    fn from(error: crate::ledger::LedgerError) -> Self {
        Self::Other(error.into())
    }
}

impl Engine {
    /// Reads a batch by its id and records what it proves: a batch that this ledger knows at any time, also a settled one;
    /// an unclear one if the id provably is its own. A wrong id changes nothing.
    pub(crate) async fn recover(self: &Rc<Self>, id: &BatchId) -> Result<Recovered, RecoverError> {
        let (batch, report) = match self.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop() {
            Some(known) => {
                let target = PollTarget { id, known: Some(&known) };
                let report = match self.poll(target, RetryPolicy::Tries(5)).await {
                    Err(FetchError::UnknownId { served, status, message }) => {
                        let time = LookTime { at: Moment::now(), server: served };
                        self.ledger.record_missing(known.batch, time).await?;
                        return Err(FetchError::UnknownId { served, status, message }.into());
                    }
                    report => report?,
                };
                (known, report)
            }
            None => self.claim_id(id).await?,
        };
        let is_ongoing = report.stage == Stage::Ongoing;
        let recorded = self.record_report(&batch, report).await?;
        let people = batch.searches;
        // The members of a settled batch are gone, so nothing is found again.
        let found = recorded.found.max(batch.found.unwrap_or(0));
        Ok(match recorded.ledger.open {
            _ if is_ongoing => Recovered::Running { people },
            0 => Recovered::Recorded { people, found },
            open => Recovered::Partly { people, found, open },
        })
    }

    /// Gives an id to the unclear batch that it provably belongs to.
    async fn claim_id(&self, id: &BatchId) -> Result<(BatchRecord, BatchReport), RecoverError> {
        // Whatever key sent them: the account owns them, and the proof is in the contents.
        let unclear = self.ledger.batches(Which::WithoutId).await?;
        if unclear.is_empty() {
            return Err(RecoverError::NothingUnclear(id.clone()));
        }
        let trouble = |trouble: &_, again| self.trouble(trouble, again);
        let policy = RetryPolicy::Tries(5);
        let report = match self.client.batch(id, None, policy, &trouble).await {
            // What `find` sends has its ids under another address.
            Err(FetchError::UnknownId { .. }) if unclear.iter().any(|batch| batch.single) => {
                self.client.single(id, policy, &trouble).await?
            }
            report => report?,
        };
        let batch = self.identify(id, &report, unclear).await?;
        let price = self.ledger.account_state(batch.account).await?.price;
        let reserved = Reserved::of(None, price, batch.searches);
        let outcome = PostOutcome::Accepted(Acceptance { id: id.clone(), reserved, split: None });
        match self.ledger.record_post(batch.batch, outcome, None, batch.claimed).await? {
            Recorded::Running(running) => Ok((*running, report)),
            Recorded::Conflict
            | Recorded::Gone
            | Recorded::Readmitted(_)
            | Recorded::Released
            | Recorded::Unknown => Err(RecoverError::NothingUnclear(id.clone())),
        }
    }

    /// Which of the unclear batches this is: the nonce says it, or every person in it.
    async fn identify(
        &self,
        id: &BatchId,
        report: &BatchReport,
        doubtful: Vec<BatchRecord>,
    ) -> Result<BatchRecord, RecoverError> {
        if let Some(nonce) = &report.nonce {
            let named = doubtful.into_iter().find(|batch| batch.nonce.as_str() == nonce);
            return named.ok_or_else(|| RecoverError::AnotherBatch(id.clone()));
        }
        let Stage::Completed(results) = &report.stage else {
            return Err(RecoverError::CannotTellYet(id.clone()));
        };
        for batch in doubtful {
            let members = self.ledger.members(batch.batch).await?;
            if matching::same_batch(&members, batch.searches, results) {
                return Ok(batch);
            }
        }
        Err(RecoverError::AnotherBatch(id.clone()))
    }

    /// What the books expect in the balance if none of the unclear batches was taken, where they know.
    pub(crate) async fn expected_balance(&self) -> Result<Option<i64>, Error> {
        Ok(self.ledger.account_state(self.account).await?.expected_balance())
    }
}
