//! Opening the database: whose it is, and how it is set up.

use super::database_file::DatabaseFile;
use super::header::APPLICATION_ID;
use super::schema;
use super::sql_error::sql_error;
use crate::ledger::error::{LedgerError, LedgerErrorKind, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long another run's transaction is waited for. The longest of ours takes well under a second.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// SQLite's page cache in KiB, written as it wants it, negative. The default of 2 MB holds less than the keys of 60,000
/// people. Those of a million fit into no cache: they are read in their order, each page once a chunk.
const CACHE_SIZE: i64 = -8_192;

/// Connects, and tries again where another run is just opening or closing the ledger: switching the journal's mode, and
/// closing the last connection, need the file alone for a moment, and SQLite does not wait for that by itself.
pub(super) fn connect_patiently(path: &Path, api: &str, file: &DatabaseFile) -> Result<Connection> {
    let began = Instant::now();
    loop {
        match connect(path, api, file) {
            Err(error)
                if *error.kind() == LedgerErrorKind::Locked && began.elapsed() < BUSY_TIMEOUT =>
            {
                std::thread::sleep(Duration::from_millis(fastrand::u64(5..50)));
            }
            connected => return connected,
        }
    }
}

fn connect(path: &Path, api: &str, file: &DatabaseFile) -> Result<Connection> {
    let sql = |error: rusqlite::Error| sql_error(path, &error);
    // No URI: a path is a path. No links: what is opened is what was looked at.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(file.path(), flags).map_err(sql)?;
    harden(&connection).map_err(sql)?;
    let is_new = check_it_is_ours(&connection, path)?;
    file.restrict().map_err(|error| LedgerError::io(path, &error))?;
    if is_new {
        // Before the journal is switched: the mark is in the file itself then, however the run ends.
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
    }
    configure(&connection).map_err(sql)?;
    check_version(schema::migrate(&mut connection).map_err(sql)?, path)?;
    bind_to_api(&connection, path, api)?;
    Ok(connection)
}

/// The author of the file must not decide what this program does. Nothing of this changes the file.
fn harden(c: &Connection) -> rusqlite::Result<()> {
    c.busy_timeout(BUSY_TIMEOUT)?;
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    c.pragma_update(None, "cell_size_check", true)
}

fn configure(c: &Connection) -> rusqlite::Result<()> {
    c.pragma_update(None, "journal_mode", "WAL")?;
    c.pragma_update(None, "synchronous", "FULL")?;
    c.pragma_update(None, "foreign_keys", true)?;
    // Measured: with batches of 3,000 a checkpoint every 4,000 pages saves a quarter of all writing.
    c.pragma_update(None, "wal_autocheckpoint", 4000)?;
    c.pragma_update(None, "temp_store", "MEMORY")?;
    c.pragma_update(None, "cache_size", CACHE_SIZE)?;
    c.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A database with tables that are not ours is not a ledger; a new file becomes one. Says whether it is new. Reads only.
fn check_it_is_ours(c: &Connection, path: &Path) -> Result<bool> {
    let sql = |error: rusqlite::Error| sql_error(path, &error);
    let pragma = |name| c.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if pragma("application_id").map_err(sql)? == i64::from(APPLICATION_ID) {
        check_version(pragma("user_version").map_err(sql)?, path)?;
        return Ok(false);
    }
    let tables: i64 =
        c.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
    if tables > 0 {
        return Err(damaged(path, "it is a database of another program"));
    }
    Ok(true)
}

fn check_version(found: i64, path: &Path) -> Result<()> {
    match found {
        ..0 => Err(damaged(path, "it has no version")),
        0..=schema::VERSION => Ok(()),
        _ => {
            let newer = LedgerErrorKind::Newer { found, known: schema::VERSION };
            Err(LedgerError::new(path, newer))
        }
    }
}

fn damaged(path: &Path, why: &str) -> LedgerError {
    LedgerError::new(path, LedgerErrorKind::Damaged(why.to_owned()))
}

/// A ledger holds the answers of one API: the sandbox's made-up numbers must never be taken for real ones.
fn bind_to_api(c: &Connection, path: &Path, api: &str) -> Result<()> {
    let sql = |error: rusqlite::Error| sql_error(path, &error);
    c.execute("INSERT INTO meta (name, value) VALUES ('api', ?1) ON CONFLICT DO NOTHING", [api])
        .map_err(sql)?;
    let theirs: Option<String> = c
        .query_row("SELECT value FROM meta WHERE name = 'api'", [], |row| row.get(0))
        .optional()
        .map_err(sql)?;
    match theirs {
        Some(theirs) if theirs != api => {
            let ours = api.to_owned();
            Err(LedgerError::new(path, LedgerErrorKind::OtherApi { theirs, ours }))
        }
        _ => Ok(()),
    }
}
