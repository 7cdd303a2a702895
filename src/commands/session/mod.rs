//! The one place that opens what a command needs to talk to Enrow: a key, an address and a ledger (or a sandbox with all
//! three), and the engine that does lookups with them.

pub(super) mod api_key;
pub(super) mod blocking;
mod engine;
pub(super) mod guard;
pub(super) mod signals;

use crate::batch::AccountId;
use crate::cli::{Global, Source};
use crate::enrow::{ApiKey, BaseUrl, Client, FetchError, malformed_proxy};
use crate::ledger::{self, Ledger, LedgerLocation};
use crate::lookup::{self, EndReason};
use crate::sandbox::{Sandbox, Settings};
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use api_key::Origin;
use blocking::{on_thread, say_if_slow};
pub(super) use engine::Notices;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
        Self::with_access(access, global, console, Rc::new(ledger))
    }

    /// Opens the way to Enrow for a ledger that is open already.
    pub(super) async fn connect(
        global: &Global,
        console: &Console,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let access = Access::find(global, console).await?;
        Self::with_access(access, global, console, ledger)
    }

    fn with_access(
        access: Option<Access>,
        global: &Global,
        console: &Console,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let Some(Access { account, client, key }) = access else {
            return Self::start_sandbox(global, console, ledger);
        };
        Ok(Self { account, client, ledger, key: Some(key), sandbox: None })
    }

    /// Opens the ledger alone to look at it, where there is one: a command that only looks makes none, and changes none
    /// that it may not write.
    pub(super) async fn ledger_to_read(
        global: &Global,
        console: &Console,
    ) -> Result<Option<Ledger>, Failure> {
        if global.sandbox && own_ledger(global).is_none() {
            return Err(Failure::new(Exit::Unusable, "the ledger of a sandbox is deleted with it")
                .hint("keep it in a file: `--ledger PATH`"));
        }
        match ledger_path(global) {
            Some(path) if !path.exists() => Ok(None),
            _ => open(location(global)?, Ledger::open_to_look, console).await.map(Some),
        }
    }

    /// Opens a ledger to plan with. Where there is none, it is a temporary one: a plan leaves nothing behind.
    pub(super) async fn ledger_for_plan(
        global: &Global,
        console: &Console,
    ) -> Result<Ledger, Failure> {
        let path = if global.sandbox {
            own_ledger(global).map(Path::to_owned)
        } else {
            ledger_path(global)
        };
        let location = match path {
            Some(path) if path.exists() => location(global)?,
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
        open(location(global)?, Ledger::open, console).await
    }

    /// Opens the ledger to look for somebody. Where it may not be written it is a copy, and nothing may be sent.
    pub(super) async fn ledger_to_look(
        global: &Global,
        console: &Console,
    ) -> Result<Ledger, Failure> {
        open(location(global)?, Ledger::open_to_look, console).await
    }

    fn start_sandbox(
        global: &Global,
        console: &Console,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| {
            let error = Message::foreign(error);
            Failure::new(Exit::Failed, message!("cannot start the sandbox: {}", error))
        };
        let sandbox =
            Sandbox::start(Settings::to_watch(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
                .map_err(cannot)?;
        let endpoint: BaseUrl = sandbox.url().parse().expect("a loopback address is an endpoint");
        let key = ApiKey::parse("sandbox").expect("a plain word is a key");
        console.info(
            "sandbox: the numbers are made up, nothing is paid, and nothing leaves this machine",
        );
        Ok(Self {
            account: key.account(),
            client: client(&key, endpoint, global)?,
            ledger,
            key: None,
            sandbox: Some(sandbox),
        })
    }

    /// Whether Enrow is a sandbox that ends with this session.
    pub(super) fn in_sandbox(&self) -> bool {
        self.sandbox.is_some()
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

/// The ledger that the command line itself names. A sandbox never uses another one that is kept.
pub(super) fn own_ledger(global: &Global) -> Option<&Path> {
    global.ledger.as_deref().filter(|_| global.ledger_source == Source::Flag)
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

async fn open(
    location: LedgerLocation,
    how: fn(LedgerLocation) -> ledger::Result<Ledger>,
    console: &Console,
) -> Result<Ledger, Failure> {
    let path = Message::path(location.path());
    if let Some(kind) = location.network() {
        console.warn(message!(
            "the ledger {path} is on a network file system ({kind}), where two computers may not see each other's \
             locks, and then one person may be paid for twice\n\
             hint: keep it on a local disk with `--ledger PATH`, one for each computer";
            path = path.clone(), kind
        ));
    }
    let what = message!("waiting for the ledger {}, which is in use", path);
    let opened = say_if_slow(console, what, on_thread(move || how(location))).await;
    opened.map_err(|error| Failure::from(error).fact("nothing was sent"))
}

/// The ledger in force. A sandbox has one of its own, unless the command line names another.
fn location(global: &Global) -> Result<LedgerLocation, Failure> {
    if global.sandbox {
        return match own_ledger(global) {
            Some(path) => Ok(LedgerLocation::at(path.to_owned(), scope(global))),
            None => temporary(global),
        };
    }
    match ledger_path(global) {
        Some(path) if global.ledger_source == Source::Environment && path.is_relative() => {
            let what = message!(
                "`ENROW_PHONE_LEDGER` names {}, which is another file in each folder",
                Message::path(&path)
            );
            Err(Failure::new(Exit::Unusable, what)
                .fact("nothing was sent")
                .hint("name the ledger by its whole path"))
        }
        Some(path) => Ok(LedgerLocation::at(path, scope(global))),
        None => Err(Failure::new(
            Exit::Failed,
            "there is no home folder to keep the ledger in: `HOME` is not set, or is not an absolute path",
        )
        .hint("choose a file for it with `--ledger PATH` or `ENROW_PHONE_LEDGER`")),
    }
}

/// A ledger that is deleted with the run.
fn temporary(global: &Global) -> Result<LedgerLocation, Failure> {
    LedgerLocation::temporary(scope(global)).map_err(|error| {
        let (folder, error) = (Message::path(&std::env::temp_dir()), Message::foreign(error));
        let what = message!("cannot make a ledger in the temporary folder {}: {}", folder, error);
        Failure::new(Exit::Failed, what).hint("`TMPDIR` chooses another folder")
    })
}

/// The API that a ledger belongs to.
fn scope(global: &Global) -> String {
    if global.sandbox { BaseUrl::SANDBOX.to_owned() } else { global.api_url.ledger_scope() }
}

/// The ledger in force.
pub(super) fn ledger_path(global: &Global) -> Option<PathBuf> {
    global.ledger.clone().or_else(|| {
        let location = LedgerLocation::default_location(global.api_url.ledger_scope());
        location.map(|location| location.path().to_owned())
    })
}
