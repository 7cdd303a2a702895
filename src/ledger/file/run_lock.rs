//! A lock on a file beside the ledger, which the system gives up when the process of a run dies.

use super::database_file::{DatabaseFile, private};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a run may take between making its lock file and locking it.
const YOUNG: Duration = Duration::from_mins(1);

/// Why the file cannot be used safely.
#[derive(Debug)]
pub(super) enum LockError {
    Io(io::Error),
    /// The file system has no locks.
    NoLocks(io::Error),
    /// Somebody uses the file who is not seen beside it.
    OpenElsewhere,
}

impl From<io::Error> for LockError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

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

    pub(super) fn lock_path(&self, ledger: &DatabaseFile) -> PathBuf {
        ledger.beside(&format!("-run-{}", self.0))
    }

    pub(super) fn lock_state(&self, ledger: &DatabaseFile) -> LockState {
        match open_to_look(&self.lock_path(ledger)) {
            // Shared, so that two runs looking at once do not take each other for the owner.
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => LockState::Free,
                Err(TryLockError::WouldBlock) => LockState::Held,
                Err(TryLockError::Error(_)) => LockState::Unclear,
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => LockState::Free,
            Err(_) => LockState::Unclear,
        }
    }
}

/// Whether a run holds its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockState {
    Free,
    Held,
    /// It cannot be looked at.
    Unclear,
}

/// This run's own lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    /// Held for its lock.
    file: File,
    token: RunToken,
}

impl RunLock {
    /// Takes a new lock beside the ledger. It is held before the run is written into the ledger, so a run that is in the
    /// ledger without a lock is dead.
    pub(super) fn take(ledger: &DatabaseFile) -> Result<Self, LockError> {
        let token = RunToken::random();
        let path = token.lock_path(ledger);
        let mut options = OpenOptions::new();
        options.create_new(true).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let lock = Self { path, file, token };
        private(&lock.file)?;
        lock.file.lock().map_err(LockError::NoLocks)?;
        Ok(lock)
    }

    pub(super) fn token(&self) -> &RunToken {
        &self.token
    }

    /// Whether another run holds a lock beside the ledger.
    #[cfg(unix)]
    pub(super) fn sees_another(&self, ledger: &DatabaseFile) -> io::Result<bool> {
        for token in tokens_beside(ledger)? {
            if token == self.token {
                continue;
            }
            match token.lock_state(ledger) {
                // One that cannot be looked at is another user's, who may well use the ledger.
                LockState::Held | LockState::Unclear => return Ok(true),
                LockState::Free => {}
            }
        }
        Ok(false)
    }
}

/// Removes the lock files of runs that died before the ledger knew them, or that it does not know any more. A young one
/// may belong to a run that has not locked it yet.
pub(super) fn sweep(ledger: &DatabaseFile, known: &[RunToken]) {
    for token in tokens_beside(ledger).unwrap_or_default() {
        let path = token.lock_path(ledger);
        let age = std::fs::symlink_metadata(&path).and_then(|found| found.modified());
        let is_old = age.is_ok_and(|at| at.elapsed().unwrap_or_default() >= YOUNG);
        if is_old && !known.contains(&token) && token.lock_state(ledger) == LockState::Free {
            // A file that stays does no harm.
            drop(std::fs::remove_file(path));
        }
    }
}

/// Every lock file beside the ledger.
fn tokens_beside(ledger: &DatabaseFile) -> io::Result<Vec<RunToken>> {
    let begin = ledger.beside("-run-");
    let begin = begin.file_name().unwrap_or_default().as_encoded_bytes();
    let mut tokens = Vec::new();
    for entry in std::fs::read_dir(ledger.folder())? {
        let name = entry?.file_name();
        let token = name.as_encoded_bytes().strip_prefix(begin);
        tokens.extend(token.and_then(|token| RunToken::parse(str::from_utf8(token).ok()?)));
    }
    Ok(tokens)
}

/// Opens a file without following links, and without waiting for the other end of a pipe.
#[cfg(unix)]
fn open_to_look(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open_to_look(path: &Path) -> io::Result<File> {
    File::open(path)
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // What cannot be removed here is removed by the next run that finds its owner dead.
        drop(std::fs::remove_file(&self.path));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn ledger() -> (tempfile::TempDir, DatabaseFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = DatabaseFile::prepare(&folder.path().join("ledger.db")).unwrap();
        (folder, file)
    }

    #[test]
    fn what_stands_in_the_place_of_a_lock_is_not_followed_or_waited_for() {
        let (_folder, ledger) = ledger();
        let lock = RunLock::take(&ledger).unwrap();
        let (token, path) = (lock.token().clone(), lock.path.clone());
        assert_eq!(token.lock_state(&ledger), LockState::Held);
        drop(lock);
        assert!(!path.exists());
        assert_eq!(token.lock_state(&ledger), LockState::Free);
        std::os::unix::fs::symlink(ledger.path(), &path).unwrap();
        assert_eq!(token.lock_state(&ledger), LockState::Unclear);
        std::fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(token.lock_state(&ledger), LockState::Free);
    }

    #[test]
    fn only_old_locks_of_nobody_who_is_known_or_alive_are_swept() {
        let (_folder, ledger) = ledger();
        for not_ours in ["0123456789ABCDEF", "0123"] {
            assert_eq!(RunToken::parse(not_ours), None);
        }
        let token = RunToken::parse("0123456789abcdef").unwrap();
        let path = token.lock_path(&ledger);
        for (is_old, is_known, is_held, is_swept) in [
            (true, false, false, true),
            (false, false, false, false),
            (true, true, false, false),
            (true, false, true, false),
        ] {
            let file = File::create(&path).unwrap();
            if is_old {
                file.set_modified(SystemTime::now() - YOUNG * 2).unwrap();
            }
            if is_held {
                file.lock().unwrap();
            } else {
                file.unlock().unwrap();
            }
            sweep(&ledger, if is_known { std::slice::from_ref(&token) } else { &[] });
            assert_eq!(!path.exists(), is_swept, "{is_old} {is_known} {is_held}");
        }
    }
}
