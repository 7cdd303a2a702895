//! The balance proof: whether the batches in doubt were taken, told from the account's credits.
//!
//! The account's balance plus what our batches hold and cost does not change by anything we do. If it is now, with
//! every running batch polled, exactly what it was before the batches in doubt were sent, then none of them holds or
//! cost a credit, and none can: they were not taken. In every other case nothing is proven.

use super::Engine;
use crate::batch::Moment;
use crate::enrow::{FetchError, Patience};
use crate::ledger::{BatchState, Books, Holdings, Verdict};
use std::time::Duration;

/// How often the books may move under the proof before it is given up for this time.
const TRIES: usize = 20;

/// How long another run's POST is waited for between two tries.
const PAUSE: Duration = Duration::from_millis(500);

impl Engine {
    /// Tries to prove that none of this account's batches in doubt was taken. On [`Verdict::NotTaken`] their claims
    /// are released.
    ///
    /// # Errors
    /// Where the ledger cannot be used or the key is refused.
    pub(super) async fn prove(&self) -> anyhow::Result<Verdict> {
        let Some(newest) = self
            .in_doubt()
            .await?
            .iter()
            .map(|batch| batch.claimed)
            .max()
        else {
            return Ok(Verdict::NotTaken);
        };
        // A request may still be on its way through the provider when its connection is already gone.
        let settled = self
            .settings
            .doubt_wait
            .saturating_sub(Moment::now().since(newest));
        if self.stop.sleep(settled).await.is_some() {
            return Ok(Verdict::Open);
        }
        for _ in 0..TRIES {
            let before = self.ledger.books(self.account).await?;
            let Some(expected) = before.expected_balance() else {
                return Ok(Verdict::Open);
            };
            if before.sending > 0 {
                // Another run's POST is on its way: the balance means nothing until its answer is on record.
                if self.stop.sleep(PAUSE).await.is_some() {
                    return Ok(Verdict::Open);
                }
                continue;
            }
            self.poll_all_running().await?;
            let balance = match self
                .stop
                .cut(self.client.account(Patience::Endless, &|t| self.trouble(t)))
                .await
            {
                Some(account) => account?.credits,
                None => return Ok(Verdict::Open),
            };
            self.poll_all_running().await?;
            if self.moved_since(before).await? {
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

    /// This account's batches in doubt.
    pub(super) async fn in_doubt(&self) -> anyhow::Result<Vec<Holdings>> {
        let unsettled = self.ledger.unsettled().await?;
        let ours = |b: &Holdings| b.state == BatchState::Unknown && b.account == self.account;
        Ok(unsettled.into_iter().filter(ours).collect())
    }

    async fn moved_since(&self, before: Books) -> anyhow::Result<bool> {
        Ok(self.ledger.books(self.account).await?.events != before.events)
    }

    /// Polls every running batch of the account once, whoever follows it, and records those that ended: their refunds
    /// are in the balance.
    async fn poll_all_running(&self) -> anyhow::Result<()> {
        for batch in self.ledger.unsettled().await? {
            if batch.state != BatchState::Running || batch.account != self.account {
                continue;
            }
            match self.stop.cut(self.poll(&batch)).await {
                None => return Ok(()),
                Some(Ok(report)) => {
                    self.record_if_done(&batch, report).await?;
                }
                // Not known yet: it holds what it reserved.
                Some(Err(FetchError::UnknownId { .. })) => {}
                Some(Err(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
