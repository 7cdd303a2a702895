//! The open ledger and the backend that holds it.

use super::attempts::Attempts;
use super::copy::copy;
use super::error::{LedgerError, LedgerErrorKind, Result};
use super::file::FileLedger;
use super::location::{LedgerAddress, LedgerLocation};
#[cfg(feature = "postgres")]
use super::server::ServerLedger;
use super::temporary::TemporaryFolder;
use super::types::Rewind;
use std::time::Duration;

/// An open ledger, and this run's entry in it. Dropping it ends the run: what it left `sending` becomes `unknown` for the
/// next run.
#[derive(Debug)]
pub struct Ledger {
    pub(super) backend: Backend,
    pub(super) attempts: Attempts,
    location: LedgerLocation,
    copied: Option<Copied>,
}

/// Why this is a copy that is thrown away.
#[derive(Debug)]
struct Copied {
    why: LedgerError,
    _folder: TemporaryFolder,
}

#[derive(Debug)]
pub(super) enum Backend {
    File(FileLedger),
    #[cfg(feature = "postgres")]
    Server(ServerLedger),
}

/// Calls the operation of the backend that holds the ledger; all backends have the same ones.
macro_rules! on_backend {
    ($ledger:ident, $operation:ident($($argument:expr),*)) => {
        match &$ledger.backend {
            $crate::ledger::handle::Backend::File(file) => file.$operation($($argument),*).await,
            #[cfg(feature = "postgres")]
            $crate::ledger::handle::Backend::Server(server) => server.$operation($($argument),*).await,
        }
    };
}
pub(super) use on_backend;

#[cfg_attr(
    not(feature = "postgres"),
    expect(clippy::unnecessary_wraps, clippy::unused_async, reason = "a server has to be asked")
)]
impl Ledger {
    /// Opens the ledger, or creates it where there is none.
    pub fn open(location: LedgerLocation) -> Result<Self> {
        let backend = match location.place() {
            LedgerAddress::File(path) => Backend::File(FileLedger::open(&location, path)?),
            #[cfg(feature = "postgres")]
            LedgerAddress::Server(address) => {
                Backend::Server(ServerLedger::open(&location, address.clone())?)
            }
        };
        let attempts = match (&backend, location.state()) {
            (Backend::File(_), _) => Attempts::default(),
            #[cfg(feature = "postgres")]
            (Backend::Server(_), None) => Attempts::default(),
            #[cfg(feature = "postgres")]
            (Backend::Server(server), Some(state)) => {
                Attempts::spooled_in(state, server.names().to_vec())
            }
        };
        Ok(Self { backend, attempts, location, copied: None })
    }

    /// Opens a ledger to look at it, or creates it. Where it may not be written, a copy is opened:
    /// [`Self::ensure_writable`] tells.
    pub(crate) fn open_to_look(location: LedgerLocation) -> Result<Self> {
        let why = match Self::open(location.clone()) {
            Err(error) if matches!(error.kind(), LedgerErrorKind::ReadOnly(_)) => error,
            opened => return opened,
        };
        let Some(Ok((folder, path))) = location.file().map(copy) else { return Err(why) };
        let backend = Backend::File(FileLedger::open(&location, &path)?);
        let attempts = Attempts::default();
        Ok(Self { backend, attempts, location, copied: Some(Copied { why, _folder: folder }) })
    }

    /// An error where this is a copy of a ledger that cannot be written.
    pub(crate) fn ensure_writable(&self) -> Result<()> {
        self.copied.as_ref().map_or(Ok(()), |copied| Err(copied.why.clone()))
    }

    /// How long an operation has waited for another run that writes, or for a server that is away.
    pub(crate) fn lock_wanted_for(&self) -> Option<Duration> {
        match &self.backend {
            Backend::File(file) => file.lock_wanted_for(),
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.away_for(),
        }
    }

    /// Whether its file was removed or replaced since it was opened.
    pub(crate) fn is_gone(&self) -> bool {
        match &self.backend {
            Backend::File(file) => file.is_gone(),
            #[cfg(feature = "postgres")]
            Backend::Server(_) => false,
        }
    }

    /// The error for [`Recorded::Conflict`](super::Recorded::Conflict).
    pub(crate) fn id_conflict(&self) -> LedgerError {
        LedgerError::at(&self.location, LedgerErrorKind::IdConflict)
    }

    /// Whether it may have lost claims. It claims nobody then; everything else works.
    pub(crate) async fn rewind(&self) -> Result<Option<Rewind>> {
        match &self.backend {
            // A file that was restored knows of nothing newer, and neither does anybody else: the balance tells.
            Backend::File(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.rewind().await,
        }
    }

    /// Continues with what it holds, because a user said so.
    pub(crate) async fn accept_rewind(&self) -> Result<()> {
        match &self.backend {
            Backend::File(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.accept_rewind().await,
        }
    }

    /// Notes that a balance is what the books expect: [`Rewind::Possible`] is none then.
    pub(crate) async fn believe_server(&self) -> Result<()> {
        match &self.backend {
            Backend::File(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.believe_server().await,
        }
    }

    /// Whether this machine knew another ledger at this address. Says so once.
    ///
    /// # Errors
    /// Where this machine cannot remember what it sees of the ledger.
    pub(crate) fn takes_the_place_of_another(&self) -> std::io::Result<bool> {
        match &self.backend {
            Backend::File(_) => Ok(false),
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.takes_the_place_of_another(self.location.state()),
        }
    }

    /// The error for a server that is away.
    pub(crate) fn away(&self) -> LedgerError {
        let why = "it does not answer".to_owned();
        #[cfg(feature = "postgres")]
        let kind = LedgerErrorKind::Unreachable(why);
        #[cfg(not(feature = "postgres"))]
        let kind = LedgerErrorKind::Io(why);
        LedgerError::at(&self.location, kind)
    }

    pub(crate) fn location(&self) -> &LedgerLocation {
        &self.location
    }
}
