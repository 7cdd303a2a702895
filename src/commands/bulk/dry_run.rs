//! `--dry-run`: what a run would do and cost; with `-o`, for every row. It needs no key and no network, and sends no batch.

mod explain;

use super::outcome;
use super::prepare::{limits, nothing_searchable};
use super::refresh::ListRefresh;
use super::rows::SheetRows;
use super::write::RowsToWrite;
use super::write_end::WriteEnd;
use crate::cli::{BulkArgs, Global};
use crate::commands::session::{Notices, Session};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchState, Freshness, Ledger, PersonId, PersonRecord, Which};
use crate::lookup::{Cancel, Plan, Receipt, Settings, SkipReason};
use crate::people::{RowAnswer, RowStatus};
use crate::sheet::{Output, OutputFormat, Sheet};
use crate::ui::batch_json::BatchJson;
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::estimate::{Estimate, Limits};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::progress::Progress;
use crate::ui::report::{CreditsReport, PlanReport, Report, RunReport};
use crate::ui::row_answer::answer_of;
use crate::units::{Credits, Moment};
use std::collections::HashMap;
use std::rc::Rc;

pub(super) async fn run(
    args: &BulkArgs,
    global: &Global,
    sheet: &Sheet,
    named: &Output,
    cancel: &Cancel,
    console: &Console,
    report: &mut Report,
) -> Result<Exit, Failure> {
    let PlanOutput { existing, output, format } = PlanOutput::of(args, sheet)?;
    let ledger = Rc::new(Session::ledger_for_plan(global, console).await?);
    let refresh = ListRefresh::read(args, sheet, named, &ledger).await?;
    let plan = Plan::make(
        SheetRows::read(sheet),
        &ledger,
        refresh.freshness(),
        refresh.filled_rows(global.sandbox),
    )
    .await?;
    if plan.counts.searchable_rows() == 0 && plan.counts.rows > 0 {
        return Err(nothing_searchable(args, sheet, &plan));
    }
    let Quote { balance, price } = quote(global, cancel, console, &ledger).await?;
    let rate = ledger.found_rate().await?;
    let estimate = Estimate::of(&plan.counts, limits(args), price, rate, balance);
    refresh.announce(console);
    let explained = explain::lines(sheet, &plan)?;
    for line in estimate.lines(&plan.counts).into_iter().chain(explained) {
        console.info(line);
    }
    report.planned = Some(PlanReport::of(&plan.counts, estimate));
    report.done = Some(nothing_done(&ledger, balance).await?);
    report.reason = "dry_run";
    if let Some(output) = output {
        let rows = RowsToWrite {
            is_made_up: global.sandbox,
            cancel,
            console,
            format,
            ledger: &ledger,
            output: &output,
            plan: &plan,
            sheet,
        };
        let planned = PlannedAnswers::new(&plan, &estimate, limits(args), refresh.freshness());
        if let Some(stopped) = write_plan(rows, planned, report).await? {
            return outcome::stop_early(stopped, &output, console, report);
        }
    } else {
        console.info("dry run: nothing was sent, nothing was written");
    }
    if let Some(existing) = existing {
        let existing = Message::foreign(existing);
        console.warn(message!("{} exists, so the plan was not written: name a new file", existing));
    }
    Ok(Exit::Done)
}

/// Where the plan goes.
struct PlanOutput {
    format: OutputFormat,
    output: Option<Output>,
    /// A file that exists. It is left as it is: `--dry-run` changes no file.
    existing: Option<Output>,
}

impl PlanOutput {
    fn of(args: &BulkArgs, sheet: &Sheet) -> Result<Self, Failure> {
        let output = args.output.as_deref().map(|path| Output::of(Some(path)));
        let (existing, output) = output.map_or((None, None), |output| {
            if output.exists() { (Some(output), None) } else { (None, Some(output)) }
        });
        let mut format = OutputFormat::default();
        if let Some(output) = &output {
            format = sheet.output_format(output)?;
            output.check().map_err(Failure::checked_first)?;
        }
        Ok(Self { format, output, existing })
    }
}

/// Writes what would happen to each row. Returns how writing was stopped, if it was.
async fn write_plan(
    rows: RowsToWrite<'_>,
    mut planned: PlannedAnswers<'_>,
    report: &mut Report,
) -> Result<Option<Ending>, Failure> {
    match rows.write(|person, known| planned.answer(person, known)).await {
        Ok(_) => {
            report.output = Some(rows.output.name());
            let to = Message::foreign(rows.output);
            rows.console.info(message!("dry run: nothing was sent; the plan is in {}", to));
            Ok(None)
        }
        Err(WriteEnd::Closed) => Ok(None),
        Err(WriteEnd::Stopped(reason)) => Ok(Some(Ending::of(&reason, None))),
        Err(WriteEnd::Failed(failure)) => Err(failure.fact("nothing was sent")),
    }
}

/// What the rows would say after a run. People are counted in the order in which they would be sent.
struct PlannedAnswers<'a> {
    plan: &'a Plan,
    freshness: Freshness,
    /// The notes of people who would be searched for.
    notes: HashMap<PersonId, &'static str>,
    /// How many people `--max-credits` pays for, and how many `--limit` allows.
    by_budget: usize,
    by_limit: usize,
}

impl<'a> PlannedAnswers<'a> {
    fn new(plan: &'a Plan, estimate: &Estimate, limits: Limits, freshness: Freshness) -> Self {
        let by_limit = limits.people.unwrap_or(usize::MAX);
        let by_budget = estimate.affordable().unwrap_or(usize::MAX);
        Self { plan, freshness, notes: HashMap::new(), by_budget, by_limit }
    }

    fn answer(&mut self, person: PersonId, known: PersonRecord) -> RowAnswer {
        let answer = answer_of(known, self.freshness, None, SkipReason::Stopped);
        if !self.plan.is_open(person) {
            return answer;
        }
        let (number, by_budget, by_limit) = (self.notes.len(), self.by_budget, self.by_limit);
        let note = *self.notes.entry(person).or_insert(match number {
            _ if number >= by_limit => "not searched: `--limit` ends before",
            _ if number >= by_budget => {
                "searched if `--max-credits` leaves enough: earlier searches may find nothing"
            }
            _ => "to be searched",
        });
        match answer.status {
            // A number that is known stays.
            RowStatus::Found => RowAnswer { note: note.into(), ..answer },
            RowStatus::Failed
            | RowStatus::Invalid
            | RowStatus::NotFound
            | RowStatus::NotSubmitted
            | RowStatus::Pending
            | RowStatus::Skipped
            | RowStatus::Unknown => RowAnswer::without(RowStatus::NotSubmitted, note),
        }
    }
}

/// What is known about costs.
#[derive(Default)]
struct Quote {
    balance: Option<Credits>,
    price: Option<Credits>,
}

/// Reads the balance, if there is a key and Enrow can be reached, and the price that was learned.
async fn quote(
    global: &Global,
    cancel: &Cancel,
    console: &Console,
    ledger: &Rc<Ledger>,
) -> Result<Quote, Failure> {
    if !Session::has_key(global) {
        return Ok(Quote::default());
    }
    let session = Session::connect(global, console, Rc::clone(ledger)).await?;
    let engine = session.engine(Settings::default(), Notices::Hidden, cancel, console);
    let _progress = Progress::show_waits(engine.run_state(), console);
    let balance = match cancel.run_until_cancelled(engine.balance(RetryPolicy::Tries(2))).await {
        Ok(Ok(balance)) => Some(balance),
        Ok(Err(error)) => {
            let failure = session.failure(error);
            console.warn(message!("the balance is not known: {}", failure.headline()));
            None
        }
        // Interrupted: the plan is shown without a balance.
        Err(_) => None,
    };
    Ok(Quote { balance, price: ledger.account_state(session.account).await?.price })
}

async fn nothing_done(ledger: &Ledger, balance: Option<Credits>) -> Result<RunReport, Failure> {
    let now = Moment::now();
    let unsettled = ledger.batches(Which::Unsettled).await?;
    let in_doubt = unsettled.iter().filter(|batch| batch.state == BatchState::Unknown);
    Ok(RunReport {
        batches: Vec::new(),
        credits: CreditsReport::of(&Receipt::default(), balance, balance),
        in_doubt: in_doubt.map(|batch| BatchJson::of(batch, now)).collect(),
        polls: 0,
        searched: 0,
    })
}
