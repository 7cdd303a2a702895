//! Reads lists of people and writes them back: formats, encodings, dialects and columns.
//!
//! A [`Sheet`] is copied once when it is opened, and then read row by row, as often as needed: it is never held in memory
//! as a whole. A [`Writer`] writes the same fields with the results added. An output that is read and written again, with
//! the same answers, has the same bytes.

mod columns;
mod csv;
mod error;
mod excel;
mod file_format;
mod format;
mod formats;
mod grid;
mod header;
mod input;
mod jsonl;
mod mapping;
mod mojibake;
mod options;
mod origin;
mod output;
mod output_format;
mod record;
mod results;
mod searches;
mod spool;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;
mod warning;
mod workbook;
mod writer;

pub(crate) use csv::{Delimiter, Encoding, Remedy};
pub(crate) use error::{AmbiguousField, ColumnOption, SheetError, listed, shown};
pub(crate) use format::LineWord;
pub use input::Input;
pub(crate) use mapping::MappingSummary;
pub use options::Options;
pub(crate) use options::{
    ColumnName, ColumnPrefix, Excel, Field, FormatOption, Header, Mapping, OwnColumns,
};
pub(crate) use output::{Output, OutputError, Placed, Sink, follow_links};
pub use output_format::OutputFormat;
pub(crate) use output_format::OutputRefusal;
pub use record::Record;
pub(crate) use searches::{KeepSearches, Searches};
pub(crate) use warning::Warning;
pub(crate) use writer::{Writer, write_table};

use crate::people::{FilledIn, ResultColumn, Row, RowAnswer, RowStatus, Unsearchable, non_blank};
use columns::{Ambiguities, Columns, RowContext, Survey, Surveyor};
use file_format::Format;
use format::{ReadRows, RowSource};
use origin::InputFile;
use results::{ExistingResults, Foreign};
use std::io;
use table::Table;

/// A sheet that was opened and understood.
pub struct Sheet {
    input: Input,
    origin: Option<InputFile>,
    source: Box<dyn RowSource>,
    table: Table,
    columns: Columns,
    survey: Survey,
    results: ExistingResults,
    column_prefix: ColumnPrefix,
    excel: Excel,
    /// The names of columns that were not understood: they may hold what a row lacks.
    not_understood: Option<String>,
    /// Rows with a value in one of these columns are not searched.
    skip_filled: Vec<usize>,
    warnings: Vec<Warning>,
}

impl Sheet {
    /// Copies an input to its end and finds out how to read it. Later changes of the input do not matter. Blocks until a
    /// pipe has ended.
    ///
    /// # Errors
    /// When the input cannot be read or copied, is damaged or of no known format, has no columns that name a person, or
    /// does not fit the options.
    pub fn open(input: &Input, options: &Options) -> Result<Self, SheetError> {
        let mut warnings = Vec::new();
        let (mut raw, origin) =
            input.open().map_err(|source| SheetError::Open { input: input.clone(), source })?;
        let (source, table) = formats::open(input, &mut *raw, options, &mut warnings)?;
        let (columns, ambiguities) = columns::choose(input, &table, &options.map)?;
        let results = ExistingResults::find(&table, &options.column_prefix);
        let skip_filled = skip_filled(input, &table, results, options)?;
        let own_columns = results.own_columns(&table, &options.column_prefix);
        if options.own_columns == OwnColumns::Refuse && !own_columns.is_empty() {
            return Err(SheetError::OwnColumns { columns: own_columns, input: input.clone() });
        }
        let mut sheet = Self {
            input: input.clone(),
            not_understood: mapping::not_understood(&columns, &results, &table),
            origin,
            source,
            table,
            columns,
            survey: Survey::default(),
            results,
            column_prefix: options.column_prefix.clone(),
            excel: options.excel,
            skip_filled,
            warnings,
        };
        let foreign = sheet.look_at_all_rows(ambiguities)?;
        if options.own_columns == OwnColumns::Refuse && foreign.is_any(&sheet.survey) {
            let columns = sheet.results.names(&sheet.column_prefix);
            return Err(SheetError::OwnColumns { columns, input: input.clone() });
        }
        sheet.table.sample = Vec::new();
        Ok(sheet)
    }

    /// Reads all rows once: refuses columns that fit one field equally well and differ in a row, and finds the rows that
    /// are broken, are headers, or stand below a second header, and what stands in the result columns.
    fn look_at_all_rows(&mut self, mut ambiguities: Ambiguities) -> Result<Foreign, SheetError> {
        let mut foreign = Foreign::default();
        let mut surveyor = Surveyor::new(&self.table, &self.columns);
        let mut rows = self.rows();
        let mut record = Record::new();
        while rows.read(&mut record)? {
            let is_header = self.is_header(&record);
            if !is_header {
                foreign.look(&self.results, &record);
            }
            if surveyor.look(&record, rows.place(), is_header) {
                ambiguities.compare(&self.columns, &record);
            }
        }
        self.survey = surveyor.finish();
        let input = &self.input;
        if let Some(first_row) = self.survey.first_encoded_twice() {
            let first_row = self.source.row_name(first_row);
            self.warnings.push(Warning::EncodedTwice { first_row, input: input.clone() });
        }
        let broken = self.survey.broken();
        if broken.rows > 0 {
            self.warnings.push(Warning::BrokenRows {
                input: input.clone(),
                lines: broken.places.iter().map(|place| self.source.line(*place)).collect(),
                rows: broken.rows,
            });
        }
        self.warnings.extend(ambiguities.second_profile().map(|seen| Warning::SecondProfile {
            first_row: self.source.row_name(seen.first_row),
            input: input.clone(),
            map: self.table.map_word(seen.other),
            other: self.table.name(seen.other),
            rows: seen.rows,
            used: self.table.name(seen.used),
        }));
        let fields = ambiguities.differing_fields(&self.table);
        if fields.is_empty() {
            return Ok(foreign);
        }
        Err(SheetError::Ambiguous { fields, input: input.clone() })
    }

    /// How the sheet is read, in one line: which column is which field, and what is unusual about it.
    pub fn mapping(&self) -> MappingSummary<'_> {
        MappingSummary { columns: &self.columns, source: &*self.source, table: &self.table }
    }

    /// The file that was read; `None` for anything that is not a plain file.
    pub(crate) fn origin(&self) -> Option<&InputFile> {
        self.origin.as_ref()
    }

    /// One line that names the columns that are not used and those that are not understood.
    pub fn unused_columns(&self) -> Option<String> {
        mapping::unused(&self.columns, &self.results, &self.table)
    }

    /// The columns that were not understood, if no column was found for what the row lacks.
    pub(crate) fn not_understood(&self, lack: Unsearchable) -> Option<&str> {
        self.not_understood.as_deref().filter(|_| self.columns.lack(lack))
    }

    /// What the user should know before anything is sent.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Starts a pass over the data rows.
    pub fn rows(&self) -> RowReader {
        RowReader { rows: self.source.rows() }
    }

    /// Who a row is about.
    pub fn identify(&self, record: &Record) -> Row {
        let context = RowContext {
            columns: &self.columns,
            results: &self.results.places,
            survey: &self.survey,
            width: self.table.width,
        };
        let is_filled =
            |index: &usize| record.get(*index).is_some_and(|cell| non_blank(cell).is_some());
        let who = context.search(record);
        let is_skipped = self.skip_filled.iter().any(is_filled);
        match (self.results.filled_in(record), who) {
            (Some(number), who) => Row::Filled(FilledIn { number, is_skipped, who }),
            (None, Err(reason)) => Row::Unsearchable(reason),
            (None, Ok(_)) if is_skipped => Row::Skipped,
            (None, Ok(search)) => Row::Person(search),
        }
    }

    /// Where the row begins that `reader` read last: its line, or its row in a workbook, from 1. Cheap if rows are asked
    /// for in their order.
    pub(crate) fn line_of(&self, reader: &RowReader) -> u64 {
        self.source.line(reader.place())
    }

    /// What [`Self::line_of`] counts.
    pub(crate) fn line_word(&self) -> LineWord {
        self.source.line_word()
    }

    /// What an output of this name is written as.
    ///
    /// # Errors
    /// When the name is for a format that cannot be written, or that the rows do not fit into.
    pub(crate) fn output_format(&self, output: &Output) -> Result<OutputFormat, SheetError> {
        let format = OutputFormat::choose(&self.input, self.source.format(), output)?;
        match format {
            OutputFormat::AsRead => {
                self.refuse_formulas()?;
                self.try_encoding()?;
            }
            OutputFormat::Csv(_) | OutputFormat::JsonLines => {}
            OutputFormat::Workbook => self.refuse_misfits()?,
        }
        Ok(format)
    }

    /// Excel lists the cells with formulas in a part of their own, and several cells may share one formula: a text in
    /// place of a formula would damage the workbook.
    fn refuse_formulas(&self) -> Result<(), SheetError> {
        let calculated = self.source.calculated_columns();
        match calculated.into_iter().find(|column| self.results.contains(*column)) {
            Some(column) => Err(SheetError::CalculatedResults {
                column: self.table.name(column),
                input: self.input.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Writes a workbook to nowhere. A workbook that can be read may still be damaged where it has to be changed, and that
    /// must come up before anything is paid.
    fn try_encoding(&self) -> Result<(), SheetError> {
        match self.source.format() {
            Format::Csv | Format::JsonLines => return Ok(()),
            Format::ReadOnly | Format::Xlsm | Format::Xlsx => {}
        }
        let answer = RowAnswer::without(RowStatus::Failed, "a note");
        let write = || {
            let mut writer = self.writer(io::sink(), OutputFormat::AsRead)?;
            let (mut rows, mut record) = (self.rows(), Record::new());
            while rows.read(&mut record)? {
                writer.write(&record, &answer)?;
            }
            writer.finish()
        };
        match write() {
            Err(SheetError::Write(source)) if source.kind() == io::ErrorKind::Other => {
                Err(SheetError::NotWritable { input: self.input.clone(), source })
            }
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    fn refuse_misfits(&self) -> Result<(), SheetError> {
        let (mut rows, mut record) = (self.rows(), Record::new());
        let mut fit = workbook::SizeLimit::default();
        while rows.read(&mut record)? {
            if let Some(why) = fit.misfit(&record, self.table.width) {
                let row = self.source.row_name(record.number());
                return Err(SheetError::NotForWorkbook { input: self.input.clone(), row, why });
            }
        }
        Ok(())
    }

    /// Begins the output and writes everything above the data.
    pub fn writer<W: io::Write>(
        &self,
        out: W,
        format: OutputFormat,
    ) -> Result<Writer<W>, SheetError> {
        let is_csv = match format {
            OutputFormat::AsRead => self.source.format() == Format::Csv,
            OutputFormat::Csv(_) => true,
            OutputFormat::JsonLines | OutputFormat::Workbook => false,
        };
        // In CSV alone the spreadsheet program decides what is text and what is a number.
        let excel = if is_csv { self.excel } else { Excel::Plain };
        let again = match format {
            OutputFormat::AsRead => self.source.encoder(excel),
            OutputFormat::Csv(_) | OutputFormat::JsonLines | OutputFormat::Workbook => None,
        };
        let encoder = again.unwrap_or_else(|| formats::new_file_encoder(format, excel));
        let names = ResultColumn::ALL.map(|column| self.column_prefix.name_of(column));
        Writer::new(out, encoder, &self.table, self.results, &names, excel)
    }

    fn is_header(&self, record: &Record) -> bool {
        // A repeated header was given a result of its own in an earlier output.
        self.table.is_header(record, |column| self.results.contains(column))
    }
}

/// The columns of `--skip-filled`. A result column is refused: a number that was found is not searched again anyway, and
/// its row would become `skipped`.
fn skip_filled(
    input: &Input,
    table: &Table,
    results: ExistingResults,
    options: &Options,
) -> Result<Vec<usize>, SheetError> {
    let mut columns = Vec::new();
    for name in &options.skip_filled {
        let named = columns::indices(input, table, name, ColumnOption::SkipFilled)?;
        if let Some(ours) = named.iter().find(|index| results.contains(**index)) {
            return Err(SheetError::SkipsResults { column: table.name(*ours) });
        }
        columns.extend(named);
    }
    Ok(columns)
}

/// One pass over the rows of a sheet. Passes are independent of each other.
pub struct RowReader {
    rows: Box<dyn ReadRows + Send>,
}

impl RowReader {
    /// Reads the next row; `false` when there is none. After an error the pass is over.
    ///
    /// # Errors
    /// When the copy cannot be read, or a quote is not closed.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, SheetError> {
        self.rows.read(record)
    }

    fn place(&self) -> u64 {
        self.rows.place()
    }
}
