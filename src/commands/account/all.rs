//! `account --all`: shows the credits of every profile.

use crate::cli::{AccountArgs, Global, ProfileName, Source, paths};
use crate::commands::session::{Session, api_key};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use crate::units::Credits;
use serde::Serialize;

/// One account as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct ProfileJson {
    credits: Option<Credits>,
    /// `null` where there is no key.
    key: Option<String>,
    /// Why the credits are not known.
    problem: Option<String>,
    /// `null` for the key that is used without a profile.
    profile: Option<String>,
}

pub(super) async fn run(
    args: &AccountArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    let mut accounts = Vec::new();
    for global in every(global) {
        let profile = global.profile.as_ref().map(ToString::to_string);
        let (key, credits) = look(&global, console).await;
        let problem = credits.as_ref().err().map(|failure| {
            exit = if exit == Exit::Done { failure.exit() } else { exit };
            failure.headline().to_string()
        });
        accounts.push(ProfileJson { credits: credits.ok(), key, problem, profile });
    }
    if accounts.is_empty() {
        return Err(Failure::new(Exit::Key, "no profile has an API key")
            .hint("`enrow-phone login --profile NAME` keeps one"));
    }
    if args.json {
        stdout::print_json(&accounts)?;
    } else {
        stdout::print(&text(&accounts))?;
    }
    Ok(exit)
}

/// The options for each account: the one without a profile, if it has a key, then the profiles.
fn every(global: &Global) -> Vec<Global> {
    let mut names: Vec<&ProfileName> = global.profiles.iter().map(|known| &known.name).collect();
    let kept = paths::profiles_with_keys();
    names.extend(&kept);
    names.sort();
    names.dedup();
    let of_profile = names.into_iter().map(|name| {
        let section = global.profiles.iter().find(|known| known.name == *name);
        Global {
            api_key_file: section.and_then(|known| known.api_key_file.clone()),
            api_key_file_source: Source::ConfigFile,
            profile: Some(name.clone()),
            ..global.clone()
        }
    });
    // A profile that is named before the command is one of them, and its settings hide those without a profile.
    let without = api_key::origin(global).filter(|_| global.profile.is_none());
    let without = without.map(|_| global.clone());
    without.into_iter().chain(of_profile).collect()
}

/// What identifies a key, and its credits.
async fn look(global: &Global, console: &Console) -> (Option<String>, Result<Credits, Failure>) {
    let (key, client) = match Session::client(global, console).await {
        Ok(found) => found,
        Err(failure) => return (None, Err(failure)),
    };
    let info = super::ask(&client, console).await;
    let credits = info.and_then(|info| info.balance()).map_err(Failure::from);
    (Some(key.to_string()), credits)
}

fn text(accounts: &[ProfileJson]) -> Message {
    let columns = [
        Column::new("PROFILE", Align::Left, Priority::Whole),
        Column::new("KEY", Align::Left, Priority::Whole),
        Column::new("CREDITS", Align::Right, Priority::Whole),
        Column::new("", Align::Left, Priority::Needed),
    ];
    let or_dash =
        |text: &Option<String>| text.as_ref().map_or_else(|| "-".into(), Message::foreign);
    let rows: Vec<Vec<Message>> = accounts
        .iter()
        .map(|account| {
            let credits = account.credits.map_or_else(|| "-".into(), |n| message!("{}", n));
            let problem = account.problem.as_ref().map_or(Message::default(), Message::foreign);
            vec![or_dash(&account.profile), or_dash(&account.key), credits, problem]
        })
        .collect();
    table::render_table(&columns, &rows, table::width())
}
