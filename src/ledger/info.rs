//! The face for what a ledger says of itself.

use super::error::{LedgerErrorKind, Result};
use super::handle::{Backend, Ledger};
use super::types::{LedgerInfo, MovedTo};

impl Ledger {
    /// What it holds, how large it is, and how healthy.
    pub(crate) async fn info(&self) -> Result<LedgerInfo> {
        match &self.backend {
            Backend::File(file) => file.info().await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.info().await,
        }
    }
}

impl MovedTo {
    pub(super) fn of_mark(mark: Option<LedgerErrorKind>) -> Option<Self> {
        match mark? {
            LedgerErrorKind::Moved(to) => Some(Self { to, is_done: true }),
            LedgerErrorKind::Moving(to) => Some(Self { to, is_done: false }),
            _ => None,
        }
    }
}
