//! The face for what was answered: totals, answers from elsewhere, and erasure.

use super::error::Result;
use super::handle::{Backend, Ledger};
use super::types::{
    EraseMode, Erased, Imported, ListCosts, ListScope, Refresh, Savings, Suppressed, Totals,
    UsageSlice,
};
use crate::people::{Answer, PersonKey};
use crate::units::Moment;

impl Ledger {
    /// The totals over everything that was ever asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn totals(&self) -> Result<Totals> {
        match &self.backend {
            Backend::File(file) => file.totals().await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.totals().await,
        }
    }

    /// The share of people with a number among those whom batches answered. Cheaper than [`Ledger::totals`]. `None` for
    /// fewer than twenty: too few to tell.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn found_rate(&self) -> Result<Option<f64>> {
        match &self.backend {
            Backend::File(file) => file.found_rate().await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.found_rate().await,
        }
    }

    /// Counts numbers that a run took from the ledger instead of paying for them again, at the lowest price that any
    /// account is known to pay. Nothing is counted while none is known.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn add_savings(&self, savings: Savings) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.add_savings(savings).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.add_savings(savings).await,
        }
    }

    /// What a list cost over all runs, as things stand.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn list_costs(&self, list: ListScope) -> Result<ListCosts> {
        match &self.backend {
            Backend::File(file) => file.list_costs(list).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.list_costs(list).await,
        }
    }

    /// What was searched since a moment, oldest first. Whoever shows it by day sums up what is of one day: only they know
    /// when a day begins.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn usage(&self, since: Moment) -> Result<Vec<UsageSlice>> {
        match &self.backend {
            Backend::File(file) => file.usage(since).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.usage(since).await,
        }
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
        match &self.backend {
            Backend::File(file) => file.import_answers(answers, now).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.import_answers(answers, now).await,
        }
    }

    /// The refresh of a list that is not finished, or one that would begin now. It begins with its first claim
    /// ([`NewBatch::refresh`](super::NewBatch::refresh)): a run that asks nobody begins none.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn refresh_of(&self, list: ListScope, now: Moment) -> Result<Refresh> {
        match &self.backend {
            Backend::File(file) => file.refresh_of(list, now).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.refresh_of(list, now).await,
        }
    }

    /// Ends a refresh: everybody of the list was asked, and the answers were handed over.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn end_refresh(&self, list: ListScope) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.end_refresh(list).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.end_refresh(list).await,
        }
    }

    /// Removes answers and claims of these people, and their bytes from the database files.
    ///
    /// # Errors
    /// Where the ledger cannot be written, or another program reads it so that its journal cannot be emptied.
    pub(crate) async fn forget(
        &self,
        keys: Vec<PersonKey>,
        mode: EraseMode,
        now: Moment,
    ) -> Result<Erased> {
        match &self.backend {
            Backend::File(file) => file.forget(keys, mode, now).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.forget(keys, mode, now).await,
        }
    }

    /// Removes every person, with or without those who are not to be searched for, and every settled batch. Unsettled batches stay, without their people, so that what they
    /// hold of the credits is still known.
    ///
    /// # Errors
    /// As [`Ledger::forget`].
    pub(crate) async fn forget_all(&self, suppressed: Suppressed) -> Result<Erased> {
        match &self.backend {
            Backend::File(file) => file.forget_all(suppressed).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.forget_all(suppressed).await,
        }
    }
}
