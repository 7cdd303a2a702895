//! Which format an input has, and which encoder writes a new file.

use super::error::SheetError;
use super::file_format::Format;
use super::format::{EncodeRows, RowSource};
use super::options::{Excel, FormatOption, Header};
use super::table::Table;
use super::{
    Delimiter, Input, Options, OutputFormat, Warning, csv, jsonl, output_format, workbook,
};
use std::io::Read;

/// How much of an input is read to find its format.
const HEAD: u64 = 1024;

/// Copies an input to its end. Its first bytes, or its name, show the format.
pub(super) fn open(
    input: &Input,
    raw: &mut dyn Read,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<(Box<dyn RowSource>, Table), SheetError> {
    let mut head = Vec::new();
    raw.take(HEAD)
        .read_to_end(&mut head)
        .map_err(|source| SheetError::Read { input: input.clone(), source })?;
    let of_csv = &options.csv_options;
    if workbook::is_workbook(&head) {
        refuse(input, "a workbook", "CSV", of_csv)?;
        return workbook::open(input, &mut head.chain(raw), options);
    }
    let of_workbooks = options.sheet.as_ref().map(|_| &FormatOption::Sheet);
    refuse(input, "no workbook", "workbooks", of_workbooks)?;
    let is_named = match input {
        Input::Path(path) => output_format::named(path) == Some(Format::JsonLines),
        Input::Stdin => false,
    };
    if is_named || jsonl::is_json_lines(&head) {
        let no_header = (options.header == Header::Absent).then_some(&FormatOption::NoHeader);
        let of_csv = of_csv.iter().chain(no_header);
        refuse(input, "JSON lines", "CSV", of_csv)?;
        return jsonl::open(input, &mut head.chain(raw));
    }
    let (csv, table) = csv::Csv::open(input, head, raw, options, warnings)?;
    Ok((Box::new(csv), table))
}

/// The encoder for a new file. `AsRead` stands for CSV here: nothing was read.
pub(super) fn new_file_encoder(format: OutputFormat, excel: Excel) -> Box<dyn EncodeRows + Send> {
    match format {
        OutputFormat::AsRead => csv::new_encoder(Delimiter::COMMA, excel),
        OutputFormat::Csv(delimiter) => csv::new_encoder(delimiter, excel),
        OutputFormat::JsonLines => jsonl::new_encoder(),
        OutputFormat::Workbook => workbook::new_encoder(),
    }
}

/// Refuses options for inputs of another format.
fn refuse<'o>(
    input: &Input,
    is: &'static str,
    of: &'static str,
    given: impl IntoIterator<Item = &'o FormatOption>,
) -> Result<(), SheetError> {
    match given.into_iter().next() {
        Some(&option) => {
            Err(SheetError::OptionOfOtherFormat { input: input.clone(), is, of, option })
        }
        None => Ok(()),
    }
}
