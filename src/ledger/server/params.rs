//! The values of a statement.

use tokio_postgres::types::{ToSql, Type};

/// A value and its type: both are sent, and nothing is prepared.
pub(super) type Param<'a> = (&'a (dyn ToSql + Sync), Type);

/// Values with their types, for [`ServerSession::query`](super::session::ServerSession::query).
macro_rules! params {
    ($($value:expr => $type:ident),* $(,)?) => {
        &[$((&$value as &(dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type::$type)),*]
    };
}
pub(super) use params;
