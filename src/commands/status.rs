//! `status`: what is under way, in doubt and done, and what the ledger holds.

use super::session::{self, Session};
use crate::batch::BatchId;
use crate::cli::{Global, StatusArgs};
use crate::ledger::{Totals, Which};
use crate::ui::batch_json::{BatchJson, is_in_doubt};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use crate::units::{Credits, Moment, grouped};
use serde::Serialize;
use std::time::Duration;

/// The state of the ledger as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct StatusJson {
    /// Batches that may have been taken and paid, oldest first.
    in_doubt: Vec<BatchJson>,
    /// The ledger's file.
    ledger: String,
    /// Batches that ended, newest first.
    recent: Vec<BatchJson>,
    /// Everything that was ever asked.
    totals: Sums,
    /// Batches on their way to Enrow or running there, oldest first.
    under_way: Vec<BatchJson>,
}

/// The totals.
#[derive(Debug, Clone, Copy, Serialize)]
struct Sums {
    /// Batches that ended.
    batches: u64,
    /// What numbers from the ledger would have cost, had they been asked for again.
    credits_saved: Credits,
    /// What ended batches cost.
    credits_spent: Credits,
    /// People with a number.
    found: u64,
    /// Their share of the answered ones; `null` below 20.
    found_rate: Option<f64>,
    /// People without one.
    not_found: u64,
    /// People who were ever asked for.
    people: u64,
}

/// Reads the ledger and tells; asks nobody.
pub(super) async fn run(
    args: &StatusArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = Session::ledger_to_read(global)? else {
        let path = session::ledger_path(global).unwrap_or_default().display().to_string();
        if args.json {
            stdout::print_json(&StatusJson::nothing(path))?;
        } else {
            console.info(format!("there is no ledger at `{path}` yet"));
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
    stdout::print(json.text(table::width()).as_bytes())?;
    if !json.in_doubt.is_empty() {
        console.info(
            "hint: what is in doubt may have been taken and paid; `enrow-phone recover` tells more",
        );
    }
    Ok(Exit::Done)
}

impl StatusJson {
    /// What is to be told where there is no ledger.
    fn nothing(ledger: String) -> Self {
        Self {
            in_doubt: Vec::new(),
            ledger,
            recent: Vec::new(),
            totals: Totals::default().into(),
            under_way: Vec::new(),
        }
    }

    fn text(&self, width: Option<usize>) -> String {
        let column = |title, align, priority| Column { title, align, priority };
        let mut columns = vec![
            column("BATCH", Align::Left, Priority::Needed),
            column("STATE", Align::Left, Priority::Needed),
            column("PEOPLE", Align::Right, Priority::Needed),
            column("FOUND", Align::Right, Priority::Optional),
            column("CREDITS", Align::Right, Priority::Optional),
            column("AGE", Align::Right, Priority::Needed),
            column("KEY", Align::Left, Priority::Optional),
        ];
        let batches = || self.in_doubt.iter().chain(&self.under_way).chain(&self.recent);
        // Of interest only to people who use several.
        if batches().all(|batch| batches().next().is_some_and(|first| first.key == batch.key)) {
            columns.pop();
        }
        let rows: Vec<Vec<String>> = batches().map(cells).collect();
        let mut text = if rows.is_empty() {
            "no batches yet\n".to_owned()
        } else {
            table::render_table(&columns, &rows, width)
        };
        let Sums { credits_saved, credits_spent, found, not_found, people, .. } = self.totals;
        let answered = found + not_found;
        let rate = (found * 100 + answered / 2).checked_div(answered);
        let rate = rate.map_or(String::new(), |rate| format!(" ({rate}%)"));
        let waiting: usize = self.in_doubt.iter().chain(&self.under_way).map(|b| b.people).sum();
        let waiting = match waiting {
            0 => String::new(),
            n => format!(", {} under way or in doubt", grouped(n as u64)),
        };
        text += &format!(
            "\npeople   {} answered, {} with a number{rate}{waiting}\n",
            grouped(people),
            grouped(found)
        );
        text += &format!(
            "credits  {credits_spent} spent, {credits_saved} saved by numbers that were known\n"
        );
        text += &format!("ledger   {}\n", self.ledger);
        text
    }
}

fn cells(batch: &BatchJson) -> Vec<String> {
    let unknown = || "-".to_owned();
    vec![
        batch.id.as_ref().map_or_else(|| "(no id)".to_owned(), BatchId::to_string),
        batch.state.replace('_', " "),
        grouped(batch.people as u64),
        batch.found.map_or_else(unknown, |n| grouped(n as u64)),
        batch.credits.map_or_else(unknown, |c| c.to_string()),
        age(Duration::from_secs(batch.age_seconds)),
        batch.key.clone(),
    ]
}

impl From<Totals> for Sums {
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

/// `40s`, `5m`, `3h`, `12d`.
fn age(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
