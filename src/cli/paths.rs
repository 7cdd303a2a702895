//! The user's config folder: the config file, and the key that `login` keeps.

use super::profile::ProfileName;
use crate::sheet::follow_links;
use etcetera::BaseStrategy;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file of the key that is used without a profile.
const KEY: &str = "api-key";

/// Names another folder.
pub(crate) const VARIABLE: &str = "ENROW_PHONE_CONFIG_DIR";

/// The folder that `ENROW_PHONE_CONFIG_DIR` names; else `enrow-phone` in the user's config folder (`$XDG_CONFIG_HOME`, by
/// default `~/.config`; on Windows the roaming application data). `None` if the system names no home folder, or a relative
/// one, which would be another folder for each run.
pub(crate) fn path() -> Option<PathBuf> {
    if let Some(named) = named() {
        return std::path::absolute(named).ok();
    }
    let base = etcetera::choose_base_strategy().ok()?.config_dir();
    base.is_absolute().then(|| base.join("enrow-phone"))
}

/// The folder that the user named for this program.
pub(super) fn named() -> Option<std::ffi::OsString> {
    std::env::var_os(VARIABLE).filter(|path| !path.is_empty())
}

/// Whether other users may read or change a file or folder. `None` if that is not known, or if the system has no such
/// permissions.
#[cfg(unix)]
pub(crate) fn is_open_to_others(path: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    let metadata =
        std::fs::metadata(path).ok().filter(|found| found.is_file() || found.is_dir())?;
    Some(metadata.permissions().mode() & 0o066 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &Path) -> Option<bool> {
    None
}

/// Whether a file certainly belongs to the user who runs this.
#[cfg(unix)]
pub(super) fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(path).map(|metadata| metadata.uid());
    owner.is_ok_and(|owner| owner == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
pub(super) fn is_own(_: &Path) -> bool {
    true
}

pub(crate) fn config_file() -> Option<PathBuf> {
    path().map(|folder| folder.join("config.toml"))
}

/// The file of the key that `login` keeps for a profile, or without one.
pub(crate) fn key_file(profile: Option<&ProfileName>) -> Option<PathBuf> {
    let name = profile.map_or_else(|| KEY.to_owned(), |profile| format!("{KEY}.{profile}"));
    path().map(|folder| folder.join(name))
}

/// The profiles for which `login` keeps keys.
pub(crate) fn profiles_with_keys() -> Vec<ProfileName> {
    let entries = path().and_then(|folder| std::fs::read_dir(folder).ok());
    let names = entries.into_iter().flatten().flatten().filter_map(|entry| {
        entry.file_name().to_str()?.strip_prefix(KEY)?.strip_prefix('.')?.parse().ok()
    });
    names.collect()
}

/// Writes a file that no other user may read (0600, its folder 0700), whole or not at all. Links are followed, as those of
/// an output are: the file is replaced and not the link.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let path = follow_links(path);
    if std::fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it leads to something that is not a file"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    // Temporary files are private from their first byte.
    let mut file = tempfile::Builder::new().tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
