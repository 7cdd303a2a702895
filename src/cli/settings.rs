//! The settings in force: each option that may be in the config file or the environment, its value, and where that comes
//! from.

use super::config_file::{ConfigFile, IN_CONFIG_FILE, argument};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use serde::Serialize;

/// Options that have an environment variable and may not be in the config file.
const IN_ENVIRONMENT: [&str; 3] = ["api-url", "doubt-wait", "profile"];

/// Where the value of a setting comes from; a later one has precedence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Source {
    #[default]
    #[serde(rename = "default")]
    Default,
    /// The key that `login` keeps.
    #[serde(rename = "login")]
    Login,
    #[serde(rename = "config file")]
    ConfigFile,
    #[serde(rename = "environment")]
    Environment,
    #[serde(rename = "flag")]
    Flag,
}

impl Source {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ConfigFile => "config file",
            Self::Default => "default",
            Self::Environment => "environment",
            Self::Flag => "flag",
            Self::Login => "login",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// As it was written; `None` if nothing is set.
    pub(crate) value: Option<String>,
    pub(crate) source: Source,
}

/// All settings, including those of other commands.
#[derive(Debug, Clone, Default)]
pub(crate) struct EffectiveSettings(Vec<Setting>);

impl EffectiveSettings {
    pub(super) fn of(command: &Command, matches: &ArgMatches, config: &ConfigFile) -> Self {
        let names = IN_ENVIRONMENT.into_iter().chain(IN_CONFIG_FILE);
        Self(names.map(|name| setting(name, command, matches, config)).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.0.iter()
    }

    pub(crate) fn source(&self, name: &str) -> Source {
        self.iter()
            .find(|setting| setting.name == name)
            .map(|setting| setting.source)
            .unwrap_or_default()
    }
}

fn setting(
    name: &'static str,
    command: &Command,
    matches: &ArgMatches,
    config: &ConfigFile,
) -> Setting {
    let by_default =
        || if config.text(name).is_some() { Source::ConfigFile } else { Source::Default };
    // Only options of every command are in the matches of the main command.
    if let Some(arg) = argument(command, name) {
        let id = arg.get_id().as_str();
        let value = matches.get_raw(id).and_then(|mut values| values.next());
        return Setting {
            name,
            value: value.map(|value| value.to_string_lossy().into_owned()),
            source: match matches.value_source(id) {
                Some(ValueSource::CommandLine) => Source::Flag,
                Some(ValueSource::EnvVariable) => Source::Environment,
                // clap may add variants to `ValueSource`.
                Some(_) | None => by_default(),
            },
        };
    }
    let arg = command.get_subcommands().find_map(|command| argument(command, name));
    let value = arg.and_then(|arg| arg.get_default_values().first());
    Setting {
        name,
        value: value.map(|value| value.to_string_lossy().into_owned()),
        source: by_default(),
    }
}

/// Ignores empty variables, as if they were not set.
pub(super) fn without_empty_variables(command: Command) -> Command {
    command.mut_args(|arg| {
        let is_empty =
            arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|v| v.is_empty()));
        if is_empty { arg.env(None) } else { arg }
    })
}
