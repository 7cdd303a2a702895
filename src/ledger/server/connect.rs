//! Opening the way to the server: whether it can keep a promise, and whether it holds a ledger that we know.

use super::address::{Host, ServerAddress};
use super::digest::Digest;
use super::error::{OperationError, Outcome, StatementError, chain, count, get, maybe_count};
use super::params::{Param, params};
use super::{marks, schema, tls};
use crate::ledger::error::LedgerErrorKind as Kind;
use crate::ledger::location::LedgerLocation;
use crate::ledger::types::AskedBy;
use crate::units::Moment;
use secrecy::ExposeSecret;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{Client, Config, NoTls, Row};

/// `gen_random_uuid` came with 13; older versions get no fixes now.
const OLDEST_SERVER: i64 = 130_000;

/// What a run enters in the ledger when it connects.
#[derive(Debug)]
pub(super) struct RunEntry {
    /// Names this run, however often it connects.
    pub(super) token: Digest,
    pub(super) api: String,
    pub(super) asked_by: AskedBy,
    pub(super) minds_moves: bool,
    /// Where this machine keeps what it has seen.
    pub(super) state: Option<PathBuf>,
}

impl RunEntry {
    pub(super) fn of(location: &LedgerLocation) -> Self {
        Self {
            token: Digest::random(),
            api: location.api().to_owned(),
            asked_by: location.who_asks().clone(),
            minds_moves: location.minds_moves(),
            state: location.state().map(Path::to_owned),
        }
    }
}

/// What a new connection found out.
pub(super) struct Opened {
    pub(super) client: Client,
    pub(super) run: i64,
    pub(super) ledger: String,
    /// The ledgers that were moved here.
    pub(super) received: Vec<String>,
    pub(super) now: Moment,
}

pub(super) async fn connect(
    address: &ServerAddress,
    entry: &RunEntry,
) -> Result<Opened, StatementError> {
    let client = reach(address).await?;
    let server = ask(&client, include_str!("sql/inspect.sql"), &[]).await?;
    let has_ledger = judge(&server).map_err(StatementError::Final)?;
    let mut version = None;
    if has_ledger {
        version = Some(known_version(&client).await?);
    }
    if version.is_none() && !entry.minds_moves {
        return Err(StatementError::Final(Kind::NotThere.into()));
    }
    if version.is_none_or(|version| version < schema::VERSION) {
        let migrated = client.batch_execute(&schema::migration()).await;
        migrated.map_err(|error| StatementError::of(&error))?;
    }
    let run = enter(&client, entry).await?;
    let opened = read_run(&run, client, &entry.api).map_err(StatementError::Final)?;
    // Asked after the run was entered: a move marks the ledger first, and looks for runs then.
    let state =
        ask(&opened.client, include_str!("sql/move_state.sql"), params![opened.run => INT8])
            .await?;
    match marks::mark(&state).map_err(StatementError::Final)? {
        Some(mark) if entry.minds_moves => Err(StatementError::Final(mark.into())),
        Some(_) | None => Ok(opened),
    }
}

async fn reach(address: &ServerAddress) -> Result<Client, StatementError> {
    let config = config(address);
    if address.encrypts() {
        let tls = tls::connector(address).map_err(|kind| StatementError::Final(kind.into()))?;
        let (client, connection) = config.connect(tls).await.map_err(|error| unreached(&error))?;
        tokio::spawn(connection);
        Ok(client)
    } else {
        let (client, connection) =
            config.connect(NoTls).await.map_err(|error| unreached(&error))?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Why there is no connection. The driver says it in words only.
fn unreached(error: &tokio_postgres::Error) -> StatementError {
    if error.as_db_error().is_some() {
        return StatementError::of(error);
    }
    let why = chain(error);
    if ["certificate", "TLS", "tls"].iter().any(|word| why.contains(word)) {
        StatementError::Final(Kind::Certificate(why).into())
    } else if why.contains("password") {
        StatementError::Final(Kind::Login(why).into())
    } else {
        StatementError::Broken(why)
    }
}

fn config(address: &ServerAddress) -> Config {
    let mut config = Config::new();
    config
        .user(&address.user)
        .dbname(&address.database)
        .port(address.port)
        .application_name(concat!("enrow-phone/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .keepalives_idle(Duration::from_secs(30))
        .tcp_user_timeout(Duration::from_secs(45))
        .ssl_mode(if address.encrypts() { SslMode::Require } else { SslMode::Disable });
    match &address.host {
        Host::Name(name) => config.host(name.trim_start_matches('[').trim_end_matches(']')),
        #[cfg(unix)]
        Host::Socket(folder) => config.host_path(folder),
        #[cfg(not(unix))]
        Host::Socket(folder) => config.host(folder.to_string_lossy()),
    };
    if let Some(password) = address.password() {
        config.password(password.expose_secret());
    }
    if address.requires_channel_binding {
        config.channel_binding(ChannelBinding::Require);
    }
    config
}

pub(super) async fn ask(
    client: &Client,
    sql: &str,
    params: &[Param<'_>],
) -> Result<Row, StatementError> {
    client.query_typed_one(sql, params).await.map_err(|error| StatementError::of(&error))
}

/// Refuses a server that would forget a claim. Says whether it holds a ledger.
fn judge(server: &Row) -> Outcome<bool> {
    let version: i64 = get(server, "version")?;
    if get(server, "is_standby")? || get(server, "is_read_only")? {
        return Err(Kind::Standby.into());
    }
    if get(server, "may_forget")? {
        return Err(Kind::Forgetful.into());
    }
    if version < OLDEST_SERVER {
        let why = format!("PostgreSQL {} is too old, use 13 or later", version / 10_000);
        return Err(Kind::Refused(why).into());
    }
    get(server, "has_ledger")
}

/// The version of the ledger, unless a later release keeps this one from writing it.
async fn known_version(client: &Client) -> Result<i64, StatementError> {
    let versions = ask(client, include_str!("sql/versions.sql"), &[]).await?;
    let read = || -> Outcome<i64> {
        let version = maybe_count::<i64>(&versions, "version")?.unwrap_or(0);
        let oldest = maybe_count::<i64>(&versions, "oldest")?.unwrap_or(0);
        if oldest > schema::VERSION {
            return Err(Kind::Newer { found: version, known: schema::VERSION }.into());
        }
        Ok(version)
    };
    read().map_err(StatementError::Final)
}

async fn enter(client: &Client, entry: &RunEntry) -> Result<Row, StatementError> {
    let RunEntry { token, api, asked_by, minds_moves: _, state: _ } = entry;
    let params = params![token => UUID, api => TEXT, asked_by.host => TEXT, asked_by.user => TEXT,
        env!("CARGO_PKG_VERSION") => TEXT];
    ask(client, include_str!("sql/open_run.sql"), params).await
}

fn read_run(run: &Row, client: Client, api: &str) -> Outcome<Opened> {
    let theirs: String = get(run, "api")?;
    if theirs != api {
        return Err(OperationError::Ledger(Kind::OtherApi { theirs, ours: api.to_owned() }));
    }
    let now = Moment(count(run, "now")?);
    let (ledger, received) = (get(run, "ledger")?, get(run, "received")?);
    Ok(Opened { client, run: get(run, "id")?, ledger, received, now })
}
