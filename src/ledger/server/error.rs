//! Errors of statements, and what each means.

use crate::ledger::error::LedgerErrorKind as Kind;
use std::error::Error as _;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};

/// The result of an operation, before the ledger's name is added to the error.
pub(super) type Outcome<T> = Result<T, OperationError>;

/// Why an operation failed.
#[derive(Debug)]
pub(super) enum OperationError {
    /// Another run changed what the decision was based on. Nothing was written.
    Raced,
    Ledger(Kind),
}

impl From<Kind> for OperationError {
    fn from(kind: Kind) -> Self {
        Self::Ledger(kind)
    }
}

/// What to do after a failed statement.
#[derive(Debug)]
pub(super) enum StatementError {
    /// The server rolled it back; it may be repeated at once.
    Again,
    /// The connection is gone: nobody knows whether the statement was executed.
    Broken(String),
    Final(OperationError),
}

impl StatementError {
    /// The error if nothing is tried again.
    pub(super) fn into_error(self) -> OperationError {
        match self {
            Self::Again => Kind::Locked.into(),
            Self::Broken(why) => Kind::Unreachable(why).into(),
            Self::Final(error) => error,
        }
    }

    pub(super) fn of(error: &Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return Self::Broken(chain(error));
        };
        let why = said.message().to_owned();
        let code = said.code();
        let kind = if *code == SqlState::T_R_DEADLOCK_DETECTED
            || *code == SqlState::T_R_SERIALIZATION_FAILURE
        {
            return Self::Again;
        } else if *code == SqlState::UNIQUE_VIOLATION || *code == SqlState::DIVISION_BY_ZERO {
            return Self::Final(OperationError::Raced);
        } else if [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::QUERY_CANCELED,
        ]
        .contains(code)
            || code.code().starts_with("08")
        {
            return Self::Broken(why);
        } else if *code == SqlState::DISK_FULL {
            Kind::Full
        } else if code.code().starts_with("28") {
            Kind::Login(why)
        } else if *code == SqlState::INVALID_CATALOG_NAME {
            Kind::Unreachable(why)
        } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
            Kind::Rights(why)
        } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
            Kind::Standby
        } else if *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED {
            Kind::Damaged(why)
        } else {
            Kind::Refused(why)
        };
        Self::Final(OperationError::Ledger(kind))
    }
}

/// An error and what caused it. The driver keeps the cause to itself otherwise.
pub(super) fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

/// Reads a column. Stored values are never trusted to be in range.
pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: &str,
) -> Outcome<T> {
    row.try_get(column).map_err(|_| unreadable(column))
}

pub(super) fn unreadable(column: &str) -> OperationError {
    Kind::Damaged(format!("`{column}` holds what no ledger can hold")).into()
}

/// A number that cannot be negative.
pub(super) fn count<N: TryFrom<i64>>(row: &Row, column: &str) -> Outcome<N> {
    N::try_from(get(row, column)?).map_err(|_| unreadable(column))
}

pub(super) fn maybe_count<N: TryFrom<i64>>(row: &Row, column: &str) -> Outcome<Option<N>> {
    let stored: Option<i64> = get(row, column)?;
    stored.map(|n| N::try_from(n).map_err(|_| unreadable(column))).transpose()
}
