//! A folder for a temporary ledger. Only its user may look into it, and the folders of killed runs are deleted.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use tempfile::TempDir;

const PREFIX: &str = "enrow-phone-sandbox-";

/// The owner of a folder holds this lock. A folder whose lock is free has no owner.
const LOCK: &str = "owner.lock";

/// A folder that is deleted when this is dropped.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    // Dropped first: Windows deletes no file that is open.
    _lock: File,
    folder: TempDir,
}

impl TemporaryFolder {
    pub(super) fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(parent: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.prefix(PREFIX).tempdir_in(parent)?;
        // The umask may have taken rights away, its owner's too.
        #[cfg(unix)]
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        // It gets its name when it is locked: until then another run would take the owner for dead.
        let unnamed = folder.path().join("owner.new");
        let lock = File::create_new(&unnamed)?;
        lock.lock()?;
        fs::rename(&unnamed, folder.path().join(LOCK))?;
        sweep(parent, folder.path());
        Ok(Self { _lock: lock, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Deletes the folders of dead runs of this user. What cannot be deleted stays and does no harm.
fn sweep(parent: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_ours =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if is_ours && path != own && same_owner(&path, own) && is_dead(&path) {
            drop(fs::remove_dir_all(&path));
        }
    }
}

fn is_dead(folder: &Path) -> bool {
    let lock = folder.join(LOCK);
    // No link is followed, and nothing that blocks is opened.
    let is_file = fs::symlink_metadata(&lock).is_ok_and(|metadata| metadata.is_file());
    is_file && File::open(&lock).is_ok_and(|lock| lock.try_lock().is_ok())
}

/// Whether both are folders of one user. Anybody may put a folder into `/tmp`.
#[cfg(unix)]
fn same_owner(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path| {
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir).map(|folder| folder.uid())
    };
    owner(path).is_some() && owner(path) == owner(own)
}

#[cfg(not(unix))]
fn same_owner(path: &Path, _own: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_of_dead_runs_are_swept_and_no_others() {
        let parent = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = parent.path().join(name);
            fs::create_dir(&path).unwrap();
            path
        };
        let dead = folder("enrow-phone-sandbox-dead");
        fs::write(dead.join(LOCK), "").unwrap();
        fs::write(dead.join("ledger.db"), "x").unwrap();
        let beginning = folder("enrow-phone-sandbox-new");
        let strange = folder("something-else");
        fs::write(strange.join(LOCK), "").unwrap();
        let alive = TemporaryFolder::new_in(parent.path()).unwrap();
        assert!(!dead.exists());
        let other = TemporaryFolder::new_in(parent.path()).unwrap();
        for path in [&beginning, &strange, alive.path(), other.path()] {
            assert!(path.exists(), "{}", path.display());
        }
        let path = alive.path().to_owned();
        drop(alive);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_into_it() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = TemporaryFolder::new_in(parent.path()).unwrap();
        let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_a_folder_or_a_lock_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("mine");
        fs::create_dir(&target).unwrap();
        fs::write(target.join(LOCK), "").unwrap();
        std::os::unix::fs::symlink(&target, parent.path().join("enrow-phone-sandbox-link"))
            .unwrap();
        let folder = parent.path().join("enrow-phone-sandbox-lock");
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(target.join(LOCK), folder.join(LOCK)).unwrap();
        let _own = TemporaryFolder::new_in(parent.path()).unwrap();
        assert!(target.join(LOCK).exists() && folder.exists());
    }
}
