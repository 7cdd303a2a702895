//! The API key: from the file that was named, the environment, the config file, or `login`, in this order.

use super::blocking::{on_thread, say_if_slow};
use crate::cli::{Global, ProfileName, Source, paths};
use crate::enrow::{ApiKey, NotAKey};
use crate::text::of_file;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use secrecy::zeroize::Zeroizing;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The environment variable that holds a key.
pub(in crate::commands) const VARIABLE: &str = "ENROW_API_KEY";

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum Origin {
    /// `api-key-file` of the config file.
    Config(PathBuf),
    /// `ENROW_API_KEY`.
    Environment,
    /// `--api-key-file`.
    Flag(PathBuf),
    /// `login`.
    Stored(PathBuf),
}

impl Origin {
    pub(in crate::commands) fn source(&self) -> Source {
        match self {
            Self::Config(_) => Source::ConfigFile,
            Self::Environment => Source::Environment,
            Self::Flag(_) => Source::Flag,
            Self::Stored(_) => Source::Login,
        }
    }

    pub(in crate::commands) fn describe(&self) -> Message {
        match self {
            Self::Environment => message!("`{}`", VARIABLE),
            Self::Config(path) | Self::Flag(path) | Self::Stored(path) => Message::path(path),
        }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Environment => None,
            Self::Config(path) | Self::Flag(path) | Self::Stored(path) => Some(path),
        }
    }
}

/// The key in force. A pipe can be read only once, and so can this.
///
/// # Errors
/// When there is no key, it cannot be read, or the text is not a key.
pub(in crate::commands) async fn find(
    global: &Global,
    console: &Console,
) -> Result<(ApiKey, Origin), Failure> {
    let origin = origin(global).ok_or_else(|| no_key(global))?;
    let Some(path) = origin.file().map(Path::to_owned) else {
        let text =
            Zeroizing::new(std::env::var_os(VARIABLE).unwrap_or_default().into_encoded_bytes());
        return Ok((parse(&text, &origin)?, origin));
    };
    let reading = on_thread({
        let path = path.clone();
        move || read(&path)
    });
    let what = message!("waiting for the API key in {}", Message::path(&path));
    match say_if_slow(console, what, reading).await {
        Ok(bytes) => Ok((parse(&bytes, &origin)?, origin)),
        Err(error) => Err(Failure::io(Exit::Key, "cannot read the API key file", &path, error)),
    }
}

/// Reads a key from the bytes of a file, in any encoding that editors write.
pub(in crate::commands) fn of_bytes(bytes: &[u8]) -> Result<ApiKey, NotAKey> {
    let text = of_file(bytes).map(Zeroizing::new);
    text.map_or(Err(NotAKey::Strange), |text| ApiKey::parse(&text))
}

fn parse(bytes: &[u8], origin: &Origin) -> Result<ApiKey, Failure> {
    of_bytes(bytes).map_err(|why| not_a_key(&message!("the content of {}", origin.describe()), why))
}

/// The error for a text that is not a key. It does not quote the text.
pub(in crate::commands) fn not_a_key(what: &Message, why: NotAKey) -> Failure {
    Failure::new(Exit::Key, message!("{} is not an API key: it {}", what, Message::foreign(why)))
        .hint("a key is one word; a file has it alone, or in the line `ENROW_API_KEY=KEY`")
}

/// Warns of a key that other users of the machine can read, or replace.
pub(in crate::commands) fn warn_of_others(origin: &Origin, console: &Console) {
    let folder = match origin {
        Origin::Stored(path) => path.parent(),
        Origin::Config(_) | Origin::Environment | Origin::Flag(_) => None,
    };
    for (path, rights) in [(origin.file(), "600"), (folder, "700")] {
        let Some(path) = path.filter(|path| paths::is_open_to_others(path) == Some(true)) else {
            continue;
        };
        console.warn(message!(
            "other users can read or change {path}, which holds your API key\nhint: {chmod}";
            path = Message::path(path), chmod = Message::chmod(rights, path)
        ));
    }
}

/// Where the key in force comes from; `None` if there is none.
pub(in crate::commands) fn origin(global: &Global) -> Option<Origin> {
    let has_variable = std::env::var_os(VARIABLE)
        .is_some_and(|text| !text.as_encoded_bytes().trim_ascii().is_empty());
    let profile = global.profile.as_ref();
    match &global.api_key_file {
        Some(path) if global.api_key_file_source == Source::Flag => {
            Some(Origin::Flag(path.clone()))
        }
        // A profile has precedence over the environment: the user wants to pay with its account.
        Some(path) if profile.is_some() => Some(Origin::Config(path.clone())),
        None if profile.is_some() => stored(profile),
        Some(_) | None if has_variable => Some(Origin::Environment),
        Some(path) => Some(Origin::Config(path.clone())),
        None => stored(None),
    }
}

fn stored(profile: Option<&ProfileName>) -> Option<Origin> {
    paths::key_file(profile).filter(|path| path.exists()).map(Origin::Stored)
}

/// Warns of a profile that is chosen and that nobody made: its name may be misspelt.
pub(in crate::commands) fn warn_of_unmade_profile(global: &Global, console: &Console) {
    let Some(profile) = &global.profile else { return };
    let has_section = global.profiles.iter().any(|known| known.name == *profile);
    // A key that cannot be read, or a link to nowhere, is told where it is needed.
    let is_kept = |path: PathBuf| std::fs::symlink_metadata(path).is_ok();
    if !has_section && !paths::key_file(Some(profile)).is_some_and(is_kept) {
        console.warn(message!(
            "there is no profile `{profile}`: no key is kept for it, and the config file has no section for it\n\
             hint: check the name; `enrow-phone login --profile {profile}` makes it";
            profile = Message::foreign(profile)
        ));
    }
}

fn no_key(global: &Global) -> Failure {
    match &global.profile {
        Some(profile) => {
            let profile = Message::foreign(profile);
            Failure::new(Exit::Key, message!("the profile `{}` has no API key", profile))
                .hint(message!("`enrow-phone login --profile {}` keeps one", profile))
        }
        None => Failure::new(Exit::Key, "no API key").hint(
            "set `ENROW_API_KEY`, pass `--api-key-file PATH`, or run `enrow-phone login`; `--sandbox` works without a key",
        ),
    }
}

/// Reads no more than a key can have, so that a device such as `/dev/zero` ends.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    // UTF-16 has two bytes for each character.
    File::open(path)?.take(2 * ApiKey::LONGEST_TEXT + 3).read_to_end(&mut bytes)?;
    Ok(bytes)
}
