//! The config file: settings for every run that says nothing else.

use crate::cli::paths;
use crate::cli::{self, Args, Command, LogFormat, When};
use crate::enrow::Webhook;
use crate::sheet::{Delimiter, Encoding};
use crate::ui::failure::{Exit, Failure};
use crate::units::Credits;
use clap::ValueEnum;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Value;

/// The settings a config file may hold, each as its flag takes it.
pub(crate) const KEYS: [&str; 13] = [
    "api-key-file",
    "batch-size",
    "color",
    "delimiter",
    "encoding",
    "ledger",
    "log-format",
    "max-age",
    "max-credits",
    "progress",
    "request-timeout",
    "timeout",
    "webhook",
];

/// What the config file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    /// As they are written there.
    pub(crate) texts: Vec<(&'static str, String)>,
    api_key_file: Option<PathBuf>,
    batch_size: Option<usize>,
    color: Option<When>,
    delimiter: Option<Delimiter>,
    encoding: Option<Encoding>,
    ledger: Option<PathBuf>,
    log_format: Option<LogFormat>,
    max_age: Option<Duration>,
    max_credits: Option<Credits>,
    progress: Option<When>,
    request_timeout: Option<Duration>,
    timeout: Option<Duration>,
    webhook: Option<Webhook>,
}

impl Defaults {
    /// Reads the user's config file; without one nothing is set.
    ///
    /// # Errors
    /// Where it cannot be read, or says what no flag would take.
    pub(crate) fn load() -> Result<Self, Failure> {
        let Some(path) = paths::config_file() else {
            return Ok(Self::default());
        };
        match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::new(
                Exit::Unusable,
                format!("cannot read `{}`: {error}", path.display()),
            )),
            Ok(text) => Self::parse(&text, &path),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let unusable = |why: String| {
            let what = format!("the config file `{}` cannot be used: {why}", path.display());
            Failure::new(Exit::Unusable, what)
        };
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| unusable(error.to_string().trim_end().to_owned()))?;
        let mut defaults = Self::default();
        for (name, value) in table {
            let Some(key) = KEYS.into_iter().find(|key| *key == name) else {
                return Err(unknown(&name, unusable));
            };
            let text = match value {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                Value::Boolean(_)
                | Value::Float(_)
                | Value::Datetime(_)
                | Value::Array(_)
                | Value::Table(_) => {
                    return Err(unusable(format!("`{key}` is neither text nor a number")));
                }
            };
            defaults.set(key, &text, path).map_err(|why| unusable(format!("`{key}`: {why}")))?;
            defaults.texts.push((key, text));
        }
        Ok(defaults)
    }

    /// Takes one setting as its flag would.
    fn set(&mut self, key: &str, text: &str, file: &Path) -> Result<(), String> {
        match key {
            "api-key-file" => self.api_key_file = Some(place(text, file)),
            "batch-size" => self.batch_size = Some(cli::batch_size(text)?),
            "color" => self.color = Some(When::from_str(text, false)?),
            "delimiter" => self.delimiter = Some(text.parse()?),
            "encoding" => self.encoding = Some(text.parse()?),
            "ledger" => self.ledger = Some(place(text, file)),
            "log-format" => self.log_format = Some(LogFormat::from_str(text, false)?),
            "max-age" => self.max_age = Some(cli::duration(text)?),
            "max-credits" => self.max_credits = Some(cli::credits(text)?),
            "progress" => self.progress = Some(When::from_str(text, false)?),
            "request-timeout" => self.request_timeout = Some(cli::duration(text)?),
            "timeout" => self.timeout = Some(cli::duration(text)?),
            "webhook" => self.webhook = Some(text.parse()?),
            _ => return Err("no such setting".to_owned()),
        }
        Ok(())
    }

    /// Sets what the command line left open.
    pub(crate) fn fill(&self, args: &mut Args) {
        let global = &mut args.global;
        global.color = global.color.or(self.color);
        global.log_format = global.log_format.or(self.log_format);
        global.progress = global.progress.or(self.progress);
        global.request_timeout = global.request_timeout.or(self.request_timeout);
        global.file.api_key_file.clone_from(&self.api_key_file);
        global.file.ledger.clone_from(&self.ledger);
        match &mut args.command {
            Command::Bulk(bulk) => {
                bulk.batch_size = bulk.batch_size.or(self.batch_size);
                bulk.delimiter = bulk.delimiter.or(self.delimiter);
                bulk.encoding = bulk.encoding.or(self.encoding);
                bulk.max_age = bulk.max_age.or(self.max_age);
                bulk.max_credits = bulk.max_credits.or(self.max_credits);
                bulk.timeout = bulk.timeout.or(self.timeout);
                bulk.webhook = bulk.webhook.take().or_else(|| self.webhook.clone());
            }
            Command::Fetch(fetch) => {
                fetch.delimiter = fetch.delimiter.or(self.delimiter);
                if !fetch.no_wait {
                    fetch.timeout = fetch.timeout.or(self.timeout);
                }
            }
            Command::Find(find) => {
                find.max_age = find.max_age.or(self.max_age);
                find.timeout = find.timeout.or(self.timeout);
            }
            Command::Account(_)
            | Command::Completions(_)
            | Command::Config(_)
            | Command::Forget(_)
            | Command::Login
            | Command::Logout
            | Command::Man(_)
            | Command::Recover(_)
            | Command::Sandbox(_)
            | Command::Status(_) => {}
        }
    }
}

/// A path in the config file: `~/` is the user's home, and what is relative begins at the file's own folder, since a
/// run may begin anywhere.
fn place(text: &str, file: &Path) -> PathBuf {
    if let Some(rest) = text.strip_prefix("~/")
        && let Ok(home) = etcetera::home_dir()
    {
        return home.join(rest);
    }
    file.parent().unwrap_or(Path::new("")).join(text)
}

fn unknown(name: &str, unusable: impl Fn(String) -> Failure) -> Failure {
    let nearest = KEYS
        .into_iter()
        .max_by(|a, b| strsim::jaro(name, a).total_cmp(&strsim::jaro(name, b)))
        .filter(|key| strsim::jaro(name, key) > 0.7);
    let failure =
        unusable(format!("there is no setting `{}`", crate::text::sanitize_within(name, 200)));
    match nearest {
        Some(key) => failure.hint(format!("did you mean `{key}`?")),
        None => failure
            .hint(format!("the settings are {}", KEYS.map(|key| format!("`{key}`")).join(", "))),
    }
}
