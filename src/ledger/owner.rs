//! Which runs are alive: a lock on a file beside the ledger that the system gives up when its process dies.

use rusqlite::Connection;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Whether the run that sent a batch still lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// This very run.
    Us,
    /// Another run that is alive.
    Alive,
    /// A run that is gone.
    Dead,
}

/// This run's own lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    /// Held for its lock.
    _file: File,
    /// Names the run in the ledger.
    pub(super) token: String,
}

impl RunLock {
    /// Takes a new lock beside the ledger. It is held before the run is written into the ledger, so a run that stands
    /// there without a lock is dead.
    pub(super) fn take(ledger: &Path) -> io::Result<Self> {
        let token = format!("{:016x}", fastrand::u64(..));
        let path = lock_path(ledger, &token);
        let mut options = OpenOptions::new();
        options.create_new(true).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.lock()?;
        Ok(Self { path, _file: file, token })
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // What cannot be removed here is removed by the next run that finds its owner dead.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Whether the run of this token is alive.
///
/// A lock that cannot be examined counts as alive: taking a living run's batches would be worse than waiting.
pub(super) fn is_alive(ledger: &Path, token: &str) -> bool {
    match File::open(lock_path(ledger, token)) {
        // Shared, so that two runs looking at once do not take each other for the owner.
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
        },
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Removes what dead runs left, in the ledger and beside it.
pub(super) fn reap_dead_runs(connection: &Connection, ledger: &Path) -> rusqlite::Result<()> {
    let mut all = connection.prepare_cached("SELECT id, token FROM runs")?;
    let runs: Vec<(i64, String)> = all
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, token) in runs {
        if !is_alive(ledger, &token) {
            connection.execute("DELETE FROM runs WHERE id = ?1", [id])?;
            // A leftover lock file misleads nobody; the next run tries again.
            drop(std::fs::remove_file(lock_path(ledger, &token)));
        }
    }
    Ok(())
}

/// Beside the file itself, not beside a link to it: runs that come by different ways must find each other's locks.
fn lock_path(ledger: &Path, token: &str) -> PathBuf {
    let ledger = std::fs::canonicalize(ledger).unwrap_or_else(|_| ledger.to_owned());
    let mut name = ledger.file_name().unwrap_or_default().to_owned();
    name.push(format!("-run-{token}"));
    ledger.with_file_name(name)
}
