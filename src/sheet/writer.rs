//! Writes the rows of a table, each with its results.

use super::format::{EncodeRows, Heading, RowOut};
use super::results::{ExistingResults, Places};
use super::table::Table;
use super::{Excel, OutputFormat, Record, SheetError, formats};
use crate::people::{OfResults, ResultColumn, RowAnswer};
use std::io::Write;
use std::ops::Range;

const NOTE: usize = ResultColumn::Note as usize;
const NUMBER: usize = ResultColumn::Number as usize;

/// Writes a table that was not read and has no results. The cells of the columns `numbers` are numbers or empty.
pub(crate) fn write_table<W: Write>(
    mut out: W,
    format: OutputFormat,
    columns: &[&str],
    numbers: Range<usize>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<W, SheetError> {
    let places = ExistingResults::default().places(columns.len());
    let header = Record::of(columns.iter().copied());
    let header = RowOut { record: &header, results: &[], places: &places };
    let heading = Heading {
        header: Some(header),
        numbers,
        preamble: &[],
        places: &places,
        result_names: &[],
    };
    let mut encoder = formats::new_file_encoder(format, Excel::Plain);
    let write = || {
        encoder.begin(&heading, &mut out)?;
        for row in rows {
            let record = Record::of(row.iter().map(String::as_str));
            encoder.row(RowOut { record: &record, ..header }, &mut out)?;
        }
        encoder.end(&mut out)?;
        out.flush()
    };
    write().map_err(SheetError::Write)?;
    Ok(out)
}

/// Writes rows. Fields keep their text. Result columns that the table has are replaced, the others are added behind its
/// last column. If a row is longer than the header, its further fields come after them.
pub struct Writer<W> {
    out: W,
    encoder: Box<dyn EncodeRows + Send>,
    excel: Excel,
    places: Places,
}

impl<W: Write> Writer<W> {
    /// Writes what stands above the data.
    pub(super) fn new(
        mut out: W,
        mut encoder: Box<dyn EncodeRows + Send>,
        table: &Table,
        results: ExistingResults,
        names: &OfResults<String>,
        excel: Excel,
    ) -> Result<Self, SheetError> {
        let places = results.places(table.width);
        let names = names.each_ref().map(String::as_str);
        let header =
            table.header.as_ref().map(|header| Record::of(header.iter().map(String::as_str)));
        let header =
            header.as_ref().map(|record| RowOut { record, results: &names, places: &places });
        let heading = Heading {
            header,
            numbers: 0..0,
            preamble: &table.preamble,
            places: &places,
            result_names: &names,
        };
        encoder.begin(&heading, &mut out).map_err(SheetError::Write)?;
        Ok(Self { out, encoder, excel, places })
    }

    /// Begins a file that was not read, with these columns and the results.
    pub(crate) fn new_file(
        out: W,
        columns: &[&str],
        format: OutputFormat,
        excel: Excel,
    ) -> Result<Self, SheetError> {
        let excel = match format {
            OutputFormat::AsRead | OutputFormat::Csv(_) => excel,
            OutputFormat::JsonLines | OutputFormat::Workbook => Excel::Plain,
        };
        let encoder = formats::new_file_encoder(format, excel);
        let table = Table::with_header(columns.iter().copied());
        let names = ResultColumn::ALL.map(|column| column.name().to_owned());
        Self::new(out, encoder, &table, ExistingResults::default(), &names, excel)
    }

    /// Writes a row with these results.
    pub fn write(&mut self, record: &Record, answer: &RowAnswer) -> Result<(), SheetError> {
        let mut results = answer.cells();
        let number = self.excel.number(results[NUMBER]);
        // The note may quote the API.
        let note = self.excel.foreign_text(results[NOTE]);
        results[NUMBER] = &number;
        results[NOTE] = &note;
        self.row(record, &results)
    }

    /// Writes a row with the results that it came with. Only the form of the number follows the [`Excel`] of this run, and
    /// a remark is added to the note. New result columns stay empty.
    pub fn write_kept(&mut self, record: &Record, remark: &str) -> Result<(), SheetError> {
        let mut results = self.places.results_of(record);
        let number = self.excel.number_again(results[NUMBER]);
        results[NUMBER] = &number;
        let note = match results[NOTE].trim() {
            "" => remark.to_owned(),
            _ if results[NOTE].contains(remark) => results[NOTE].to_owned(),
            own => format!("{own}; {remark}"),
        };
        results[NOTE] = &note;
        self.row(record, &results)
    }

    /// Where it writes to. Some rows may still be held back.
    pub(crate) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes what is still held back, and gives the output back.
    pub fn finish(mut self) -> Result<W, SheetError> {
        self.encoder.end(&mut self.out).map_err(SheetError::Write)?;
        self.out.flush().map_err(SheetError::Write)?;
        Ok(self.out)
    }

    fn row(&mut self, record: &Record, results: &[&str]) -> Result<(), SheetError> {
        let row = RowOut { record, results, places: &self.places };
        self.encoder.row(row, &mut self.out).map_err(SheetError::Write)
    }
}
