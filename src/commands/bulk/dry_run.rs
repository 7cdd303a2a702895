//! `--dry-run`: what a run would do and cost. It needs neither a key nor the network, and sends no batch.

use super::{SheetRows, nothing_searchable, unsearchable};
use crate::cli::{BulkArgs, Global};
use crate::commands::session::signals::cancel_on_signal;
use crate::commands::session::{Notices, Session};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchState, Ledger, Which};
use crate::lookup::{self, Plan, Receipt, Settings};
use crate::sheet::Sheet;
use crate::ui::batch_json::BatchJson;
use crate::ui::console::Console;
use crate::ui::estimate::Estimate;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::message;
use crate::ui::report::{CreditsReport, PlanReport, Report, RunReport};
use crate::units::{Credits, Moment};
use std::rc::Rc;

pub(super) async fn run(
    args: &BulkArgs,
    global: &Global,
    sheet: &Sheet,
    console: &Console,
    report: &mut Report,
) -> Result<Exit, Failure> {
    let ledger = Rc::new(Session::ledger_for_plan(global)?);
    let freshness = lookup::freshness(Moment::now(), args.refresh.then(Moment::now), args.max_age);
    let plan = Plan::make(SheetRows::read(sheet), &ledger, freshness).await?;
    if plan.counts.searchable_rows() == 0 && plan.counts.rows > 0 {
        return Err(nothing_searchable(args, sheet, &plan));
    }
    let Quote { balance, price } = quote(global, console, &ledger).await?;
    let rate = ledger.found_rate().await?;
    let estimate = Estimate::of(&plan.counts, args.limit, price, rate, balance);
    for line in estimate.lines(&plan.counts) {
        console.info(line);
    }
    console.info("dry run: nothing was sent, nothing was written");
    for line in unsearchable(&plan) {
        console.info(message!("  {}", line));
    }
    report.planned = Some(PlanReport::of(&plan.counts, estimate));
    report.done = Some(nothing_done(&ledger, balance).await?);
    report.reason = "dry_run";
    Ok(Exit::Done)
}

/// What the account says about costs.
#[derive(Default)]
struct Quote {
    balance: Option<Credits>,
    price: Option<Credits>,
}

/// Reads the account, if there is a key and Enrow can be reached.
async fn quote(global: &Global, console: &Console, ledger: &Rc<Ledger>) -> Result<Quote, Failure> {
    if !Session::has_key(global) {
        return Ok(Quote::default());
    }
    let session = Session::connect(global, console, Rc::clone(ledger))?;
    let cancel = cancel_on_signal(console);
    let engine = session.engine(Settings::default(), Notices::Hidden, &cancel, console);
    let balance = match cancel.run_until_cancelled(engine.balance(RetryPolicy::Tries(2))).await {
        Ok(Ok(balance)) => Some(balance),
        Ok(Err(error)) => {
            let failure = session.failure(error);
            console.warn(message!("the balance is not known: {}", failure.headline()));
            None
        }
        // The plan is worth showing all the same.
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
