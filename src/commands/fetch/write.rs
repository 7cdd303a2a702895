//! Writes a batch as a sheet: what was searched, the sender's own id, and the answer.

use crate::cli::FetchArgs;
use crate::commands::session::blocking::{Patience, drain};
use crate::lookup::{Cancel, EndReason, FetchedRow, Results};
use crate::people::RowAnswer;
use crate::sheet::{Excel, Output, OutputFormat, Record, SheetError, Writer};
use crate::text::sanitize;
use crate::ui::console::Console;
use crate::ui::failure::Failure;
use std::borrow::Cow;
use std::io::{self, IsTerminal};

/// What was searched, and the sender's own id. The result columns follow.
const COLUMNS: [&str; 6] =
    ["linkedin_url", "firstname", "lastname", "company_domain", "company_name", "custom"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FetchWritten {
    /// The reader of the output has closed it.
    OutputClosed,
    /// The run has to end, and the reader does not take the rows.
    Stopped(EndReason),
    Whole,
}

pub(super) async fn write(
    args: &FetchArgs,
    output: &Output,
    format: OutputFormat,
    results: &Results,
    cancel: &Cancel,
    console: &Console,
) -> Result<FetchWritten, Failure> {
    let sink = output.begin()?;
    let written = async {
        let mut sink = write_rows(args, output, format, results, sink)?;
        let drained = drain(&mut sink, output, cancel, console, Patience::ROWS).await;
        if let Err(reason) = drained.map_err(SheetError::Write)? {
            return Ok(FetchWritten::Stopped(reason));
        }
        sink.commit(None).map(|_| FetchWritten::Whole).map_err(SheetError::Write)
    };
    match written.await {
        Ok(written) => Ok(written),
        Err(error) if error.is_broken_pipe() => Ok(FetchWritten::OutputClosed),
        Err(SheetError::Write(error)) => Err(output.error(error).into()),
        Err(error) => Err(error.into()),
    }
}

fn write_rows<W: io::Write>(
    args: &FetchArgs,
    output: &Output,
    format: OutputFormat,
    results: &Results,
    sink: W,
) -> Result<W, SheetError> {
    let is_csv = matches!(format, OutputFormat::Csv(_));
    let excel = if args.excel && is_csv { Excel::Safe } else { Excel::Plain };
    let is_terminal = matches!(output, Output::Stdout) && io::stdout().is_terminal();
    let shown = |text: &str| -> String {
        if is_terminal { sanitize(text).into_string() } else { text.to_owned() }
    };
    let mut writer = Writer::new_file(sink, &COLUMNS, format, excel)?;
    for FetchedRow { answer, custom, searched } in &results.rows {
        let fields = [
            &searched.linkedin_url, &searched.firstname, &searched.lastname,
            &searched.company_domain, &searched.company_name, custom,
        ];
        let fields = fields.map(|text| {
            excel.foreign_text(&shown(text.as_deref().unwrap_or_default())).into_owned()
        });
        let record = Record::of(fields.iter().map(String::as_str));
        let note = Cow::from(shown(&answer.note));
        writer.write(&record, &RowAnswer { note, ..answer.clone() })?;
    }
    writer.finish()
}
