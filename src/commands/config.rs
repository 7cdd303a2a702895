//! `config`: the settings in force, and where each comes from.

use super::data;
use super::defaults::{Defaults, KEYS};
use super::failure::{Exit, Failure};
use super::table::{self, Column, Room, Side};
use super::{folder, key, session};
use crate::cli::{ConfigArgs, Global, When};
use crate::enrow::Endpoint;
use crate::lookup::LARGEST_BATCH;
use clap::ValueEnum;
use serde::Serialize;

/// The settings as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Told {
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
    /// Its value; `null` where nothing is set. Of a key, what tells it from others.
    value: Option<String>,
}

/// Tells.
pub(super) fn run(args: &ConfigArgs, global: &Global, file: &Defaults) -> Result<Exit, Failure> {
    let path = folder::config_file();
    let mut settings = vec![api_key(global), api_url(global)];
    for name in KEYS {
        let from_file = file.texts.iter().find(|(key, _)| *key == name);
        let in_file = || from_file.map(|(_, text)| text.clone());
        let setting = |from, value| Setting { from, name, value };
        settings.push(match name {
            // It is told with the key.
            "api-key-file" => continue,
            "ledger" => ledger(global),
            _ => match (in_file(), default(name)) {
                (Some(text), _) => setting("config file", Some(text)),
                (None, value) => setting("default", value),
            },
        });
    }
    let told = Told {
        config_file_exists: path.as_ref().is_some_and(|path| path.exists()),
        config_file: path.map(|path| path.display().to_string()),
        settings,
    };
    if args.json {
        data::print_json(&told)?;
    } else {
        data::print(told.text().as_bytes())?;
    }
    Ok(Exit::Done)
}

fn api_key(global: &Global) -> Setting {
    let (value, from) = match key::find(global) {
        Ok((key, origin)) => (
            Some(key.account().to_string()),
            match origin {
                key::Origin::Config(_) => "config file",
                key::Origin::Environment => "environment",
                key::Origin::Flag(_) => "flag",
                key::Origin::Stored(_) => "login",
            },
        ),
        // What is wrong with it is said by the commands that need it.
        Err(_) => (None, "default"),
    };
    Setting {
        from,
        name: "api-key",
        value,
    }
}

fn api_url(global: &Global) -> Setting {
    let value = global.api_url.to_string();
    Setting {
        from: match (std::env::var("ENROW_API_URL"), &*value) {
            (_, Endpoint::LIVE) => "default",
            (Ok(text), url) if text.trim().trim_end_matches('/') == url => "environment",
            _ => "flag",
        },
        name: "api-url",
        value: Some(value),
    }
}

fn ledger(global: &Global) -> Setting {
    let (path, from) = session::ledger_path(global);
    Setting {
        from,
        name: "ledger",
        value: path.map(|path| path.display().to_string()),
    }
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

impl Told {
    fn text(&self) -> String {
        let file = match (&self.config_file, self.config_file_exists) {
            (Some(path), true) => path.clone(),
            (Some(path), false) => format!("{path} (there is none)"),
            (None, _) => "(no home folder)".to_owned(),
        };
        let column = |title, room| Column {
            title,
            side: Side::Left,
            room,
        };
        let columns = [
            column("SETTING", Room::Needed),
            column("VALUE", Room::Needed),
            column("FROM", Room::Needed),
        ];
        let rows: Vec<Vec<String>> = self
            .settings
            .iter()
            .map(|setting| {
                let value = setting.value.clone().unwrap_or_else(|| "-".to_owned());
                vec![setting.name.to_owned(), value, setting.from.to_owned()]
            })
            .collect();
        let table = table::lay_out(&columns, &rows, None);
        format!("{table}\nconfig file  {file}\n")
    }
}
