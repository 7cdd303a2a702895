//! `bulk`: looks up everybody in a list and writes the list with the numbers.

mod dry_run;
mod finish;
mod input;
mod outcome;
mod prepare;
mod refresh;
mod rows;
mod write;
mod write_end;

use super::session::blocking::{Patience, check_output, drain};
use super::session::guard;
use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::cli::{BulkArgs, Global};
use crate::lookup::{Cancel, EndReason, Engine, Settings, Through};
use crate::sheet::{Input, Output, OutputFormat, Sheet};
use crate::text::sanitize;
use crate::ui::confirm::{Reply, ask};
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::estimate::Estimate;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::progress::Progress;
use crate::ui::receipt;
use crate::ui::report::{PlanReport, Report};
use crate::ui::report_file::ReportFile;
use refresh::ListRefresh;
use std::rc::Rc;
use std::time::{Duration, Instant};
use write_end::WriteEnd;

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
    let job = BulkRun {
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

/// The name of the list in the ledger: `--label`, or the name of the file without its folders.
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

struct BulkRun<'a> {
    args: &'a BulkArgs,
    cancel: Cancel,
    console: &'a Console,
    engine: Rc<Engine>,
    format: OutputFormat,
    output: &'a Output,
    /// How long it took to read the input and to check the output.
    reading: Duration,
    refresh: ListRefresh,
    session: &'a Session,
    settings: Settings,
    sheet: &'a Sheet,
}

impl BulkRun<'_> {
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
            Err(reason) => return self.stop_early(&reason, report),
        };
        let (plan, estimate, searches) = prepared?;
        let balance = estimate.balance;
        report.planned = Some(PlanReport::of(&plan.counts, estimate));
        match self.cancel.run_until_cancelled(self.is_agreed(&estimate)).await {
            Ok(true) => {}
            Ok(false) => {
                self.console.info(message!("nothing was sent; {}", self.untouched()));
                report.reason = "declined";
                return Ok(Exit::Failed);
            }
            Err(reason) => return self.stop_early(&reason, report),
        }
        let progress = Progress::show(self.engine.run_state(), self.console);
        let outcome = self.engine.run(&plan, || searches.read()).await;
        drop(progress);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                // The error is what counts. The report shows what was sent, if the ledger can still be read.
                if !error.is_away() {
                    report.done = self.done(balance, None).await.ok();
                }
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
        let (rows, placed) = match self.write(&plan, outcome::skip_reason(&outcome)).await {
            Ok(written) => written,
            Err(WriteEnd::Failed(failure)) => return Err(failure),
            Err(WriteEnd::Stopped(reason)) => return self.stop_writing(&reason, report).await,
            Err(WriteEnd::Closed) => {
                report.reason = "output_closed";
                let costs = self.costs(report).await?;
                self.console.info(receipt::costs_line(&costs));
                return Ok(Exit::Done);
            }
        };
        self.finish(&plan, &outcome, end, (rows, placed), report).await
    }

    fn stop_early(&self, reason: &EndReason, report: &mut Report) -> Result<Exit, Failure> {
        outcome::stop_early(self.session.ending(reason), self.output, self.console, report)
    }

    /// Whether the user agrees to the cost. Without a terminal there is no question, and a sandbox costs nothing.
    async fn is_agreed(&self, estimate: &Estimate) -> bool {
        if self.args.yes || self.session.in_sandbox() {
            return true;
        }
        match estimate.question(self.args.confirm_above) {
            Some(question) => ask(&question).await != Some(Reply::No),
            None => true,
        }
    }
}
