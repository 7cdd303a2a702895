//! What a lookup fails with. What was paid stays collectable by the next run, whatever the error.

use crate::batch::BatchId;
use crate::enrow::FetchError;
use crate::ledger::LedgerError;
use std::path::PathBuf;

/// Why a row of the input could not be read. Opaque: only the caller knows what the rows are read from.
pub(crate) type RowError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A GET was refused, or was not answered in time.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Enrow took a batch, but the ledger cannot record its id. With the id the batch can still be collected.
    #[error("Enrow took batch {id}, but its id cannot be recorded: {error}")]
    LostId {
        id: BatchId,
        /// The file in which this machine keeps the answer for its next run.
        kept: Option<PathBuf>,
        error: LedgerError,
    },
    /// A task that followed a batch panicked.
    #[error("a part of this run broke; this is a fault of enrow-phone: {0}")]
    Panicked(String),
    #[error(transparent)]
    Rows(RowError),
}

impl Error {
    /// Whether a server is away that keeps the ledger.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Ledger(error) | Self::LostId { error, .. } => error.is_away(),
            Self::Fetch(_) | Self::Panicked(_) | Self::Rows(_) => false,
        }
    }
}

/// What leaves a function early: the end of the run, which is no error, or an error. One type, so that `?` serves both.
pub(super) enum Early {
    End(super::EndReason),
    Error(Error),
}

impl<E: Into<Error>> From<E> for Early {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl From<super::EndReason> for Early {
    fn from(reason: super::EndReason) -> Self {
        Self::End(reason)
    }
}

/// Turns what left early into what a run answers.
pub(super) fn end_of<T>(done: Result<T, Early>) -> Result<Option<super::EndReason>, Error> {
    match done {
        Ok(_) => Ok(None),
        Err(Early::End(reason)) => Ok(Some(reason)),
        Err(Early::Error(error)) => Err(error),
    }
}
