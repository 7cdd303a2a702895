//! The face for accounts: when the next POST may leave, what a search costs, and the state that proves whether a batch
//! was taken.

use super::error::Result;
use super::handle::{Ledger, on_backend};
use super::types::AccountState;
use crate::batch::AccountId;
use crate::units::{Credits, Moment};

impl Ledger {
    /// Reserves the next moment at which a POST with this key may leave, also against other runs.
    pub(crate) async fn reserve_post(&self, account: AccountId, now: Moment) -> Result<Moment> {
        on_backend!(self, reserve_post(account, now))
    }

    /// Keeps POSTs with this key back until then, and sends fewer for a while: the API said it was too many.
    pub(crate) async fn delay_posts(&self, account: AccountId, until: Moment) -> Result<()> {
        on_backend!(self, delay_posts(account, until))
    }

    /// The account's state at this moment.
    pub(crate) async fn account_state(&self, account: AccountId) -> Result<AccountState> {
        on_backend!(self, account_state(account))
    }

    /// Keeps a balance as the baseline for later proofs. `before` is the state when the balance was asked for. The
    /// balance proves nothing, and is not kept, where something has happened since, or is running or unclear.
    pub(crate) async fn note_balance(
        &self,
        account: AccountId,
        balance: Credits,
        before: AccountState,
        now: Moment,
    ) -> Result<()> {
        on_backend!(self, note_balance(account, balance, before, now))
    }
}
