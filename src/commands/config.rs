//! `config`: shows the settings in force, and where each comes from.

use super::session;
use super::session::api_key;
use crate::cli::{ConfigArgs, EffectiveSettings, Global, Source, paths};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use serde::Serialize;

/// The settings as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct ConfigJson {
    /// `null` where the system names no home.
    config_file: Option<String>,
    config_file_exists: bool,
    settings: Vec<SettingJson>,
}

#[derive(Debug, Serialize)]
struct SettingJson {
    from: Source,
    /// As in the config file.
    name: &'static str,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// `null` if nothing is set. For a key, what identifies it.
    value: Option<String>,
}

impl SettingJson {
    fn new(name: &'static str, from: Source, value: Option<String>) -> Self {
        Self { from, name, problem: None, value }
    }

    fn of(name: &'static str, from: Source, value: Result<String, Failure>) -> Self {
        match value {
            Ok(value) => Self::new(name, from, Some(value)),
            Err(failure) => {
                let problem = Some(failure.headline().to_string());
                Self { problem, ..Self::new(name, from, None) }
            }
        }
    }
}

pub(super) async fn run(
    args: &ConfigArgs,
    global: &Global,
    settings: &EffectiveSettings,
    console: &Console,
) -> Result<Exit, Failure> {
    let path = paths::config_file();
    let mut shown = vec![api_key(global, console).await];
    for setting in settings.iter() {
        shown.push(match setting.name {
            // It is where `api-key` comes from.
            "api-key-file" => continue,
            "api-url" if global.sandbox => sandbox(setting.name, "(a sandbox)"),
            "ledger" => ledger(global),
            name => SettingJson::new(name, setting.source, setting.value.clone()),
        });
    }
    let json = ConfigJson {
        config_file_exists: path.as_ref().is_some_and(|path| path.exists()),
        config_file: path.map(|path| path.display().to_string()),
        settings: shown,
    };
    if args.json {
        stdout::print_json(&json)?;
    } else {
        stdout::print(&json.text())?;
    }
    Ok(Exit::Done)
}

/// A setting that `--sandbox` decides.
fn sandbox(name: &'static str, value: &str) -> SettingJson {
    SettingJson::new(name, Source::Flag, Some(value.to_owned()))
}

async fn api_key(global: &Global, console: &Console) -> SettingJson {
    if global.sandbox {
        return sandbox("api-key", "(the sandbox's own)");
    }
    let from = api_key::origin(global).map_or(Source::Default, |origin| origin.source());
    match api_key::find(global, console).await {
        Err(_) if from == Source::Default => SettingJson::new("api-key", from, None),
        found => SettingJson::of("api-key", from, found.map(|(key, _)| key.account().to_string())),
    }
}

fn ledger(global: &Global) -> SettingJson {
    let Some(named) = session::ledger_path(global) else {
        return SettingJson::new("ledger", global.ledger_source, None);
    };
    let location = session::location(named, global).map(|location| location.to_string());
    SettingJson::of("ledger", global.ledger_source, location)
}

impl ConfigJson {
    fn text(&self) -> Message {
        let file = match (&self.config_file, self.config_file_exists) {
            (Some(path), true) => Message::foreign(path),
            (Some(path), false) => message!("{} (does not exist)", Message::foreign(path)),
            (None, _) => "(no home folder)".into(),
        };
        let column = |title| Column::new(title, Align::Left, Priority::Needed);
        let columns = [column("SETTING"), column("VALUE"), column("FROM")];
        let rows: Vec<Vec<Message>> = self
            .settings
            .iter()
            .map(|setting| {
                let value = setting.value.as_ref().or(setting.problem.as_ref());
                let value = value.map_or_else(|| "-".into(), Message::foreign);
                vec![setting.name.into(), value, setting.from.as_str().into()]
            })
            .collect();
        let table = table::render_table(&columns, &rows, table::width());
        message!("{}\n\nconfig file  {}", table, file)
    }
}
