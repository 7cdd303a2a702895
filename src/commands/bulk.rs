//! `bulk`: the main job, from a sheet to the same sheet with numbers.

mod dry_run;
mod input;
mod outcome;
mod refresh;
mod rows;
mod write;
mod written;

use super::session::blocking::{Patience, check_output, drain};
use super::session::guard;
use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::cli::{BulkArgs, Global};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchState, ListCosts, Savings, Which};
use crate::lookup::{self, Cancel, Engine, Plan, RunOutcome, Settings, Through};
use crate::sheet::{Input, Output, OutputFormat, Placed, Sheet};
use crate::text::sanitize;
use crate::ui::batch_json::BatchJson;
use crate::ui::confirm::{Reply, ask};
use crate::ui::console::Console;
use crate::ui::ending::{EndText, Ending};
use crate::ui::estimate::{Estimate, Limits};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message};
use crate::ui::progress::Progress;
use crate::ui::receipt;
use crate::ui::report::{CreditsReport, ListReport, PlanReport, Report, RunReport};
use crate::ui::report_file::ReportFile;
use crate::ui::row_counts::RowCounts;
use crate::units::{Credits, Moment};
use refresh::ListRefresh;
use rows::SheetRows;
use std::cmp::Reverse;
use std::rc::Rc;
use std::time::{Duration, Instant};
use written::Written;

/// Runs the command. However it ends, the report is written last.
pub(super) async fn run(
    args: BulkArgs,
    global: Global,
    console: &Console,
) -> Result<Exit, Failure> {
    guard::check(&Output::of(args.output.as_deref()), "`-o`", &global)?;
    if let Some(path) = &args.report {
        guard::check(&Output::of(Some(path)), "`--report`", &global)?;
    }
    let began = Instant::now();
    let mut report = Report::begin();
    let cancel = cancel_on_signal(console);
    let file = ReportFile::of(&args)?;
    if let Some(file) = &file
        && let Err(reason) = check_output(file.output(), &cancel, console, args.timeout).await?
    {
        let output = Output::of(args.output.as_deref());
        return outcome::stop_early(Ending::of(&reason, None), &output, console, &mut report);
    }
    let ended = look_up(&args, &global, (began, &cancel), console, &mut report).await;
    report.close(ended.as_ref().copied());
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => {
            console.error(&failure);
            failure.exit()
        }
    };
    if args.json {
        console.print_json(&report.json());
    }
    if let Some(file) = file {
        write_report(&file, &report, &cancel, console).await.map_err(|failure| {
            match &report.output {
                Some(output) => {
                    failure.fact(message!("the rows are written to `{}`", sanitize(output)))
                }
                None => failure,
            }
        })?;
    }
    Ok(exit)
}

async fn write_report(
    file: &ReportFile,
    report: &Report,
    cancel: &Cancel,
    console: &Console,
) -> Result<(), Failure> {
    let output = file.output();
    let mut sink = file.begin(report)?;
    match drain(&mut sink, output, cancel, console, Patience::REPORT).await {
        Ok(Ok(())) => sink.commit(None).map(drop).map_err(|error| output.error(error).into()),
        Ok(Err(_)) => {
            let what = message!("nobody reads the report in {}", Message::foreign(output));
            Err(Failure::new(Exit::Failed, what))
        }
        Err(error) => Err(output.error(error).into()),
    }
}

async fn look_up(
    args: &BulkArgs,
    global: &Global,
    (began, cancel): (Instant, &Cancel),
    console: &Console,
    report: &mut Report,
) -> Result<Exit, Failure> {
    let output = Output::of(args.output.as_deref());
    let sheet = match input::open(args, cancel, console).await? {
        Ok(sheet) => sheet,
        Err(reason) => {
            return outcome::stop_early(Ending::of(&reason, None), &output, console, report);
        }
    };
    if args.dry_run {
        return dry_run::run(args, global, &sheet, &output, cancel, console, report).await;
    }
    let format = sheet.output_format(&output)?;
    let time = args.timeout.map(|time| time.saturating_sub(began.elapsed()));
    if let Err(reason) = check_output(&output, cancel, console, time).await? {
        return outcome::stop_early(Ending::of(&reason, None), &output, console, report);
    }
    let reading = began.elapsed();
    let opened = cancel.run_until_cancelled(Session::open(global, console));
    let session = match opened.await {
        Ok(opened) => opened?,
        Err(reason) => {
            return outcome::stop_early(Ending::of(&reason, None), &output, console, report);
        }
    };
    let refresh = ListRefresh::read(args, &sheet, &output, &session.ledger).await?;
    let settings = Settings {
        batch_size: args.batch_size,
        detach: args.detach,
        doubt_wait: global.doubt_wait,
        freshness: refresh.freshness(),
        label: label(args),
        limit: args.limit,
        list: Some(refresh.list),
        max_credits: args.max_credits,
        refresh: refresh.since(),
        through: Through::Bulk,
        webhook: args.webhook.clone(),
    };
    let engine = session.engine(settings.clone(), Notices::Shown, cancel, console);
    let job = Job {
        args,
        cancel: cancel.clone(),
        console,
        engine,
        format,
        output: &output,
        reading,
        refresh,
        session: &session,
        settings,
        sheet: &sheet,
    };
    job.work(report).await
}

/// By what the ledger names the list: what the user chose, or the file's name without its folders.
fn label(args: &BulkArgs) -> Option<String> {
    let name = match (&args.label, Input::parse(args.input.clone())) {
        (Some(label), _) => label.clone(),
        (None, Input::Stdin) => String::new(),
        (None, Input::Path(path)) => {
            path.file_name().unwrap_or_default().to_string_lossy().into_owned()
        }
    };
    Some(sanitize(&name).into_string()).filter(|name| !name.is_empty())
}

/// One run of the command.
struct Job<'a> {
    args: &'a BulkArgs,
    cancel: Cancel,
    console: &'a Console,
    engine: Rc<Engine>,
    format: OutputFormat,
    output: &'a Output,
    /// How long it took to read the input and to open the output.
    reading: Duration,
    refresh: ListRefresh,
    session: &'a Session,
    settings: Settings,
    sheet: &'a Sheet,
}

impl Job<'_> {
    async fn work(&self, report: &mut Report) -> Result<Exit, Failure> {
        if let Some(time) = self.args.timeout {
            self.cancel.cancel_after(time.saturating_sub(self.reading));
        }
        // An interrupt before the first batch sends nothing.
        let progress = Progress::show_waits(self.engine.run_state(), self.console);
        let prepared = self.cancel.run_until_cancelled(self.prepare()).await;
        drop(progress);
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(reason) => {
                let end = self.session.ending(&reason);
                return outcome::stop_early(end, self.output, self.console, report);
            }
        };
        let (plan, estimate) = prepared?;
        let balance = estimate.balance;
        report.planned = Some(PlanReport::of(&plan.counts, estimate));
        match self.cancel.run_until_cancelled(self.is_agreed(&estimate)).await {
            Ok(true) => {}
            Ok(false) => {
                self.console.info(message!("nothing was sent; {}", self.untouched()));
                report.reason = "declined";
                return Ok(Exit::Failed);
            }
            Err(reason) => {
                let end = self.session.ending(&reason);
                return outcome::stop_early(end, self.output, self.console, report);
            }
        }
        let progress = Progress::show(self.engine.run_state(), self.console);
        let outcome = self.engine.run(&plan, || Ok(SheetRows::read(self.sheet))).await;
        drop(progress);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                // The error comes first; the report shows what was sent as far as the ledger can be read.
                report.done = self.done(balance, None).await.ok();
                return Err(self.broken(error));
            }
        };
        report.done = Some(self.done(balance, None).await?);
        let end = match outcome.end.as_ref().map(|reason| self.session.ending(reason)) {
            Some(Ending::Error(failure)) => return Err(failure.fact(self.untouched())),
            Some(Ending::Stopped(end)) => return self.stop(end, &outcome, report).await,
            Some(Ending::Written(end)) => Some(end),
            None => None,
        };
        let (rows, placed) = match self.write(&plan, outcome::skip_reason(&outcome)).await? {
            Written::Whole(rows, placed) => (rows, placed),
            Written::Stopped(reason) => return self.stop_writing(&reason, report).await,
            Written::Closed => {
                report.reason = "output_closed";
                let costs = self.costs(report).await?;
                self.console.info(receipt::costs_line(&costs));
                return Ok(Exit::Done);
            }
        };
        self.finish(&plan, &outcome, end, (rows, placed), report).await
    }

    /// Whether the user agrees to the cost. Without a terminal nobody is asked, and a sandbox costs nothing.
    async fn is_agreed(&self, estimate: &Estimate) -> bool {
        if self.args.yes || self.session.in_sandbox() {
            return true;
        }
        match estimate.question(self.args.confirm_above) {
            Some(question) => ask(&question).await != Some(Reply::No),
            None => true,
        }
    }

    /// The end of a run that wrote its rows.
    async fn finish(
        &self,
        plan: &Plan,
        outcome: &RunOutcome,
        end: Option<EndText>,
        (rows, placed): (RowCounts, Placed),
        report: &mut Report,
    ) -> Result<Exit, Failure> {
        report.output = Some(match &placed {
            Placed::Beside(path) => path.display().to_string(),
            Placed::InPlace | Placed::Written => self.output.name(),
        });
        let searched = self.engine.run_state().receipt().searches;
        if rows.open() + rows.stale + rows.not_refreshed == 0
            && self.refresh.ends_with(self.args.limit, searched)
        {
            self.session.ledger.end_refresh(self.refresh.list).await?;
        }
        if plan.counts.known_found > 0 {
            let savings = Savings {
                numbers: plan.counts.known_found,
                account: Some(self.session.account),
                label: self.settings.label.clone(),
                now: Moment::now(),
            };
            self.session.ledger.add_savings(savings).await?;
        }
        let before = report.planned.as_ref().and_then(PlanReport::balance);
        let done = self.done(before, self.balance_after(before).await).await?;
        let costs = self.costs(report).await?;
        if let Some(planned) = &report.planned {
            let seconds = report.seconds();
            let lines = receipt::lines(planned, &done, &rows, seconds);
            // What this run did is all that the list ever cost.
            let is_all = costs.searched == done.searched && costs.held == Credits::ZERO;
            let so_far = (!is_all || costs.unclear > 0).then(|| receipt::costs_line(&costs));
            let fields = || receipt::fields(&done, &rows, report.list.as_ref(), seconds);
            self.console.info_with(lines.into_iter().chain(so_far), "receipt", fields);
        }
        let (exit, word) = outcome::exit_status(end, &rows, self.args, &placed);
        let short = report.planned.as_ref().and_then(PlanReport::short_budget);
        self.warn(exit, end, &rows, outcome, (&placed, short));
        self.warn_of_spending(&done.credits);
        report.done = Some(done);
        report.rows = Some(rows);
        report.reason = word;
        Ok(exit)
    }

    /// What the list cost so far, over all its runs.
    async fn costs(&self, report: &mut Report) -> Result<ListCosts, Failure> {
        let costs = self.session.ledger.list_costs(self.refresh.list).await?;
        report.list = Some(ListReport::of(self.settings.label.as_deref(), &costs));
        Ok(costs)
    }

    /// Everything before the first credit: what earlier runs left, the plan, the estimate.
    async fn prepare(&self) -> Result<(Plan, Estimate), Failure> {
        let engine = &self.engine;
        let nothing_sent =
            |error: lookup::Error| self.session.failure(error).fact("no batch was sent");
        let mut balance = None;
        engine.recover_interrupted().await.map_err(nothing_sent)?;
        let plan = Plan::make(
            SheetRows::read(self.sheet),
            &self.session.ledger,
            self.settings.freshness,
            self.refresh.filled_rows(self.session.is_made_up()),
        )
        .await
        .map_err(nothing_sent)?;
        let counts = &plan.counts;
        if counts.searchable_rows() == 0 && counts.rows > 0 {
            return Err(nothing_searchable(self.args, self.sheet, &plan));
        }
        // A balance that is read now takes the place of the one it is compared with.
        let books = self.session.ledger.account_state(self.session.account).await?;
        // A run with nothing to ask needs no Enrow.
        if counts.new + counts.under_way > 0 {
            let policy = RetryPolicy::Tries(5);
            balance = engine.balance_if_readable(policy).await.map_err(nothing_sent)?;
        }
        let rate = self.session.ledger.found_rate().await?;
        let mut estimate = Estimate::of(counts, limits(self.args), books.price, rate, balance);
        estimate.spent_elsewhere =
            balance.and_then(|balance| books.spent_elsewhere(balance, Moment::now()));
        self.refresh.announce(self.console);
        estimate.lines(counts).into_iter().for_each(|line| self.console.info(line));
        estimate.alarm().into_iter().for_each(|alarm| self.console.warn(alarm));
        if counts.filled_in > 0 && counts.new > 0 {
            self.warn_of_new_ledger().await?;
        }
        Ok((plan, estimate))
    }

    /// A list that was enriched elsewhere, and a ledger that knows nobody: the other people of the list were perhaps asked.
    async fn warn_of_new_ledger(&self) -> Result<(), Failure> {
        let totals = self.session.ledger.totals().await?;
        if totals.people == 0 && totals.batches == 0 {
            self.console.warn(message!(
                "this list has numbers already, but the ledger {} is new: people without a number who were asked with \
                 another ledger are asked again, and paid again if a number is found\n\
                 hint: use the ledger of the earlier runs: `--ledger PATH`",
                Message::place(self.session.ledger.location())
            ));
        }
        Ok(())
    }

    /// The balance at the end, if the run did something that can have changed it.
    async fn balance_after(&self, before: Option<Credits>) -> Option<Credits> {
        let receipt = self.engine.run_state().receipt();
        let spoke =
            receipt.polls > 0 || receipt.in_doubt.saturating_add(receipt.reserved) > Credits::ZERO;
        match before {
            Some(_) if spoke => self.engine.balance(RetryPolicy::Tries(2)).await.ok(),
            _ => before,
        }
    }

    /// What the run has sent so far, and what became of it.
    async fn done(
        &self,
        before: Option<Credits>,
        after: Option<Credits>,
    ) -> Result<RunReport, Failure> {
        let ledger = &self.session.ledger;
        let receipt = self.engine.run_state().receipt();
        let credits = CreditsReport::of(&receipt, before, after);
        let now = Moment::now();
        let batches = ledger.batches(Which::Ids(receipt.batches.clone())).await?;
        let in_doubt = ledger.batches(Which::Unsettled).await?.into_iter().filter(|batch| {
            batch.state == BatchState::Unknown && batch.account == self.session.account
        });
        Ok(RunReport {
            batches: batches.iter().map(|batch| BatchJson::of(batch, now)).collect(),
            credits,
            in_doubt: in_doubt.map(|batch| BatchJson::of(&batch, now)).collect(),
            polls: receipt.polls,
            searched: receipt.searches,
        })
    }
}

fn limits(args: &BulkArgs) -> Limits {
    Limits { credits: args.max_credits, people: args.limit }
}

fn nothing_searchable(args: &BulkArgs, sheet: &Sheet, plan: &Plan) -> Failure {
    let input = Input::parse(args.input.clone());
    let what = message!("no row of `{}` has enough data for a search", Message::foreign(input));
    let failure = Failure::new(Exit::Unusable, what);
    let failure = unsearchable(plan).into_iter().fold(failure, Failure::fact);
    failure
        .fact(Message::foreign(sheet.mapping()))
        .hint("a row needs a LinkedIn profile URL, or first name, last name and company: if it has them, name the columns with `--map FIELD=COLUMN`")
}

/// Why rows cannot be searched, the most frequent reason first: `2 rows: no company`.
fn unsearchable(plan: &Plan) -> Vec<Message> {
    let reasons = plan.counts.unsearchable.iter();
    let mut reasons: Vec<_> =
        reasons.map(|(reason, n)| (Reverse(*n), reason.to_string())).collect();
    reasons.sort();
    let lines = reasons.into_iter().map(|(Reverse(n), reason)| {
        message!("{}: {}", counted(n, "row", "rows"), sanitize(&reason))
    });
    lines.collect()
}
