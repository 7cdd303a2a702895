//! The face for what was answered: totals, answers from elsewhere, and erasure.

use super::error::Result;
use super::handle::{Ledger, on_backend};
use super::types::{
    EraseMode, Erased, Imported, ListCosts, ListScope, Refresh, Savings, Suppressed, Totals,
    UsageSlice,
};
use crate::people::{Answer, PersonKey};
use crate::units::Moment;

impl Ledger {
    /// The totals over everything that was ever asked.
    pub(crate) async fn totals(&self) -> Result<Totals> {
        on_backend!(self, totals())
    }

    /// The share of people with a number among those whom batches answered. Cheaper than [`Ledger::totals`]. `None` for
    /// fewer than twenty: too few to tell.
    pub(crate) async fn found_rate(&self) -> Result<Option<f64>> {
        on_backend!(self, found_rate())
    }

    /// Counts numbers that a run took from the ledger instead of paying for them again, at the lowest price that any
    /// account is known to pay. Nothing is counted while none is known.
    pub(crate) async fn add_savings(&self, savings: Savings) -> Result<()> {
        on_backend!(self, add_savings(savings))
    }

    /// What a list cost over all runs, as things stand.
    pub(crate) async fn list_costs(&self, list: ListScope) -> Result<ListCosts> {
        on_backend!(self, list_costs(list))
    }

    /// What was searched since a moment, oldest first. The caller sums up what is of one day: only it knows
    /// when a day begins.
    pub(crate) async fn usage(&self, since: Moment) -> Result<Vec<UsageSlice>> {
        on_backend!(self, usage(since))
    }

    /// Adds these people and records numbers, and that there is none, where nothing better is known.
    ///
    /// The answers may be old, so they replace nothing: a number that was paid for here stays, and a person who is
    /// claimed is left to the batch. When Enrow gave the answers is not known: they count from `now`.
    ///
    /// # Errors
    /// Where the ledger cannot be written. Nothing was recorded then.
    pub(crate) async fn import_answers(
        &self,
        answers: Vec<(PersonKey, Answer)>,
        now: Moment,
    ) -> Result<Imported> {
        on_backend!(self, import_answers(answers, now))
    }

    /// The refresh of a list that is not finished, or one that would begin now. It begins with its first claim
    /// ([`NewBatch::refresh`](super::NewBatch::refresh)): a run that asks nobody begins none.
    pub(crate) async fn refresh_of(&self, list: ListScope, now: Moment) -> Result<Refresh> {
        on_backend!(self, refresh_of(list, now))
    }

    /// Ends a refresh: everybody of the list was asked, and the answers were handed over.
    pub(crate) async fn end_refresh(&self, list: ListScope) -> Result<()> {
        on_backend!(self, end_refresh(list))
    }

    /// Removes answers and claims of these people, also from the spool of this machine, and their bytes from a ledger
    /// that is a file.
    ///
    /// # Errors
    /// Where the ledger cannot be written, or another program reads it so that its journal cannot be emptied.
    pub(crate) async fn forget(
        &self,
        keys: Vec<PersonKey>,
        mode: EraseMode,
        now: Moment,
    ) -> Result<Erased> {
        self.attempts.forget(Some(&keys)).map_err(|error| self.spool_error(&error))?;
        on_backend!(self, forget(keys, mode, now))
    }

    /// Removes every person, with or without those who are not to be searched for, and every settled batch. Unsettled
    /// batches stay, without their people, so that what they hold of the credits is still known.
    pub(crate) async fn forget_all(&self, suppressed: Suppressed) -> Result<Erased> {
        self.attempts.forget(None).map_err(|error| self.spool_error(&error))?;
        on_backend!(self, forget_all(suppressed))
    }
}
