//! The face for budgets: caps that hold for all runs of the ledger together.

use super::error::Result;
use super::handle::{Ledger, on_backend};
use super::types::{Allowance, Budget, BudgetRequest, Per};
use crate::batch::{AccountId, Nonce};
use crate::units::{Credits, Moment};

impl Ledger {
    /// Sets a cap for a key, or for all keys together, or removes it.
    pub(crate) async fn set_budget(
        &self,
        account: Option<AccountId>,
        per: Per,
        cap: Option<Credits>,
    ) -> Result<()> {
        on_backend!(self, set_budget(account, per, cap))
    }

    /// All budgets, and where they stand.
    pub(crate) async fn budgets(&self, now: Moment) -> Result<Vec<Budget>> {
        on_backend!(self, budgets(now))
    }

    /// Reserves what a batch may cost in every budget that it falls under, durably and before it is claimed. What is
    /// claimed counts from then on by what became of it: what it holds, and in the end what it cost. A reservation
    /// without a batch counts in full, so a run that dies errs on the dear side.
    ///
    /// # Errors
    /// Where the ledger cannot be written. Nothing is reserved then.
    pub(crate) async fn reserve_budget(&self, request: BudgetRequest) -> Result<Allowance> {
        let (account, now) = (request.account, request.now);
        let allowed = on_backend!(self, reserve_budget(request))?;
        if let Some(allowance) = allowed {
            return Ok(allowance);
        }
        let budgets = self.budgets(now).await?.into_iter();
        let ours = budgets.filter(|budget| budget.account.is_none_or(|other| other == account));
        let tightest = ours.min_by_key(|budget| budget.cap.saturating_sub(budget.spent));
        Ok(tightest.map_or(Allowance::Unlimited, |budget| Allowance::Spent(Box::new(budget))))
    }

    /// Gives back what was reserved for a batch that was not claimed.
    ///
    /// # Errors
    /// Where the ledger cannot be written. It counts as spent then.
    pub(crate) async fn return_budget(&self, nonce: Nonce) -> Result<()> {
        on_backend!(self, return_budget(nonce))
    }
}
