//! What an error of SQLite means for the ledger.

use crate::ledger::error::{LedgerError, LedgerErrorKind as Kind};
use rusqlite::{Error, ErrorCode as Code};
use std::path::Path;

pub(super) fn sql_error(path: &Path, error: &Error) -> LedgerError {
    let detail = error.to_string();
    let kind = match error {
        // What is stored cannot be: only a damaged or forged file has it.
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => Kind::Damaged(detail),
        _ => match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Kind::Locked,
            Some(Code::DiskFull) => Kind::Full,
            Some(Code::ReadOnly | Code::PermissionDenied) => Kind::ReadOnly(detail),
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Kind::Damaged(detail),
            Some(Code::CannotOpen | Code::SystemIoFailure | Code::OutOfMemory) => Kind::Io(detail),
            _ => Kind::Refused(detail),
        },
    };
    LedgerError::new(path, kind)
}
