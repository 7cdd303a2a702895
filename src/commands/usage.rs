//! `usage`: shows what was searched, what was found, and what it cost, by time, list, key or user.

use super::session::{self, Session, guard};
use crate::cli::{Global, UsageArgs, UsageBy};
use crate::ledger::UsageSlice;
use crate::sheet::{Delimiter, Excel, Output, OutputFormat, SheetError, write_table};
use crate::ui::clock;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::stdout;
use crate::ui::table::{self, Align, Column, Priority};
use crate::units::{Credits, Moment, grouped};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;

/// The usage as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct UsageJson {
    /// What `group` is.
    by: &'static str,
    rows: Vec<UsageRow>,
    /// Since when (RFC 3339, UTC); `null` for all that the ledger has.
    since: Option<String>,
    #[serde(skip)]
    title: &'static str,
    total: UsageRow,
}

/// What was searched in one group.
#[derive(Debug, Clone, Default, Serialize)]
struct UsageRow {
    /// The cost of batches that ended: reserved less refunded.
    credits: Credits,
    found: u64,
    /// `2026-11-26`, `2026-W48`, `2026-11`, a label, a key or `anna@crm-3`; empty for what has none.
    group: String,
    /// What running batches hold.
    held: Credits,
    /// The share of searches that found a number; `null` where nothing was searched.
    rate: Option<f64>,
    /// What numbers from the ledger would have cost again.
    saved: Credits,
    searched: u64,
}

/// The width of the bar of the most expensive group.
const BAR: u64 = 20;

pub(super) async fn run(
    args: &UsageArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let output = args.output.as_deref().map(|path| Output::of(Some(path)));
    let mut format = OutputFormat::Csv(Delimiter::COMMA);
    if let Some(output) = &output {
        guard::check(output, "`-o`", global)?;
        format = OutputFormat::of(output)?;
        output.check().map_err(Failure::checked_first)?;
    }
    let slices = if let Some(ledger) = Session::ledger_to_read(global, console).await? {
        ledger.usage(args.since.unwrap_or(Moment::NEVER)).await?
    } else {
        console.info(session::no_ledger(global));
        Vec::new()
    };
    let usage = UsageJson::of(args, &slices);
    if args.json {
        stdout::print_json(&usage)?;
    } else if args.csv {
        usage.write(&Output::Stdout, format)?;
    } else if let Some(output) = &output {
        usage.write(output, format)?;
        if !matches!(output, Output::Stdout) {
            console.info(message!("wrote {}", Message::foreign(output)));
        }
    } else {
        stdout::print(&usage.text(table::width()))?;
    }
    Ok(Exit::Done)
}

impl UsageJson {
    fn of(args: &UsageArgs, slices: &[UsageSlice]) -> Self {
        let mut groups: BTreeMap<String, UsageRow> = BTreeMap::new();
        let mut total = UsageRow { group: "total".to_owned(), ..UsageRow::default() };
        for slice in slices {
            let group = group(args.by, slice);
            total.add(slice);
            groups
                .entry(group.clone())
                .or_insert(UsageRow { group, ..UsageRow::default() })
                .add(slice);
        }
        let mut rows: Vec<UsageRow> = groups.into_values().collect();
        match args.by {
            UsageBy::Day | UsageBy::Month | UsageBy::Week => {}
            UsageBy::Key | UsageBy::Label | UsageBy::User => {
                rows.sort_by_key(|row| Reverse(row.credits));
            }
        }
        let (by, title) = names(args.by);
        Self { by, rows, since: args.since.map(Moment::rfc3339), title, total }
    }

    fn write(&self, output: &Output, format: OutputFormat) -> Result<(), Failure> {
        let sink = output.begin()?;
        let written = self
            .table(sink, format)
            .and_then(|sink| sink.commit(None).map(drop).map_err(SheetError::Write));
        match written {
            Err(error) if error.is_broken_pipe() => Ok(()),
            Err(SheetError::Write(error)) => Err(output.error(error).into()),
            written => Ok(written?),
        }
    }

    /// One row for each group, in any format.
    fn table<W: Write>(&self, out: W, format: OutputFormat) -> Result<W, SheetError> {
        let header = [self.by, "searched", "found", "rate", "credits", "held", "saved"];
        // The name of a list may look like a formula.
        let excel = if matches!(format, OutputFormat::Csv(_)) { Excel::Safe } else { Excel::Plain };
        let rows = self.rows.iter().map(|row| {
            let rate = row.rate.map_or(String::new(), |rate| format!("{rate:.3}"));
            let UsageRow { credits, held, saved, .. } = row;
            let numbers = [row.searched, row.found].map(|number| number.to_string());
            let credits = [credits, held, saved].map(|credits| credits.0.to_string());
            let group = excel.foreign_text(&row.group).into_owned();
            [group].into_iter().chain(numbers).chain([rate]).chain(credits).collect()
        });
        write_table(out, format, &header, 1..header.len(), rows)
    }

    fn text(&self, width: Option<usize>) -> Message {
        if self.rows.is_empty() {
            return "nothing was searched".into();
        }
        let number = |title, priority| Column::new(title, Align::Right, priority);
        let columns = [
            Column::new(self.title, Align::Left, Priority::Needed),
            number("SEARCHED", Priority::Whole),
            number("FOUND", Priority::Whole),
            number("RATE", Priority::Optional),
            number("CREDITS", Priority::Whole),
            number("SAVED", Priority::Optional),
            Column::new("", Align::Left, Priority::Optional),
        ];
        let most = self.rows.iter().map(|row| row.credits.0).max().unwrap_or(0);
        let several = (self.rows.len() > 1).then(|| self.total.cells(u64::MAX));
        let rows: Vec<_> = self.rows.iter().map(|row| row.cells(most)).chain(several).collect();
        let mut text = table::render_table(&columns, &rows, width);
        if self.total.held > Credits::ZERO {
            text.push(message!("\n\n{} credits more are held by running batches", self.total.held));
        }
        text
    }
}

impl UsageRow {
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    fn add(&mut self, slice: &UsageSlice) {
        self.credits = self.credits.saturating_add(slice.spent);
        self.found = self.found.saturating_add(slice.found);
        self.held = self.held.saturating_add(slice.held);
        self.saved = self.saved.saturating_add(slice.saved);
        self.searched = self.searched.saturating_add(slice.searched);
        self.rate = (self.searched > 0).then(|| self.found as f64 / self.searched as f64);
    }

    /// The cells of the table, with a bar that is full at `most` credits.
    fn cells(&self, most: u64) -> Vec<Message> {
        let number = |number: u64| Message::foreign(grouped(number));
        let group = if self.group.is_empty() { "-" } else { &self.group };
        let length = (self.credits.0.saturating_mul(BAR)).div_ceil(most.max(1));
        let length = usize::try_from(length).unwrap_or(0);
        vec![
            Message::foreign(group),
            number(self.searched),
            number(self.found),
            self.rate.map_or_else(|| "-".into(), |rate| message!("{:.0}%", rate * 100.0)),
            number(self.credits.0),
            number(self.saved.0),
            Message::foreign(if most == u64::MAX { String::new() } else { "█".repeat(length) }),
        ]
    }
}

fn group(by: UsageBy, slice: &UsageSlice) -> String {
    let at = || clock::local(slice.at);
    match by {
        UsageBy::Day => at().strftime("%Y-%m-%d").to_string(),
        UsageBy::Key => slice.account.map_or(String::new(), |account| account.to_string()),
        UsageBy::Label => slice.label.clone().unwrap_or_default(),
        UsageBy::Month => at().strftime("%Y-%m").to_string(),
        UsageBy::User => slice.asked_by.name().unwrap_or_default(),
        UsageBy::Week => at().strftime("%G-W%V").to_string(),
    }
}

/// What it is grouped by, for programs, and as a title of the table.
fn names(by: UsageBy) -> (&'static str, &'static str) {
    match by {
        UsageBy::Day => ("day", "DAY"),
        UsageBy::Key => ("key", "KEY"),
        UsageBy::Label => ("label", "LABEL"),
        UsageBy::Month => ("month", "MONTH"),
        UsageBy::User => ("user", "USER"),
        UsageBy::Week => ("week", "WEEK"),
    }
}
