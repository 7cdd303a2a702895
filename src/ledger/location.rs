//! Where a ledger is, and whose answers it holds.

use super::file_system;
use super::temporary::TemporaryFolder;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The location of a ledger.
#[derive(Debug, Clone)]
pub struct LedgerLocation {
    path: PathBuf,
    /// Whose answers it holds: the API's address, or `sandbox` for any loopback address.
    api: String,
    /// Held for its `Drop`: the folder is removed when the last clone goes.
    _temporary: Option<Arc<TemporaryFolder>>,
}

impl LedgerLocation {
    /// A ledger at `path` that holds the answers of `api`.
    pub fn at(path: PathBuf, api: String) -> Self {
        Self { path, api, _temporary: None }
    }

    /// The user's own ledger: `enrow-phone/ledger.db` in the state folder (`$XDG_STATE_HOME`, by default
    /// `~/.local/state`; on Windows the local application data). `None` where the system names no home: one that is not
    /// absolute would be another ledger in each folder.
    pub(crate) fn default_location(api: String) -> Option<Self> {
        use etcetera::BaseStrategy;
        let base = etcetera::choose_base_strategy().ok()?;
        let folder = base.state_dir().unwrap_or_else(|| base.cache_dir());
        folder.is_absolute().then(|| Self::at(folder.join("enrow-phone").join("ledger.db"), api))
    }

    /// A ledger that is removed when the run ends, for numbers that are made up.
    pub(crate) fn temporary(api: String) -> io::Result<Self> {
        let folder = TemporaryFolder::new()?;
        Ok(Self { path: folder.path().join("ledger.db"), api, _temporary: Some(Arc::new(folder)) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The network file system that it is on, if it is on one.
    pub(crate) fn network(&self) -> Option<&'static str> {
        file_system::network(&self.path)
    }

    pub(super) fn api(&self) -> &str {
        &self.api
    }
}
