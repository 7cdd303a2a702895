//! The moments that the ledger records. They never go back: a clock that was set back makes no answer old.

use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

/// The moment to record for something that happens now.
pub(super) fn recorded_at(c: &Connection, now: Moment) -> rusqlite::Result<Moment> {
    if let Some(newest) = newest(c)?.filter(|newest| *newest >= now) {
        return Ok(newest);
    }
    c.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('newest_at', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([now.0.to_string()])?;
    Ok(now)
}

/// Now, by the ledger's clock.
pub(super) fn latest(c: &Connection, now: Moment) -> rusqlite::Result<Moment> {
    Ok(newest(c)?.map_or(now, |newest| now.max(newest)))
}

/// A moment that is not before now, and after everything that is recorded.
pub(super) fn after_all(c: &Connection, now: Moment) -> rusqlite::Result<Moment> {
    Ok(newest(c)?.map_or(now, |newest| now.max(Moment(newest.0.saturating_add(1)))))
}

fn newest(c: &Connection) -> rusqlite::Result<Option<Moment>> {
    let newest: Option<String> = c
        .prepare_cached("SELECT value FROM meta WHERE name = 'newest_at'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(newest.and_then(|newest| newest.parse().ok()).map(Moment))
}
