//! The balance proof: whether the batches in doubt were taken, told from the account's credits.
//!
//! The account's balance plus what our batches hold and cost does not change by anything we do. If it is now, with
//! every running batch polled, exactly what it was before the batches in doubt were sent, then none of them holds or
//! cost a credit, and none can: they were not taken. In every other case nothing is proven.

use super::error::Early;
use super::poll::PollTarget;
use super::{Engine, Error};
use crate::enrow::{FetchError, RetryPolicy};
use crate::ledger::{AccountState, BatchNo, BatchRecord, BatchState, Owner, Verdict, Which};
use crate::units::Moment;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often the books may move under the proof before it is given up for this time.
const TRIES: usize = 20;

/// How long another run's POST is waited for between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// After that long nothing of a request is under way any more, whatever became of the run that sent it.
const IN_FLIGHT_LIMIT: Duration = Duration::from_mins(10);

impl Engine {
    /// Tries to prove that none of this account's batches in doubt was taken. On [`Verdict::NotTaken`] their claims
    /// are released.
    ///
    /// # Errors
    /// Where the ledger cannot be used or the key is refused.
    pub(super) async fn prove(&self) -> Result<Verdict, Error> {
        match self.try_to_prove().await {
            Ok(verdict) => Ok(verdict),
            // What cannot be judged before the run ends stays in doubt.
            Err(Early::End(_)) => Ok(Verdict::Open),
            Err(Early::Error(error)) => Err(error),
        }
    }

    async fn try_to_prove(&self) -> Result<Verdict, Early> {
        let mut seen = HashMap::new();
        for _ in 0..TRIES {
            let before = self.ledger.account_state(self.account).await?;
            // Asked after the books, so that nobody is judged who was not waited for: other runs lose answers too.
            let doubts = self.in_doubt().await?;
            if doubts.is_empty() {
                return Ok(Verdict::NotTaken);
            }
            let Some(expected) = before.expected_balance() else {
                return Ok(Verdict::Open);
            };
            let wait = self.unsettled_for(&doubts, &mut seen);
            if wait > Duration::ZERO {
                self.cancel.sleep(wait).await?;
                continue;
            }
            if before.sending > 0 {
                // Another run's POST is on its way: the balance means nothing until its answer is on record.
                self.cancel.sleep(PAUSE).await?;
                continue;
            }
            if !self.poll_all_running().await? {
                // A batch that Enrow does not show may have ended, and its refund would hide what the doubt holds.
                self.cancel.sleep(PAUSE).await?;
                continue;
            }
            let trouble = |trouble: &_| self.trouble(trouble);
            let reading = self.client.account(RetryPolicy::Endless, &trouble);
            let balance = self.cancel.run_until_cancelled(reading).await??.balance()?;
            if !self.poll_all_running().await? || self.moved_since(before).await? {
                continue;
            }
            tracing::info!(balance = balance.0, expected, "balance proof");
            if i64::try_from(balance.0).ok() != Some(expected) {
                return Ok(Verdict::Open);
            }
            if self.ledger.release_untaken(self.account, before).await? {
                return Ok(Verdict::NotTaken);
            }
        }
        Ok(Verdict::Open)
    }

    /// How long it is too early to judge these doubts. A request may still be on its way through the provider when its
    /// connection is gone, so it counts from the loss and not from the sending: a POST that was lost to a time-out is
    /// one that the provider is slow with.
    fn unsettled_for(
        &self,
        doubts: &[BatchRecord],
        seen: &mut HashMap<BatchNo, Instant>,
    ) -> Duration {
        let rest = |batch: &BatchRecord| {
            let seen = seen.entry(batch.batch).or_insert_with(Instant::now);
            if batch.owner != Owner::Us && Moment::now().since(batch.claimed) >= IN_FLIGHT_LIMIT {
                return Duration::ZERO;
            }
            self.settings.doubt_wait.saturating_sub(seen.elapsed())
        };
        doubts.iter().map(rest).max().unwrap_or_default()
    }

    /// This account's batches in doubt.
    pub(super) async fn in_doubt(&self) -> Result<Vec<BatchRecord>, Error> {
        let unsettled = self.ledger.batches(Which::Unsettled).await?;
        let ours = |b: &BatchRecord| b.state == BatchState::Unknown && b.account == self.account;
        Ok(unsettled.into_iter().filter(ours).collect())
    }

    async fn moved_since(&self, before: AccountState) -> Result<bool, Error> {
        Ok(self.ledger.account_state(self.account).await?.revision != before.revision)
    }

    /// Polls every running batch of the account once, whoever follows it, and records those that ended: their refunds
    /// are in the balance. `false` where Enrow did not say of each how it stands.
    async fn poll_all_running(&self) -> Result<bool, Early> {
        let mut all = true;
        for batch in self.ledger.batches(Which::Unsettled).await? {
            let Some(id) = batch
                .id
                .as_ref()
                .filter(|_| batch.state == BatchState::Running && batch.account == self.account)
            else {
                continue;
            };
            let target = PollTarget { id, known: Some(&batch) };
            match self.cancel.run_until_cancelled(self.poll(target)).await? {
                // Recorded like this, it would lose what may still come: whoever follows it gives it time.
                Ok(report) if report.is_partial(&batch) => all = false,
                Ok(report) => {
                    self.record_if_done(&batch, report).await?;
                }
                Err(FetchError::UnknownId { .. }) => all = false,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }
}
