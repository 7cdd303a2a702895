//! A lock on a file beside the ledger, which the system gives up when the process of a run dies.

use super::database_file::DatabaseFile;
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

    pub(super) fn lock_path(&self, ledger: &DatabaseFile) -> PathBuf {
        ledger.beside(&format!("-run-{}", self.0))
    }

    pub(super) fn lock_state(&self, ledger: &DatabaseFile) -> LockState {
        match File::open(self.lock_path(ledger)) {
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

    /// Whether another run holds a lock beside the ledger.
    #[cfg(unix)]
    pub(super) fn sees_another(&self, ledger: &DatabaseFile) -> io::Result<bool> {
        let begin = ledger.beside("-run-");
        let begin = begin.file_name().unwrap_or_default().as_encoded_bytes();
        for entry in std::fs::read_dir(ledger.folder())? {
            let name = entry?.file_name();
            let token = name.as_encoded_bytes().strip_prefix(begin);
            let token =
                token.and_then(|token| str::from_utf8(token).ok()).and_then(RunToken::parse);
            let Some(token) = token.filter(|token| *token != self.token) else { continue };
            match token.lock_state(ledger) {
                // One that cannot be looked at is another user's, who may well use the ledger.
                LockState::Held | LockState::Unclear => return Ok(true),
                LockState::Free => {}
            }
        }
        Ok(false)
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // What cannot be removed here is removed by the next run that finds its owner dead.
        drop(std::fs::remove_file(&self.path));
    }
}
