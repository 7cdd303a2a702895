//! The connection and this run's entry in the ledger; every operation goes through [`Store::write`] or
//! [`Store::read`].

use super::location::LedgerLocation;
use super::owner::{self, RunLock};
use super::schema;
use super::{LedgerError, Result};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Marks a SQLite file as an enrow-phone ledger, so that another program's database is never written to.
const APPLICATION_ID: i64 = 0x656e_7068;

/// How long another run's transaction is waited for. The longest of ours takes well under a second.
const BUSY: Duration = Duration::from_secs(20);

/// SQLite's page cache in KiB, written as it wants it, negative. The default of 2 MB holds less than the keys of
/// 100,000 people, nearly all pages of which one planning chunk touches.
const CACHE: i64 = -16_384;

#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    path: PathBuf,
    /// This run's number in the ledger.
    pub(super) run: i64,
    /// Dropped after the connection: while it is held, this run is alive for the others.
    _lock: RunLock,
}

impl Store {
    pub(super) fn open(location: &LedgerLocation) -> Result<Self> {
        location.prepare()?;
        let path = location.path().to_owned();
        let sql = |error: rusqlite::Error| LedgerError::sql(&path, &error);
        let connection = connect_patiently(location)?;
        let lock = RunLock::take(&path).map_err(|error| LedgerError::io(&path, &error))?;
        owner::reap_dead_runs(&connection, &path).map_err(sql)?;
        connection.execute("INSERT INTO runs (token) VALUES (?1)", [&lock.token]).map_err(sql)?;
        let run = connection.last_insert_rowid();
        Ok(Self { connection, path, run, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs one operation in a transaction that has the writer's lock from its start. It is durable on disk when this
    /// returns.
    pub(super) fn write<T>(
        &mut self,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let Self { connection, path, .. } = self;
        let sql = |error: rusqlite::Error| LedgerError::sql(path, &error);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let result = operation(&transaction).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        Ok(result)
    }

    /// Runs one operation that sees a single state of the ledger. One transaction for many look-ups is also what makes
    /// them cheap.
    pub(super) fn read<T>(
        &mut self,
        operation: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let Self { connection, path, .. } = self;
        let sql = |error: rusqlite::Error| LedgerError::sql(path, &error);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(sql)?;
        let result = operation(&transaction).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        Ok(result)
    }

    /// For what cannot run inside a transaction.
    pub(super) fn without_transaction<T>(
        &mut self,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        operation(&self.connection).map_err(|error| LedgerError::sql(&self.path, &error))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A run that is not removed here has no lock any more, and the next one removes it.
        drop(self.connection.execute("DELETE FROM runs WHERE id = ?1", [self.run]));
    }
}

/// Connects, and tries again where another run is just opening or closing the ledger: switching the journal's mode and
/// the last one's goodbye need the file alone for a moment, and SQLite does not wait for that by itself.
fn connect_patiently(location: &LedgerLocation) -> Result<Connection> {
    let began = Instant::now();
    loop {
        match connect(location) {
            Err(LedgerError::Locked { .. }) if began.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(fastrand::u64(5..50)));
            }
            connected => return connected,
        }
    }
}

fn connect(location: &LedgerLocation) -> Result<Connection> {
    let path = location.path();
    let sql = |error: rusqlite::Error| LedgerError::sql(path, &error);
    let mut connection = Connection::open(path).map_err(sql)?;
    configure(&connection).map_err(sql)?;
    mark_as_ours(&connection, path)?;
    let found = schema::migrate(&mut connection).map_err(sql)?;
    if found > schema::VERSION {
        return Err(LedgerError::Newer { path: path.to_owned(), found, known: schema::VERSION });
    }
    bind_to_api(&connection, path, location.api())?;
    Ok(connection)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Measured: with batches of 3,000 a checkpoint every 4,000 pages saves a quarter of all writing.
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A database with tables that are not ours is not a ledger; a new file becomes one.
fn mark_as_ours(connection: &Connection, path: &Path) -> Result<()> {
    let sql = |error: rusqlite::Error| LedgerError::sql(path, &error);
    let id: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(sql)?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    if tables > 0 {
        return Err(LedgerError::Damaged {
            path: path.to_owned(),
            detail: "it is a database of another program".to_owned(),
        });
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)
}

/// A ledger holds the answers of one API: made-up numbers of a rehearsal must never be taken for real ones.
fn bind_to_api(connection: &Connection, path: &Path, api: &str) -> Result<()> {
    let sql = |error: rusqlite::Error| LedgerError::sql(path, &error);
    let read = || {
        connection
            .query_row("SELECT value FROM meta WHERE name = 'api'", [], |row| {
                row.get::<_, String>(0)
            })
            .optional()
    };
    let theirs = if let Some(theirs) = read().map_err(sql)? {
        theirs
    } else {
        connection
            .execute(
                "INSERT INTO meta (name, value) VALUES ('api', ?1) ON CONFLICT DO NOTHING",
                [api],
            )
            .map_err(sql)?;
        read().map_err(sql)?.unwrap_or_else(|| api.to_owned())
    };
    if theirs == api {
        return Ok(());
    }
    Err(LedgerError::OtherApi { path: path.to_owned(), theirs, ours: api.to_owned() })
}
