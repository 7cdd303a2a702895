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
use crate::people::RowStatus;
use crate::sheet::{Delimiter, Output};
use crate::text::sanitize;
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::ui::notice::describe;
use crate::ui::progress::Progress;
use crate::units::grouped;
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;

/// What was searched, the sender's own id, and the answer.
const COLUMNS: [&str; 10] = [
    "linkedin_url",
    "firstname",
    "lastname",
    "company_domain",
    "company_name",
    "custom",
    "phone_number",
    "phone_country",
    "phone_status",
    "phone_note",
];

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
    let written = || -> Result<io::Result<()>, Failure> {
        let mut sink = output.begin()?;
        Ok((|| {
            if args.excel {
                sink.write_all("\u{feff}".as_bytes())?;
            }
            let delimiter = args.delimiter.map_or(b',', Delimiter::byte);
            let mut csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(sink);
            csv.write_record(COLUMNS)?;
            let terminal = matches!(output, Output::Stdout) && io::stdout().is_terminal();
            for row in &results.rows {
                let cells = cells(row, args.excel);
                if terminal {
                    csv.write_record(cells.map(|cell| sanitize(&cell).into_string()))?;
                } else {
                    csv.write_record(cells)?;
                }
            }
            let sink = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
            sink.commit()
        })())
    };
    match written()? {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(output.error(error).into()),
    }
}

fn cells(row: &FetchedRow, excel: bool) -> [String; 10] {
    let FetchedRow { answer, custom, searched } = row;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = answer.number.as_ref().map(ToString::to_string);
    let number = match number {
        // Spreadsheet programs calculate with it otherwise.
        Some(number) if excel => format!("=\"{number}\""),
        number => number.unwrap_or_default(),
    };
    [
        text(&searched.linkedin_url),
        text(&searched.firstname),
        text(&searched.lastname),
        text(&searched.company_domain),
        text(&searched.company_name),
        text(custom),
        number,
        answer.country.map(|country| country.as_str().to_owned()).unwrap_or_default(),
        answer.status.as_str().to_owned(),
        answer.note.to_string(),
    ]
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
