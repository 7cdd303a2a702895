//! The connection and this run's entry in the ledger.

use super::connect;
use super::database_file::DatabaseFile;
use super::database_lock::DatabaseLock;
use super::marks;
use super::new_keys::NewKeys;
use super::run_lock::{LockError, RunLock};
use super::runs;
use super::sql_error::sql_error;
use crate::ledger::error::{LedgerError, LedgerErrorKind, Result};
use crate::ledger::location::LedgerLocation;
use crate::units::Moment;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::cell::RefCell;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Since when the writer's lock is waited for, for other threads to see.
#[derive(Debug, Clone, Default)]
pub(super) struct LockWanted(Arc<Mutex<Option<Instant>>>);

impl LockWanted {
    pub(super) fn since(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    /// The ledger as the user named it: what messages say.
    path: PathBuf,
    file: DatabaseFile,
    lock_wanted: LockWanted,
    new_keys: RefCell<Option<NewKeys>>,
    run: i64,
    /// Dropped after the connection, and before the lock beside the ledger: a run that meets it sees the other one as well.
    _database: DatabaseLock,
    /// Dropped last: while it is held, this run is alive for the others.
    _lock: RunLock,
}

/// The transaction of one operation, and who runs it.
pub(super) struct Operation<'a> {
    transaction: Transaction<'a>,
    pub(super) file: &'a DatabaseFile,
    pub(super) new_keys: &'a RefCell<Option<NewKeys>>,
    /// This run's number in the ledger.
    pub(super) run: i64,
}

impl Deref for Operation<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl Store {
    pub(super) fn open(path: &Path, location: &LedgerLocation) -> Result<Self> {
        let path = path.to_owned();
        let file = DatabaseFile::prepare(&path)?;
        let locks = |error: LockError| match error {
            LockError::Io(error) => LedgerError::io(&path, &error),
            LockError::NoLocks(error) => {
                LedgerError::new(&path, LedgerErrorKind::NoLocks(error.to_string()))
            }
            LockError::OpenElsewhere => LedgerError::new(&path, LedgerErrorKind::OpenElsewhere),
        };
        let lock = RunLock::take(&file).map_err(locks)?;
        let database = DatabaseLock::take(&file, &lock).map_err(locks)?;
        let mut connection = connect::connect_patiently(&path, location.api(), &file)?;
        let sql = |error: rusqlite::Error| sql_error(&path, &error);
        runs::reap(&connection, &file).map_err(sql)?;
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(sql)?;
        if let Some(mark) = marks::mark(&transaction).map_err(sql)?
            && location.minds_moves()
        {
            return Err(LedgerError::new(&path, mark));
        }
        let run = runs::add(&transaction, lock.token(), location.who_asks(), Moment::now())
            .map_err(sql)?;
        transaction.commit().map_err(sql)?;
        let lock_wanted = LockWanted::default();
        Ok(Self {
            connection,
            path,
            file,
            lock_wanted,
            new_keys: RefCell::default(),
            run,
            _database: database,
            _lock: lock,
        })
    }

    pub(super) fn write<T>(
        &mut self,
        operation: impl FnOnce(&Operation<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.transact(TransactionBehavior::Immediate, operation)
    }

    pub(super) fn read<T>(
        &mut self,
        operation: impl FnOnce(&Operation<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.transact(TransactionBehavior::Deferred, operation)
    }

    fn transact<T>(
        &mut self,
        behavior: TransactionBehavior,
        operation: impl FnOnce(&Operation<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let Self { connection, path, file, lock_wanted, new_keys, run, .. } = self;
        let sql = |error: rusqlite::Error| sql_error(path, &error);
        lock_wanted.set(Some(Instant::now()));
        let transaction = connection.transaction_with_behavior(behavior);
        lock_wanted.set(None);
        let transaction = transaction.map_err(sql)?;
        let context = Operation { transaction, file, new_keys, run: *run };
        let result = operation(&context).map_err(sql)?;
        context.transaction.commit().map_err(sql)?;
        Ok(result)
    }

    /// Runs an operation that may find that it must not be done. Then nothing of it stays.
    pub(super) fn write_or_refuse<T>(
        &mut self,
        operation: impl FnOnce(
            &Operation<'_>,
        ) -> rusqlite::Result<std::result::Result<T, LedgerErrorKind>>,
    ) -> Result<T> {
        let mut refusal = None;
        let done = self.write(|c| match operation(c)? {
            Ok(done) => Ok(done),
            Err(kind) => {
                refusal = Some(kind);
                Err(rusqlite::Error::ExecuteReturnedResults)
            }
        });
        match refusal {
            Some(kind) => Err(LedgerError::new(&self.path, kind)),
            None => done,
        }
    }

    /// For what cannot run inside a transaction.
    pub(super) fn without_transaction<T>(
        &self,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        operation(&self.connection).map_err(|error| sql_error(&self.path, &error))
    }

    pub(super) fn file(&self) -> &DatabaseFile {
        &self.file
    }

    pub(super) fn lock_wanted(&self) -> LockWanted {
        self.lock_wanted.clone()
    }

    pub(super) fn locked(&self) -> LedgerError {
        LedgerError::new(&self.path, LedgerErrorKind::Locked)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // If this fails, the run has no lock any more and the next one removes it.
        drop(self.connection.execute("DELETE FROM runs WHERE id = ?1", [self.run]));
    }
}
