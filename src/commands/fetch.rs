//! `fetch`: a finished batch of the account as CSV.

use super::session::Session;
use super::session::signals;
use crate::batch::BatchId;
use crate::cli::{FetchArgs, Global};
use crate::enrow::FetchError;
use crate::ledger::Which;
use crate::lookup::{
    self, Cancel, EndReason, Engine, Fetched, FetchedRow, Results, Settings, Wait,
};
use crate::people::{RowAnswer, RowStatus};
use crate::sheet::{Excel, Output, Record, SheetError, Writer};
use crate::text::sanitize;
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::ui::notice::describe;
use crate::ui::progress::Progress;
use crate::units::grouped;
use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::rc::Rc;

/// What was searched and the sender's own id. The result columns follow.
const COLUMNS: [&str; 6] =
    ["linkedin_url", "firstname", "lastname", "company_domain", "company_name", "custom"];

/// Gets the batch, records it and writes it.
pub(super) async fn run(
    args: &FetchArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let output = Output::of(args.output.as_deref());
    output.check().map_err(Failure::checked_first)?;
    let session = Session::open(global, console)?;
    ensure_own_batch(&args.batch, &session).await?;
    let console = Rc::new(console.clone());
    let fetched = fetch(args, &console, &session).await?;
    let id = &args.batch;
    match fetched {
        Fetched::Done(results) => {
            if !write(args, &output, &results)? {
                return Ok(Exit::Done);
            }
            Ok(tell(args, &console, &output, &results))
        }
        Fetched::Failed => Err(Failure::new(
            Exit::Failed,
            format!("batch {id} failed at Enrow: it has no results"),
        )),
        Fetched::Ongoing { finished, requested } => {
            let progress = match (finished, requested) {
                (Some(finished), Some(requested)) => format!(
                    ": {} of {} searches are finished",
                    grouped(finished as u64),
                    grouped(requested as u64)
                ),
                _ => String::new(),
            };
            console.warn(format!(
                "batch {id} still runs{progress}; nothing was written\nhint: run the same command again, or without `--no-wait`"
            ));
            Ok(Exit::Partial)
        }
        Fetched::Ended(reason) => {
            let (what, exit) = match reason {
                EndReason::Terminated => ("interrupted", Exit::Terminated),
                EndReason::TimedOut => ("`--timeout` is over", Exit::Partial),
                EndReason::AnswersLost
                | EndReason::BudgetReached
                | EndReason::CreditsRanOut
                | EndReason::Failed
                | EndReason::Interrupted
                | EndReason::KeyRefused { .. }
                | EndReason::LimitReached
                | EndReason::RequestRefused { .. } => ("interrupted", Exit::Interrupted),
            };
            console.warn(format!(
                "{what}; nothing was written\nhint: run the same command again: fetching costs nothing"
            ));
            Ok(exit)
        }
    }
}

async fn fetch(
    args: &FetchArgs,
    console: &Rc<Console>,
    session: &Session,
) -> Result<Fetched, Failure> {
    let cancel = Cancel::new();
    signals::cancel_on_signal(cancel.clone(), console.as_ref().clone());
    if let Some(time) = args.timeout.filter(|_| !args.no_wait) {
        cancel.cancel_after(time);
    }
    let notices = Rc::clone(console);
    let engine = Engine::new(
        session.service(),
        Settings::default(),
        cancel.clone(),
        Box::new(move |notice| notices.info(describe(&notice))),
    );
    let progress =
        console.shows_progress().then(|| Progress::show(engine.run_state(), Rc::clone(console)));
    let wait = if args.no_wait { Wait::No } else { Wait::Yes };
    let fetched = engine.fetch(&args.batch, wait).await;
    drop(progress);
    match fetched {
        Ok(fetched) => Ok(fetched),
        Err(error @ lookup::Error::Fetch(FetchError::UnknownId { .. })) => {
            Err(session.failure(error).hint(
                "check the id; a batch can be fetched with the key that sent it, and not for ever",
            ))
        }
        Err(error) => Err(session.failure(error)),
    }
}

/// A batch of another key would be asked for until Enrow is believed not to know it: the ledger knows better.
async fn ensure_own_batch(id: &BatchId, session: &Session) -> Result<(), Failure> {
    match session.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop() {
        Some(batch) if batch.account != session.account => {
            Err(Failure::new(Exit::Failed, format!("batch {id} was sent with another API key"))
                .fact(format!(
                    "it is that of key {}; this one is {}",
                    batch.account, session.account
                ))
                .hint("run the same command with that key"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Writes the sheet; `false` where its reader has gone away.
fn write(args: &FetchArgs, output: &Output, results: &Results) -> Result<bool, Failure> {
    let sink = output.begin()?;
    let written = write_rows(args, output, results, sink)
        .and_then(|sink| sink.commit().map_err(SheetError::Write));
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.is_broken_pipe() => Ok(false),
        Err(SheetError::Write(error)) => Err(output.error(error).into()),
        Err(error) => Err(error.into()),
    }
}

fn write_rows<W: io::Write>(
    args: &FetchArgs,
    output: &Output,
    results: &Results,
    sink: W,
) -> Result<W, SheetError> {
    let excel = if args.excel { Excel::Safe } else { Excel::Plain };
    let is_terminal = matches!(output, Output::Stdout) && io::stdout().is_terminal();
    let mut writer = Writer::new_csv(sink, &COLUMNS, args.delimiter, excel)?;
    for FetchedRow { answer, custom, searched } in &results.rows {
        let fields = [
            &searched.linkedin_url,
            &searched.firstname,
            &searched.lastname,
            &searched.company_domain,
            &searched.company_name,
            custom,
        ]
        .map(|text| {
            let text = text.as_deref().unwrap_or_default();
            let text =
                if is_terminal { sanitize(text).into_string().into() } else { Cow::from(text) };
            excel.foreign_text(&text).into_owned()
        });
        let record = Record::of(fields.iter().map(String::as_str));
        if is_terminal {
            let note = sanitize(&answer.note).into_string().into();
            writer.write(&record, &RowAnswer { note, ..answer.clone() })?;
        } else {
            writer.write(&record, answer)?;
        }
    }
    writer.finish()
}

fn tell(args: &FetchArgs, console: &Console, output: &Output, results: &Results) -> Exit {
    let count = |n: usize| grouped(n as u64);
    let of = |status| {
        let same = results.rows.iter().filter(|row| row.answer.status == status);
        same.count()
    };
    let found = of(RowStatus::Found);
    console.info(format!(
        "batch {}: {} results, {} found, {} new to the ledger",
        args.batch,
        count(results.rows.len()),
        count(found),
        count(results.recorded)
    ));
    let open = results.rows.iter().filter(|row| row.answer.status.is_open()).count();
    if results.missing > 0 {
        console
            .warn(format!("Enrow gave no result for {} of its searches", count(results.missing)));
    }
    if open > 0 {
        console.warn(format!("{} results are not usable", count(open)));
    }
    if results.in_doubt {
        console.warn(format!(
            "this is a batch whose answer was lost\nhint: `enrow-phone recover {}` settles it",
            args.batch
        ));
    }
    if !matches!(output, Output::Stdout) {
        console.info(format!("wrote {output}"));
    }
    if open + results.missing > 0 { Exit::Partial } else { Exit::Done }
}
