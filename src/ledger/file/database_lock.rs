//! A lock on the database file itself, held by every run for its whole life: a run that holds it without being seen
//! beside the file came by another name or another mount. SQLite keeps its journal beside the file, so two runs that
//! come by different folders would each use their own journal and overwrite each other's changes.
//!
//! It is taken before SQLite opens the file and given up after SQLite has closed it: closing any handle of a file drops
//! the locks that SQLite has on it.

use super::database_file::DatabaseFile;
use super::run_lock::{LockError, RunLock};
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

/// How long another run may take to be seen, or to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Held for its lock.
#[derive(Debug)]
pub(super) struct DatabaseLock {
    _file: Option<File>,
}

/// Which file it is, whatever its name: device and inode. `None` where the system does not tell, or there is none.
#[cfg(unix)]
pub(super) fn identity(path: &std::path::Path) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(|found| Some((found.dev(), found.ino()))),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub(super) fn identity(_: &std::path::Path) -> io::Result<Option<(u64, u64)>> {
    Ok(None)
}

impl DatabaseLock {
    /// Joins the runs that use the file. `own` is this run's lock beside the file: it is there already, so that runs that
    /// begin at the same moment see each other.
    #[cfg(unix)]
    pub(super) fn take(database: &DatabaseFile, own: &RunLock) -> Result<Self, LockError> {
        use std::fs::TryLockError;
        use std::os::unix::fs::MetadataExt;
        let file = File::open(database.path())?;
        let (opened, seen) = (file.metadata()?, std::fs::symlink_metadata(database.path())?);
        if (opened.dev(), opened.ino()) != (seen.dev(), seen.ino()) {
            return Err(io::Error::other("it was replaced while it was opened").into());
        }
        let began = Instant::now();
        loop {
            match file.try_lock() {
                // Alone. The lock becomes a shared one, for the runs to come.
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if own.sees_another(database)? => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(fastrand::u64(5..50)));
                }
                Err(TryLockError::WouldBlock) => return Err(LockError::OpenElsewhere),
                Err(TryLockError::Error(error)) => return Err(LockError::NoLocks(error)),
            }
        }
        file.lock_shared().map_err(LockError::NoLocks)?;
        Ok(Self { _file: Some(file) })
    }

    /// There locks are not advice: one on the whole file would keep SQLite from writing it.
    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(super) fn take(_database: &DatabaseFile, _own: &RunLock) -> Result<Self, LockError> {
        Ok(Self { _file: None })
    }
}
