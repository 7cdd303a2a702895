//! CSV in all its dialects and encodings.

mod backslash;
mod code_page;
mod copy;
mod decode;
mod dialect;
mod encoder;
mod encoding;
mod foreign;
mod layout;
mod legacy;
mod lines;
mod outer_quotes;
mod parser;
mod quotes;
mod reader;

pub(crate) use dialect::Delimiter;
pub(crate) use encoding::Encoding;
pub(crate) use foreign::{ForeignKind, Remedy};

use super::file_format::Format;
use super::format::{EncodeRows, LineWord, ReadRows, RowSource};
use super::spool::Spool;
use super::table::Table;
use super::{Excel, Input, Options, SheetError, Warning};
use copy::CopiedText;
use dialect::{Dialect, LineEnd, Quoting};
use encoder::Encoder;
use layout::{Layout, Sample};
use lines::LineCounter;
use reader::Reader;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// How much of a text is read to find its dialect.
const SAMPLE: usize = 1024 * 1024;

pub(super) struct Csv {
    input: Input,
    encoding: Encoding,
    has_mark: bool,
    layout: Layout,
    text: Spool,
    trailing_blank_lines: u64,
    /// How far the lines are counted. Most places are asked for in the order of the rows.
    lines: Mutex<(u64, LineCounter)>,
}

impl Csv {
    /// Copies an input to its end and finds its dialect. `head` was read from it already.
    pub(super) fn open(
        input: &Input,
        head: Vec<u8>,
        raw: &mut dyn Read,
        options: &Options,
        warnings: &mut Vec<Warning>,
    ) -> Result<(Self, Table), SheetError> {
        let CopiedText { encoding, has_mark, mut text, trailing_blank_lines } =
            copy::copy(input, head, raw, options.encoding, warnings)?;
        let (sample, whole) = sample(input, &text)?;
        if sample.trim().is_empty() {
            return Err(SheetError::Empty { input: input.clone() });
        }
        let mut detected = layout::detect(&Sample { text: &sample, whole }, options);
        if let Ok((layout, _)) = &detected
            && let Some(doubled) =
                backslash::to_doubled_quotes(input, &text, layout.dialect.marks())?
        {
            text = doubled;
            let (sample, whole) = self::sample(input, &text)?;
            detected = layout::detect(&Sample { text: &sample, whole }, options);
            warnings.push(Warning::BackslashQuotes { input: input.clone() });
        }
        let (mut layout, mut table) =
            detected.map_err(|error| reader::in_words(input, &text, error))?;
        if let Some(line) = layout.other_header {
            let input = input.clone();
            return Err(SheetError::TwoDelimiters {
                input,
                first: line,
                second: table.header_line,
            });
        }
        if let Some((freed, freed_table)) = without_outer_quotes(&text, &layout, &table, options) {
            text = outer_quotes::remove(input, &text, layout.dialect.delimiter)?;
            (layout, table) = (freed, freed_table);
            warnings.push(Warning::Unwrapped { input: input.clone() });
        }
        let input = input.clone();
        let lines = Mutex::default();
        Ok((Self { input, encoding, has_mark, layout, text, trailing_blank_lines, lines }, table))
    }
}

impl RowSource for Csv {
    fn format(&self) -> Format {
        Format::Csv
    }

    fn rows(&self) -> Box<dyn ReadRows + Send> {
        let Layout { data, dialect, .. } = &self.layout;
        Box::new(Reader::new(&self.input, &self.text, *data, dialect.marks()))
    }

    fn encoder(&self, excel: Excel) -> Option<Box<dyn EncodeRows + Send>> {
        let has_mark = self.has_mark || self.encoding.is_utf_16() || excel == Excel::Safe;
        let encoder = Encoder::new(self.layout.dialect, has_mark);
        Some(Box::new(encoder.around(&self.layout, self.trailing_blank_lines)))
    }

    fn row_name(&self, number: u64) -> String {
        format!("data row {number}")
    }

    fn line(&self, place: u64) -> u64 {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if place < lines.0 {
            *lines = (0, LineCounter::default());
        }
        reader::count_lines(&self.text, lines.0, place, &mut lines.1);
        lines.0 = place;
        lines.1.line()
    }

    fn line_word(&self) -> LineWord {
        LineWord { one: "line", many: "lines" }
    }

    fn peculiarities(&self, table: &Table) -> Vec<String> {
        let delimiter = self.layout.dialect.delimiter;
        let is_foreign = self.encoding != Encoding::UTF_8;
        let is_separated = delimiter != Delimiter::COMMA && table.width > 1;
        let encoding = is_foreign.then(|| self.encoding.to_string());
        encoding
            .into_iter()
            .chain(is_separated.then(|| format!("separated by {delimiter}")))
            .chain((self.layout.dialect.quote == b'\'').then(|| "quoted with `'`".to_owned()))
            .chain(table.header_below().map(|line| format!("header on line {line}")))
            .collect()
    }
}

/// The encoder for a new file.
pub(super) fn new_encoder(delimiter: Delimiter, excel: Excel) -> Box<dyn EncodeRows + Send> {
    let dialect = Dialect {
        delimiter,
        line_end: LineEnd::default(),
        quote: b'"',
        quoting: Quoting::default(),
    };
    Box::new(Encoder::new(dialect, excel == Excel::Safe))
}

/// The layout without quotes around every line, if that gives a better header.
fn without_outer_quotes(
    text: &Spool,
    layout: &Layout,
    table: &Table,
    options: &Options,
) -> Option<(Layout, Table)> {
    let has_delimiter =
        |row: &Vec<String>| row.iter().any(|cell| cell.contains([',', ';', '\t', '|']));
    let may_be_wrapped = table.width == 1
        && layout.dialect.quoting == Quoting::Always
        && table.sample.iter().all(has_delimiter);
    if !may_be_wrapped {
        return None;
    }
    let (freed, whole) = outer_quotes::sample(text, layout.dialect.delimiter, SAMPLE)?;
    if freed.trim().is_empty() {
        return None;
    }
    let (layout, freed) = layout::detect(&Sample { text: &freed, whole }, options).ok()?;
    (freed.header_score > table.header_score).then_some((layout, freed))
}

/// The beginning of a text, and whether that is all of it.
fn sample(input: &Input, text: &Spool) -> Result<(String, bool), SheetError> {
    let failed = |source| SheetError::Read { input: input.clone(), source };
    let mut bytes = Vec::new();
    text.reader(0).take(SAMPLE as u64).read_to_end(&mut bytes).map_err(failed)?;
    let whole = bytes.len() < SAMPLE;
    // The sample may end in the middle of a character.
    let valid = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
    bytes.truncate(valid);
    let text = String::from_utf8(bytes).map_err(|_| failed(std::io::ErrorKind::InvalidData.into()));
    Ok((text?, whole))
}
