//! What can go wrong with the ledger, in words for the person at the keyboard.

use std::path::{Path, PathBuf};

/// Why a ledger operation failed. Nothing was half done: a failed operation was rolled back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// A later release wrote it.
    #[error("the ledger `{}` is of version {found}, and this enrow-phone knows versions up to {known}", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program can read.
        known: i64,
    },
    /// It is not a database any more, or never was one.
    #[error("the ledger `{}` is damaged or is not a ledger: {detail}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// It holds the answers of another API.
    #[error("the ledger `{}` belongs to {theirs}, and this run asks {ours}", .path.display())]
    OtherApi {
        /// The file.
        path: PathBuf,
        /// Whose answers it holds.
        theirs: String,
        /// Who is asked now.
        ours: String,
    },
    /// Another program holds it.
    #[error("the ledger `{}` is locked by another program", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// No room is left.
    #[error("the disk is full: the ledger `{}` cannot be written", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// It may not be written.
    #[error("the ledger `{}` cannot be written: {detail}", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The file system said no.
    #[error("cannot use the ledger `{}`: {detail}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
    /// A state that the ledger's own rules exclude.
    #[error("the ledger `{}` refused an operation: {detail}", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
    /// The thread that writes it is gone.
    #[error("the ledger `{}` stopped working", .path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

impl LedgerError {
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full { path },
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, detail: error.to_string() }
            }
            _ => Self::Io { path, detail: error.to_string() },
        }
    }

    pub(super) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked { path },
            Some(Code::DiskFull) => Self::Full { path },
            Some(Code::ReadOnly | Code::PermissionDenied) => Self::ReadOnly { path, detail },
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Self::Damaged { path, detail },
            Some(Code::CannotOpen | Code::SystemIoFailure | Code::OutOfMemory) => {
                Self::Io { path, detail }
            }
            _ => Self::Refused { path, detail },
        }
    }

    /// The command or deed that helps, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Newer { .. } => Some("update enrow-phone, or name another ledger with `--ledger PATH`".to_owned()),
            Self::Damaged { path, .. } => Some(format!(
                "it is left as it is, since it may hold answers that were paid for: restore it from a backup, or try \
                 `sqlite3 '{}' .recover`",
                path.display()
            )),
            Self::OtherApi { .. } => {
                Some("name a ledger of its own for each API: `--ledger PATH` or `ENROW_PHONE_LEDGER`".to_owned())
            }
            Self::Locked { .. } => Some("close what holds it (a database browser, a backup) and run the same command again".to_owned()),
            Self::Full { .. } => Some("free some space and run the same command again; what was paid for is collected then".to_owned()),
            Self::ReadOnly { .. } => Some("make it and its folder writable, or name another with `--ledger PATH`".to_owned()),
            Self::Io { .. } | Self::Refused { .. } | Self::Stopped { .. } => None,
        }
    }
}
