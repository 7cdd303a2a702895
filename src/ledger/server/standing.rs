//! Alarms for a server that went back in time: it holds less than this machine has seen, or another server than
//! before holds the ledger.

use super::connect::ask;
use super::digest::Digest;
use super::error::{Outcome, StatementError, get};
use super::params::params;
use crate::ledger::seen::{Revisions, SeenFile};
use crate::ledger::types::Rewind;
use crate::units::Moment;
use tokio_postgres::{Client, Row};

/// A statement whose last part says how far the ledger is.
macro_rules! seen {
    ($name:literal) => {
        concat!(include_str!(concat!("sql/", $name, ".sql")), include_str!("sql/seen_columns.sql"))
    };
}
pub(super) use seen;

/// Which server holds the ledger, and whether there is an alarm.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) server: String,
    /// The server that held it when a balance was last as expected.
    pub(super) believed: Option<String>,
    pub(super) rewind: Option<Rewind>,
}

/// Looks for an alarm, on a connection that was just opened.
pub(super) async fn look(
    client: &Client,
    memory: &SeenFile,
) -> std::result::Result<Standing, StatementError> {
    let seen = memory.recall();
    let newest_batch = params![seen.newest_batch => TEXT];
    let (timeline, row) = tokio::join!(timeline(client), ask(client, seen!("look"), newest_batch));
    let (timeline, row) = (timeline?, row?);
    let told = LedgerState::read(&row).map_err(StatementError::Final)?;
    let read = || -> Outcome<_> {
        let (database, tables): (String, String) = (get(&row, "database")?, get(&row, "tables")?);
        let believed: Option<String> = get(&row, "believed")?;
        Ok((format!("{timeline} {database} {tables}"), believed))
    };
    let (server, believed) = read().map_err(StatementError::Final)?;
    let is_lost = get(&row, "is_lost").map_err(StatementError::Final)?;
    let is_lost = seen.generation == told.generation && is_lost;
    let mut rewind = told.rewound;
    if rewind.is_none() && (is_lost || seen.is_ahead_of(told.generation, &told.revisions)) {
        let params = params![seen.at.to_string() => TEXT, told.generation => INT8];
        let marked = ask(client, include_str!("sql/mark_rewound.sql"), params).await?;
        let holds = Moment(get(&marked, "holds").map_err(StatementError::Final)?);
        rewind = Some(Rewind::Proven { holds, saw: Moment(seen.at) });
    }
    match &believed {
        Some(believed) if !is_same(believed, &server) => rewind = rewind.or(Some(Rewind::Possible)),
        // A role without the right to ask wrote it, or nobody did.
        Some(believed) if !tells_more(&server, believed) => {}
        Some(_) | None => believe(client, &server, believed.as_deref()).await?,
    }
    if let None | Some(Rewind::Possible) = rewind {
        memory.note(|seen| seen.learn(told.generation, &told.revisions));
    }
    Ok(Standing { server, believed, rewind })
}

async fn believe(
    client: &Client,
    server: &str,
    believed: Option<&str>,
) -> std::result::Result<(), StatementError> {
    let params = params![server => TEXT, believed => TEXT];
    let believed = client.query_typed(include_str!("sql/believe.sql"), params).await;
    believed.map(drop).map_err(|error| StatementError::of(&error))
}

/// `-` stands for what is unknown.
async fn timeline(client: &Client) -> std::result::Result<String, StatementError> {
    match ask(client, include_str!("sql/timeline.sql"), &[]).await {
        Ok(row) => {
            let read = || Outcome::Ok((get(&row, "system")?, get(&row, "timeline")?));
            let (system, timeline): (String, String) = read().map_err(StatementError::Final)?;
            Ok(format!("{system} {timeline}"))
        }
        // Some managed servers refuse it to everybody.
        Err(StatementError::Final(_)) => Ok("- -".to_owned()),
        Err(trouble) => Err(trouble),
    }
}

/// What one of both does not tell proves nothing.
fn is_same(believed: &str, server: &str) -> bool {
    let pairs = believed.split(' ').zip(server.split(' '));
    pairs.into_iter().all(|(a, b)| a == b || a == "-" || b == "-")
}

fn tells_more(server: &str, believed: &str) -> bool {
    believed.split(' ').zip(server.split(' ')).any(|(was, is)| was == "-" && is != "-")
}

/// What a statement says with `seen_columns.sql`.
pub(super) struct LedgerState {
    pub(super) generation: i64,
    pub(super) revisions: Revisions,
    pub(super) rewound: Option<Rewind>,
}

impl LedgerState {
    pub(super) fn read(row: &Row) -> Outcome<Self> {
        let accounts: Vec<Digest> = get(row, "accounts")?;
        let revisions: Vec<i64> = get(row, "revisions")?;
        let rewound: Option<String> = get(row, "rewound")?;
        Ok(Self {
            generation: get::<Option<i64>>(row, "generation")?.unwrap_or_default(),
            revisions: accounts.into_iter().map(name).zip(revisions).collect(),
            rewound: rewound.map(|mark| {
                let (holds, saw) = mark.split_once(' ').unwrap_or_default();
                let moment = |text: &str| Moment(text.parse().unwrap_or_default());
                Rewind::Proven { holds: moment(holds), saw: moment(saw) }
            }),
        })
    }
}

pub(super) fn name(account: Digest) -> String {
    format!("{:032x}", u128::from_be_bytes(account.0))
}
