//! The face for the balance experiment of a run that lost answers.

use super::error::Result;
use super::handle::{Backend, Ledger};
use super::types::{AccountActivity, BalanceReading, BatchNo, ExperimentEnd};
use crate::batch::AccountId;
use crate::units::Moment;
use std::time::Duration;

impl Ledger {
    /// What is known of the account's credits since a moment. Batches that ended within `silence` before `now` count as
    /// not settled.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn account_activity(
        &self,
        account: AccountId,
        since: Moment,
        now: Moment,
        silence: Duration,
    ) -> Result<AccountActivity> {
        match &self.backend {
            Backend::File(file) => file.account_activity(account, since, now, silence).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.account_activity(account, since, now, silence).await,
        }
    }

    /// Keeps a reading with each of these batches, for the person who decides about them later.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn save_reading(
        &self,
        batches: Vec<BatchNo>,
        reading: BalanceReading,
    ) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.save_reading(batches, reading).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.save_reading(batches, reading).await,
        }
    }

    /// The readings of a batch, oldest first.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn readings(&self, batch: BatchNo) -> Result<Vec<BalanceReading>> {
        match &self.backend {
            Backend::File(file) => file.readings(batch).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.readings(batch).await,
        }
    }

    /// Ends the experiment of these batches for good.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn end_experiment(
        &self,
        batches: Vec<BatchNo>,
        end: ExperimentEnd,
    ) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.end_experiment(batches, end).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.end_experiment(batches, end).await,
        }
    }

    /// Releases batches that this run lost and that were proven not to be taken, if nothing has happened since
    /// `revision`. `false`, and nothing is released, where something has.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn release_untaken(
        &self,
        batches: Vec<BatchNo>,
        revision: i64,
    ) -> Result<bool> {
        match &self.backend {
            Backend::File(file) => file.release_untaken(batches, revision).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.release_untaken(batches, revision).await,
        }
    }
}
