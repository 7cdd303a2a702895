//! The open ledger and the backend that holds it.

use super::error::{LedgerError, LedgerErrorKind, Result};
use super::file::FileLedger;
use super::location::LedgerLocation;

/// An open ledger, and this run's entry in it. Dropping it ends the run: what it left `sending` becomes `unknown` for the
/// next run.
#[derive(Debug)]
pub struct Ledger {
    pub(super) backend: Backend,
    location: LedgerLocation,
}

#[derive(Debug)]
pub(super) enum Backend {
    /// One SQLite file.
    File(FileLedger),
}

impl Ledger {
    /// Opens the ledger, or creates it where there is none.
    ///
    /// # Errors
    /// See [`LedgerError`](super::LedgerError). An existing file is never replaced.
    pub fn open(location: LedgerLocation) -> Result<Self> {
        let backend = Backend::File(FileLedger::open(&location)?);
        Ok(Self { backend, location })
    }

    /// The error for [`Recorded::Conflict`](super::Recorded::Conflict).
    pub(crate) fn id_conflict(&self) -> LedgerError {
        LedgerError::new(self.location.path(), LedgerErrorKind::IdConflict)
    }

    pub(crate) fn location(&self) -> &LedgerLocation {
        &self.location
    }
}
