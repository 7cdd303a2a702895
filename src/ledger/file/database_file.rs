//! The database file: where it really is, and who may read it.

use super::header::{self, NotALedger};
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
        let damaged = |why: &str| LedgerError::new(path, LedgerErrorKind::Damaged(why.to_owned()));
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
        file.check_side_files()?;
        match std::fs::symlink_metadata(file.path()) {
            Ok(found) if found.is_symlink() => {
                Err(unusable("it is a symbolic link; name the file that it leads to"))
            }
            Ok(found) if !found.is_file() => Err(unusable("it is not a regular file")),
            Ok(found) if has_other_names(&found) => Err(unusable(
                "it has a second name (a hard link), and runs that use the other one would not be seen",
            )),
            Ok(_) if is_mounted(&file.path()) => Err(unusable(
                "it is mounted by itself, and runs outside would not be seen; mount its folder instead",
            )),
            Ok(_) => {
                header::check(&file.path()).map_err(|why| match why {
                    NotALedger::Io(error) => io(error),
                    NotALedger::NoDatabase => damaged("it is not a database"),
                    NotALedger::OfAnotherProgram => damaged("it is a database of another program"),
                })?;
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                file.create().map_err(io)?;
                Ok(file)
            }
            Err(error) => Err(io(error)),
        }
    }

    /// SQLite opens what has the names of its files, whatever it is: a pipe would be waited for.
    fn check_side_files(&self) -> Result<()> {
        for suffix in ["-wal", "-shm", "-journal"] {
            let path = self.beside(suffix);
            if std::fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
                let why = "it stands beside the ledger with the name of a part of it, and is not a regular file";
                return Err(LedgerError::new(&path, LedgerErrorKind::Io(why.to_owned())));
            }
        }
        Ok(())
    }

    fn create(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(self.path()) {
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            created => created.and_then(|file| private(&file)),
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

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file beside it: `ledger.db` and `-run-1` make `ledger.db-run-1`.
    pub(super) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.name.clone();
        name.push(suffix);
        self.folder.join(name)
    }
}

/// Gives a new file the rights that its owner needs, whatever the umask took away.
#[cfg(unix)]
pub(super) fn private(file: &std::fs::File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub(super) fn private(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn has_other_names(file: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 1
}

#[cfg(not(unix))]
fn has_other_names(_file: &std::fs::Metadata) -> bool {
    false
}

/// Whether the file itself is a mount point, as where a container is given one file and not its folder.
#[cfg(target_os = "linux")]
fn is_mounted(file: &Path) -> bool {
    std::fs::read(MOUNTS).is_ok_and(|mounts| has_mount_point(&mounts, file))
}

#[cfg(not(target_os = "linux"))]
fn is_mounted(_file: &Path) -> bool {
    false
}

#[cfg(target_os = "linux")]
const MOUNTS: &str = "/proc/self/mountinfo";

/// Looks for a mount point in the fifth field of each line. Blanks and the like are written as octal numbers there.
#[cfg(target_os = "linux")]
fn has_mount_point(mounts: &[u8], file: &Path) -> bool {
    let mut written = Vec::new();
    for &byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => written.extend(format!("\\{byte:03o}").bytes()),
            _ => written.push(byte),
        }
    }
    let point = |line: &[u8]| line.split(|byte| *byte == b' ').nth(4) == Some(&written);
    mounts.split(|byte| *byte == b'\n').any(point)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_is_known_by_its_whole_path() {
        let mounts = b"36 35 98:0 /a /state/my\\040ledger.db rw - ext4 /dev/sda rw\n\
            37 35 98:0 / /state rw - ext4 /dev/sda rw\n";
        assert!(has_mount_point(mounts, Path::new("/state/my ledger.db")));
        assert!(!has_mount_point(mounts, Path::new("/state/my")));
        assert!(!has_mount_point(mounts, Path::new("/state/ledger.db")));
        assert!(is_mounted(Path::new("/proc")));
    }
}
