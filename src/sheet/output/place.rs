//! Which file or stream a path names.

use std::fs;
use std::path::{Path, PathBuf};

/// More links in a row are a loop.
const MOST_LINKS: usize = 40;

/// Follows links to a file, also to one that does not exist yet.
pub(crate) fn resolve(named: &Path) -> PathBuf {
    let mut path = named.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    fs::canonicalize(&path).unwrap_or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")));
        match (folder, path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            (Err(_), _) | (_, None) => path,
        }
    })
}

/// The descriptor of this process that a path names, also through links: `/dev/stdout`, `/dev/fd/3`.
#[cfg(unix)]
pub(super) fn descriptor(named: &Path) -> Option<u32> {
    let own = PathBuf::from(format!("/proc/{}/fd", std::process::id()));
    let mut path = std::path::absolute(named).ok()?;
    for _ in 0..MOST_LINKS {
        let folder = fs::canonicalize(path.parent()?).ok()?;
        let name = path.file_name()?;
        if folder == own || folder == Path::new("/dev/fd") {
            return name.to_str()?.parse().ok();
        }
        path = folder.join(fs::read_link(folder.join(name)).ok()?);
    }
    None
}

#[cfg(not(unix))]
pub(super) fn descriptor(_: &Path) -> Option<u32> {
    None
}

/// What identifies a plain file. `None` for anything else, and on systems without such an identity.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

pub(super) fn is_fifo(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
