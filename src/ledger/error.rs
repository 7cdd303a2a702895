//! What can go wrong with the ledger. Errors carry facts; which option helps is said where the command line is known.

use super::types::Rewind;
use crate::units::counted;
use std::fmt;
use std::path::Path;

/// What every ledger operation returns.
pub(crate) type Result<T> = std::result::Result<T, LedgerError>;

/// Why a ledger operation failed. Nothing was half done: a failed operation was rolled back.
#[derive(Debug, Clone)]
pub struct LedgerError {
    place: String,
    kind: LedgerErrorKind,
}

/// What went wrong. A text is what the system or SQLite said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LedgerErrorKind {
    /// The server's certificate is not trusted.
    #[cfg(feature = "postgres")]
    Certificate(String),
    /// It is not a database, or its contents cannot be.
    Damaged(String),
    /// The server may lose in a crash what it has confirmed.
    #[cfg(feature = "postgres")]
    Forgetful,
    /// The id of a batch is that of another batch already.
    IdConflict,
    /// So many other runs use it.
    InUse(usize),
    /// No room is left on the disk.
    Full,
    Io(String),
    /// Another program holds it.
    Locked,
    /// The server refused user or password.
    #[cfg(feature = "postgres")]
    Login(String),
    /// It was moved to another place, which is in force now.
    Moved(String),
    /// It is being moved there, or the move was interrupted.
    Moving(String),
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
    /// The user has no right to do this.
    #[cfg(feature = "postgres")]
    Rights(String),
    /// A copy of it that cannot be written.
    #[cfg(feature = "postgres")]
    Standby,
    /// The server is away, or not there.
    #[cfg(feature = "postgres")]
    Unreachable(String),
    /// There is none yet.
    #[cfg(feature = "postgres")]
    NotThere,
    /// The operation breaks a rule of the ledger.
    Refused(String),
    /// It may have forgotten whom it asked for, so it claims nobody and is moved nowhere.
    Rewound(Rewind),
    /// It would be moved into itself, or into a copy of itself.
    SameLedger,
    /// The thread that writes it is gone.
    Stopped,
}

impl LedgerError {
    pub(super) fn new(path: &Path, kind: LedgerErrorKind) -> Self {
        Self::at(path.display(), kind)
    }

    /// `place` names the ledger, and nothing that is secret.
    pub(super) fn at(place: impl fmt::Display, kind: LedgerErrorKind) -> Self {
        Self { place: place.to_string(), kind }
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

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Whether there is no ledger yet.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_self, reason = "a file is always there")
    )]
    pub(crate) fn is_not_there(&self) -> bool {
        #[cfg(feature = "postgres")]
        return self.kind == LedgerErrorKind::NotThere;
        #[cfg(not(feature = "postgres"))]
        false
    }

    /// Whether a server is away and may come back.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_self, reason = "a file is always there")
    )]
    pub(crate) fn is_away(&self) -> bool {
        #[cfg(feature = "postgres")]
        return matches!(self.kind, LedgerErrorKind::Unreachable(_));
        #[cfg(not(feature = "postgres"))]
        false
    }

    pub(crate) fn kind(&self) -> &LedgerErrorKind {
        &self.kind
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LedgerErrorKind as Kind;
        let path = &self.place;
        match &self.kind {
            #[cfg(feature = "postgres")]
            Kind::Certificate(why) => {
                write!(
                    f,
                    "the server of the ledger `{path}` cannot prove that it is the right one: {why}"
                )
            }
            Kind::Damaged(why) => {
                write!(f, "the ledger `{path}` is damaged or is not a ledger: {why}")
            }
            #[cfg(feature = "postgres")]
            Kind::Forgetful => write!(
                f,
                "the server of the ledger `{path}` runs with `fsync = off`: a crash would make it forget who was paid for"
            ),
            Kind::IdConflict => write!(f, "the ledger `{path}` has this id for another batch"),
            #[cfg(feature = "postgres")]
            Kind::NotThere => write!(f, "there is no ledger at `{path}` yet"),
            Kind::InUse(others) => {
                let runs = counted(*others, "other run uses", "other runs use");
                write!(f, "{runs} the ledger `{path}`")
            }
            Kind::Moved(to) => write!(f, "the ledger `{path}` was moved to `{to}`"),
            Kind::Moving(to) => write!(
                f,
                "the ledger `{path}` is being moved to `{to}`, or that move was interrupted"
            ),
            Kind::Rewound(rewind) => write!(f, "the ledger `{path}` {rewind}"),
            Kind::SameLedger => write!(f, "`{path}` is the same ledger, or a copy of it"),
            Kind::Full => write!(f, "the disk is full: the ledger `{path}` cannot be written"),
            Kind::Io(why) => write!(f, "cannot use the ledger `{path}`: {why}"),
            Kind::Locked => write!(f, "the ledger `{path}` is locked by another program"),
            #[cfg(feature = "postgres")]
            Kind::Login(why) => {
                write!(f, "the server of the ledger `{path}` refuses this user: {why}")
            }
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
            #[cfg(feature = "postgres")]
            Kind::Rights(why) => {
                write!(f, "the user of the ledger `{path}` has no right to do this: {why}")
            }
            #[cfg(feature = "postgres")]
            Kind::Standby => {
                write!(f, "the ledger `{path}` is a read-only copy: name the server that writes")
            }
            #[cfg(feature = "postgres")]
            Kind::Unreachable(why) => write!(f, "cannot reach the ledger `{path}`: {why}"),
            Kind::Refused(why) => write!(f, "the ledger `{path}` refused an operation: {why}"),
            Kind::Stopped => write!(f, "the ledger `{path}` stopped working"),
        }
    }
}

impl std::error::Error for LedgerError {}
