//! The API key: from the file that was named, the environment, the config file, or `login`, in this order.

use crate::cli::{Global, Source, paths};
use crate::enrow::ApiKey;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use std::io;
use std::path::{Path, PathBuf};

/// The variable that holds a key.
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
}

/// The key in force.
///
/// # Errors
/// Where there is none, or what is there is none.
pub(in crate::commands) fn find(global: &Global) -> Result<(ApiKey, Origin), Failure> {
    let origin = origin(global).ok_or_else(|| {
        Failure::new(Exit::Key, "no API key").hint(
            "set `ENROW_API_KEY`, pass `--api-key-file PATH`, or run `enrow-phone login`; `--sandbox` works without a key",
        )
    })?;
    match ApiKey::parse(&read(&origin)?) {
        Some(key) => Ok((key, origin)),
        None => Err(not_a_key(&message!("the content of {}", origin.describe()))),
    }
}

pub(in crate::commands) fn not_a_key(what: &Message) -> Failure {
    Failure::new(Exit::Key, message!("{} is not an API key", what))
        .hint("a key is one word without spaces or line breaks")
}

/// Where the key in force comes from; `None` where there is none.
pub(in crate::commands) fn origin(global: &Global) -> Option<Origin> {
    let has_variable = std::env::var(VARIABLE).is_ok_and(|text| !text.trim().is_empty());
    match &global.api_key_file {
        Some(path) if global.api_key_file_source == Source::Flag => {
            Some(Origin::Flag(path.clone()))
        }
        Some(_) | None if has_variable => Some(Origin::Environment),
        Some(path) => Some(Origin::Config(path.clone())),
        None => paths::key_file().filter(|path| path.exists()).map(Origin::Stored),
    }
}

fn read(origin: &Origin) -> Result<String, Failure> {
    match origin {
        Origin::Environment => Ok(std::env::var(VARIABLE).unwrap_or_default()),
        Origin::Config(path) | Origin::Flag(path) | Origin::Stored(path) => {
            std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let (path, error) = (Message::path(path), Message::foreign(error));
    Failure::new(Exit::Key, message!("cannot read the API key file {}: {}", path, error))
}
