//! What a command needs to speak to Enrow: a key, an address, a ledger; or a sandbox with all three.

use super::failure::{Exit, Failure};
use super::voice::Voice;
use crate::batch::Account;
use crate::cli::Global;
use crate::enrow::{ApiKey, Client, Endpoint};
use crate::ledger::{Ledger, Place};
use crate::sandbox::{Sandbox, Settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;

/// An API with a key, and the ledger that belongs to it.
pub(super) struct Session {
    pub(super) account: Account,
    pub(super) client: Client,
    pub(super) ledger: Rc<Ledger>,
    /// Serves until the session ends.
    _sandbox: Option<Sandbox>,
}

impl Session {
    /// Opens what the flags and the environment name.
    pub(super) async fn open(global: &Global, voice: &Voice) -> Result<Self, Failure> {
        if !global.sandbox {
            // Without one no ledger is made.
            key(global)?;
        }
        let ledger = Self::ledger(global)?;
        Self::connect(global, voice, Rc::new(ledger)).await
    }

    /// Opens the way to Enrow for a ledger that is open already.
    pub(super) async fn connect(
        global: &Global,
        voice: &Voice,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        if global.sandbox {
            return Self::in_sandbox(global, voice, ledger).await;
        }
        Self::with(&key(global)?, global.api_url.clone(), ledger, global, None)
    }

    /// Opens the ledger alone: no key is needed and nobody is asked.
    pub(super) fn ledger(global: &Global) -> Result<Ledger, Failure> {
        let place = match (&global.ledger, global.sandbox) {
            (None, true) => Place::throwaway(Endpoint::SANDBOX.to_owned()).map_err(|error| {
                Failure::new(Exit::Failed, format!("cannot make a ledger: {error}"))
            })?,
            (Some(path), true) => Place::at(path.clone(), Endpoint::SANDBOX.to_owned()),
            (_, false) => place(global)?,
        };
        Ledger::open(place).map_err(|error| Failure::from(error).fact("nothing was sent"))
    }

    async fn in_sandbox(
        global: &Global,
        voice: &Voice,
        ledger: Rc<Ledger>,
    ) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| {
            Failure::new(Exit::Failed, format!("cannot start the sandbox: {error}"))
        };
        let sandbox = Sandbox::start(
            Settings::to_watch(),
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )
        .await
        .map_err(cannot)?;
        let endpoint: Endpoint = sandbox
            .url()
            .parse()
            .expect("a loopback address is an endpoint");
        let key = ApiKey::parse("sandbox").expect("a plain word is a key");
        voice.say("sandbox: the numbers are made up; nothing is paid, nothing leaves this machine");
        Self::with(&key, endpoint, ledger, global, Some(sandbox))
    }

    fn with(
        key: &ApiKey,
        endpoint: Endpoint,
        ledger: Rc<Ledger>,
        global: &Global,
        sandbox: Option<Sandbox>,
    ) -> Result<Self, Failure> {
        let client = Client::new(endpoint, key, global.request_timeout).map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("cannot set up a connection: {error:#}"),
            )
        })?;
        Ok(Self {
            account: key.account(),
            client,
            ledger,
            _sandbox: sandbox,
        })
    }
}

/// The key: from the file that was named, else from the environment.
fn key(global: &Global) -> Result<ApiKey, Failure> {
    let (text, from) = match &global.api_key_file {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::new(
                    Exit::Key,
                    format!("cannot read the API key file `{}`: {error}", path.display()),
                )
            })?;
            (text, format!("`{}`", path.display()))
        }
        None => match std::env::var("ENROW_API_KEY") {
            Ok(text) if !text.trim().is_empty() => (text, "`ENROW_API_KEY`".to_owned()),
            _ => {
                return Err(Failure::new(Exit::Key, "no API key")
                    .hint("set `ENROW_API_KEY`, or pass `--api-key-file PATH`; to try the tool without one, add `--sandbox`"));
            }
        },
    };
    ApiKey::parse(&text).ok_or_else(|| {
        Failure::new(Exit::Key, format!("what {from} holds is not an API key"))
            .hint("a key is one word without spaces or line breaks")
    })
}

fn place(global: &Global) -> Result<Place, Failure> {
    let owner = global.api_url.owner();
    let named = global
        .ledger
        .clone()
        .or_else(|| std::env::var_os("ENROW_PHONE_LEDGER").map(PathBuf::from));
    match named.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => Ok(Place::at(path, owner)),
        None => Place::of_user(owner).ok_or_else(|| {
            Failure::new(
                Exit::Failed,
                "there is no home folder to keep the ledger in",
            )
            .hint("name a file for it with `--ledger PATH` or `ENROW_PHONE_LEDGER`")
        }),
    }
}
