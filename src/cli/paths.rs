//! The user's config folder: the config file, and the key that `login` keeps.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Moves the folder.
pub(crate) const VARIABLE: &str = "ENROW_PHONE_CONFIG_DIR";

/// `enrow-phone` in the user's config folder (`$XDG_CONFIG_HOME`, by default `~/.config`; on Windows the roaming
/// application data), unless `ENROW_PHONE_CONFIG_DIR` names another. `None` where the system names no home.
pub(crate) fn path() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let base = etcetera::choose_base_strategy().ok()?;
        Some(base.config_dir().join("enrow-phone"))
    })
}

/// The config file.
pub(crate) fn config_file() -> Option<PathBuf> {
    path().map(|folder| folder.join("config.toml"))
}

/// The key that `login` keeps.
pub(crate) fn key_file() -> Option<PathBuf> {
    path().map(|folder| folder.join("api-key"))
}

/// Writes a file that nobody else may read (0600, its folder 0700), whole or not at all.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // Temporary files are private from their first byte.
    let mut file = tempfile::Builder::new().tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
