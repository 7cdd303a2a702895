//! `bulk`: the main job, from a sheet to the same sheet with numbers.

mod outcome;
mod rows;
mod write;

use super::session::Session;
use super::session::signals::cancel_on_signal;
use crate::cli::{BulkArgs, Global};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchState, Which};
use crate::lookup::{self, Cancel, Engine, Plan, Settings, Through};
use crate::sheet::{Excel, ExistingResults, Header, Input, Options, Output, Sheet};
use crate::ui::batch_json::BatchJson;
use crate::ui::console::Console;
use crate::ui::estimate::Estimate;
use crate::ui::failure::{Exit, Failure};
use crate::ui::notice::describe;
use crate::ui::progress::Progress;
use crate::ui::report::{CreditsReport, PlanReport, Report, ReportFile, RunReport};
use crate::units::{Credits, Moment, grouped};
use rows::SheetRows;
use std::rc::Rc;
use std::time::Duration;

/// Runs the command. However it ends, the report that was asked for is written last.
pub(super) async fn run(
    args: BulkArgs,
    global: Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let console = Rc::new(console.clone());
    let file = ReportFile::check(&args)?;
    let mut report = Report::begin();
    let ended = look_up(&args, &global, &console, &mut report).await;
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
        file.write(&report).map_err(|failure| match &report.output {
            Some(output) => failure.fact(format!("the rows are written to `{output}`")),
            None => failure,
        })?;
    }
    Ok(exit)
}

async fn look_up(
    args: &BulkArgs,
    global: &Global,
    console: &Rc<Console>,
    report: &mut Report,
) -> Result<Exit, Failure> {
    let sheet = open(args, console)?;
    let output = Output::of(args.output.as_deref());
    if !args.dry_run {
        output.check().map_err(Failure::checked_first)?;
    }
    let session = Session::open(global, console)?;
    let cancel = Cancel::new();
    cancel_on_signal(cancel.clone(), console.as_ref().clone());
    let settings = Settings {
        batch_size: args.batch_size,
        detach: args.detach,
        doubt_wait: global.doubt_wait,
        freshness: lookup::freshness(Moment::now(), args.refresh.then(Moment::now), args.max_age),
        limit: args.limit,
        max_credits: args.max_credits,
        through: Through::Bulk,
        webhook: args.webhook.clone(),
    };
    let notices = Rc::clone(console);
    let engine = Engine::new(
        session.service(),
        settings.clone(),
        cancel.clone(),
        Box::new(move |notice| notices.info(describe(&notice))),
    );
    let job = Job {
        args,
        engine,
        output: &output,
        session: &session,
        settings,
        sheet: &sheet,
        cancel,
        console: Rc::clone(console),
    };
    job.work(report).await
}

/// One run of the command.
struct Job<'a> {
    args: &'a BulkArgs,
    engine: Rc<Engine>,
    output: &'a Output,
    session: &'a Session,
    settings: Settings,
    sheet: &'a Sheet,
    cancel: Cancel,
    console: Rc<Console>,
}

impl Job<'_> {
    async fn work(&self, report: &mut Report) -> Result<Exit, Failure> {
        // Whoever interrupts while the first words are exchanged has started nothing.
        let prepared = match self.cancel.run_until_cancelled(self.prepare()).await {
            Ok(prepared) => prepared,
            Err(reason) => return Ok(self.interrupted_early(&reason, report)),
        };
        let (plan, estimate) = prepared?;
        let balance = estimate.balance;
        let planned = PlanReport::of(&plan.counts, estimate);
        report.planned = Some(planned.clone());
        if self.args.dry_run {
            return self.dry_run(&plan, balance, report).await;
        }
        if let Some(time) = self.args.timeout {
            self.cancel.cancel_after(time);
        }
        let progress = Progress::show(self.engine.run_state(), Rc::clone(&self.console));
        let ended = self.engine.run(&plan, || Ok(SheetRows::read(self.sheet))).await;
        drop(progress);
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // The error stands above all; what was sent is told as far as the ledger can still be read.
                report.done = self.done(balance, None).await.ok();
                return Err(self.broken(error));
            }
        };
        report.done = Some(self.done(balance, None).await?);
        if let Some(reason) = &ended.end
            && let Some(stopped) = self.early_exit(reason, &ended)
        {
            if let Ok((_, reason)) = stopped {
                report.reason = reason;
            }
            return stopped.map(|(exit, _)| exit);
        }
        let Some(rows) = self.write(&plan, outcome::skip_reason(&ended)).await? else {
            report.reason = "output_closed";
            return Ok(Exit::Done);
        };
        report.output = Some(self.output_name());
        if plan.counts.known_found > 0 {
            self.session.ledger.add_savings(plan.counts.known_found).await?;
        }
        let done = self.done(balance, self.balance_after(balance).await).await?;
        let (exit, reason) = outcome::exit_status(ended.end.as_ref(), &rows, self.args.detach);
        self.tell(&planned, &done, &rows, report.seconds(), &ended);
        report.done = Some(done);
        report.rows = Some(rows);
        report.reason = reason;
        Ok(exit)
    }

    /// Everything before the first credit: what earlier runs left, the plan, the estimate.
    async fn prepare(&self) -> Result<(Plan, Estimate), Failure> {
        let engine = &self.engine;
        let nothing_sent =
            |error: lookup::Error| self.session.failure(error).fact("no batch was sent");
        let mut balance = None;
        if engine.recover_interrupted().await.map_err(nothing_sent)? {
            balance = Some(engine.balance(RetryPolicy::Tries(5)).await.map_err(nothing_sent)?);
            // Within the time allowed: what cannot be settled now stays in doubt, and its rows say so.
            let time = self.args.timeout.unwrap_or(Duration::MAX);
            let settled = tokio::time::timeout(time, engine.prove_doubts()).await;
            settled.unwrap_or(Ok(())).map_err(nothing_sent)?;
        }
        let plan =
            Plan::make(SheetRows::read(self.sheet), &self.session.ledger, self.settings.freshness)
                .await
                .map_err(nothing_sent)?;
        let counts = &plan.counts;
        if counts.searchable_rows() == 0 && counts.rows > 0 {
            return Err(self.nothing_searchable(&plan));
        }
        // A run with nothing to ask for needs no Enrow, and goes on when it is out of reach.
        if counts.new + counts.under_way > 0 || self.args.dry_run {
            balance = Some(engine.balance(RetryPolicy::Tries(5)).await.map_err(nothing_sent)?);
        }
        let price = self.session.ledger.account_state(self.session.account).await?.price;
        let rate = self.session.ledger.found_rate().await?;
        let estimate = Estimate::of(counts, self.settings.limit, price, rate, balance);
        estimate.lines(counts).into_iter().for_each(|line| self.console.info(line));
        Ok((plan, estimate))
    }

    /// Tells what a run would do, and does nothing.
    async fn dry_run(
        &self,
        plan: &Plan,
        balance: Option<Credits>,
        report: &mut Report,
    ) -> Result<Exit, Failure> {
        self.console.info("dry run: nothing was sent and nothing written");
        for (reason, n) in unsearchable(plan) {
            self.console.info(format!("  {n} rows: {reason}"));
        }
        report.done = Some(self.done(balance, balance).await?);
        report.reason = "dry_run";
        Ok(Exit::Done)
    }

    /// The balance at the end, where anything was asked that can have changed it.
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
        Ok(RunReport::of(
            &receipt,
            credits,
            batches.iter().map(|batch| BatchJson::of(batch, now)).collect(),
            in_doubt.map(|batch| BatchJson::of(&batch, now)).collect(),
        ))
    }

    fn nothing_searchable(&self, plan: &Plan) -> Failure {
        let mut failure = Failure::new(
            Exit::Unusable,
            format!("`{}` has nobody who can be searched for", self.input()),
        );
        for (reason, n) in unsearchable(plan).into_iter().take(3) {
            failure = failure.fact(format!("{n} rows: {reason}"));
        }
        failure
            .fact(self.sheet.mapping().to_string())
            .hint("a row needs a LinkedIn profile URL, or first name, last name and company: name the columns with `--map FIELD=COLUMN`")
    }

    fn output_name(&self) -> String {
        match self.output {
            Output::Stdout => "-".to_owned(),
            Output::File(target) | Output::Device(target) => target.named.display().to_string(),
        }
    }

    fn input(&self) -> Input {
        Input::parse(self.args.input.clone())
    }
}

/// Why rows cannot be searched, with how many each, the commonest first.
fn unsearchable(plan: &Plan) -> Vec<(String, String)> {
    let mut reasons: Vec<_> = plan
        .counts
        .unsearchable
        .iter()
        .map(|(reason, n)| (std::cmp::Reverse(*n), reason.to_string()))
        .collect();
    reasons.sort();
    reasons.into_iter().map(|(n, reason)| (reason, grouped(n.0 as u64))).collect()
}

fn open(args: &BulkArgs, console: &Console) -> Result<Sheet, Failure> {
    let input = Input::parse(args.input.clone());
    let options = Options {
        delimiter: args.delimiter,
        encoding: args.encoding,
        excel: if args.excel { Excel::Safe } else { Excel::Plain },
        header: if args.no_header { Header::Absent } else { Header::Detect },
        map: args.map.clone(),
        refresh: if args.refresh { ExistingResults::AskAgain } else { ExistingResults::Keep },
    };
    let sheet = Sheet::open(&input, &options)?;
    console.info(sheet.mapping());
    sheet.warnings().iter().for_each(|warning| console.warn(warning));
    Ok(sheet)
}
