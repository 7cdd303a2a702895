//! Which runs are alive: a lock on a file beside the ledger that the system gives up when its process dies.

use super::database_file::DatabaseFile;
use rusqlite::Connection;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::PathBuf;

/// Names a run in the ledger: 16 hexadecimal digits. The name of its lock file is made of them, so nothing else from the
/// ledger may become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunToken(String);

impl RunToken {
    fn random() -> Self {
        Self(format!("{:016x}", fastrand::u64(..)))
    }

    /// `None` for what this program never wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_token =
            text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_token.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn lock_path(&self, ledger: &DatabaseFile) -> PathBuf {
        ledger.beside(&format!("-run-{}", self.0))
    }

    /// Whether the run of this token is alive. A lock that cannot be examined counts as alive: to take a living run's
    /// batches would be worse than to wait.
    pub(super) fn is_alive(&self, ledger: &DatabaseFile) -> bool {
        match File::open(self.lock_path(ledger)) {
            // Shared, so that two runs looking at once do not take each other for the owner.
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => false,
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
            },
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }
}

/// This run's own lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    /// Held for its lock.
    _file: File,
    token: RunToken,
}

impl RunLock {
    /// Takes a new lock beside the ledger. It is held before the run is written into the ledger, so a run that is in the
    /// ledger without a lock is dead.
    pub(super) fn take(ledger: &DatabaseFile) -> io::Result<Self> {
        let token = RunToken::random();
        let path = token.lock_path(ledger);
        let mut options = OpenOptions::new();
        options.create_new(true).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.lock()?;
        Ok(Self { path, _file: file, token })
    }

    pub(super) fn token(&self) -> &RunToken {
        &self.token
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // What cannot be removed here is removed by the next run that finds its owner dead.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Removes what dead runs left, in the ledger and beside it. A run whose token is none never lived.
pub(super) fn reap_dead_runs(c: &Connection, ledger: &DatabaseFile) -> rusqlite::Result<()> {
    let runs: Vec<(i64, String)> = c
        .prepare_cached("SELECT id, token FROM runs")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, token) in runs {
        let token = RunToken::parse(&token);
        if token.as_ref().is_some_and(|token| token.is_alive(ledger)) {
            continue;
        }
        c.execute("DELETE FROM runs WHERE id = ?1", [id])?;
        if let Some(token) = token {
            // A lock file that stays misleads nobody; the next run tries again.
            drop(std::fs::remove_file(token.lock_path(ledger)));
        }
    }
    Ok(())
}
