//! The ledger's budgets, which hold for all its runs together: what a batch may cost is reserved before it is claimed.

use super::Submitter;
use super::pending::PendingBatch;
use crate::batch::Nonce;
use crate::ledger::{Allowance, BudgetRequest};
use crate::lookup::error::Early;
use crate::lookup::funds::Refunds;
use crate::lookup::run_state::WaitFor;
use crate::lookup::{EndReason, HIGHEST_KNOWN_PRICE};
use crate::units::Moment;

impl Submitter<'_> {
    /// Reserves what a batch may cost, and puts off what does not fit; `None` where that is all of it. Refunds of this run
    /// are waited for before a smaller batch is sent.
    pub(super) async fn reserve_budget(
        &mut self,
        mut batch: PendingBatch,
        nonce: &Nonce,
    ) -> Result<Option<PendingBatch>, Early> {
        let engine = self.engine;
        let state = &engine.run_state;
        let changed = state.changed();
        let refunds = state.refunds();
        let known = state.price().unwrap_or(HIGHEST_KNOWN_PRICE);
        let (most, price) = if state.has_proven_price() {
            (batch.searches.len(), known)
        } else {
            // The first batch finds the price out: should it be higher than anybody documents, it is one search.
            let most = if self.accepted == 0 { 1 } else { batch.searches.len() };
            (most, known.max(HIGHEST_KNOWN_PRICE))
        };
        let allowed = engine
            .ledger
            .reserve_budget(BudgetRequest {
                account: engine.account,
                nonce: nonce.clone(),
                least: if refunds == Refunds::Ahead { most } else { 1 },
                most,
                price,
                label: engine.settings.label.clone(),
                now: Moment::now(),
            })
            .await?;
        match (allowed, refunds) {
            (Allowance::Unlimited, _) => Ok(Some(batch)),
            (Allowance::Searches(searches), _) => {
                if searches < batch.searches.len() {
                    let rest = batch.searches.split_off(searches);
                    self.waiting.push_front(PendingBatch::of(rest));
                }
                Ok(Some(batch))
            }
            (Allowance::Spent(_), Refunds::Ahead) => {
                self.waiting.push_front(batch);
                let _waiting = state.wait(WaitFor::Refunds, None);
                engine.cancel.run_until_cancelled(changed).await?;
                self.balance_is_fresh = false;
                Ok(None)
            }
            (Allowance::Spent(budget), Refunds::None) => {
                Err(EndReason::LedgerBudgetSpent(budget).into())
            }
        }
    }
}
