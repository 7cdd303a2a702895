//! Reading the columns of a row.

use super::error::{Outcome, get};
use super::session::ServerSession;
use crate::people::Country;
use crate::units::Moment;
use tokio_postgres::Row;

pub(super) fn maybe_moment(
    session: &ServerSession,
    row: &Row,
    column: &str,
) -> Outcome<Option<Moment>> {
    Ok(get::<Option<i64>>(row, column)?.map(|at| session.to_local(at)))
}

pub(super) fn country(row: &Row) -> Outcome<Option<Country>> {
    Ok(get::<Option<&str>>(row, "country")?.and_then(Country::parse))
}
