//! Settling a batch in doubt by a person's word: its id, or the decision to pay again.

use super::{Engine, Error, matching};
use crate::batch::BatchId;
use crate::enrow::{BatchReport, FetchError, RetryPolicy, Stage};
use crate::ledger::{Acceptance, BatchRecord, BatchState, PostOutcome, Recorded, Reserved, Which};
use std::rc::Rc;

/// What became of an id that a person named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// It is this batch, and its answers are recorded.
    Recorded {
        /// People in it.
        people: usize,
        /// Numbers found.
        found: usize,
    },
    /// It is this batch, and it goes on: the next run collects it.
    Running {
        /// People in it.
        people: usize,
    },
    /// It is known already.
    Known(BatchState),
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoverError {
    /// No batch of this account is in doubt.
    #[error("no batch of this API key is in doubt")]
    NothingInDoubt,
    /// It is another batch: neither its nonce nor its contents are those of a batch in doubt.
    #[error("batch {0} is none of the batches in doubt: neither its nonce nor its people agree")]
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
    /// Takes an id for one of the batches in doubt if it provably is, and records its answers. A wrong id changes
    /// nothing.
    ///
    /// # Errors
    /// [`RecoverError`]: nothing was changed.
    pub(crate) async fn recover(self: &Rc<Self>, id: &BatchId) -> Result<Recovered, RecoverError> {
        if let Some(known) = self.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop() {
            return Ok(Recovered::Known(known.state));
        }
        let doubtful = self.in_doubt().await?;
        if doubtful.is_empty() {
            return Err(RecoverError::NothingInDoubt);
        }
        let trouble = |trouble: &_| self.trouble(trouble);
        let patience = RetryPolicy::Tries(5);
        let report = match self.client.batch(id, None, patience, &trouble).await {
            // What `find` sends has its ids under another address.
            Err(FetchError::UnknownId { .. }) if doubtful.iter().any(|batch| batch.single) => {
                self.client.single(id, patience, &trouble).await?
            }
            report => report?,
        };
        let batch = self.identify(id, &report, doubtful).await?;
        let price = self.ledger.account_state(self.account).await?.price;
        let reserved = Reserved::of(None, price, batch.searches);
        let outcome = PostOutcome::Accepted(Acceptance { id: id.clone(), reserved, split: None });
        let recorded = self.ledger.record_post(batch.batch, outcome, None, batch.claimed).await?;
        let Recorded::Running(running) = recorded else {
            return Err(RecoverError::NothingInDoubt);
        };
        match report.stage {
            Stage::Ongoing => Ok(Recovered::Running { people: batch.searches }),
            // A run gives it time: recorded like this, it would lose what may still come.
            Stage::Completed(_) if report.is_partial(&running) => {
                Ok(Recovered::Running { people: batch.searches })
            }
            Stage::Completed(_) | Stage::Failed => {
                self.record_if_done(&running, report).await?;
                let ended = self.ledger.batches(Which::Number(batch.batch)).await?.pop();
                let found = ended.and_then(|batch| batch.found).unwrap_or(0);
                Ok(Recovered::Recorded { people: batch.searches, found })
            }
        }
    }

    /// Which of the batches in doubt this is: the nonce says it, or every person in it.
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

    /// Gives up the claims of batches in doubt: their people are asked for again by the next run, and paid for again
    /// if the batches were taken after all. Answers how many people that are: whoever was settled while a person
    /// thought about it stays settled.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn give_up(&self, batches: &[BatchRecord]) -> Result<usize, Error> {
        let mut people = 0;
        for batch in batches {
            if self.ledger.resubmit(batch.batch).await? {
                people += batch.searches;
            }
        }
        Ok(people)
    }

    /// Opens everybody again whose answer was paid for, or may be, and cannot be used. Answers how many people that are.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn reopen_unusable(&self) -> Result<usize, Error> {
        Ok(self.ledger.reopen_unusable().await?)
    }

    /// This account's unclear batches.
    ///
    /// # Errors
    /// Where the ledger cannot be used.
    pub(crate) async fn doubts(&self) -> Result<Vec<BatchRecord>, Error> {
        self.recover_interrupted().await?;
        self.in_doubt().await
    }

    /// What the books expect in the balance if none of the batches in doubt was taken, where they know.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn expected_balance(&self) -> Result<Option<i64>, Error> {
        Ok(self.ledger.account_state(self.account).await?.expected_balance())
    }
}
