//! What can go wrong with the ledger. Errors carry facts; which option helps is for whoever knows the command line.

use std::fmt;
use std::path::{Path, PathBuf};

/// What every ledger operation returns.
pub(crate) type Result<T> = std::result::Result<T, LedgerError>;

/// Why a ledger operation failed. Nothing was half done: a failed operation was rolled back.
#[derive(Debug, Clone)]
pub struct LedgerError {
    path: PathBuf,
    kind: LedgerErrorKind,
}

/// What went wrong. A text is what the system or SQLite said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LedgerErrorKind {
    /// It is not a database, or its contents cannot be.
    Damaged(String),
    /// The id of a batch is that of another batch already.
    IdConflict,
    /// No room is left on the disk.
    Full,
    Io(String),
    /// Another program holds it.
    Locked,
    /// A later release wrote it.
    Newer {
        found: i64,
        known: i64,
    },
    /// The file system has no locks.
    NoLocks(String),
    /// Another run uses the file and is not seen beside it.
    OpenElsewhere,
    /// It holds the answers of another API.
    OtherApi {
        theirs: String,
        ours: String,
    },
    /// It may not be written.
    ReadOnly(String),
    /// The operation breaks a rule of the ledger.
    Refused(String),
    /// The thread that writes it is gone.
    Stopped,
}

impl LedgerError {
    pub(super) fn new(path: &Path, kind: LedgerErrorKind) -> Self {
        Self { path: path.to_owned(), kind }
    }

    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull => LedgerErrorKind::Full,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                LedgerErrorKind::ReadOnly(error.to_string())
            }
            _ => LedgerErrorKind::Io(error.to_string()),
        };
        Self::new(path, kind)
    }

    /// Where the ledger is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn kind(&self) -> &LedgerErrorKind {
        &self.kind
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LedgerErrorKind as Kind;
        let path = self.path.display();
        match &self.kind {
            Kind::Damaged(why) => {
                write!(f, "the ledger `{path}` is damaged or is not a ledger: {why}")
            }
            Kind::IdConflict => write!(f, "the ledger `{path}` has this id for another batch"),
            Kind::Full => write!(f, "the disk is full: the ledger `{path}` cannot be written"),
            Kind::Io(why) => write!(f, "cannot use the ledger `{path}`: {why}"),
            Kind::Locked => write!(f, "the ledger `{path}` is locked by another program"),
            Kind::Newer { found, known } => write!(
                f,
                "the ledger `{path}` is of version {found}, and this enrow-phone knows versions up to {known}"
            ),
            Kind::NoLocks(why) => {
                write!(f, "the file system of the ledger `{path}` cannot lock files: {why}")
            }
            Kind::OpenElsewhere => write!(
                f,
                "the ledger `{path}` is in use under another name or mount: two runs would not see each other"
            ),
            Kind::OtherApi { theirs, ours } => {
                write!(f, "the ledger `{path}` belongs to {theirs}, and this run asks {ours}")
            }
            Kind::ReadOnly(why) => write!(f, "the ledger `{path}` cannot be written: {why}"),
            Kind::Refused(why) => write!(f, "the ledger `{path}` refused an operation: {why}"),
            Kind::Stopped => write!(f, "the ledger `{path}` stopped working"),
        }
    }
}

impl std::error::Error for LedgerError {}
