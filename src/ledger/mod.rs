//! What was asked, paid and answered. SQL lives here and nowhere else, and no SQLite type leaves this module.
//!
//! **Durability.** The journal is a write-ahead log with `synchronous=FULL`: a claim is on the disk, not in a cache of
//! the system, before its POST leaves. `NORMAL` would lose the last commits in a power cut, which here means paying
//! twice, and saves 4 %. WAL lets other runs read while one writes.
//!
//! **Locking.** One thread owns the connection and a channel feeds it, so that a commit never holds up polling or a
//! signal. Every operation is one transaction; writers take the lock at its start (`BEGIN IMMEDIATE`), so two runs
//! never claim one person. A run's owner is known by a file lock that the system drops when the process dies,
//! however it dies: a dead run is recognised at once and a recycled process id deceives nobody.
//!
//! **Compatibility.** `PRAGMA user_version` is the schema's version. Older ledgers are migrated, newer ones refused,
//! damaged ones never replaced.

mod accounts;
mod batches;
mod erase;
mod error;
mod import;
mod location;
mod members;
mod owner;
mod people;
mod schema;
mod status;
mod store;
mod types;

pub use batches::NewBatch;
pub(crate) use erase::{EraseMode, Erased};
pub(crate) use error::LedgerError;
pub use location::LedgerLocation;
pub(crate) use owner::Owner;
pub use types::{Acceptance, BatchNo, BatchResult, FinalState, Freshness, PersonId, Reserved};
pub(crate) use types::{
    AccountState, AnsweredKind, BatchRecord, BatchState, Claim, Member, PersonRecord, PersonStatus,
    SavedResponse, Status, StoredAnswer, Totals, Verdict,
};

use store::Store;
use tokio::sync::oneshot;

/// What every ledger operation returns.
pub(crate) type Result<T> = std::result::Result<T, LedgerError>;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// An open ledger and this run's place in it. Dropping it ends the run: its lock is given up, and what it left
/// `sending` becomes `unknown` for the next one.
#[derive(Debug)]
pub struct Ledger {
    jobs: Option<std::sync::mpsc::Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
    location: LedgerLocation,
}

impl Ledger {
    /// Opens the ledger, making it where there is none.
    ///
    /// # Errors
    /// See [`LedgerError`]; an existing file is never replaced.
    pub fn open(location: LedgerLocation) -> Result<Self> {
        let mut store = Store::open(&location)?;
        let (jobs, queue) = std::sync::mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut store);
                }
            })
            .map_err(|error| LedgerError::io(location.path(), &error))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), location })
    }

    /// Where it is.
    pub fn location(&self) -> &LedgerLocation {
        &self.location
    }

    /// Runs one operation on the ledger's thread. It is on its way when this returns, before the future is awaited, and
    /// goes on even where the caller stops waiting: what was begun is committed or rolled back as a whole.
    fn ask<T, F>(&self, operation: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // Nobody waits any more when the run was interrupted; the operation is done all the same.
            drop(answer.send(operation(store)));
        });
        if let Some(jobs) = &self.jobs {
            // Where the thread is gone the answer's sender goes with the job, which the waiting side sees.
            drop(jobs.send(job));
        }
        let path = self.location.path().to_owned();
        async move { waiting.await.unwrap_or(Err(LedgerError::Stopped { path })) }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was already reported as `Stopped` to whoever asked.
            drop(thread.join());
        }
    }
}
