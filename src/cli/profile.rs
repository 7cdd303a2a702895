//! Profiles: several accounts on one machine, each with its key and its section of the config file.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Chooses a profile.
pub(super) const VARIABLE: &str = "ENROW_PHONE_PROFILE";

/// The name of a profile. It can be part of a file name on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProfileName(String);

impl ProfileName {
    /// The profile that a command line chooses. It is needed before clap parses the line, because its section of the config
    /// file has the defaults of the options.
    pub(super) fn guess(words: &[OsString]) -> Option<Self> {
        let named = words.iter().enumerate().find_map(|(index, word)| {
            match word.to_str()?.strip_prefix("--profile")? {
                "" => words.get(index + 1)?.to_str().map(str::to_owned),
                rest => rest.strip_prefix('=').map(str::to_owned),
            }
        });
        named.or_else(|| std::env::var(VARIABLE).ok())?.parse().ok()
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProfileName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if (1..=40).contains(&text.len()) && is_plain {
            return Ok(Self(text.to_owned()));
        }
        Err("the name of a profile has 1 to 40 characters: letters, digits, `-` and `_`")
    }
}

/// The section of a profile in the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfileSection {
    pub(crate) name: ProfileName,
    /// `api-key-file` of the section.
    pub(crate) api_key_file: Option<PathBuf>,
}
