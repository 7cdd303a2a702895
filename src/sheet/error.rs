//! What can be wrong with a sheet. `ui` says what to do about it, and with which option.

use super::csv::{Encoding, ForeignKind};
use super::input::Input;
use super::options::{Field, FormatOption};
use super::output_format::OutputRefusal;
use super::spool::SpoolError;
use crate::text::{Sanitized, sanitize_within};
use std::io;
use std::path::PathBuf;

/// Why a sheet cannot be read or written. Lines, rows and columns are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// Several columns fit one field equally well.
    #[error("`{input}` has several columns for the same field, and they differ{}", lines(fields))]
    Ambiguous { fields: Vec<AmbiguousField>, input: Input },
    #[error("`{input}` has formulas in its column {column}, and a result would replace them")]
    CalculatedResults { column: String, input: Input },
    #[error("cannot copy `{input}` into the temporary folder `{}`: {source}", shown(&folder.display().to_string()))]
    Copy { folder: PathBuf, input: Input, source: io::Error },
    #[error("`{input}`, line {line}: {why}")]
    DamagedLine { input: Input, line: u64, why: &'static str },
    #[error("`{input}` is damaged, or not a workbook: {why}")]
    DamagedWorkbook { input: Input, why: &'static str },
    /// `line` is the first one that is not UTF-8.
    #[error(
        "`{input}` is not UTF-8 (line {line}); it looks like a code page of DOS (cp850 or cp437), which is not read"
    )]
    Dos { input: Input, line: u64 },
    #[error("`{input}` is empty")]
    Empty { input: Input },
    #[error("`{input}` is not UTF-8 (line {line}); it looks like {encoding}")]
    LikelyEncoding { encoding: Encoding, input: Input, line: u64 },
    /// An option names a column that is not there; `guess` is the one with the most similar name.
    #[error("`{input}` has no column `{}`", shown(name))]
    NoColumn {
        option: ColumnOption,
        columns: Vec<String>,
        guess: Option<String>,
        has_header: bool,
        input: Input,
        name: String,
    },
    #[error("`{input}` has no sheet `{}`\n  its sheets are {}", shown(name), listed(sheets))]
    NoSheet { input: Input, name: String, sheets: Vec<String> },
    #[error(
        "no sheet of `{input}` has columns that name a person: a LinkedIn profile, or first name, last name and company\n  \
         its sheets are {}",
        listed(sheets)
    )]
    NoSheetOfPeople { input: Input, sheets: Vec<String> },
    #[error("`{input}` does not fit into a workbook: {why} ({row})")]
    NotForWorkbook { input: Input, row: String, why: &'static str },
    #[error("`{input}` is {}, not CSV", kind.what)]
    NotText { input: Input, kind: ForeignKind },
    /// A workbook that can be read but not written back.
    #[error("`{input}` cannot be written back: {source}")]
    NotWritable { input: Input, source: io::Error },
    /// `known`: whether one of the names is a known column name. If not, they may be data, which is not shown.
    #[error(
        "`{input}` has no columns that name a person: a LinkedIn profile, or first name, last name and company"
    )]
    NothingToSearch { columns: Vec<String>, input: Input, known: bool },
    #[error("cannot open `{input}`: {source}")]
    Open { input: Input, source: io::Error },
    #[error("`{input}` is {is}")]
    OptionOfOtherFormat { input: Input, is: &'static str, of: &'static str, option: FormatOption },
    /// `output` has its backticks already.
    #[error("{}", output_name(output, *why, input.as_ref()))]
    OutputName { input: Option<Input>, output: String, why: OutputRefusal },
    #[error(
        "`{input}` already has columns with the names of the added columns: {}",
        listed(columns)
    )]
    OwnColumns { columns: Vec<String>, input: Input },
    #[error("`{input}` is protected with a password")]
    ProtectedWorkbook { input: Input },
    #[error("cannot read `{input}`: {source}")]
    Read { input: Input, source: io::Error },
    /// `sheets` are those that name people.
    #[error("`{input}` has several sheets of people: {}", listed(sheets))]
    SeveralSheets { input: Input, sheets: Vec<String> },
    #[error("{column} is filled in by this program")]
    SkipsResults { column: String },
    #[error("`{input}`, line {line}: this line has no end within 1 MiB")]
    TooLong { input: Input, line: u64 },
    #[error("`{input}`, row {row}: there is a cell far to the right of any list of people")]
    TooManyColumns { input: Input, row: u64 },
    /// `first` and `second` are the lines of the two headers.
    #[error(
        "`{input}` holds two lists whose cells are separated by different characters: one begins in line {first}, another \
         in line {second}"
    )]
    TwoDelimiters { first: u64, input: Input, second: u64 },
    #[error("`{input}`, line {line}: a field opens with `\"` here and its closing `\"` is missing")]
    UnclosedQuote { input: Input, line: u64 },
    /// `offset` counts from 0.
    #[error("{}", undecodable(input, *line, *offset, *byte, *encoding))]
    Undecodable { byte: Option<u8>, encoding: Encoding, input: Input, line: u64, offset: u64 },
    #[error("`{input}` is too large: {why}")]
    WorkbookTooLarge { input: Input, why: &'static str },
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
}

impl SheetError {
    pub(super) fn uncopied(input: &Input, error: SpoolError) -> Self {
        let SpoolError { folder, source } = error;
        Self::Copy { folder, input: input.clone(), source }
    }

    /// Whether the reader of the output has closed it, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Write(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Whether a device failed, so that the same command may work later. All other errors have to be repaired in the
    /// input or on the command line.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Copy { .. } | Self::Read { .. } | Self::Write(_))
    }
}

/// An option that names a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnOption {
    Map(Field),
    SkipFilled,
}

/// Columns that fit one field equally well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmbiguousField {
    /// How each column is shown, and the word that names it in `--map`.
    pub columns: Vec<(String, String)>,
    pub field: Field,
}

/// Text from a file, safe to show and of bounded length.
pub(crate) fn shown(text: &str) -> Sanitized {
    const LONGEST: usize = 60;
    sanitize_within(text, LONGEST)
}

/// Up to twenty names in backticks, with commas between them.
pub(crate) fn listed(columns: &[String]) -> String {
    listed_up_to(columns, 20)
}

pub(super) fn listed_up_to(columns: &[String], most: usize) -> String {
    let mut names: Vec<String> =
        columns.iter().take(most).map(|name| format!("`{}`", shown(name))).collect();
    if columns.len() > most {
        names.push(format!("and {} more", columns.len() - most));
    }
    names.join(", ")
}

/// A line for each field, with its columns.
fn lines(fields: &[AmbiguousField]) -> String {
    let line = |AmbiguousField { columns, field }: &AmbiguousField| {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        format!("\n  {field}: {}", names.join(", "))
    };
    fields.iter().map(line).collect()
}

fn output_name(output: &str, why: OutputRefusal, input: Option<&Input>) -> String {
    let input = input.map_or_else(|| "the result".to_owned(), |input| format!("`{input}`"));
    match why {
        OutputRefusal::LosesMacros => format!("{output} cannot hold the macros of {input}"),
        OutputRefusal::NoMacros => {
            format!("{output} has the name of a workbook with macros, and {input} has none")
        }
        OutputRefusal::ReadOnly => {
            format!("{output} has the name of a kind of file that this tool does not write")
        }
    }
}

fn undecodable(
    input: &Input,
    line: u64,
    offset: u64,
    byte: Option<u8>,
    encoding: Encoding,
) -> String {
    let byte = byte.map_or_else(String::new, |byte| format!(" (0x{byte:02X})"));
    format!("`{input}`, line {line}: byte {}{byte} of the file is not {encoding}", offset + 1)
}
