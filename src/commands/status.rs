//! `status`: which batches are running, unclear and done, and what the ledger holds.

use super::session::{self, Session};
use crate::cli::{Global, StatusArgs};
use crate::ledger::{Totals, Which};
use crate::ui::batch_json::{BatchJson, is_in_doubt};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, count, message};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use crate::units::{Credits, Moment};
use serde::Serialize;

/// The state of the ledger as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct StatusJson {
    /// Batches that may have been paid without an answer, oldest first.
    in_doubt: Vec<BatchJson>,
    ledger: String,
    /// Batches that ended, newest first.
    recent: Vec<BatchJson>,
    totals: TotalsJson,
    /// Batches on their way to Enrow or running there, oldest first.
    under_way: Vec<BatchJson>,
}

/// Everything that was ever asked.
#[derive(Debug, Clone, Copy, Serialize)]
struct TotalsJson {
    /// Batches that ended.
    batches: u64,
    /// What the numbers that the ledger knew would have cost again.
    credits_saved: Credits,
    /// What ended batches cost.
    credits_spent: Credits,
    /// People with a number.
    found: u64,
    /// Their share of the answered ones; `null` below 20.
    found_rate: Option<f64>,
    /// People without one.
    not_found: u64,
    /// People who were ever searched.
    people: u64,
}

const COLUMNS: [Column; 7] = {
    const fn column(title: &'static str, align: Align, priority: Priority) -> Column {
        Column { title, align, priority }
    }
    [
        column("BATCH", Align::Left, Priority::Needed),
        column("STATE", Align::Left, Priority::Needed),
        column("PEOPLE", Align::Right, Priority::Needed),
        column("FOUND", Align::Right, Priority::Optional),
        column("CREDITS", Align::Right, Priority::Optional),
        column("AGE", Align::Right, Priority::Needed),
        column("KEY", Align::Left, Priority::Optional),
    ]
};

/// Reads the ledger; asks nobody.
pub(super) async fn run(
    args: &StatusArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = Session::ledger_to_read(global, console).await? else {
        let path = session::ledger_path(global).unwrap_or_default().display().to_string();
        if args.json {
            stdout::print_json(&StatusJson::nothing(path))?;
        } else {
            console.info(message!("there is no ledger at `{}` yet", Message::foreign(path)));
        }
        return Ok(Exit::Done);
    };
    let now = Moment::now();
    let unsettled = ledger.batches(Which::Unsettled).await?;
    let (in_doubt, under_way): (Vec<_>, Vec<_>) = unsettled.iter().partition(|b| is_in_doubt(b));
    let json = StatusJson {
        in_doubt: in_doubt.into_iter().map(|b| BatchJson::of(b, now)).collect(),
        ledger: ledger.location().path().display().to_string(),
        recent: ledger
            .batches(Which::RecentlyEnded(args.recent))
            .await?
            .iter()
            .map(|b| BatchJson::of(b, now))
            .collect(),
        totals: ledger.totals().await?.into(),
        under_way: under_way.into_iter().map(|b| BatchJson::of(b, now)).collect(),
    };
    if args.json {
        stdout::print_json(&json)?;
        return Ok(Exit::Done);
    }
    stdout::print(&json.text(table::width()))?;
    if !json.in_doubt.is_empty() {
        console.info(
            "hint: an unclear batch may have been paid; `enrow-phone recover` shows what is known",
        );
    }
    Ok(Exit::Done)
}

impl StatusJson {
    /// Where there is no ledger.
    fn nothing(ledger: String) -> Self {
        Self {
            in_doubt: Vec::new(),
            ledger,
            recent: Vec::new(),
            totals: Totals::default().into(),
            under_way: Vec::new(),
        }
    }

    fn text(&self, width: Option<usize>) -> Message {
        let batches = || self.in_doubt.iter().chain(&self.under_way).chain(&self.recent);
        let mut columns = COLUMNS.to_vec();
        // The key matters only to people who use several.
        if batches().all(|batch| batches().next().is_some_and(|first| first.key == batch.key)) {
            columns.pop();
        }
        let rows: Vec<Vec<Message>> = batches().map(cells).collect();
        let table = if rows.is_empty() {
            "no batches yet".into()
        } else {
            table::render_table(&columns, &rows, width)
        };
        let TotalsJson { credits_saved, credits_spent, .. } = self.totals;
        Message::lines_of([
            table,
            Message::default(),
            message!("people   {}", self.people()),
            message!(
                "credits  {} spent, {} saved by numbers that the ledger knew",
                credits_spent,
                credits_saved
            ),
            message!("ledger   {}", Message::foreign(&self.ledger)),
        ])
    }

    fn people(&self) -> Message {
        let TotalsJson { found, not_found, people, .. } = self.totals;
        let answered = found + not_found;
        let rate = (found * 100 + answered / 2).checked_div(answered);
        let rate = rate.map_or(Message::default(), |rate| message!(" ({}%)", rate));
        let mut text =
            message!("{} answered, {} with a number{}", total(people), total(found), rate);
        let waiting: usize = self.in_doubt.iter().chain(&self.under_way).map(|b| b.people).sum();
        if waiting > 0 {
            text.push(message!(", {} running or unclear", count(waiting)));
        }
        text
    }
}

fn cells(batch: &BatchJson) -> Vec<Message> {
    let or_dash = |cell: Option<Message>| cell.unwrap_or_else(|| "-".into());
    vec![
        batch.id.as_ref().map_or_else(|| "(no id)".into(), |id| message!("{}", id)),
        // `in_doubt` is the word for scripts.
        if batch.state == "in_doubt" { "unclear" } else { batch.state }.into(),
        count(batch.people),
        or_dash(batch.found.map(count)),
        or_dash(batch.credits.map(|credits| message!("{}", credits))),
        age(batch.age_seconds),
        Message::foreign(&batch.key),
    ]
}

impl From<Totals> for TotalsJson {
    fn from(totals: Totals) -> Self {
        Self {
            batches: totals.batches,
            credits_saved: totals.saved,
            credits_spent: totals.spent,
            found: totals.found,
            found_rate: totals.found_rate(),
            not_found: totals.not_found,
            people: totals.people,
        }
    }
}

fn total(number: u64) -> Message {
    count(usize::try_from(number).unwrap_or(usize::MAX))
}

/// `40s`, `5m`, `3h`, `12d`.
fn age(seconds: u64) -> Message {
    match seconds {
        0..60 => message!("{}s", seconds),
        60..3600 => message!("{}m", seconds / 60),
        3600..86_400 => message!("{}h", seconds / 3600),
        _ => message!("{}d", seconds / 86_400),
    }
}
