//! What the next batch may cost, and what the last one did cost.

use super::pending::PendingBatch;
use super::{Early, Submitter};
use crate::enrow::{FetchError, RetryCause, RetryPolicy};
use crate::ledger::Reserved;
use crate::lookup::funds::{Affordable, Cost, Shortage, each};
use crate::lookup::run_state::WaitFor;
use crate::lookup::{EndReason, Engine, Error};
use crate::units::Credits;

/// How often Enrow may answer without a balance before the run sends nothing more.
const BALANCE_TRIES: usize = 8;

impl Submitter<'_> {
    /// Waits until this batch, or the part of it that will ever be affordable, is covered by balance and budget.
    pub(super) async fn afford(&mut self, mut batch: PendingBatch) -> Result<PendingBatch, Early> {
        let Engine { cancel, run_state, settings, .. } = &**self.engine;
        loop {
            // Under a budget the balance shows what each batch holds.
            if settings.max_credits.is_some() && !self.balance_is_fresh {
                self.read_balance().await?;
            }
            let changed = run_state.changed();
            let funds = run_state.funds(settings.max_credits);
            match funds.affordable(batch.searches.len(), run_state.refunds()) {
                Affordable::Send(n) if n == batch.searches.len() => return Ok(batch),
                // The balance is read before credits are called short: batches that ended have given some back, and
                // somebody may have added some.
                Affordable::Send(_) | Affordable::Wait | Affordable::Nothing(Shortage::Credits)
                    if !self.balance_is_fresh =>
                {
                    self.read_balance().await?;
                }
                Affordable::Send(n) => {
                    let rest = batch.searches.split_off(n);
                    self.waiting.push_front(PendingBatch::of(rest));
                    return Ok(batch);
                }
                Affordable::Wait => {
                    let _waiting = run_state.wait(WaitFor::Refunds, None);
                    cancel.run_until_cancelled(changed).await?;
                    self.balance_is_fresh = false;
                }
                Affordable::Nothing(shortage) => return Err(EndReason::from(shortage).into()),
            }
        }
    }

    pub(super) async fn read_balance(&mut self) -> Result<(), Early> {
        let engine = self.engine;
        loop {
            let reading = engine.read_balance(RetryPolicy::Tries(BALANCE_TRIES));
            match engine.cancel.run_until_cancelled(reading).await? {
                // The network is gone: a laptop may sleep for an hour.
                Err(Error::Fetch(FetchError::NoAnswer(
                    RetryCause::Unanswered(_) | RetryCause::Untrusted(_),
                ))) => {}
                Err(Error::Fetch(
                    FetchError::NoAnswer(RetryCause::Answered(_)) | FetchError::UnreadableBalance,
                )) => return Err(EndReason::BalanceUnknown.into()),
                read => {
                    read?;
                    self.balance_is_fresh = true;
                    return Ok(());
                }
            }
        }
    }

    /// Learns the price from a batch that was accepted. Under a budget its statement alone is not believed, see [`Cost`]:
    /// what the balance fell by beyond it counts as spent.
    pub(super) async fn learn_price(
        &mut self,
        reserved: Reserved,
        searches: usize,
        balance_before: Option<Credits>,
    ) -> Result<(), Early> {
        let Engine { run_state, settings, .. } = &**self.engine;
        if settings.max_credits.is_none() {
            if let Some(stated) = reserved.stated() {
                run_state.prove_price(each(stated, searches));
            }
            return Ok(());
        }
        self.read_balance().await?;
        let fallen = match (balance_before, run_state.balance()) {
            (Some(before), Some(after)) => before.saturating_sub(after),
            (None, _) | (_, None) => Credits::ZERO,
        };
        let cost = Cost { reserved, searches, fallen };
        run_state.add_unstated(cost.unstated());
        run_state.prove_price(cost.price(run_state.has_proven_price()));
        Ok(())
    }
}
