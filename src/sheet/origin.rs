//! What the input was when it was read.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The file that was read. A run that replaces its input checks with it that nobody changed the file meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputFile {
    path: PathBuf,
    identity: (u64, u64),
    len: u64,
    modified: Option<SystemTime>,
}

impl InputFile {
    /// `None` for anything that is not a plain file. The metadata are from before the file is read.
    pub(super) fn of(path: &Path, metadata: &Metadata) -> Option<Self> {
        if !metadata.is_file() {
            return None;
        }
        Some(Self {
            path: std::fs::canonicalize(path).ok()?,
            identity: identity(metadata),
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this path names the input, and the file there is another one now or was changed.
    pub(super) fn was_replaced(&self, path: &Path) -> bool {
        let Ok(now) = std::fs::metadata(path) else { return false };
        let is_input = path == self.path || identity(&now) == self.identity && cfg!(unix);
        let is_same = identity(&now) == self.identity
            && now.len() == self.len
            && now.modified().ok() == self.modified;
        is_input && !is_same
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
