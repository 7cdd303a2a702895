//! The config file: default values for the options of every run.

use super::paths;
use super::profile::{ProfileName, ProfileSection};
use crate::text::of_file;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, ValueHint};
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The options whose default value a config file may set.
pub(super) const IN_CONFIG_FILE: [&str; 16] = [
    "anonymous-runs", "api-key-file", "batch-size", "color", "confirm-above", "delimiter",
    "encoding", "label", "ledger", "log-format", "max-age", "max-credits", "progress",
    "request-timeout", "timeout", "webhook",
];

/// The settings of a config file. Each is checked as its option would be. Those of the chosen profile come first.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConfigFile {
    settings: FileSettings,
    pub(super) profiles: Vec<ProfileSection>,
}

type FileSettings = Vec<(&'static str, OsString)>;

/// Why a config file cannot be used. It never quotes a value: that may be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It is in the home folder of another user, where it cannot be read.
    #[error("no config file is used: cannot read `{}`: {source}", path.display())]
    AnothersHome { path: PathBuf, source: io::Error },
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}`, line {line}, column {column}: {what}", path.display())]
    Syntax { path: PathBuf, line: usize, column: usize, what: String },
    /// `name` is shown only if it can be the name of a setting.
    #[error("`{}`, line {line}: there is no setting {}", path.display(), quoted(name))]
    Unknown { path: PathBuf, line: usize, name: String },
    #[error("`{}`, line {line}: `{name}`: {why}", path.display())]
    Invalid { path: PathBuf, line: usize, name: &'static str, why: String },
}

impl ConfigError {
    pub(crate) fn hint(&self) -> Option<String> {
        let Self::Unknown { name, .. } = self else {
            return None;
        };
        let similarity = |known: &&str| strsim::jaro(name, known);
        let nearest =
            IN_CONFIG_FILE.into_iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
        Some(match nearest.filter(|known| similarity(known) > 0.7) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!(
                "the settings are {}",
                IN_CONFIG_FILE.map(|known| format!("`{known}`")).join(", ")
            ),
        })
    }
}

impl ConfigFile {
    /// Reads the user's config file; without one, nothing is set. Values are checked as the options of `command` are.
    pub(super) fn load(
        command: &Command,
        profile: Option<&ProfileName>,
    ) -> Result<Self, ConfigError> {
        use io::ErrorKind as Kind;
        let Some(path) = paths::config_file() else {
            return Ok(Self::default());
        };
        match std::fs::read(&path) {
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::NotADirectory) => {
                Ok(Self::default())
            }
            Err(source)
                if source.kind() == Kind::PermissionDenied
                    && paths::named().is_none()
                    && !paths::is_own(&path) =>
            {
                Err(ConfigError::AnothersHome { path, source })
            }
            Err(source) => Err(ConfigError::Unreadable { path, source }),
            Ok(bytes) => {
                let Some(text) = of_file(&bytes) else {
                    let source = io::Error::new(Kind::InvalidData, "it is not UTF-8 text");
                    return Err(ConfigError::Unreadable { path, source });
                };
                Self::parse(&text, &path, command, profile)
            }
        }
    }

    fn parse(
        text: &str,
        path: &Path,
        command: &Command,
        profile: Option<&ProfileName>,
    ) -> Result<Self, ConfigError> {
        let mut table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let (line, column) = place(text, error.span());
                let what = error.message().lines().next().unwrap_or_default().to_owned();
                return Err(ConfigError::Syntax { path: path.to_owned(), line, column, what });
            }
        };
        let file = FileText { text, path };
        let sections = table.remove("profile");
        let mut config = Self { settings: file.settings(table, command)?, profiles: Vec::new() };
        let Some(sections) = sections else { return Ok(config) };
        for (name, section) in file.table(sections)? {
            let (line, _) = place(text, Some(name.span()));
            let name: ProfileName =
                name.get_ref().parse().map_err(|why: &str| ConfigError::Invalid {
                    path: path.to_owned(),
                    line,
                    name: "profile",
                    why: why.to_owned(),
                })?;
            let settings = file.settings(file.table(section)?, command)?;
            let key = settings.iter().find(|(name, _)| *name == "api-key-file");
            let api_key_file = key.map(|(_, path)| path.into());
            if profile == Some(&name) {
                // The key outside of the sections belongs to another account.
                config.settings.retain(|(known, _)| *known != "api-key-file");
                config.settings.splice(..0, settings);
            }
            config.profiles.push(ProfileSection { name, api_key_file });
        }
        if profile.is_some_and(|chosen| config.profiles.iter().all(|known| known.name != *chosen)) {
            config.settings.retain(|(known, _)| *known != "api-key-file");
        }
        Ok(config)
    }

    /// The text of a setting.
    pub(super) fn text(&self, name: &str) -> Option<&OsStr> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_os_str())
    }

    /// Makes each setting the default value of its option, in every command that has it.
    pub(super) fn apply(&self, command: Command) -> Command {
        let apply = |arg: Arg| match arg.get_long().and_then(|name| self.text(name)) {
            Some(text) => {
                // The help shows our defaults, but not values of the user, which may be secret.
                let hide = arg.get_default_values().is_empty();
                arg.default_value(OsStr::to_owned(text)).hide_default_value(hide)
            }
            None => arg,
        };
        let names: Vec<String> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        names.iter().fold(command.mut_args(apply), |command, name| {
            command.mut_subcommand(name, |sub| sub.mut_args(apply))
        })
    }
}

/// The text of a config file, and its path for messages.
struct FileText<'t> {
    text: &'t str,
    path: &'t Path,
}

impl FileText<'_> {
    fn settings(&self, table: DeTable<'_>, command: &Command) -> Result<FileSettings, ConfigError> {
        let mut settings = Vec::new();
        for (name, value) in table {
            let (line, _) = place(self.text, Some(name.span()));
            let path = || self.path.to_owned();
            let Some(known) = IN_CONFIG_FILE.into_iter().find(|known| *known == name.get_ref())
            else {
                let name = name.into_inner().into_owned();
                return Err(ConfigError::Unknown { path: path(), line, name });
            };
            let arg = with_option(command, known).expect("every setting is an option");
            let checked =
                written(known, value.get_ref()).and_then(|text| check(arg, &text).map(|()| text));
            match checked {
                Ok(text) if arg.get_value_hint() == ValueHint::FilePath => {
                    settings.push((known, expand(&text, self.path)));
                }
                Ok(text) => settings.push((known, text.into())),
                Err(why) => {
                    return Err(ConfigError::Invalid { path: path(), line, name: known, why });
                }
            }
        }
        Ok(settings)
    }

    fn table<'v>(&self, value: Spanned<DeValue<'v>>) -> Result<DeTable<'v>, ConfigError> {
        let (line, _) = place(self.text, Some(value.span()));
        match value.into_inner() {
            DeValue::Table(table) => Ok(table),
            DeValue::Array(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Float(_)
            | DeValue::Integer(_)
            | DeValue::String(_) => Err(ConfigError::Invalid {
                path: self.path.to_owned(),
                line,
                name: "profile",
                why: "write a section for each profile, for instance `[profile.acme]`".to_owned(),
            }),
        }
    }
}

pub(super) fn argument<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_long() == Some(name))
}

fn with_option<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    argument(command, name)
        .or_else(|| command.get_subcommands().find_map(|command| argument(command, name)))
}

fn written(name: &str, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        // `label = false`: lists get no names.
        DeValue::Boolean(false) if name == "label" => Ok(String::new()),
        DeValue::Boolean(is_on) if name == "anonymous-runs" => Ok(is_on.to_string()),
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(_)
        | DeValue::Float(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => Err("the value must be a text or a whole number".to_owned()),
    }
}

/// Parses a value as the command line would. The error does not repeat the value.
fn check(arg: &Arg, text: &str) -> Result<(), String> {
    let alone =
        Arg::new("value").value_parser(arg.get_value_parser().clone()).allow_hyphen_values(true);
    let command = Command::new("config").no_binary_name(true).arg(alone);
    let Err(error) = command.try_get_matches_from([text]) else {
        return Ok(());
    };
    if let Some(ContextValue::Strings(valid)) = error.get(ContextKind::ValidValue)
        && !valid.is_empty()
    {
        return Err(format!("the value must be one of `{}`", valid.join("`, `")));
    }
    Err(error.source().map_or_else(|| "the value is not valid".to_owned(), ToString::to_string))
}

/// Expands a path in the config file: `~/` is the user's home, and a relative path begins at the folder of the file,
/// because a run may start anywhere. The address of a server is left as it is.
fn expand(text: &str, file: &Path) -> OsString {
    if text.contains("://") {
        return text.into();
    }
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => file.parent().unwrap_or(Path::new("")).join(text),
    }
    .into_os_string()
}

/// The name, if it can be that of a setting. An API key in the wrong place has digits or is longer.
fn quoted(name: &str) -> String {
    let is_word =
        name.len() <= 30 && name.bytes().all(|b| b.is_ascii_alphabetic() || b"-_".contains(&b));
    if is_word { format!("`{name}`") } else { "of this name".to_owned() }
}

/// The line and the column, from 1, where a span begins.
fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
