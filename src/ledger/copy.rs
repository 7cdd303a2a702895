//! A copy of a ledger that cannot be written, to look at.

use super::temporary::TemporaryFolder;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How often a ledger is copied that changes meanwhile.
const MAX_TRIES: usize = 10;

/// Copies a ledger with its journal, as they are at one moment. SQLite opens the copy alone, so nothing of the original
/// is changed.
pub(super) fn copy(ledger: &Path) -> io::Result<(TemporaryFolder, PathBuf)> {
    let mut journal = ledger.as_os_str().to_owned();
    journal.push("-wal");
    let journal = PathBuf::from(journal);
    let folder = TemporaryFolder::new()?;
    let target = folder.path().join("ledger.db");
    for _ in 0..MAX_TRIES {
        let before = (version(ledger)?, version(&journal).ok());
        copy_bytes(ledger, &target)?;
        let copied = folder.path().join("ledger.db-wal");
        match copy_bytes(&journal, &copied) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => drop(fs::remove_file(&copied)),
            done => done?,
        }
        if before == (version(ledger)?, version(&journal).ok()) {
            return Ok((folder, target));
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing it"))
}

/// Without its rights, which may be those to read alone.
fn copy_bytes(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    io::copy(&mut from, &mut File::create(to)?).map(drop)
}

fn version(path: &Path) -> io::Result<(u64, SystemTime)> {
    let metadata: Metadata = fs::metadata(path)?;
    Ok((metadata.len(), metadata.modified()?))
}
