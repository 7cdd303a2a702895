//! The marks of a ledger that was moved, or is being moved.

use crate::ledger::error::LedgerErrorKind as Kind;
use rusqlite::{Connection, OptionalExtension};

/// Where the ledger was moved, or is being moved.
pub(super) fn mark(c: &Connection) -> rusqlite::Result<Option<Kind>> {
    if let Some(to) = get(c, "moved_to")? {
        return Ok(Some(Kind::Moved(to)));
    }
    Ok(get(c, "moving_to")?.map(Kind::Moving))
}

pub(super) fn get(c: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    c.prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(super) fn set(c: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([name, value])
    .map(drop)
}
