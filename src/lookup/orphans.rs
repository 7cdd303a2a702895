//! Batches that this run did not send, and batches of dead runs: what to do about each.

use super::run_state::SentBy;
use super::{Engine, Error, Notice};
use crate::batch::AccountId;
use crate::enrow::{HttpResponse, Submission};
use crate::ledger::{
    Acceptance, BatchNo, BatchRecord, BatchState, Owner, PostOutcome, Readmitted, Recorded,
    Reserved, SavedResponse, Which,
};
use crate::units::Moment;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// What to do about a batch that this run does not follow. One table for `run` and `find`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BatchAction {
    /// Nobody follows it: this run does from now on.
    Adopt,
    /// The run that sent it is alive and ends it.
    AwaitOwner,
    /// A look cannot help now.
    Leave,
    /// Its run died while it was sent: an answer that came may be saved.
    ReplayResponse,
    /// It has ended.
    Settled,
}

/// A run that was silent for this long may be paused: others look at its batches too. Looking needs no owner.
const SILENT_AFTER: Duration = Duration::from_mins(1);

/// This long after its send-by time, no byte of a POST can still be on its way.
const SENDING_OVERDUE: Duration = Duration::from_secs(100);

impl BatchAction {
    pub(super) fn of(batch: &BatchRecord, now: Moment) -> Self {
        let owner_is_silent =
            || batch.owner_seen.is_none_or(|seen| now.since(seen) >= SILENT_AFTER);
        match (batch.state, batch.owner) {
            (BatchState::Sending, Owner::Dead) => Self::ReplayResponse,
            (BatchState::Sending, Owner::Alive | Owner::Unclear)
                if now.since(batch.send_by) >= SENDING_OVERDUE =>
            {
                Self::ReplayResponse
            }
            (BatchState::Running, Owner::Us | Owner::Dead) => Self::Adopt,
            (BatchState::Running, Owner::Alive | Owner::Unclear) if owner_is_silent() => {
                Self::Adopt
            }
            (BatchState::Sending | BatchState::Running, Owner::Alive | Owner::Unclear) => {
                Self::AwaitOwner
            }
            (BatchState::Sending, Owner::Us)
            | (
                BatchState::Unknown | BatchState::Resubmitted,
                Owner::Us | Owner::Alive | Owner::Dead | Owner::Unclear,
            ) => Self::Leave,
            (
                BatchState::Completed | BatchState::Failed,
                Owner::Us | Owner::Alive | Owner::Dead | Owner::Unclear,
            ) => Self::Settled,
        }
    }
}

impl Engine {
    /// Reads responses that dead runs saved but did not get to understand. Needs no network.
    pub(crate) async fn recover_interrupted(&self) -> Result<(), Error> {
        self.replay_saved_responses().await
    }

    /// Says once which lock this run waits for, where nobody can tell whether its owner is alive.
    pub(super) fn name_unclear_owner(&self, batch: &BatchRecord) {
        if let Some(lock) = batch.owner_lock.as_ref().filter(|_| self.run_state.meets(batch.batch))
        {
            self.notify(Notice::OwnerUnclear { lock: lock.clone(), people: batch.searches });
        }
    }

    pub(super) async fn replay_saved_responses(&self) -> Result<(), Error> {
        for spooled in self.ledger.left_behind() {
            let (account, searches) = (spooled.account(), spooled.searches());
            let acceptance = match spooled.answer() {
                Some(raw) => self.acceptance(raw, account, searches).await?,
                None => None,
            };
            if let Some(again) = self.ledger.take_over(spooled, acceptance, Moment::now()).await? {
                self.alarm(&again);
            }
        }
        for batch in self.ledger.reap_dead_runs(Moment::now()).await? {
            let Some(raw) = batch.saved else { continue };
            let Some(acceptance) = self.acceptance(raw, batch.account, batch.searches).await?
            else {
                continue;
            };
            let accepted = batch.accepted.unwrap_or(batch.claimed);
            let outcome = PostOutcome::Accepted(acceptance);
            match self.ledger.record_post(batch.batch, outcome, None, accepted).await? {
                Recorded::Gone
                | Recorded::Readmitted(_)
                | Recorded::Released
                | Recorded::Running(_)
                | Recorded::Unknown => {}
                // It stays unclear, and a user decides.
                Recorded::Conflict => {
                    tracing::warn!("a saved response names the id of another batch");
                }
            }
        }
        Ok(())
    }

    /// What a saved answer says, if it says that a batch was taken.
    async fn acceptance(
        &self,
        raw: SavedResponse,
        account: AccountId,
        searches: usize,
    ) -> Result<Option<Acceptance>, Error> {
        let answer = HttpResponse { status: raw.status, body: raw.body, ..HttpResponse::default() };
        let Submission::Taken(taken) = Submission::read(&answer) else { return Ok(None) };
        let price = self.ledger.account_state(account).await?.price;
        let reserved = Reserved::of(taken.reserved, price, searches);
        Ok(Some(Acceptance { id: taken.id, reserved, split: taken.split }))
    }

    /// A batch is in the ledger again that was given up, or that a server had lost.
    pub(super) fn alarm(&self, again: &Readmitted) {
        let Readmitted { batch, elsewhere, was_given_up } = again;
        if *was_given_up || *elsewhere > 0 {
            self.run_state.taken_late();
        }
        self.notify(Notice::Readmitted {
            id: batch.id.clone(),
            people: batch.searches,
            elsewhere: *elsewhere,
            credits: batch.reserved,
            was_given_up: *was_given_up,
        });
    }

    /// Follows the running batches that no other run looks at, whatever key sent them, if rows of this run wait for them.
    /// Looks once at the others.
    pub(super) async fn adopt(self: &Rc<Self>, wanted: &BTreeSet<BatchNo>) -> Result<(), Error> {
        let now = Moment::now();
        let is_orphan = |batch: &BatchRecord| {
            BatchAction::of(batch, now) == BatchAction::Adopt
                && !self.run_state.follows(batch.batch)
        };
        let unsettled = self.ledger.batches(Which::Unsettled).await?;
        let (new, others): (Vec<_>, Vec<_>) = unsettled
            .into_iter()
            .filter(is_orphan)
            .partition(|batch| wanted.contains(&batch.batch));
        if !new.is_empty() {
            self.notify(Notice::Adopted { batches: new.len() });
        }
        for batch in new {
            self.follow(batch, SentBy::EarlierRun);
        }
        for batch in others {
            if self.run_state.meets(batch.batch) {
                self.look_once(batch);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::poll::tests::running;
    use super::*;

    #[tokio::test]
    async fn nobody_waits_for_a_run_that_is_dead_or_silent() {
        use BatchState::{Completed, Failed, Resubmitted, Running, Sending, Unknown};
        let now = Moment::now();
        let batch = running().await;
        let ago = |span| Some(now.saturating_sub(span));
        let almost = |span: Duration| ago(span.saturating_sub(Duration::from_millis(1)));
        let fresh = almost(SILENT_AFTER);
        let silent = ago(SILENT_AFTER);
        let in_time = almost(SENDING_OVERDUE);
        let overdue = ago(SENDING_OVERDUE);
        for (state, owner, seen, send_by, action) in [
            (Sending, Owner::Dead, fresh, in_time, BatchAction::ReplayResponse),
            (Sending, Owner::Alive, fresh, in_time, BatchAction::AwaitOwner),
            (Sending, Owner::Unclear, silent, in_time, BatchAction::AwaitOwner),
            (Sending, Owner::Alive, fresh, overdue, BatchAction::ReplayResponse),
            (Sending, Owner::Unclear, fresh, overdue, BatchAction::ReplayResponse),
            (Sending, Owner::Us, fresh, overdue, BatchAction::Leave),
            (Running, Owner::Us, fresh, in_time, BatchAction::Adopt),
            (Running, Owner::Dead, fresh, in_time, BatchAction::Adopt),
            (Running, Owner::Alive, fresh, in_time, BatchAction::AwaitOwner),
            (Running, Owner::Alive, silent, in_time, BatchAction::Adopt),
            (Running, Owner::Unclear, fresh, overdue, BatchAction::AwaitOwner),
            (Running, Owner::Unclear, None, in_time, BatchAction::Adopt),
            (Unknown, Owner::Dead, None, overdue, BatchAction::Leave),
            (Resubmitted, Owner::Us, fresh, in_time, BatchAction::Leave),
            (Completed, Owner::Dead, None, overdue, BatchAction::Settled),
            (Failed, Owner::Alive, fresh, in_time, BatchAction::Settled),
        ] {
            let send_by = send_by.unwrap();
            let batch = BatchRecord { state, owner, owner_seen: seen, send_by, ..batch.clone() };
            let found = BatchAction::of(&batch, now);
            assert_eq!(found, action, "{state:?} {owner:?} {seen:?} {send_by:?}");
        }
    }
}
