//! `ledger info`: shows which ledger is in force, how large it is, and how healthy.

use super::budget::BudgetJson;
use crate::cli::{Global, LedgerInfoArgs};
use crate::commands::session::{self, Session};
use crate::ledger::{Budget, Health, LedgerInfo, LedgerLocation};
use crate::ui::budget;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::{Failure, REWOUND};
use crate::ui::message::{Message, counted, message};
use crate::ui::stdout;
use crate::units::{Moment, grouped};
use serde::Serialize;
use std::collections::BTreeMap;

/// The ledger as JSON. Fields are only ever added.
#[derive(Debug, Default, Serialize)]
struct InfoJson {
    /// Batches by state: `sending`, `running`, `completed`, `failed`, `unknown`.
    batches: BTreeMap<&'static str, u64>,
    budgets: Vec<BudgetJson>,
    bytes: u64,
    exists: bool,
    health: Option<HealthJson>,
    id: Option<String>,
    /// `file` or `server`.
    kind: &'static str,
    ledger: String,
    /// Where it was moved to. No run uses it any more then.
    moved_to: Option<String>,
    /// Where a move goes to that was interrupted.
    moving_to: Option<String>,
    people: PeopleJson,
    /// Whether it may have gone back in time. Nobody is asked for then.
    rewound: bool,
    /// Other runs that use it now.
    runs: usize,
    schema: Option<i64>,
}

#[derive(Debug, Default, Serialize)]
struct PeopleJson {
    answered: u64,
    /// In batches that are not settled.
    held: u64,
    known: u64,
    /// Not to be searched for.
    suppressed: u64,
}

#[derive(Debug, Default, Serialize)]
struct HealthJson {
    clock_offset_ms: Option<i64>,
    fsync: Option<String>,
    /// What `quick_check` of SQLite found wrong.
    problems: Vec<String>,
    server_version: Option<String>,
    standby: Option<bool>,
    synchronous_commit: Option<String>,
}

pub(super) async fn run(
    args: &LedgerInfoArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = Session::ledger_as_it_is(global, console).await? else {
        let ledger = session::ledger_place(global);
        if args.json {
            let kind = if LedgerLocation::is_server(&ledger) { "server" } else { "file" };
            stdout::print_json(&InfoJson { kind, ledger, ..InfoJson::default() })?;
        } else {
            console.info(session::no_ledger(global));
        }
        return Ok(Exit::Done);
    };
    let info = ledger.info().await?;
    let budgets = ledger.budgets(Moment::now()).await?;
    let is_sound = !matches!(&info.health, Health::File { problems } if !problems.is_empty());
    let rewind = ledger.rewind().await?;
    if let Some(rewind) = rewind {
        console.warn(message!("the ledger {}\nhint: {}", Message::foreign(rewind), REWOUND));
    }
    let place = ledger.location().to_string();
    if args.json {
        let rewound = rewind.is_some();
        stdout::print_json(&InfoJson { rewound, ..InfoJson::of(place, info, &budgets) })?;
    } else {
        stdout::print(&text(&place, &info, &budgets))?;
    }
    Ok(if is_sound { Exit::Done } else { Exit::Failed })
}

impl InfoJson {
    fn of(ledger: String, info: LedgerInfo, budgets: &[Budget]) -> Self {
        let moved = |is_done| {
            let moved = info.moved.as_ref().filter(|moved| moved.is_done == is_done);
            moved.map(|moved| moved.to.clone())
        };
        let (moved_to, moving_to) = (moved(true), moved(false));
        let LedgerInfo { people, answered, held, suppressed, .. } = info;
        let (kind, health) = match info.health {
            Health::File { problems } => ("file", HealthJson { problems, ..HealthJson::default() }),
            Health::Server { version, fsync, synchronous_commit, is_standby, clock_offset_ms } => (
                "server",
                HealthJson {
                    clock_offset_ms: Some(clock_offset_ms),
                    fsync: Some(fsync),
                    problems: Vec::new(),
                    server_version: Some(version),
                    standby: Some(is_standby),
                    synchronous_commit: Some(synchronous_commit),
                },
            ),
        };
        Self {
            batches: info.batches.iter().map(|(state, n)| (state.word(), *n)).collect(),
            budgets: budgets.iter().map(BudgetJson::of).collect(),
            bytes: info.bytes,
            exists: true,
            health: Some(health),
            id: Some(info.id),
            kind,
            ledger,
            moved_to,
            moving_to,
            people: PeopleJson { answered, held, known: people, suppressed },
            rewound: false,
            runs: info.runs,
            schema: Some(info.schema),
        }
    }
}

fn text(place: &str, info: &LedgerInfo, budgets: &[Budget]) -> Message {
    let number = |number: u64| Message::foreign(grouped(number));
    let mut people = message!(
        "{} known, {} answered, {} in batches that are not settled",
        number(info.people),
        number(info.answered),
        number(info.held)
    );
    if info.suppressed > 0 {
        people.push(message!(", {} not to be searched", number(info.suppressed)));
    }
    let batches = info.batches.iter().map(|(state, n)| message!("{} {}", number(*n), state.word()));
    let batches: Vec<String> = batches.map(|batch| batch.to_string()).collect();
    let batches = if batches.is_empty() { "none".to_owned() } else { batches.join(", ") };
    let (kind, health) = match &info.health {
        Health::File { problems } if problems.is_empty() => ("SQLite file".into(), "ok".into()),
        Health::File { problems } => ("SQLite file".into(), Message::foreign(problems.join("; "))),
        Health::Server { version, fsync, synchronous_commit, is_standby, clock_offset_ms } => (
            message!("PostgreSQL {}", Message::foreign(version)),
            message!(
                "fsync {}, synchronous_commit {}, {}, clock {} ms {} ours",
                Message::foreign(fsync),
                Message::foreign(synchronous_commit),
                if *is_standby { "a standby" } else { "it writes" },
                clock_offset_ms.unsigned_abs(),
                if *clock_offset_ms < 0 { "behind" } else { "ahead of" }
            ),
        ),
    };
    let mut lines = vec![
        message!("ledger   {}", Message::foreign(place)),
        message!("kind     {}, schema {}", kind, number(info.schema.unsigned_abs())),
        message!("id       {}", Message::foreign(&info.id)),
        message!("size     {} kB", number(info.bytes.div_ceil(1000))),
        message!("people   {}", people),
        message!("batches  {}", Message::foreign(batches)),
        message!("runs     {} now", counted(info.runs, "other run uses it", "other runs use it")),
        message!("health   {}", health),
    ];
    lines.extend(budgets.iter().map(|budget| message!("budget   {}", budget::standing(budget))));
    if let Some(moved) = &info.moved {
        let to = Message::foreign(&moved.to);
        lines.push(if moved.is_done {
            message!("moved    to `{}`: no run uses this one any more", to)
        } else {
            message!("moving   to `{0}`: `enrow-phone ledger move '{0}'` finishes it", to)
        });
    }
    Message::lines_of(lines)
}
