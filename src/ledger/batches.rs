//! The face for batches: claiming people, and what became of a claim.
//!
//! `sending -> running -> completed | failed`; `sending -> (deleted)` when the API certainly did not take it;
//! `sending -> unknown` when nobody can tell; `unknown -> running` when its id is learned; `unknown -> (deleted)` by
//! proof, or because a person takes the risk.

use super::error::Result;
use super::handle::{Ledger, on_backend};
use super::types::{
    BatchLook, BatchNo, BatchRecord, ClaimedBatch, LookRecorded, LookTime, Member, NewBatch,
    PostOutcome, Recorded, SavedResponse, UnprovenNumber, Which,
};
use crate::units::Moment;

impl Ledger {
    /// Claims people for a batch. When this returns, the claim is durable on disk and the POST may leave. `None` where
    /// other runs have claimed or answered all of them.
    ///
    /// # Errors
    /// Where the ledger cannot be written. Nobody is claimed then.
    pub async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        on_backend!(self, claim(new))
    }

    /// Gives a claim up: the batch was certainly not taken. Its people are open again.
    /// `false` where its id has been learned meanwhile: it is running or done, and keeps its people.
    pub async fn release(&self, batch: BatchNo) -> Result<bool> {
        on_backend!(self, release(batch))
    }

    /// Opens people of a batch again, because a person takes the risk that they are paid for twice: all of an unknown
    /// batch, and of others those with an unusable answer or a number that is not believed. That is counted for each of
    /// them. Answers how many people that were.
    pub(crate) async fn resubmit(&self, batch: BatchNo, now: Moment) -> Result<usize> {
        on_backend!(self, resubmit(batch, now))
    }

    /// Records what came of a batch's POST. The answer as it came and what was read out of it are one transaction, which
    /// is durable on disk when this returns. An answer that does not settle the batch is kept.
    pub async fn record_post(
        &self,
        batch: BatchNo,
        outcome: PostOutcome,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Recorded> {
        on_backend!(self, record_post(batch, outcome, response, now))
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
