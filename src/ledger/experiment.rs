//! The face for the balance experiment of a run that lost answers.

use super::error::Result;
use super::handle::{Ledger, on_backend};
use super::types::{AccountActivity, BalanceReading, BatchNo, ExperimentEnd};
use crate::batch::AccountId;
use crate::units::Moment;
use std::time::Duration;

impl Ledger {
    /// What is known of the account's credits since a moment. Batches that ended within `silence` before `now` count as
    /// not settled.
    pub(crate) async fn account_activity(
        &self,
        account: AccountId,
        since: Moment,
        now: Moment,
        silence: Duration,
    ) -> Result<AccountActivity> {
        on_backend!(self, account_activity(account, since, now, silence))
    }

    /// Keeps a reading with each of these batches, for the person who decides about them later.
    pub(crate) async fn save_reading(
        &self,
        batches: Vec<BatchNo>,
        reading: BalanceReading,
    ) -> Result<()> {
        on_backend!(self, save_reading(batches, reading))
    }

    /// The readings of a batch, oldest first.
    pub(crate) async fn readings(&self, batch: BatchNo) -> Result<Vec<BalanceReading>> {
        on_backend!(self, readings(batch))
    }

    /// Ends the experiment of these batches for good.
    pub(crate) async fn end_experiment(
        &self,
        batches: Vec<BatchNo>,
        end: ExperimentEnd,
    ) -> Result<()> {
        on_backend!(self, end_experiment(batches, end))
    }

    /// Releases batches that this run lost and that were proven not to be taken, if nothing has happened since
    /// `revision`. `false`, and nothing is released, where something has.
    pub(crate) async fn release_untaken(
        &self,
        batches: Vec<BatchNo>,
        revision: i64,
    ) -> Result<bool> {
        on_backend!(self, release_untaken(batches, revision))
    }
}
