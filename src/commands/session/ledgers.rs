//! Chooses the ledger of a command, and opens it.

use super::blocking::{on_thread, say_if_slow};
use crate::cli::{Global, Source, paths};
use crate::enrow::BaseUrl;
use crate::ledger::{self, AddressSource, AskedBy, Ledger, LedgerError, LedgerLocation};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use std::path::{Path, PathBuf};

/// A ledger as an argument names it.
pub(in crate::commands) fn location_of_argument(
    named: PathBuf,
    global: &Global,
) -> Result<LedgerLocation, Failure> {
    let is_file = named.to_str().is_none_or(|text| !LedgerLocation::is_server(text));
    let whole = if is_file { std::path::absolute(&named).unwrap_or(named) } else { named };
    location_from(whole, Source::Flag, global)
}

pub(in crate::commands) async fn open(
    location: LedgerLocation,
    how: fn(LedgerLocation) -> ledger::Result<Ledger>,
    console: &Console,
) -> Result<Ledger, Failure> {
    try_open(location, how, console).await.map_err(unopened)
}

pub(super) fn unopened(error: LedgerError) -> Failure {
    Failure::from(error).fact("nothing was sent")
}

pub(in crate::commands) async fn try_open(
    location: LedgerLocation,
    how: fn(LedgerLocation) -> ledger::Result<Ledger>,
    console: &Console,
) -> ledger::Result<Ledger> {
    let path = Message::place(&location);
    if let Some(kind) = location.network() {
        console.warn(message!(
            "the ledger {path} is on a network file system ({kind}), where two computers may not see each other's \
             locks, and then one person may be paid for twice\n\
             hint: keep it on a local disk with `--ledger PATH`, and run from one computer; for many, keep it in PostgreSQL \
             (`ledger move postgres://USER@HOST/DATABASE`)";
            path = path.clone(), kind
        ));
    }
    if let Some(file) = location.unused_password_file() {
        console.warn(message!(
            "the password file {file} is not used: other users can read or change it\nhint: {chmod}";
            file = Message::path(&file), chmod = Message::chmod("600", &file)
        ));
    }
    let what = message!("waiting for the ledger {}, which is in use", path);
    let ledger = say_if_slow(console, what, on_thread(move || how(location))).await?;
    match ledger.takes_the_place_of_another() {
        Ok(false) => {}
        Ok(true) => console.warn(message!(
            "the ledger {path} is not the one that this machine used there before: people who were asked for with that one are not in \
             it, and would be paid for again";
            path
        )),
        Err(error) => console.info(message!(
            "this machine cannot remember how much the ledger {path} holds ({error}): if the server loses something, only other \
             machines and the balance show it";
            path, error = Message::foreign(error)
        )),
    }
    Ok(ledger)
}

pub(super) fn chosen(global: &Global) -> Result<LedgerLocation, Failure> {
    let named = ledger_path(global).ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "there is no home folder to keep the ledger in: `HOME` is not set, or is not an absolute path",
        )
        .hint("choose a file for it with `--ledger PATH` or `ENROW_PHONE_LEDGER`")
    })?;
    location(named, global)
}

/// A ledger as it was named: a file, or the address of a server.
pub(in crate::commands) fn location(
    named: PathBuf,
    global: &Global,
) -> Result<LedgerLocation, Failure> {
    location_from(named, global.ledger_source, global)
}

fn location_from(named: PathBuf, from: Source, global: &Global) -> Result<LedgerLocation, Failure> {
    let unusable = |what: Message| Failure::new(Exit::Unusable, what).fact("nothing was sent");
    let asked_by = |location: LedgerLocation| {
        location.asked_by(who_asks(global)).remembered_in(LedgerLocation::state_folder())
    };
    match named.to_str().filter(|text| LedgerLocation::is_server(text)) {
        Some(address) => {
            let shown = match from {
                Source::Flag => AddressSource::ToEverybody,
                Source::ConfigFile if has_open_config() => AddressSource::InAnOpenFile,
                Source::ConfigFile | Source::Default | Source::Environment | Source::Login => {
                    AddressSource::ToUs
                }
            };
            LedgerLocation::on_server(address, shown, scope(global)).map(asked_by).map_err(|why| {
                let why = Message::foreign(why);
                unusable(message!("the address of the ledger cannot be used: {}", why))
            })
        }
        None if named.is_relative() && depends_on_folder(&named, from, global) => {
            let by = if from == Source::Flag { "--ledger" } else { "ENROW_PHONE_LEDGER" };
            let what = message!(
                "`{}` names {}, which is another file in each folder",
                by,
                Message::path(&named)
            );
            Err(unusable(what).hint("name the ledger by its whole path"))
        }
        None => Ok(asked_by(LedgerLocation::at(named, scope(global)))),
    }
}

/// Whether a relative path must be refused, because it would mean another ledger in each folder. A variable is set for runs
/// in all folders. And shells do not expand the `~` of `--ledger=~/ledger.db`, so it would be a folder named `~`.
fn depends_on_folder(named: &Path, from: Source, global: &Global) -> bool {
    match from {
        Source::Environment => !global.sandbox,
        Source::Flag => named.starts_with("~"),
        Source::ConfigFile | Source::Default | Source::Login => false,
    }
}

/// The ledger in force as it may be shown: an address without its password.
pub(in crate::commands) fn ledger_place(global: &Global) -> String {
    chosen(global).map_or_else(|_| String::new(), |location| location.to_string())
}

/// Says that there is no ledger at the place where the user keeps it.
pub(in crate::commands) fn no_ledger(global: &Global) -> Message {
    message!("there is no ledger at {} yet", Message::place(ledger_place(global)))
}

fn has_open_config() -> bool {
    paths::config_file().and_then(|file| paths::is_open_to_others(&file)) == Some(true)
}

/// Who runs this, for the others of a team.
fn who_asks(global: &Global) -> AskedBy {
    if global.anonymous_runs {
        return AskedBy::default();
    }
    AskedBy::new(whoami::hostname().ok(), whoami::username().ok())
}

/// A ledger that is deleted when the run ends.
pub(super) fn temporary(global: &Global) -> Result<LedgerLocation, Failure> {
    LedgerLocation::temporary(scope(global)).map_err(|error| {
        let what = "cannot make a ledger in the temporary folder";
        Failure::io(Exit::Failed, what, &std::env::temp_dir(), error)
            .hint("`TMPDIR` chooses another folder")
    })
}

/// The API that a ledger belongs to.
pub(super) fn scope(global: &Global) -> String {
    if global.sandbox { BaseUrl::SANDBOX.to_owned() } else { global.api_url.ledger_scope() }
}

/// The ledger in force. A sandbox has its own beside the real one, unless the command line names one.
pub(in crate::commands) fn ledger_path(global: &Global) -> Option<PathBuf> {
    let is_sandboxed = global.sandbox && global.ledger_source != Source::Flag;
    let is_server = |path: &PathBuf| path.to_str().is_some_and(LedgerLocation::is_server);
    let real = global.ledger.clone().filter(|path| !(is_sandboxed && is_server(path)));
    let real = real.or_else(|| {
        let location = LedgerLocation::default_location(global.api_url.ledger_scope());
        location.and_then(|location| location.file().map(Path::to_owned))
    });
    real.map(|path| if is_sandboxed { beside_real(&path) } else { path })
}

/// The ledger of sandboxes beside a real one: `ledger.sandbox.db` beside `ledger.db`.
fn beside_real(real: &Path) -> PathBuf {
    real.with_extension("sandbox.db")
}
