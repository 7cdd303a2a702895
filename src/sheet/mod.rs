//! Spreadsheets in and out: encodings, dialects, columns, faithful writing.
//!
//! A [`Sheet`] is opened once and read in as many [`Pass`]es as needed, each in a stream: memory does not grow with
//! the file. What is written through a [`Writer`] is what was read, field by field, with the results added; fed in
//! again it comes out as the same bytes.

mod columns;
mod dialect;
mod encoding;
mod error;
mod header;
mod input;
mod layout;
mod mapping;
mod options;
mod output;
mod parser;
mod quotes;
mod reader;
mod record;
mod results;
#[cfg(test)]
mod tests;
mod text;
mod unwrapped;
mod vocabulary;
mod writer;

pub(crate) use encoding::Encoding;
pub(crate) use error::SheetError;
pub(crate) use error::Warning;
pub use input::Input;
pub(crate) use mapping::MappingSummary;
pub use options::Options;
pub(crate) use options::{Delimiter, Excel, ExistingResults, Field, Header, Mapping};
pub(crate) use output::{Output, OutputError};
pub(crate) use reader::RowReader;
pub use record::Record;
pub(crate) use writer::Writer;

use crate::people::{Row, Search, Unsearchable, non_blank};
use columns::{Ambiguities, Columns};
use input::Snapshot;
use layout::{Layout, Sample};
use results::Results;
use std::io;
use text::{Source, Utf8Read};

/// How much of a sheet is looked at to find out what it is.
const SAMPLE: usize = 1024 * 1024;

/// A sheet that was opened and understood.
pub struct Sheet {
    source: Source,
    layout: Layout,
    columns: Columns,
    results: Results,
    trailing_blank_lines: u64,
    excel: Excel,
    refresh: ExistingResults,
    warnings: Vec<Warning>,
}

impl Sheet {
    /// Opens an input and finds out what it is. A pipe is read to its end first. Reads the file once to prove that
    /// all of it is text, and keeps the handle: what happens to the path later does not matter.
    ///
    /// # Errors
    /// When the input cannot be read, is not CSV, or has no columns that name a person.
    pub fn open(input: &Input, options: &Options) -> Result<Self, SheetError> {
        let snapshot = Snapshot::open(input)?;
        let mut warnings = Vec::new();
        let encoding::Validated { source, trailing_blank_lines } =
            encoding::detect(input, &snapshot, options.encoding, &mut warnings)?;
        let mut source = source;
        let mut layout = look(&source, options)?;
        if layout.may_be_wrapped() {
            let unwrapped = Source { wrapped: Some(layout.delimiter), ..source.clone() };
            // Only if there is something to be found beneath the quotes.
            if let Ok(beneath) = look(&unwrapped, options)
                && beneath.header_score > layout.header_score
            {
                (source, layout) = (unwrapped, beneath);
                warnings.push(Warning::Unwrapped { input: input.clone() });
            }
        }
        let (columns, ambiguities) = columns::choose(input, &layout, &options.map)?;
        let results = Results::find(&layout);
        warnings.extend(
            results
                .foreign(&layout)
                .into_iter()
                .map(|column| Warning::Overwritten { column, input: input.clone() }),
        );
        layout.rows = Vec::new();
        let mut sheet = Self {
            source,
            layout,
            columns,
            results,
            trailing_blank_lines,
            excel: options.excel,
            refresh: options.refresh,
            warnings,
        };
        let second_profile = sheet.check_ambiguities(ambiguities)?;
        sheet.warnings.extend(second_profile);
        Ok(sheet)
    }

    /// Makes sure that columns of equal right agree in every row, and warns where a less preferred one names another
    /// profile: reads the sheet if there are such columns.
    fn check_ambiguities(
        &self,
        mut ambiguities: Ambiguities,
    ) -> Result<Option<Warning>, SheetError> {
        if ambiguities.is_empty() {
            return Ok(None);
        }
        let mut pass = self.rows()?;
        let mut record = Record::new();
        while pass.read(&mut record)? {
            if !self.is_header(&record) {
                ambiguities.compare(&self.columns, &record);
            }
        }
        let warning = ambiguities.second_profile().map(|seen| Warning::SecondProfile {
            first_row: seen.first_row,
            input: self.source.input.clone(),
            map: self.layout.map_word(seen.other),
            other: self.layout.name(seen.other),
            rows: seen.rows,
            used: self.layout.name(seen.used),
        });
        let fields = ambiguities.differing_fields(&self.layout);
        if fields.is_empty() {
            return Ok(warning);
        }
        Err(SheetError::Ambiguous { fields, input: self.source.input.clone() })
    }

    /// One line that says how the sheet is read: which column is which field, and what is unusual about it.
    pub fn mapping(&self) -> MappingSummary<'_> {
        MappingSummary(self)
    }

    /// What the user should know before anything is sent.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Begins a pass over the data rows.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows(&self) -> Result<RowReader, SheetError> {
        RowReader::new(&self.source, self.layout.data, self.layout.delimiter.byte())
    }

    /// Who a row is about.
    pub fn identify(&self, record: &Record) -> Row {
        if self.refresh == ExistingResults::Keep && self.results.is_answered(record) {
            return Row::Answered;
        }
        let clues = self.columns.clues(record);
        if clues.profile.is_err() && self.is_header(record) {
            // `First Name`, `Last Name`, `Company` would make a person.
            return Row::Unsearchable(Unsearchable::RepeatedHeader);
        }
        match clues.identity() {
            Ok(identity) => Row::Person(Search { identity, custom: self.columns.custom(record) }),
            Err(reason) => Row::Unsearchable(reason),
        }
    }

    /// Begins the output: everything above the data is written at once.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn writer<W: io::Write>(&self, out: W) -> Result<Writer<W>, SheetError> {
        let mark =
            self.source.bom > 0 || self.source.encoding.is_utf_16() || self.excel == Excel::Safe;
        Writer::new(out, &self.layout, self.results, self.excel, mark, self.trailing_blank_lines)
    }

    /// Whether a row is the header once more, as where files were joined.
    fn is_header(&self, record: &Record) -> bool {
        self.layout.header.as_ref().is_some_and(|header| {
            // In an output that is read again, its result columns hold what this row was given.
            let is_result = |column| self.results.places.contains(&Some(column));
            record.len() >= header.len()
                && record.fields().zip(header).enumerate().all(|(column, (cell, name))| {
                    is_result(column) || non_blank(cell) == non_blank(name)
                })
        })
    }
}

/// Looks at the beginning of a source.
fn look(source: &Source, options: &Options) -> Result<Layout, SheetError> {
    let (text, whole) = sample(source)?;
    if text.trim().is_empty() {
        return Err(SheetError::Empty { input: source.input.clone() });
    }
    let sample = Sample { text: &text, whole };
    layout::detect(&sample, options).map_err(|error| reader::failure(source, error))
}

/// The beginning of a source's text, and whether that is all of it.
fn sample(source: &Source) -> Result<(String, bool), SheetError> {
    let mut text = source.text();
    let mut bytes = vec![0; SAMPLE];
    let mut length = 0;
    let whole = loop {
        match text.read(&mut bytes[length..]).map_err(|error| source.failure(error))? {
            0 => break length < SAMPLE,
            read => length += read,
        }
    };
    bytes.truncate(length);
    let text = String::from_utf8(bytes).or_else(|error| {
        // The sample ends in the middle of a character.
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        String::from_utf8(bytes)
    });
    let changed = |_| SheetError::Changed { input: source.input.clone() };
    Ok((text.map_err(changed)?, whole))
}
