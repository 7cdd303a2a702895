//! The one place that opens what a command needs to talk to Enrow: a key, an address and a ledger (or a sandbox with all
//! three), and the engine that does lookups with them.

pub(super) mod api_key;
pub(super) mod blocking;
mod engine;
pub(super) mod guard;
mod sandbox;
pub(super) mod signals;

use crate::batch::AccountId;
use crate::cli::{Global, Source, paths};
use crate::enrow::{ApiKey, BaseUrl, Client, FetchError, malformed_proxy};
use crate::ledger::{self, AddressSource, AskedBy, Ledger, LedgerError, LedgerLocation};
use crate::lookup::{self, EndReason};
use crate::sandbox::Sandbox;
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::{CERTIFICATES, Failure};
use crate::ui::message::{Message, message};
use api_key::Origin;
use blocking::{on_thread, say_if_slow};
pub(super) use engine::Notices;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The key of a sandbox, which `enrow-phone sandbox` names as well.
pub(super) const SANDBOX_KEY: &str = "sandbox";

/// An API with a key, and the ledger that belongs to it.
pub(super) struct Session {
    pub(super) account: AccountId,
    pub(super) client: Client,
    pub(super) ledger: Rc<Ledger>,
    /// Where the key comes from; a sandbox has its own.
    key: Option<Origin>,
    /// Serves until the session ends.
    sandbox: Option<Sandbox>,
}

/// A key, and a way to use it.
struct Access {
    account: AccountId,
    client: Client,
    key: Origin,
}

impl Access {
    /// `None` for a sandbox, which has its own.
    async fn find(global: &Global, console: &Console) -> Result<Option<Self>, Failure> {
        if global.sandbox {
            return Ok(None);
        }
        let (key, origin) = api_key::find(global, console).await?;
        api_key::warn_of_others(&origin, console);
        say_which_api(global, console);
        let client = client(&key, global.api_url.clone(), global)?;
        Ok(Some(Self { account: key.account(), client, key: origin }))
    }
}

impl Session {
    /// Opens what the flags and the environment name.
    pub(super) async fn open(global: &Global, console: &Console) -> Result<Self, Failure> {
        // Without a key, and a way to use it, no ledger is made.
        let access = Access::find(global, console).await?;
        let ledger = Self::ledger(global, console).await?;
        Self::with_access(access, global, console, Rc::new(ledger)).await
    }

    /// A way to ask Enrow about an account, without a ledger.
    pub(super) async fn client(
        global: &Global,
        console: &Console,
    ) -> Result<(AccountId, Client), Failure> {
        let (key, _) = api_key::find(global, console).await?;
        Ok((key.account(), client(&key, global.api_url.clone(), global)?))
    }

    /// Opens the way to Enrow for a ledger that is open already.
    pub(super) async fn connect(
        global: &Global,
        console: &Console,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let access = Access::find(global, console).await?;
        Self::with_access(access, global, console, ledger).await
    }

    async fn with_access(
        access: Option<Access>,
        global: &Global,
        console: &Console,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let Some(Access { account, client, key }) = access else {
            return sandbox::start(global, console, ledger).await;
        };
        Ok(Self { account, client, ledger, key: Some(key), sandbox: None })
    }

    /// Opens the ledger alone to look at it, where there is one: a command that only looks makes none, and changes none
    /// that it may not write.
    pub(super) async fn ledger_to_read(
        global: &Global,
        console: &Console,
    ) -> Result<Option<Ledger>, Failure> {
        let location = chosen(global)?;
        if !location.exists() {
            return Ok(None);
        }
        open(location, Ledger::open_to_look, console).await.map(Some)
    }

    /// Opens the ledger as it is, even if it was moved. `None` where there is none.
    pub(super) async fn ledger_as_it_is(
        global: &Global,
        console: &Console,
    ) -> Result<Option<Ledger>, Failure> {
        let location = chosen(global)?.even_if_moved();
        if !location.exists() {
            return Ok(None);
        }
        match try_open(location, Ledger::open_to_look, console).await {
            Err(error) if error.is_not_there() => Ok(None),
            opened => Ok(Some(opened.map_err(unopened)?)),
        }
    }

    /// Opens a ledger to plan with. Where there is none, it is a temporary one: a plan leaves nothing behind.
    pub(super) async fn ledger_for_plan(
        global: &Global,
        console: &Console,
    ) -> Result<Ledger, Failure> {
        let location = match ledger_path(global).map(|named| location(named, global)).transpose()? {
            Some(location) if location.exists() => location,
            Some(_) | None => temporary(global)?,
        };
        let ledger = open(location, Ledger::open_to_look, console).await?;
        if let Err(error) = ledger.ensure_writable() {
            console.warn(message!(
                "{}; this is a plan of what a copy of it says",
                Message::foreign(error)
            ));
        }
        Ok(ledger)
    }

    /// Whether there is a key to connect with; a sandbox has its own.
    pub(super) fn has_key(global: &Global) -> bool {
        global.sandbox || api_key::origin(global).is_some()
    }

    /// Opens the ledger alone: no key is needed and nobody is asked.
    pub(super) async fn ledger(global: &Global, console: &Console) -> Result<Ledger, Failure> {
        open(chosen(global)?, Ledger::open, console).await
    }

    /// Opens the ledger to look for somebody. Where it may not be written it is a copy, and nothing may be sent.
    pub(super) async fn ledger_to_look(
        global: &Global,
        console: &Console,
    ) -> Result<Ledger, Failure> {
        open(chosen(global)?, Ledger::open_to_look, console).await
    }

    /// Whether Enrow is a sandbox that ends with this session.
    pub(super) fn in_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Whether the numbers are made up: by this session's sandbox, or by one that was served with the key it names.
    pub(super) fn is_made_up(&self) -> bool {
        self.account == AccountId::of_key(SANDBOX_KEY)
    }

    /// An error of this session's work. If the key was refused, it says where the key comes from.
    pub(super) fn failure(&self, error: impl Into<lookup::Error>) -> Failure {
        match error.into() {
            lookup::Error::Fetch(FetchError::Key { status, message }) => {
                Failure::refused_key(self.key_origin(), status, &message)
            }
            error @ (lookup::Error::Fetch(_)
            | lookup::Error::Ledger(_)
            | lookup::Error::LostId { .. }
            | lookup::Error::Panicked(_)
            | lookup::Error::Rows(_)) => error.into(),
        }
    }

    fn service(&self) -> lookup::Service {
        lookup::Service {
            account: self.account,
            client: self.client.clone(),
            ledger: Rc::clone(&self.ledger),
        }
    }

    /// What follows from the end of a run of this session.
    pub(super) fn ending(&self, reason: &EndReason) -> Ending {
        Ending::of(reason, self.key_origin())
    }

    fn key_origin(&self) -> Option<Message> {
        self.key.as_ref().map(Origin::describe)
    }
}

/// What comes before any command.
pub(super) fn begin(global: &Global) -> Result<(), Failure> {
    match ledger_path(global) {
        Some(path) if global.fresh => sandbox::remove(global, &path),
        Some(_) | None => Ok(()),
    }
}

/// A way to the API that the options name.
pub(super) fn client(key: &ApiKey, endpoint: BaseUrl, global: &Global) -> Result<Client, Failure> {
    if let Some(variable) = malformed_proxy().filter(|_| !endpoint.is_loopback()) {
        let what = message!("`{}` is not the address of a proxy that can be used", variable);
        return Err(Failure::new(Exit::Unusable, what)
            .fact("nothing was sent")
            .hint("write it as `http://HOST:PORT`, or unset it"));
    }
    Client::new(endpoint, key, global.request_timeout).map_err(|error| {
        let error = Message::foreign(format_args!("{error:#}"));
        Failure::new(Exit::Failed, message!("cannot set up a connection: {}", error))
            .hint(CERTIFICATES)
    })
}

/// Says it where the key and the list go to another place than Enrow.
pub(super) fn say_which_api(global: &Global, console: &Console) {
    if !global.api_url.is_live() {
        console.info(message!(
            "Enrow is asked at {}, not at {}",
            Message::foreign(&global.api_url),
            BaseUrl::LIVE
        ));
    }
}

/// The account of the key in force.
pub(super) async fn account(global: &Global, console: &Console) -> Result<AccountId, Failure> {
    if global.sandbox {
        return Ok(AccountId::of_key(SANDBOX_KEY));
    }
    Ok(api_key::find(global, console).await?.0.account())
}

/// A ledger as an argument names it.
pub(super) fn location_of_argument(
    named: PathBuf,
    global: &Global,
) -> Result<LedgerLocation, Failure> {
    let is_file = named.to_str().is_none_or(|text| !LedgerLocation::is_server(text));
    let whole = if is_file { std::path::absolute(&named).unwrap_or(named) } else { named };
    location_from(whole, Source::Flag, global)
}

pub(super) async fn open(
    location: LedgerLocation,
    how: fn(LedgerLocation) -> ledger::Result<Ledger>,
    console: &Console,
) -> Result<Ledger, Failure> {
    try_open(location, how, console).await.map_err(unopened)
}

fn unopened(error: LedgerError) -> Failure {
    Failure::from(error).fact("nothing was sent")
}

pub(super) async fn try_open(
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
            "the password file {file} is not used: other users can read or change it\nhint: chmod 600 {file}";
            file = Message::path(&file)
        ));
    }
    let what = message!("waiting for the ledger {}, which is in use", path);
    let ledger = say_if_slow(console, what, on_thread(move || how(location))).await?;
    match ledger.takes_the_place_of_another() {
        Ok(false) => {}
        Ok(true) => console.warn(message!(
            "the ledger {path} is not the one that this machine knew there: whom that one asked for is not in it, and would be asked \
             for, and paid for, again";
            path
        )),
        Err(error) => console.info(message!(
            "this machine cannot remember how much the ledger {path} holds ({error}): if the server loses something, only the \
             others and the balance show it";
            path, error = Message::foreign(error)
        )),
    }
    Ok(ledger)
}

fn chosen(global: &Global) -> Result<LedgerLocation, Failure> {
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
pub(super) fn location(named: PathBuf, global: &Global) -> Result<LedgerLocation, Failure> {
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
        None if from == Source::Environment && named.is_relative() && !global.sandbox => {
            let what = message!(
                "`ENROW_PHONE_LEDGER` names {}, which is another file in each folder",
                Message::path(&named)
            );
            Err(unusable(what).hint("name the ledger by its whole path"))
        }
        None => Ok(asked_by(LedgerLocation::at(named, scope(global)))),
    }
}

/// Says that there is no ledger at the place where the user keeps it.
pub(super) fn no_ledger(global: &Global) -> Message {
    let path = ledger_path(global).unwrap_or_default();
    message!("there is no ledger at {} yet", Message::path(&path))
}

fn has_open_config() -> bool {
    paths::config_file().and_then(|file| paths::is_open_to_others(&file)) == Some(true)
}

/// Who this run is of, for the others of a team.
fn who_asks(global: &Global) -> AskedBy {
    if global.anonymous_runs {
        return AskedBy::default();
    }
    AskedBy::new(whoami::hostname().ok(), whoami::username().ok())
}

/// A ledger that is deleted with the run.
fn temporary(global: &Global) -> Result<LedgerLocation, Failure> {
    LedgerLocation::temporary(scope(global)).map_err(|error| {
        let what = "cannot make a ledger in the temporary folder";
        Failure::io(Exit::Failed, what, &std::env::temp_dir(), error)
            .hint("`TMPDIR` chooses another folder")
    })
}

/// The API that a ledger belongs to.
fn scope(global: &Global) -> String {
    if global.sandbox { BaseUrl::SANDBOX.to_owned() } else { global.api_url.ledger_scope() }
}

/// The ledger in force. A sandbox has its own beside the real one, unless the command line itself names one.
pub(super) fn ledger_path(global: &Global) -> Option<PathBuf> {
    let is_sandboxed = global.sandbox && global.ledger_source != Source::Flag;
    let is_server = |path: &PathBuf| path.to_str().is_some_and(LedgerLocation::is_server);
    let real = global.ledger.clone().filter(|path| !(is_sandboxed && is_server(path)));
    let real = real.or_else(|| {
        let location = LedgerLocation::default_location(global.api_url.ledger_scope());
        location.and_then(|location| location.file().map(Path::to_owned))
    });
    real.map(|path| if is_sandboxed { sandbox::beside(&path) } else { path })
}
