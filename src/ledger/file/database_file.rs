//! The database file: where it really is, and who may read it.

use crate::ledger::error::{LedgerError, LedgerErrorKind, Result};
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A file that is there, that is a regular one, and that no link leads to.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    /// Its folder with all links resolved: runs that come by different ways must find each other's locks.
    folder: PathBuf,
    name: std::ffi::OsString,
}

impl DatabaseFile {
    /// Creates the folder (0700) and the file (0600) where there are none. Nothing that exists is changed.
    pub(super) fn prepare(path: &Path) -> Result<Self> {
        let io = |error: io::Error| LedgerError::io(path, &error);
        let unusable = |why: &str| LedgerError::new(path, LedgerErrorKind::Io(why.to_owned()));
        let text = path.as_os_str().as_encoded_bytes();
        if text == b":memory:" || text.starts_with(b"file:") {
            return Err(unusable("it is not the path of a file"));
        }
        let Some(name) = path.file_name() else {
            return Err(unusable("it is not the path of a file"));
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(io)?;
        let folder = std::fs::canonicalize(folder).map_err(io)?;
        let file = Self { folder, name: name.to_owned() };
        match std::fs::symlink_metadata(file.path()) {
            Ok(found) if found.is_symlink() => {
                Err(unusable("it is a symbolic link; name the file that it leads to"))
            }
            Ok(found) if !found.is_file() => Err(unusable("it is not a regular file")),
            Ok(_) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                file.create().map_err(io)?;
                Ok(file)
            }
            Err(error) => Err(io(error)),
        }
    }

    fn create(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(self.path()) {
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            created => created.map(drop),
        }
    }

    /// Closes a file that is known to be a ledger to others. SQLite gives its journal files the permissions of the
    /// database, so these are private too.
    #[cfg(unix)]
    pub(super) fn restrict(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path();
        let mode = std::fs::symlink_metadata(&path)?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the folder's rights hold")]
    pub(super) fn restrict(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// A file beside it: `ledger.db` and `-run-1` make `ledger.db-run-1`.
    pub(super) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.name.clone();
        name.push(suffix);
        self.folder.join(name)
    }
}
