//! What can be wrong with a sheet, in words for the person who has it open.

use super::csv::Encoding;
use super::input::Input;
use super::options::Field;
use super::output_format::Refusal;
use super::spool::SpoolError;
use crate::text::{Sanitized, sanitize_within};
use crate::units::counted;
use std::io;
use std::path::PathBuf;

/// Why a sheet cannot be read or written. The text may have several lines: what is wrong, what is known, what to do.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// Two columns claim one field with equal right.
    #[error("{}", ambiguous(input, fields))]
    Ambiguous {
        /// What has to be settled.
        fields: Vec<AmbiguousField>,
        /// The sheet.
        input: Input,
    },
    /// A result column holds formulas.
    #[error(
        "`{input}` has formulas in its column {column}, and a result would replace them\n\
         hint: turn them into values (copy, paste as values), or give the results other names: `--column-prefix TEXT`"
    )]
    CalculatedResults {
        /// The column.
        column: String,
        /// The sheet.
        input: Input,
    },
    /// The private copy of the input cannot be written.
    #[error(
        "cannot copy `{input}` into the temporary folder `{}`: {source}\n\
         hint: name another folder with the variable `TMPDIR`",
        shown(&folder.display().to_string())
    )]
    Copy {
        /// The temporary folder.
        folder: PathBuf,
        /// The sheet.
        input: Input,
        /// Why.
        source: io::Error,
    },
    /// The file is in a code page of DOS, which is not read.
    #[error(
        "`{input}` is not UTF-8 (line {line}); it looks like a code page of DOS (cp850 or cp437), which is not read\n\
         hint: save it as UTF-8; or, if it is something else, name its encoding: `--encoding windows-1252`"
    )]
    Dos {
        /// The sheet.
        input: Input,
        /// The first line that is not UTF-8, from 1.
        line: u64,
    },
    /// Two lists with different separators stand in one file.
    #[error(
        "`{input}` holds two lists whose cells are separated by different characters: one begins in line {first}, another \
         in line {second}\n\
         hint: put each into a file of its own; or name the separator of the one to search: `--delimiter`"
    )]
    TwoDelimiters {
        /// The line of the first header, from 1.
        first: u64,
        /// The sheet.
        input: Input,
        /// The line of the second header.
        second: u64,
    },
    /// There is not even a header.
    #[error("`{input}` is empty")]
    Empty {
        /// The sheet.
        input: Input,
    },
    /// The file is in another encoding than UTF-8 or Windows-1252, most likely this one.
    #[error(
        "`{input}` is not UTF-8 (line {line}); it looks like {encoding}\n\
         hint: name its encoding: `--encoding {encoding}`, or `--encoding windows-1252` if it is Western European"
    )]
    LikelyEncoding {
        /// What it looks like.
        encoding: Encoding,
        /// The sheet.
        input: Input,
        /// The first line that is not UTF-8, from 1.
        line: u64,
    },
    /// An option names a column that is not there.
    #[error("{}", no_column(input, *asked_by, name, columns, guess.as_deref(), *has_header))]
    NoColumn {
        /// The option that names it.
        asked_by: AskedBy,
        /// The columns there are.
        columns: Vec<String>,
        /// A column that may have been meant.
        guess: Option<String>,
        /// Whether the columns have names at all.
        has_header: bool,
        /// The sheet.
        input: Input,
        /// What was asked for.
        name: String,
    },
    /// No combination of columns names a person.
    #[error("{}", nothing_to_search(input, columns, *known))]
    NothingToSearch {
        /// The columns there are, or what stands in the first row.
        columns: Vec<String>,
        /// The sheet.
        input: Input,
        /// Whether any of the names is known at all, so that they are names and no data.
        known: bool,
    },
    /// A workbook that cannot be read.
    #[error(
        "`{input}` is damaged, or not a workbook: {why}\n\
         hint: open it in your spreadsheet program, save it again, and pass that file"
    )]
    DamagedWorkbook {
        /// The sheet.
        input: Input,
        /// What is wrong with it.
        why: &'static str,
    },
    /// `--sheet` names a sheet that is not there.
    #[error("`{input}` has no sheet `{}`\n  its sheets are {}", shown(name), listed(sheets))]
    NoSheet {
        /// The sheet.
        input: Input,
        /// What was asked for.
        name: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// None of several sheets names a person.
    #[error(
        "no sheet of `{input}` has columns that name a person: a LinkedIn profile, or first name, last name and company\n  \
         its sheets are {}\n\
         hint: name the sheet, and its columns if need be: `--sheet NAME --map linkedin_url=COLUMN`",
        listed(sheets)
    )]
    NoSheetOfPeople {
        /// The workbook.
        input: Input,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// The file is of another kind.
    #[error("`{input}` is {what}, not CSV\nhint: save it as `CSV UTF-8` and pass that file")]
    NotText {
        /// The sheet.
        input: Input,
        /// What it is.
        what: &'static str,
    },
    /// An option that is about another format.
    #[error("`{option}` is for {of}, and `{input}` is {is}")]
    OptionOfOtherFormat {
        /// The input.
        input: Input,
        /// What the input is.
        is: &'static str,
        /// What the option is for.
        of: &'static str,
        /// The option.
        option: &'static str,
    },
    /// A name that is for another format.
    #[error("{}", output_name(output, *why, input.as_ref()))]
    OutputName {
        /// What is read, if anything.
        input: Option<Input>,
        /// The output, in backticks.
        output: String,
        /// Why not.
        why: Refusal,
    },
    /// Columns of the user have the names of the results.
    #[error(
        "`{input}` already has columns with the names of the added columns: {}\n\
         hint: `--column-prefix TEXT` gives the added columns other names, `--overwrite-columns` replaces these columns",
        listed(columns)
    )]
    OwnColumns {
        /// Their names.
        columns: Vec<String>,
        /// The sheet.
        input: Input,
    },
    /// The input cannot be opened.
    #[error("cannot open `{input}`: {source}")]
    Open {
        /// The sheet.
        input: Input,
        /// Why.
        source: io::Error,
    },
    /// A workbook that opens only with a password.
    #[error(
        "`{input}` is protected with a password\nhint: save a copy without the password, and pass that file"
    )]
    ProtectedWorkbook {
        /// The workbook.
        input: Input,
    },
    /// The input cannot be read on.
    #[error("cannot read `{input}`: {source}")]
    Read {
        /// The sheet.
        input: Input,
        /// Why.
        source: io::Error,
    },
    /// `--skip-filled` names a column of the results.
    #[error(
        "`--skip-filled` names {column}, which this program fills in\n\
         hint: leave it out: a number that was found is not searched again"
    )]
    SkipsResults {
        /// The column, as it is shown.
        column: String,
    },
    /// Rows that no workbook can hold.
    #[error("`{input}` does not fit into a workbook: {why} ({row})\nhint: name the output `.csv`")]
    NotForWorkbook {
        /// The sheet.
        input: Input,
        /// The first such row, as messages name it.
        row: String,
        /// Why not.
        why: &'static str,
    },
    /// A workbook that can be read but not be written again.
    #[error(
        "`{input}` cannot be written back: {source}\n\
         hint: save it again in your spreadsheet program, or name the output `.csv`"
    )]
    NotWritable {
        /// The workbook.
        input: Input,
        /// Why.
        source: io::Error,
    },
    /// Several sheets name people.
    #[error(
        "`{input}` has several sheets of people: {}\nhint: choose one: `--sheet '{}'`",
        listed(sheets),
        shown(sheets.first().map_or("NAME", String::as_str))
    )]
    SeveralSheets {
        /// The workbook.
        input: Input,
        /// The sheets that name people.
        sheets: Vec<String>,
    },
    /// One line goes on for longer than any row does.
    #[error(
        "`{input}`, line {line}: this line has no end within 1 MiB\nhint: is it a CSV file? If so, name what separates its fields: `--delimiter`"
    )]
    TooLong {
        /// The sheet.
        input: Input,
        /// Where the line begins, from 1.
        line: u64,
    },
    /// A cell far to the right of any list.
    #[error(
        "`{input}`, row {row}: there is a cell far to the right of any list of people\nhint: clear it"
    )]
    TooManyColumns {
        /// The sheet.
        input: Input,
        /// The row.
        row: u64,
    },
    /// A quote takes lines in that are not meant for it.
    #[error(
        "`{input}`, line {line}: a field opens with `\"` here and its closing `\"` is missing\n\
         hint: remove the quote, or close it; or name what separates the fields: `--delimiter`"
    )]
    UnclosedQuote {
        /// The sheet.
        input: Input,
        /// Where the quote stands, from 1.
        line: u64,
    },
    /// Bytes that do not belong to the encoding.
    #[error("{}", undecodable(input, *line, *offset, *byte, *encoding))]
    Undecodable {
        /// The byte.
        byte: Option<u8>,
        /// What it should belong to.
        encoding: Encoding,
        /// The sheet.
        input: Input,
        /// Where it stands, from 1.
        line: u64,
        /// Where it stands in the file, from 0.
        offset: u64,
    },
    /// A workbook larger than any list of people.
    #[error("`{input}` is too large: {why}")]
    WorkbookTooLarge {
        /// The workbook.
        input: Input,
        /// In which way.
        why: &'static str,
    },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
}

impl SheetError {
    pub(super) fn uncopied(input: &Input, error: SpoolError) -> Self {
        let SpoolError { folder, source } = error;
        Self::Copy { folder, input: input.clone(), source }
    }

    /// Whether the reader of the output has gone away, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Write(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Whether a device failed, so that the same input may do later. Everything else is to be put right in the input
    /// or on the command line.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Copy { .. } | Self::Read { .. } | Self::Write(_))
    }
}

/// An option that names a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// `--map`, for this field.
    Map(Field),
    /// `--skip-filled`
    SkipFilled,
}

impl AskedBy {
    /// The option as it is written for this column.
    fn option(self, column: &str, quote: &str) -> String {
        match self {
            Self::Map(field) => format!("--map {quote}{field}={column}{quote}"),
            Self::SkipFilled => format!("--skip-filled {quote}{column}{quote}"),
        }
    }
}

/// Columns that claim one field with equal right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmbiguousField {
    /// The columns: how they are shown, and the word that names each in `--map`.
    pub columns: Vec<(String, String)>,
    /// What all of them seem to hold.
    pub field: Field,
}

/// Text from a file, safe to show and of bounded length.
pub(super) fn shown(text: &str) -> Sanitized {
    const LONGEST: usize = 60;
    sanitize_within(text, LONGEST)
}

/// `a`, `b` and `c`, each in backticks.
fn listed(columns: &[String]) -> String {
    listed_up_to(columns, 20)
}

/// The same with fewer or more names.
pub(super) fn listed_up_to(columns: &[String], most: usize) -> String {
    let mut names: Vec<String> =
        columns.iter().take(most).map(|name| format!("`{}`", shown(name))).collect();
    if columns.len() > most {
        names.push(format!("and {} more", columns.len() - most));
    }
    names.join(", ")
}

fn output_name(output: &str, why: Refusal, input: Option<&Input>) -> String {
    let input = input.map_or_else(|| "the result".to_owned(), |input| format!("`{input}`"));
    match why {
        Refusal::LosesMacros => format!(
            "{output} cannot hold the macros of {input}\n\
             hint: name the output `.xlsm`, or `.csv` for the rows alone"
        ),
        Refusal::NoMacros => format!(
            "{output} has the name of a workbook with macros, and {input} has none\n\
             hint: name the output `.xlsx` or `.csv`"
        ),
        Refusal::ReadOnly => format!(
            "{output} has the name of a kind of file that is not written\n\
             hint: name the output `.xlsx` or `.csv`"
        ),
    }
}

fn ambiguous(input: &Input, ambiguous_fields: &[AmbiguousField]) -> String {
    let mut text = format!("`{input}` has several columns for the same field, and they differ");
    let mut hint = Vec::new();
    for AmbiguousField { field, columns } in ambiguous_fields {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        text = format!("{text}\n  {field}: {}", names.join(", "));
        let choices: Vec<String> =
            columns.iter().map(|(_, word)| format!("`--map '{field}={}'`", shown(word))).collect();
        hint.push(choices.join(" or "));
    }
    format!("{text}\nhint: choose with {}", hint.join(", and "))
}

fn no_column(
    input: &Input,
    asked_by: AskedBy,
    name: &str,
    columns: &[String],
    guess: Option<&str>,
    has_header: bool,
) -> String {
    let name = shown(name);
    let option = asked_by.option(&name, "");
    let text = format!("`{input}` has no column `{name}`, asked for by `{option}`");
    if !has_header {
        return format!(
            "{text}\n  it has no header, and its first row holds {} values\nhint: name columns by number: `{}`",
            columns.len(),
            asked_by.option("1", "")
        );
    }
    let text = format!("{text}\n  its columns are {}", listed(columns));
    match guess.map(shown) {
        Some(guess) => format!("{text}\nhint: did you mean `{}`?", asked_by.option(&guess, "'")),
        None => text,
    }
}

fn nothing_to_search(input: &Input, columns: &[String], known: bool) -> String {
    let columns = if known {
        format!("its columns are {}", listed(columns))
    } else {
        // The first row may be a person's.
        let cells = counted(columns.len(), "cell", "cells");
        format!(
            "its first row has {cells}, and none is a known column name\n  without a header: `--no-header`, and columns go by number"
        )
    };
    format!(
        "`{input}` has no columns that name a person: a LinkedIn profile, or first name, last name and company\n  \
         {columns}\n\
         hint: name them: `--map linkedin_url=COLUMN`, or `--map fullname=COLUMN --map company_name=COLUMN` (fields: \
         linkedin_url, firstname, lastname, fullname, company_name, company_domain)"
    )
}

fn undecodable(
    input: &Input,
    line: u64,
    offset: u64,
    byte: Option<u8>,
    encoding: Encoding,
) -> String {
    let byte = byte.map_or_else(String::new, |byte| format!(" (0x{byte:02X})"));
    let hint = if encoding == Encoding::UTF_8 {
        "repair that place, or name the file's encoding: `--encoding windows-1252`"
    } else {
        "name the file's encoding, such as `--encoding iso-8859-2` or `--encoding shift_jis`"
    };
    format!(
        "`{input}`, line {line}: byte {}{byte} of the file is not {encoding}\nhint: {hint}",
        offset + 1
    )
}
