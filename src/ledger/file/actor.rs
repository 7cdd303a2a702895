//! The thread that owns the connection, and how operations reach it.

use super::database_lock::identity;
use super::store::{LockWanted, Operation, Store};
use crate::ledger::error::{LedgerError, LedgerErrorKind, Result};
use crate::ledger::location::LedgerLocation;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// An open ledger file. Dropping it ends this run's entry in it.
#[derive(Debug)]
pub(in crate::ledger) struct FileLedger {
    jobs: Option<std::sync::mpsc::Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
    path: PathBuf,
    lock_wanted: LockWanted,
    /// Where the file is, and which one it was when it was opened.
    opened: (PathBuf, Option<(u64, u64)>),
}

impl FileLedger {
    /// Opens the file, which is that of the location, or a copy of it.
    pub(in crate::ledger) fn open(location: &LedgerLocation, path: &Path) -> Result<Self> {
        let path = path.to_owned();
        let mut store = Store::open(&path, location)?;
        let lock_wanted = store.lock_wanted();
        let opened = store.file().path();
        let which = identity(&opened).map_err(|error| LedgerError::io(&path, &error))?;
        let (jobs, queue) = std::sync::mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut store);
                }
            })
            .map_err(|error| LedgerError::io(&path, &error))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            path,
            lock_wanted,
            opened: (opened, which),
        })
    }

    pub(in crate::ledger) fn lock_wanted_for(&self) -> Option<Duration> {
        self.lock_wanted.since().map(|since| since.elapsed())
    }

    /// Whether the file was removed or replaced since it was opened. What is recorded then is lost with the last run that
    /// has it open. A file that cannot be looked at may well be there.
    pub(in crate::ledger) fn is_gone(&self) -> bool {
        let (path, opened) = &self.opened;
        identity(path).is_ok_and(|found| found != *opened)
    }

    /// Runs one operation in a transaction that has the writer's lock from its start. It is durable on disk when the
    /// future completes.
    pub(super) fn write<T, F>(&self, operation: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Operation<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.ask(move |store| store.write(operation))
    }

    /// Runs one operation that sees a single state of the ledger. One transaction for many look-ups is also what makes
    /// them cheap.
    pub(super) fn read<T, F>(&self, operation: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Operation<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.ask(move |store| store.read(operation))
    }

    /// Runs something on the ledger's thread. It is on its way when this returns, before the future is awaited, and goes
    /// on even where the caller stops waiting: an operation that began is committed or rolled back as a whole.
    pub(super) fn ask<T, F>(&self, job: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // An interrupted run no longer waits; the operation is done all the same.
            drop(answer.send(job(store)));
        });
        if let Some(jobs) = &self.jobs {
            // Where the thread is gone, `answer` is dropped with the job and the waiting side sees it.
            drop(jobs.send(job));
        }
        let path = self.path.clone();
        async move {
            let stopped = |_| Err(LedgerError::new(&path, LedgerErrorKind::Stopped));
            waiting.await.unwrap_or_else(stopped)
        }
    }
}

impl Drop for FileLedger {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was already reported as `Stopped` to the caller.
            drop(thread.join());
        }
    }
}
