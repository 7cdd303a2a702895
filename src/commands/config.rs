//! `config`: the settings in force, and where each comes from.

use super::session;
use super::session::api_key::{self, Origin};
use crate::cli::config_file::{Defaults, KEYS};
use crate::cli::paths;
use crate::cli::{ConfigArgs, Global, When, duration};
use crate::enrow::BaseUrl;
use crate::lookup::LARGEST_BATCH;
use crate::ui::failure::{Exit, Failure};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use clap::ValueEnum;
use serde::Serialize;
use std::time::Duration;

/// The settings as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct ConfigJson {
    /// The config file; `null` where the system names no home.
    config_file: Option<String>,
    /// Whether there is one.
    config_file_exists: bool,
    /// Every setting.
    settings: Vec<Setting>,
}

/// One setting.
#[derive(Debug, Serialize)]
struct Setting {
    /// Where its value comes from: `flag`, `environment`, `config file`, `login`, `default`.
    from: &'static str,
    /// As in the config file.
    name: &'static str,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Its value; `null` where nothing is set. Of a key, what tells it from others.
    value: Option<String>,
}

impl Setting {
    fn new(name: &'static str, from: &'static str, value: Option<String>) -> Self {
        Self { from, name, problem: None, value }
    }
}

/// Tells. `flags` are as they were given, `global` is what they came to.
pub(super) fn run(
    args: &ConfigArgs,
    flags: &Global,
    global: &Global,
    file: &Defaults,
) -> Result<Exit, Failure> {
    let path = paths::config_file();
    let mut settings = vec![api_key(global), api_url(global), doubt_wait(global)];
    for name in KEYS {
        let in_file = file.texts.iter().find(|(key, _)| *key == name);
        settings.push(match (flag(flags, name), in_file) {
            // It is told with the key.
            _ if name == "api-key-file" => continue,
            _ if name == "ledger" => ledger(global),
            (Some(text), _) => Setting::new(name, "flag", Some(text)),
            (None, Some((_, text))) => Setting::new(name, "config file", Some(text.clone())),
            (None, None) => Setting::new(name, "default", default(name)),
        });
    }
    let json = ConfigJson {
        config_file_exists: path.as_ref().is_some_and(|path| path.exists()),
        config_file: path.map(|path| path.display().to_string()),
        settings,
    };
    if args.json {
        stdout::print_json(&json)?;
    } else {
        stdout::print(json.text().as_bytes())?;
    }
    Ok(Exit::Done)
}

/// A setting as a flag of this very call gives it.
fn flag(flags: &Global, name: &str) -> Option<String> {
    fn word<T: ValueEnum>(value: &T) -> Option<String> {
        let value = value.to_possible_value();
        value.map(|value| value.get_name().to_owned())
    }
    match name {
        "color" => flags.color.as_ref().and_then(word),
        "log-format" => flags.log_format.as_ref().and_then(word),
        "progress" => flags.progress.as_ref().and_then(word),
        "request-timeout" => {
            flags.request_timeout.map(|time| humantime::format_duration(time).to_string())
        }
        _ => None,
    }
}

fn api_key(global: &Global) -> Setting {
    if global.sandbox {
        return Setting::new("api-key", "flag", Some("(the sandbox's own)".to_owned()));
    }
    let from = match api_key::origin(global) {
        None => return Setting::new("api-key", "default", None),
        Some(Origin::Config(_)) => "config file",
        Some(Origin::Environment) => "environment",
        Some(Origin::Flag(_)) => "flag",
        Some(Origin::Stored(_)) => "login",
    };
    match api_key::find(global) {
        Ok((key, _)) => Setting::new("api-key", from, Some(key.account().to_string())),
        Err(failure) => Setting {
            problem: Some(failure.lines().0.to_owned()),
            ..Setting::new("api-key", from, None)
        },
    }
}

fn api_url(global: &Global) -> Setting {
    if global.sandbox {
        return Setting::new("api-url", "flag", Some("(a sandbox)".to_owned()));
    }
    let value = global.api_url.to_string();
    let from = match (std::env::var("ENROW_API_URL"), &*value) {
        (_, BaseUrl::LIVE) => "default",
        (Ok(text), url) if text.trim().trim_end_matches('/') == url => "environment",
        _ => "flag",
    };
    Setting::new("api-url", from, Some(value))
}

fn doubt_wait(global: &Global) -> Setting {
    let variable = std::env::var("ENROW_PHONE_DOUBT_WAIT").ok();
    let in_force = global.doubt_wait;
    let from = match variable.map(|text| duration(&text)) {
        Some(Ok(time)) if time == in_force => "environment",
        _ if in_force == Duration::from_secs(15) => "default",
        _ => "flag",
    };
    let value = humantime::format_duration(in_force).to_string();
    Setting::new("doubt-wait", from, Some(value))
}

fn ledger(global: &Global) -> Setting {
    if global.sandbox && global.ledger.is_none() {
        let value = "(thrown away with the sandbox)".to_owned();
        return Setting::new("ledger", "flag", Some(value));
    }
    let (path, from) = session::ledger_path(global);
    Setting::new("ledger", from, path.map(|path| path.display().to_string()))
}

fn default(name: &str) -> Option<String> {
    let auto = || {
        let value = When::Auto.to_possible_value();
        value.map(|value| value.get_name().to_owned())
    };
    match name {
        "batch-size" => Some(LARGEST_BATCH.to_string()),
        "color" | "progress" => auto(),
        "log-format" => Some("text".to_owned()),
        "request-timeout" => Some("2m".to_owned()),
        _ => None,
    }
}

impl ConfigJson {
    fn text(&self) -> String {
        let file = match (&self.config_file, self.config_file_exists) {
            (Some(path), true) => path.clone(),
            (Some(path), false) => format!("{path} (there is none)"),
            (None, _) => "(no home folder)".to_owned(),
        };
        let column = |title, priority| Column { title, align: Align::Left, priority };
        let columns = [
            column("SETTING", Priority::Needed),
            column("VALUE", Priority::Needed),
            column("FROM", Priority::Needed),
        ];
        let rows: Vec<Vec<String>> = self
            .settings
            .iter()
            .map(|setting| {
                let value = setting.value.as_ref().or(setting.problem.as_ref());
                let value = value.cloned().unwrap_or_else(|| "-".to_owned());
                vec![setting.name.to_owned(), value, setting.from.to_owned()]
            })
            .collect();
        let table = table::render_table(&columns, &rows, table::width());
        format!("{table}\nconfig file  {file}\n")
    }
}
