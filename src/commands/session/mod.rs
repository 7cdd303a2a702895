//! Opens what a command needs to talk to Enrow: a key, an address and a ledger, or a sandbox with all three. No other place
//! does.

pub(super) mod api_key;
pub(super) mod blocking;
mod engine;
pub(super) mod guard;
mod ledgers;
mod sandbox;
pub(super) mod signals;

use crate::batch::AccountId;
use crate::cli::Global;
use crate::enrow::{ApiKey, BaseUrl, Client, FetchError, malformed_proxy};
use crate::ledger::Ledger;
use crate::lookup::{self, EndReason};
use crate::sandbox::Sandbox;
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::{CERTIFICATES, Failure};
use crate::ui::message::{Message, message};
use api_key::Origin;
pub(super) use engine::Notices;
use ledgers::{chosen, temporary, unopened};
pub(super) use ledgers::{
    ledger_path, ledger_place, location, location_of_argument, no_ledger, open, try_open,
};
use std::rc::Rc;

/// The key of every sandbox; `enrow-phone sandbox` shows it.
pub(super) const SANDBOX_KEY: &str = "sandbox";

/// An API with a key, and the ledger that belongs to it.
pub(super) struct Session {
    pub(super) account: AccountId,
    pub(super) client: Client,
    pub(super) ledger: Rc<Ledger>,
    /// Where the key comes from; `None` for a sandbox.
    key: Option<Origin>,
    /// Serves until the session ends.
    sandbox: Option<Sandbox>,
}

/// A key, and a client that uses it.
struct Access {
    account: AccountId,
    client: Client,
    key: Origin,
}

impl Access {
    /// `None` for a sandbox, which has its own key.
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
        // The key comes first, so that no ledger is created without one.
        let access = Access::find(global, console).await?;
        let ledger = Self::ledger(global, console).await?;
        Self::with_access(access, global, console, Rc::new(ledger)).await
    }

    /// Opens a client without a ledger, for questions about the account.
    pub(super) async fn client(
        global: &Global,
        console: &Console,
    ) -> Result<(AccountId, Client), Failure> {
        let (key, _) = api_key::find(global, console).await?;
        Ok((key.account(), client(&key, global.api_url.clone(), global)?))
    }

    /// As [`Session::open`], with a ledger that is open already.
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

    /// Opens only the ledger, to read it. `None` if there is none: reading creates no ledger.
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

    /// Opens only the ledger, to read it, even if it was moved. `None` if there is none.
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

    /// Opens a ledger to plan with. If there is none, it is a temporary one, because a plan leaves nothing behind.
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

    /// Opens only the ledger, and creates it if there is none.
    pub(super) async fn ledger(global: &Global, console: &Console) -> Result<Ledger, Failure> {
        open(chosen(global)?, Ledger::open, console).await
    }

    /// Opens only the ledger, to look for a person, and creates it if there is none. If it may not be written, a copy is
    /// opened, and nothing may be sent.
    pub(super) async fn ledger_for_find(
        global: &Global,
        console: &Console,
    ) -> Result<Ledger, Failure> {
        open(chosen(global)?, Ledger::open_to_look, console).await
    }

    /// Whether Enrow is a sandbox that ends with this session.
    pub(super) fn in_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Whether the numbers are made up: the key is that of sandboxes, of this run or of `enrow-phone sandbox`.
    pub(super) fn is_made_up(&self) -> bool {
        self.account == AccountId::of_key(SANDBOX_KEY)
    }

    /// The failure for an error of this session. If the key was refused, it says where the key comes from.
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

    /// What follows if a run of this session ends for this reason.
    pub(super) fn ending(&self, reason: &EndReason) -> Ending {
        Ending::of(reason, self.key_origin())
    }

    /// The exit code of a command that has recorded something, after it has told where that went if the ledger is gone.
    pub(super) fn unless_gone(&self, exit: Exit, console: &Console) -> Exit {
        if !self.ledger.is_gone() {
            return exit;
        }
        console.warn_always(
            "the ledger was removed or replaced while this run used it: what this run recorded is lost, and another run may pay for \
             it again\n\
             hint: put the right file back and run the same command again, which costs nothing",
        );
        Exit::Unknown
    }

    fn key_origin(&self) -> Option<Message> {
        self.key.as_ref().map(Origin::describe)
    }
}

/// Comes before every command: `--fresh` removes the ledger of earlier sandboxes.
pub(super) fn begin(global: &Global) -> Result<(), Failure> {
    match ledger_path(global) {
        Some(path) if global.fresh => sandbox::remove(global, &path),
        Some(_) | None => Ok(()),
    }
}

/// A client for an address of the API.
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

/// Says where the key and the list go, if that is not Enrow.
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
