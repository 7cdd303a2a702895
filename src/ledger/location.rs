//! Where a ledger stands and who may read it.

use super::{LedgerError, Result};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The place of a ledger.
#[derive(Debug, Clone)]
pub struct LedgerLocation {
    path: PathBuf,
    /// Whose answers it holds: the API's address, or `sandbox` for any loopback address.
    api: String,
    /// Removed with everything in it when the last handle goes.
    temporary: Option<Arc<tempfile::TempDir>>,
}

impl LedgerLocation {
    /// A ledger at `path` that holds the answers of `api`.
    pub fn at(path: PathBuf, api: String) -> Self {
        Self { path, api, temporary: None }
    }

    /// The user's own: `enrow-phone/ledger.db` in the state folder (`$XDG_STATE_HOME`, by default `~/.local/state`;
    /// on Windows the local application data). `None` where the system names no home.
    pub fn default_location(api: String) -> Option<Self> {
        use etcetera::BaseStrategy;
        let base = etcetera::choose_base_strategy().ok()?;
        let folder = base.state_dir().unwrap_or_else(|| base.cache_dir());
        Some(Self::at(folder.join("enrow-phone").join("ledger.db"), api))
    }

    /// One that is gone when the run ends, for numbers that are made up.
    ///
    /// # Errors
    /// Where no temporary folder can be made.
    pub fn temporary(api: String) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("enrow-phone-sandbox-").tempdir()?;
        Ok(Self { path: folder.path().join("ledger.db"), api, temporary: Some(Arc::new(folder)) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose answers it holds.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// Whether it is gone when the run ends.
    pub fn is_throwaway(&self) -> bool {
        self.temporary.is_some()
    }

    /// Makes the folder (0700) and the file (0600), and closes an existing file to others. SQLite gives its journal
    /// files the permissions of the database, so these are private too.
    pub(super) fn prepare(&self) -> Result<()> {
        let io = |error: io::Error| LedgerError::io(&self.path, &error);
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(io)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path).map_err(io)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let permissions = file.metadata().map_err(io)?.permissions();
            if permissions.mode() & 0o077 != 0 {
                file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(io)?;
            }
        }
        #[cfg(not(unix))]
        drop(file);
        Ok(())
    }
}
