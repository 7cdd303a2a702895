//! The face for batches: claiming people, and what became of a claim.
//!
//! `sending -> running -> completed | failed`; `sending -> (deleted)` when the API certainly did not take it;
//! `sending -> unknown` when nobody can tell; `unknown -> running` when its id is learned; `unknown -> (deleted)` by
//! proof, or because a person takes the risk.

use super::attempts::Spooled;
use super::error::{LedgerError, Result};
#[cfg(feature = "postgres")]
use super::handle::Backend;
use super::handle::{Ledger, on_backend};
use super::types::attempt::SentSearch;
use super::types::{
    Acceptance, Attempt, BatchLook, BatchNo, BatchRecord, ClaimedBatch, ClaimedSearch, Freshness,
    LookRecorded, LookTime, Member, NewBatch, PostOutcome, Readmitted, Recorded, SavedResponse,
    UnprovenNumber, Which,
};
use crate::units::Moment;
use std::path::{Path, PathBuf};

impl Ledger {
    /// Claims people for a batch. When this returns, the claim is durable on disk and the POST may leave. `None` where
    /// other runs have claimed or answered all of them.
    ///
    /// # Errors
    /// Where the ledger cannot be written. Nobody is claimed then.
    pub async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        let asked = new.clone();
        let claimed = on_backend!(self, claim(new))?;
        if let Some(ClaimedBatch { batch, send_by, positions }) = &claimed
            && let Err(error) =
                self.attempts.begin(*batch, Attempt::of(&asked, positions, *send_by))
        {
            self.release(*batch).await?;
            return Err(self.spool_error(&error));
        }
        Ok(claimed)
    }

    /// Gives a claim up: the batch was certainly not taken. Its people are open again.
    /// `false` where its id has been learned meanwhile: it is running or done, and keeps its people.
    pub async fn release(&self, batch: BatchNo) -> Result<bool> {
        let released = on_backend!(self, release(batch))?;
        self.attempts.end(batch);
        Ok(released)
    }

    /// Opens people of a batch again, because a person takes the risk that they are paid for twice: all of an unknown
    /// batch, and of others those with an unusable answer or a number that is not believed. That is counted for each of
    /// them. Answers how many people that were.
    pub(crate) async fn resubmit(&self, batch: BatchNo, now: Moment) -> Result<usize> {
        on_backend!(self, resubmit(batch, now))
    }

    /// Records what came of a batch's POST. The answer as it came and what was read out of it are one transaction, which
    /// is durable on disk when this returns. An answer that does not settle the batch is kept. A batch of this run that the
    /// ledger does not have any more is entered again: see [`Recorded::Readmitted`].
    pub async fn record_post(
        &self,
        batch: BatchNo,
        outcome: PostOutcome,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Recorded> {
        if let Some(response) = &response {
            self.attempts.answered(batch, response);
        }
        let (said, answer) = (outcome.clone(), response.clone());
        let recorded = on_backend!(self, record_post(batch, said, answer, now))?;
        let recorded = match (recorded, self.attempts.get(batch)) {
            (Recorded::Gone, Some(attempt)) => {
                let acceptance = match outcome {
                    PostOutcome::Accepted(acceptance) => Some(acceptance),
                    PostOutcome::NotTaken | PostOutcome::Unclear => None,
                };
                let readmitted = self.readmit(attempt, acceptance, response, now).await?;
                readmitted.map_or(Recorded::Gone, Recorded::Readmitted)
            }
            (recorded, _) => recorded,
        };
        self.attempts.end(batch);
        Ok(recorded)
    }

    /// What runs of this machine left in its spool that ended before a server knew what came of a POST.
    pub(crate) fn left_behind(&self) -> Vec<Spooled> {
        self.attempts.left_behind()
    }

    /// Where this machine keeps an answer that the ledger does not have yet.
    pub(crate) fn kept_answer(&self) -> Option<PathBuf> {
        self.attempts.kept()
    }

    /// Takes over what a run left in the spool, and what its answer says, if there is one.
    ///
    /// # Errors
    /// Where the ledger cannot be written. It stays in the spool then.
    pub(crate) async fn take_over(
        &self,
        spooled: Spooled,
        acceptance: Option<Acceptance>,
        now: Moment,
    ) -> Result<Option<Readmitted>> {
        let nonce = spooled.attempt.nonce.clone();
        let answer = spooled.answer();
        // Nobody holds its file.
        #[cfg(feature = "postgres")]
        if let Backend::Server(server) = &self.backend {
            server.end_owner(nonce.clone()).await?;
        }
        let readmitted = match (self.batches(Which::Nonce(nonce)).await?.pop(), acceptance) {
            (Some(batch), Some(acceptance)) if batch.id.is_none() => {
                let outcome = PostOutcome::Accepted(acceptance);
                if let Recorded::Gone = self.record_post(batch.batch, outcome, answer, now).await? {
                    // It went this moment. The next run looks again, with the answer in hand.
                    return Ok(None);
                }
                None
            }
            (Some(_), _) => None,
            (None, acceptance) => {
                self.readmit(spooled.attempt.clone(), acceptance, answer, now).await?
            }
        };
        spooled.remove();
        Ok(readmitted)
    }

    async fn readmit(
        &self,
        attempt: Attempt,
        acceptance: Option<Acceptance>,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Option<Readmitted>> {
        let any =
            Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };
        let keys = attempt.people.iter().flatten().map(|sent| sent.key).collect();
        let mut people = self.upsert_people(keys, Vec::new(), any).await?.into_iter();
        let searches = attempt.people.iter().map(|sent| {
            let SentSearch { key, names, custom } = (*sent)?;
            people.next().map(|status| ClaimedSearch { person: status.person, key, names, custom })
        });
        let searches = searches.collect();
        on_backend!(self, readmit(attempt, searches, acceptance, response, now))
    }

    pub(super) fn spool_error(&self, error: &std::io::Error) -> LedgerError {
        let spool = self.location().state().unwrap_or(Path::new("")).join("spool");
        LedgerError::io(&spool, error)
    }

    /// Records what one look at a batch shows, in one transaction: the proven answers, and the numbers that are not
    /// believed. Everybody else keeps waiting. The batch is settled when nobody waits any more. Any run may do this, as
    /// often as it likes, and for a settled batch too: a number is never replaced by nothing, but a proven answer replaces
    /// one that cannot be used.
    ///
    /// People without an answer are given up when the batch failed, or when looks have found it done for a day: they are
    /// failed if what it cost is covered by the numbers that came, and unusable otherwise, or if a number came for them
    /// that is not believed.
    ///
    /// # Errors
    /// Where the ledger cannot be written. The batch stays as it was, so that the next run looks again.
    pub async fn record(&self, batch: BatchNo, look: BatchLook) -> Result<LookRecorded> {
        on_backend!(self, record(batch, look))
    }

    /// Records that Enrow does not show a batch that it took. Its people keep waiting until looks have missed it for a
    /// day; then their answers are unusable.
    pub(crate) async fn record_missing(
        &self,
        batch: BatchNo,
        time: LookTime,
    ) -> Result<LookRecorded> {
        on_backend!(self, record_missing(batch, time))
    }

    /// The people of a batch, by position, without those who were erased. They are kept until everybody is answered.
    pub(crate) async fn members(&self, batch: BatchNo) -> Result<Vec<Member>> {
        on_backend!(self, members(batch))
    }

    /// Numbers of a batch that came and are not believed.
    pub(crate) async fn unproven(&self, batch: BatchNo) -> Result<Vec<UnprovenNumber>> {
        on_backend!(self, unproven(batch))
    }

    /// Says that this run is alive. Others may look at its batches when it has been silent for a minute.
    pub(crate) async fn heartbeat(&self, now: Moment) -> Result<()> {
        on_backend!(self, heartbeat(now))
    }

    pub(crate) async fn batches(&self, which: Which) -> Result<Vec<BatchRecord>> {
        on_backend!(self, batches(which))
    }

    /// Turns what dead runs left `sending` into `unknown`, and what was not heard of long after its POST had to begin.
    /// Lists all unknown batches that have a saved answer: their ids are not lost.
    pub(crate) async fn reap_dead_runs(&self, now: Moment) -> Result<Vec<BatchRecord>> {
        on_backend!(self, reap_dead_runs(now))
    }
}
