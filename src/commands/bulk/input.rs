//! Opening the input.

use crate::cli::BulkArgs;
use crate::lookup::{Cancel, EndReason};
use crate::sheet::{Excel, ExistingResults, Header, Input, Options, OwnColumns, Sheet};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::Message;
use std::time::Duration;

/// Copies and understands the input. An interrupt comes back as the reason to end.
pub(super) async fn open(
    args: &BulkArgs,
    cancel: &Cancel,
    console: &Console,
) -> Result<Result<Sheet, EndReason>, Failure> {
    let input = Input::parse(args.input.clone());
    let options = Options {
        column_prefix: args.column_prefix.clone().unwrap_or_default(),
        delimiter: args.delimiter,
        encoding: args.encoding,
        excel: if args.excel { Excel::Safe } else { Excel::Plain },
        header: if args.no_header { Header::Absent } else { Header::Detect },
        map: args.map.clone(),
        own_columns: if args.overwrite_columns {
            OwnColumns::Overwrite
        } else {
            OwnColumns::Refuse
        },
        refresh: if args.refresh { ExistingResults::AskAgain } else { ExistingResults::Keep },
    };
    // Reading blocks for as long as a pipe is open. On a thread of its own, signals and the time limit still work; a
    // thread that still reads does not keep the program from ending.
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(sender.send(Sheet::open(&input, &options))));
    let time = args.timeout.unwrap_or(Duration::MAX);
    let opened = tokio::time::timeout(time, receiver);
    let sheet = match cancel.run_until_cancelled(opened).await {
        Err(reason) => return Ok(Err(reason)),
        Ok(Err(_)) => {
            let what = "`--timeout` is over, and the input has not ended";
            return Err(Failure::new(Exit::Failed, what).fact("nothing was sent"));
        }
        Ok(Ok(opened)) => opened.expect("opening answers unless it panics")?,
    };
    console.info(Message::foreign(sheet.mapping()));
    for warning in sheet.warnings() {
        console.warn(Message::foreign(warning));
    }
    Ok(Ok(sheet))
}
