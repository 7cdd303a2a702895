//! The face for accounts: when the next POST may leave, what a search costs, and the state that proves whether a batch
//! was taken.

use super::error::Result;
use super::handle::{Backend, Ledger};
use super::types::AccountState;
use crate::batch::AccountId;
use crate::units::{Credits, Moment};

impl Ledger {
    /// Reserves the next moment at which a POST with this key may leave, also against other runs.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn reserve_post(&self, account: AccountId, now: Moment) -> Result<Moment> {
        match &self.backend {
            Backend::File(file) => file.reserve_post(account, now).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.reserve_post(account, now).await,
        }
    }

    /// Keeps POSTs with this key back until then, and sends fewer for a while: the API said it was too many.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn delay_posts(&self, account: AccountId, until: Moment) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.delay_posts(account, until).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.delay_posts(account, until).await,
        }
    }

    /// The account's state at this moment.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn account_state(&self, account: AccountId) -> Result<AccountState> {
        match &self.backend {
            Backend::File(file) => file.account_state(account).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.account_state(account).await,
        }
    }

    /// Keeps a balance as the baseline for later proofs. `before` is the state when the balance was asked for. The
    /// balance proves nothing, and is not kept, where something has happened since, or is running or in doubt.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn note_balance(
        &self,
        account: AccountId,
        balance: Credits,
        before: AccountState,
        now: Moment,
    ) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.note_balance(account, balance, before, now).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.note_balance(account, balance, before, now).await,
        }
    }
}
