//! The moments that the ledger records. They never go back: a clock that was set back makes no answer old.

use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

/// The moment to record for something that happens now.
pub(super) fn recorded_at(c: &Connection, now: Moment) -> rusqlite::Result<Moment> {
    let newest: Option<String> = c
        .prepare_cached("SELECT value FROM meta WHERE name = 'newest_at'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let newest = newest.and_then(|newest| newest.parse().ok()).map(Moment);
    if newest.is_some_and(|newest| newest >= now) {
        return Ok(newest.unwrap_or(now));
    }
    c.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('newest_at', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([now.0.to_string()])?;
    Ok(now)
}
