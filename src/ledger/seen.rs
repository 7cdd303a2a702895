//! What this machine has seen of a ledger on a server. One that holds less has gone back in time: a server took over that
//! lacked the last commits, or a backup was restored. There are digests in it and counters, and no person.

use crate::units::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long another run may hold the lock that writes a few bytes.
const LONGEST_LOCK: Duration = Duration::from_secs(1);

/// How often each account has changed, by its digest; the account of zeros: how often people were forgotten and budgets
/// set.
pub(super) type Revisions = BTreeMap<String, i64>;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The address it was last seen at.
    pub(super) place: String,
    /// Grows when a user accepts that the ledger went back, or erases it. What was seen in an earlier generation no
    /// longer counts.
    pub(super) generation: i64,
    pub(super) revisions: Revisions,
    /// The nonce of the newest batch of this machine that Enrow took. Others may have raised the counters since.
    pub(super) newest_batch: Option<String>,
    /// When it was last seen to have more.
    pub(super) at: i64,
}

impl Seen {
    /// Whether more was seen than is there now.
    pub(super) fn is_ahead_of(&self, generation: i64, revisions: &Revisions) -> bool {
        let now = |account| revisions.get(account).copied().unwrap_or_default();
        self.generation > generation
            || self.generation == generation
                && self.revisions.iter().any(|(account, seen)| now(account) < *seen)
    }

    /// Takes over what a run has seen beside it.
    fn merge(&mut self, run: &Self) {
        self.learn(run.generation, &run.revisions);
        if self.generation == run.generation {
            self.newest_batch = run.newest_batch.clone().or(self.newest_batch.take());
        }
        if self.place.is_empty() {
            self.place.clone_from(&run.place);
        }
        self.at = self.at.max(run.at);
    }

    pub(super) fn learn(&mut self, generation: i64, revisions: &Revisions) {
        if self.generation < generation {
            self.generation = generation;
            self.revisions.clear();
            self.newest_batch = None;
        }
        if self.generation == generation {
            for (account, revision) in revisions {
                let seen = self.revisions.entry(account.clone()).or_default();
                *seen = (*seen).max(*revision);
            }
        }
    }
}

/// What was seen of one ledger: by this run, and in a file if this machine keeps state.
#[derive(Debug)]
pub(super) struct SeenFile {
    file: Option<PathBuf>,
    /// What this run noted. Each note repeats all of it, so nothing is lost for long if another run wrote the file at
    /// the same moment, or if it cannot be written.
    run: Mutex<Seen>,
}

impl SeenFile {
    /// `ledger` is its name, which a server has said.
    pub(super) fn of(state: Option<&Path>, ledger: &str) -> Self {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let name: String = ledger.chars().filter(is_plain).collect();
        Self::in_file(state.map(|state| state.join("seen").join(format!("{name}.json"))))
    }

    fn in_file(file: Option<PathBuf>) -> Self {
        Self { file, run: Mutex::default() }
    }

    /// What was seen; empty if there is no file.
    pub(super) fn recall(&self) -> Seen {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = self.file.as_deref().map(read).unwrap_or_default();
        seen.merge(&run);
        seen
    }

    /// Changes the notes, also while other runs change them. A machine without state has one alarm less.
    pub(super) fn note(&self, change: impl FnOnce(&mut Seen)) {
        if let Err(error) = self.try_note(change) {
            tracing::info!(%error, "this machine remembers nothing of the ledger");
        }
    }

    /// Whether this machine knew another ledger at this address. Says so once.
    ///
    /// # Errors
    /// Where this machine cannot remember that.
    pub(super) fn takes_the_place_of_another(&self, place: &str) -> io::Result<bool> {
        let is_new = self.recall().place != place;
        self.try_note(|seen| place.clone_into(&mut seen.place))?;
        let Some(folder) = self.file.as_deref().and_then(Path::parent) else { return Ok(false) };
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let others =
            files.map(|entry| entry.path()).filter(|path| Some(path) != self.file.as_ref());
        let others = others.filter(|path| path.extension().is_some_and(|end| end == "json"));
        Ok(is_new
            && others.filter(|other| read(other).place == place).fold(false, |_, other| {
                // The other ledger may come back; its notes count then.
                Self::in_file(Some(other)).note(|seen| seen.place.clear());
                true
            }))
    }

    fn try_note(&self, change: impl FnOnce(&mut Seen)) -> io::Result<()> {
        let folder = self.file.as_deref().and_then(Path::parent);
        let made = folder.map(make_private).transpose();
        let alone = folder.and_then(lock_others_out);
        let before = self.recall();
        let mut seen = before.clone();
        change(&mut seen);
        if (&seen.revisions, &seen.newest_batch) != (&before.revisions, &before.newest_batch) {
            seen.at = Moment::now().0;
        }
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&seen);
        made?;
        let (Some(folder), Some(path)) = (folder, &self.file) else { return Ok(()) };
        if seen == read(path) {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(&seen)?)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        drop(alone);
        Ok(())
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Held while the file is changed. A file system without locks has none, and a run that was stopped while it held the
/// lock is not waited for: two that write at once then leave what one of them knows, until the next note of the other.
fn lock_others_out(folder: &Path) -> Option<File> {
    let lock = File::create(folder.join("lock")).ok()?;
    let began = Instant::now();
    while matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) && began.elapsed() < LONGEST_LOCK
    {
        std::thread::sleep(Duration::from_millis(2));
    }
    Some(lock)
}

fn read(file: &Path) -> Seen {
    let bytes = fs::read(file).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
