//! What this machine has seen of a ledger on a server. One that holds less has gone back in time: a server took over that
//! lacked the last commits, or a backup was restored. There are digests in it and counters, and no person.

use crate::units::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How often each account has changed, by its digest.
pub(super) type Revisions = BTreeMap<String, i64>;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The address it was last seen at.
    pub(super) place: String,
    /// Grows where a person accepts that the ledger went back, or erases it: what was seen before counts no more.
    pub(super) generation: i64,
    pub(super) revisions: Revisions,
    /// The word of the newest batch of this machine that Enrow took. Others may have raised the counters since.
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

/// The file in which a machine remembers one ledger.
#[derive(Debug)]
pub(super) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// `ledger` is its name, which a server has said.
    pub(super) fn of(state: &Path, ledger: &str) -> Self {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let name: String = ledger.chars().filter(is_plain).collect();
        Self { file: state.join("seen").join(format!("{name}.json")) }
    }

    /// What was seen; nothing where there is no such file.
    pub(super) fn recall(&self) -> Seen {
        read(&self.file)
    }

    /// Changes what is remembered, also beside other runs. A machine that keeps nothing has one alarm less.
    pub(super) fn note(&self, change: impl FnOnce(&mut Seen)) {
        if let Err(error) = self.try_note(change) {
            tracing::info!(%error, "this machine remembers nothing of the ledger");
        }
    }

    /// Whether this machine knew another ledger at this address. That is told once.
    pub(super) fn takes_the_place_of_another(&self, place: &str) -> bool {
        let is_new = self.recall().place != place;
        self.note(|seen| place.clone_into(&mut seen.place));
        let files = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let others = files.map(|entry| entry.path()).filter(|path| *path != self.file);
        let others = others.filter(|path| path.extension().is_some_and(|end| end == "json"));
        is_new
            && others.filter(|other| read(other).place == place).fold(false, |_, other| {
                // It may come back, and what was seen of it counts then.
                Self { file: other }.note(|seen| seen.place.clear());
                true
            })
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    fn try_note(&self, change: impl FnOnce(&mut Seen)) -> io::Result<()> {
        let folder = self.folder();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let lock = File::create(folder.join("lock"))?;
        // Without locks the newest of two at once stays, which may be the smaller one.
        drop(lock.lock());
        let before = self.recall();
        let mut seen = before.clone();
        change(&mut seen);
        if seen == before {
            return Ok(());
        }
        if (&seen.revisions, &seen.newest_batch) != (&before.revisions, &before.newest_batch) {
            seen.at = Moment::now().0;
        }
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(&seen)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.file).map_err(|error| error.error)?;
        Ok(())
    }
}

fn read(file: &Path) -> Seen {
    let bytes = fs::read(file).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
