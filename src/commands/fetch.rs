//! `fetch`: writes a batch of the account as a sheet.

mod write;

use super::session::blocking::check_output;
use super::session::guard;
use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::batch::BatchId;
use crate::cli::{FetchArgs, Global};
use crate::enrow::FetchError;
use crate::lookup::{self, Cancel, Fetched, Results, Settings, WhileRunning};
use crate::people::{Remark, RowStatus};
use crate::sheet::{Output, OutputFormat};
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, count, counted, message};
use crate::ui::progress::Progress;
use write::{FetchWritten, write};

/// Gets the batch, records it and writes it.
pub(super) async fn run(
    args: &FetchArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let output = Output::of(args.output.as_deref());
    guard::check(&output, "`-o`", global)?;
    let format = format_of(&output, args)?;
    let cancel = cancel_on_signal(console);
    if let Err(reason) = check_output(&output, &cancel, console, args.timeout).await? {
        return nothing_written(Ending::of(&reason, None), console);
    }
    let opened = cancel.run_until_cancelled(Session::open(global, console));
    let session = match opened.await {
        Ok(opened) => opened?,
        Err(reason) => return nothing_written(Ending::of(&reason, None), console),
    };
    let id = &args.batch;
    match fetch(args, &cancel, console, &session).await? {
        Fetched::Done(mut results) => {
            if session.is_made_up() {
                mark_made_up(&mut results);
            }
            match write(args, &output, format, &results, &cancel, console).await? {
                FetchWritten::OutputClosed => Ok(Exit::Done),
                FetchWritten::Stopped(reason) => match session.ending(&reason) {
                    Ending::Error(failure) => Err(failure),
                    Ending::Stopped(end) | Ending::Written(end) => {
                        console.warn_always(message!("{}; only a part was written", end.what));
                        Ok(end.exit)
                    }
                },
                FetchWritten::Whole => {
                    let exit = summarise(args, console, &output, &results);
                    Ok(session.unless_gone(exit, console))
                }
            }
        }
        Fetched::Failed => Err(Failure::new(
            Exit::Failed,
            message!("batch {} failed at Enrow: it has no results", id),
        )),
        Fetched::Ongoing { finished, requested } => {
            console.warn_always(still_running(id, finished, requested));
            Ok(Exit::Failed)
        }
        Fetched::Ended(reason) => nothing_written(session.ending(&reason), console),
    }
}

fn format_of(output: &Output, args: &FetchArgs) -> Result<OutputFormat, Failure> {
    let format = match OutputFormat::of(output)? {
        OutputFormat::Csv(usual) => return Ok(OutputFormat::Csv(args.delimiter.unwrap_or(usual))),
        format => format,
    };
    if args.csv_options.is_empty() {
        return Ok(format);
    }
    let output = Message::foreign(output);
    let what = message!("`--delimiter` is for CSV, and {} has the name of another format", output);
    Err(Failure::new(Exit::Unusable, what))
}

fn mark_made_up(results: &mut Results) {
    for row in &mut results.rows {
        row.answer = row.answer.clone().with(Remark::MadeUp);
    }
}

fn still_running(id: &BatchId, finished: Option<usize>, requested: Option<usize>) -> Message {
    let progress = match (finished, requested) {
        (Some(finished), Some(requested)) => message!(
            ": {} of {} finished",
            count(finished),
            counted(requested, "search is", "searches are")
        ),
        (Some(_) | None, Some(_) | None) => Message::default(),
    };
    message!(
        "batch {id} is still running{progress}; nothing was written\n\
         hint: run the same command again, or without `--no-wait`";
        id, progress
    )
}

/// Ends a run before its output. The exit code of [`Ending::Written`] would say that rows are written.
fn nothing_written(ending: Ending, console: &Console) -> Result<Exit, Failure> {
    let (what, exit) = match ending {
        Ending::Error(failure) => return Err(failure.fact("nothing was written")),
        Ending::Stopped(end) => (end.what, end.exit),
        Ending::Written(end) => (end.what, Exit::Failed),
    };
    console.warn_always(message!(
        "{}; nothing was written\nhint: run the same command again: fetching costs nothing",
        what
    ));
    Ok(exit)
}

async fn fetch(
    args: &FetchArgs,
    cancel: &Cancel,
    console: &Console,
    session: &Session,
) -> Result<Fetched, Failure> {
    let engine = session.engine(Settings::default(), Notices::Shown, cancel, console);
    if let Some(time) = args.timeout.filter(|_| !args.no_wait) {
        cancel.cancel_after(time);
    }
    let progress = Progress::show_waits(engine.run_state(), console);
    let wait = if args.no_wait { WhileRunning::AskOnce } else { WhileRunning::Wait };
    let fetched = engine.fetch(&args.batch, wait).await;
    drop(progress);
    match fetched {
        Ok(fetched) => Ok(fetched),
        Err(error @ lookup::Error::Fetch(FetchError::UnknownId { .. })) => {
            Err(session.failure(error).hint(
                "check the id; only the key that sent a batch can fetch it, and only for some time",
            ))
        }
        Err(error) => Err(session.failure(error)),
    }
}

fn summarise(args: &FetchArgs, console: &Console, output: &Output, results: &Results) -> Exit {
    let found = results.rows.iter().filter(|row| row.answer.status == RowStatus::Found).count();
    let open = results.rows.iter().filter(|row| row.answer.status.is_open()).count();
    console.info(message!(
        "batch {id}: {results}, {found} found, {new} new to the ledger";
        id = args.batch,
        results = counted(results.rows.len(), "result", "results"),
        found = count(found),
        new = count(results.recorded),
    ));
    if results.missing > 0 {
        console.warn_always(message!(
            "Enrow gave no result for {} of the batch",
            counted(results.missing, "search", "searches")
        ));
    }
    if open > 0 {
        console.warn_always(message!("{} not usable", counted(open, "result is", "results are")));
    }
    if results.in_doubt {
        console.warn(message!(
            "the answer to this batch was lost when it was sent\nhint: `enrow-phone recover {}` settles it",
            args.batch
        ));
    }
    if !matches!(output, Output::Stdout) {
        console.info(message!("wrote {}", Message::foreign(output)));
    }
    if results.rows.iter().any(|row| row.answer.status == RowStatus::Unknown) {
        Exit::Unknown
    } else if open + results.missing > 0 {
        Exit::Partial
    } else {
        Exit::Done
    }
}
