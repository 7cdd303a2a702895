use crate::cli::BulkArgs;
use crate::commands::session::blocking::{run_blocking, say_if_slow};
use crate::lookup::{Cancel, EndReason};
use crate::sheet::{Excel, Header, Input, Options, OwnColumns, Sheet};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::sheet_error;
use std::io::{self, IsTerminal};

/// Opens the input, and says how it is read. If the run is interrupted, the reason comes back.
pub(super) async fn open(
    args: &BulkArgs,
    cancel: &Cancel,
    console: &Console,
) -> Result<Result<Sheet, EndReason>, Failure> {
    let input = Input::parse(args.input.clone());
    let options = Options {
        column_prefix: args.column_prefix.clone().unwrap_or_default(),
        csv_options: args.csv_options.clone(),
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
        sheet: args.sheet.clone(),
        skip_filled: args.skip_filled.clone(),
    };
    let is_typed = input == Input::Stdin && io::stdin().is_terminal();
    if is_typed {
        let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
        console.info(message!("reading the list from the keyboard; {} ends it", end));
    }
    // Reading takes as long as a pipe is open.
    let what = message!("waiting for the end of {}", Message::foreign(&input));
    let opening = run_blocking(move || Sheet::open(&input, &options), cancel, args.timeout);
    // Says nothing while somebody types.
    let opened = if is_typed { opening.await } else { say_if_slow(console, what, opening).await };
    let sheet = match opened {
        Err(reason) => return Ok(Err(reason)),
        Ok(None) => {
            let what = "the time of `--timeout` is over, and the input has not ended";
            return Err(Failure::new(Exit::Failed, what).fact("nothing was sent"));
        }
        Ok(Some(opened)) => opened?,
    };
    console.info(Message::foreign(sheet.mapping()));
    if let Some(unused) = sheet.unused_columns() {
        console.info(Message::foreign(unused));
    }
    for warning in sheet.warnings() {
        console.warn(sheet_error::warning(warning));
    }
    Ok(Ok(sheet))
}
