//! `status`: shows which batches are running, unclear and done, and what the ledger holds.

use super::session::{self, Session};
use crate::cli::{Global, StatusArgs};
use crate::ledger::{BatchState, Totals, Which};
use crate::text::sanitize_within;
use crate::ui::batch_json::{BatchJson, is_in_doubt};
use crate::ui::budget::LONGEST_LABEL;
use crate::ui::clock;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, count, counted, message};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use crate::units::{Credits, Moment};
use serde::Serialize;

/// The state of the ledger as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct StatusJson {
    /// What running batches hold.
    held: Credits,
    /// Batches that may have been paid without an answer, oldest first.
    in_doubt: Vec<BatchJson>,
    ledger: String,
    /// Batches that ended, newest first.
    recent: Vec<BatchJson>,
    totals: TotalsJson,
    /// Batches on their way to Enrow or running there, oldest first.
    under_way: Vec<BatchJson>,
    /// People who were paid for, or may have been, and have no usable answer.
    without_answer: WithoutAnswer,
}

#[derive(Debug, Default, Serialize)]
struct WithoutAnswer {
    /// The batches that ended without their answers, oldest first.
    batches: Vec<BatchJson>,
    people: usize,
}

/// Everything that was ever asked.
#[derive(Debug, Clone, Copy, Serialize)]
struct TotalsJson {
    batches: u64,
    /// What the numbers that the ledger knew would have cost again.
    credits_saved: Credits,
    /// What ended batches cost.
    credits_spent: Credits,
    found: u64,
    /// Their share of the answered ones; `null` below 20.
    found_rate: Option<f64>,
    /// People without one.
    not_found: u64,
    /// People who were ever searched.
    people: u64,
}

const COLUMNS: [Column; 9] = [
    Column::new("BATCH", Align::Left, Priority::Whole),
    Column::new("STATE", Align::Left, Priority::Whole),
    Column::new("SINCE", Align::Right, Priority::Whole),
    Column::new("LIST", Align::Left, Priority::Needed),
    Column::new("PEOPLE", Align::Right, Priority::Whole),
    Column::new("FOUND", Align::Right, Priority::Optional),
    Column::new("CREDITS", Align::Right, Priority::Optional),
    Column::new("BY", Align::Left, Priority::Needed),
    Column::new("KEY", Align::Left, Priority::Optional),
];

/// The index of the column BY.
const BY: usize = 7;

pub(super) async fn run(
    args: &StatusArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = Session::ledger_to_read(global, console).await? else {
        let path = session::ledger_place(global);
        if args.json {
            stdout::print_json(&StatusJson::nothing(path))?;
        } else {
            console.info(session::no_ledger(global));
        }
        return Ok(Exit::Done);
    };
    let now = Moment::now();
    let unsettled = ledger.batches(Which::Unsettled).await?;
    let (in_doubt, under_way): (Vec<_>, Vec<_>) = unsettled.iter().partition(|b| is_in_doubt(b));
    let totals = ledger.totals().await?;
    let unclear = ledger.batches(Which::Unclear).await?;
    let ended = unclear.iter().filter(|batch| batch.ended.is_some());
    let without_answer = WithoutAnswer {
        batches: ended.map(|batch| BatchJson::of(batch, now)).collect(),
        people: totals.unusable,
    };
    let running = under_way.iter().filter(|batch| batch.state == BatchState::Running);
    let held = running.map(|batch| {
        batch.reserved.unwrap_or_default().saturating_sub(batch.stated_refund.unwrap_or_default())
    });
    let json = StatusJson {
        held: held.fold(Credits::ZERO, Credits::saturating_add),
        in_doubt: in_doubt.into_iter().map(|b| BatchJson::of(b, now)).collect(),
        ledger: ledger.location().to_string(),
        recent: ledger
            .batches(Which::RecentlyEnded(args.recent))
            .await?
            .iter()
            .map(|b| BatchJson::of(b, now))
            .collect(),
        totals: totals.into(),
        under_way: under_way.into_iter().map(|b| BatchJson::of(b, now)).collect(),
        without_answer,
    };
    if args.json {
        stdout::print_json(&json)?;
        return Ok(Exit::Done);
    }
    stdout::print(&json.text(now, table::width()))?;
    if !json.in_doubt.is_empty() {
        console.info(
            "hint: an unclear batch may have been paid; `enrow-phone recover` shows what is known",
        );
    }
    Ok(Exit::Done)
}

impl StatusJson {
    /// The status if there is no ledger.
    fn nothing(ledger: String) -> Self {
        Self {
            held: Credits::ZERO,
            in_doubt: Vec::new(),
            ledger,
            recent: Vec::new(),
            totals: Totals::default().into(),
            under_way: Vec::new(),
            without_answer: WithoutAnswer::default(),
        }
    }

    fn text(&self, now: Moment, width: Option<usize>) -> Message {
        let batches = || self.in_doubt.iter().chain(&self.under_way).chain(&self.recent);
        let mut columns = COLUMNS.to_vec();
        // The key is shown only if there are several.
        if batches().all(|batch| batches().next().is_some_and(|first| first.key == batch.key)) {
            columns.pop();
        }
        let mut rows: Vec<Vec<Message>> = batches().map(|batch| cells(batch, now)).collect();
        // The sender is shown only if there are several.
        if batches()
            .all(|batch| batches().next().is_some_and(|first| first.sent_by == batch.sent_by))
        {
            columns.remove(BY);
            for row in &mut rows {
                row.remove(BY);
            }
        }
        let table = if rows.is_empty() {
            "no batches yet".into()
        } else {
            table::render_table(&columns, &rows, width)
        };
        let mut lines = vec![table, Message::default(), message!("people   {}", self.people())];
        if self.without_answer.people > 0 {
            lines.push(message!(
                "unclear  {} paid without a usable answer: see `enrow-phone recover`",
                counted(self.without_answer.people, "person was perhaps", "people were perhaps")
            ));
        }
        lines.extend([
            message!("credits  {}", self.credits()),
            message!("ledger   {}", Message::foreign(&self.ledger)),
        ]);
        Message::lines_of(lines)
    }

    fn credits(&self) -> Message {
        let TotalsJson { credits_saved, credits_spent, .. } = self.totals;
        let mut text = message!("{} spent", credits_spent);
        if self.held > Credits::ZERO {
            text.push(message!(", {} held by running batches", self.held));
        }
        text.push(message!(", {} saved by numbers that the ledger knew", credits_saved));
        text
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

/// A longer name of a sender is cut.
const LONGEST_NAME: usize = 32;

fn cells(batch: &BatchJson, now: Moment) -> Vec<Message> {
    let or_dash = |cell: Option<Message>| cell.unwrap_or_else(|| "-".into());
    vec![
        batch.id.as_ref().map_or_else(|| "(no id)".into(), |id| message!("{}", id)),
        // In JSON it is called `in_doubt`.
        if batch.state == "in_doubt" { "unclear" } else { batch.state }.into(),
        clock::short(batch.claimed, now),
        or_dash(batch.label.as_deref().map(|label| sanitize_within(label, LONGEST_LABEL).into())),
        count(batch.people),
        or_dash(batch.found.map(count)),
        or_dash(batch.credits.map(|credits| message!("{}", credits))),
        or_dash(batch.sent_by.as_deref().map(|by| sanitize_within(by, LONGEST_NAME).into())),
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
