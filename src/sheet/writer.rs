//! Writes a table's rows as they came in, each with its results.

use super::format::EncodeRows;
use super::results::Results;
use super::table::Table;
use super::{Delimiter, Excel, Record, SheetError, csv};
use crate::people::{ResultColumn, RowAnswer};
use std::io::Write;

/// How much is gathered before it is written out.
const CHUNK: usize = 64 * 1024;

const NOTE: usize = ResultColumn::Note as usize;
const NUMBER: usize = ResultColumn::Number as usize;

/// Writes rows. Fields keep their text. Result columns that are in the table already are replaced, the others follow
/// its last column; a row that is longer than the header keeps its further fields behind them.
pub struct Writer<W> {
    out: W,
    buffer: Vec<u8>,
    encoder: Box<dyn EncodeRows + Send>,
    excel: Excel,
    results: Results,
    width: usize,
}

impl<W: Write> Writer<W> {
    /// Writes what stands above the data.
    pub(super) fn new(
        out: W,
        mut encoder: Box<dyn EncodeRows + Send>,
        table: &Table,
        results: Results,
        names: &[String; 4],
        excel: Excel,
    ) -> Result<Self, SheetError> {
        let width = table.width;
        let mut buffer = Vec::with_capacity(2 * CHUNK);
        let names = names.each_ref().map(String::as_str);
        let mut header = table.header.as_ref().map(|header| {
            let name = |index: usize| header.get(index).map(String::as_str);
            cells(results, width, header.len(), name, names)
        });
        encoder.begin(header.as_mut().map(|header| header as _), &mut buffer);
        let mut writer = Self { out, buffer, encoder, excel, results, width };
        writer.flush_if_full()?;
        Ok(writer)
    }

    /// Starts a CSV file of our own: these columns and the results.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn new_csv(
        out: W,
        columns: &[&str],
        delimiter: Option<Delimiter>,
        excel: Excel,
    ) -> Result<Self, SheetError> {
        let table = Table::with_header(columns);
        let encoder = csv::new_encoder(delimiter, excel);
        let names = ResultColumn::ALL.map(|column| column.name().to_owned());
        Self::new(out, encoder, &table, Results::default(), &names, excel)
    }

    /// Writes a row with these results.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&mut self, record: &Record, answer: &RowAnswer) -> Result<(), SheetError> {
        let mut results = answer.cells();
        let number = self.excel.number(results[NUMBER]);
        // The note may hold what the API says.
        let note = self.excel.foreign_text(results[NOTE]);
        results[NUMBER] = &number;
        results[NOTE] = &note;
        self.row(record, results)
    }

    /// Writes a row with the results it came with; result columns it came without stay empty. Only the form of the
    /// number follows this run's [`Excel`], and a remark is added to its note.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_kept(&mut self, record: &Record, remark: &str) -> Result<(), SheetError> {
        let own =
            |place: Option<usize>| place.and_then(|index| record.get(index)).unwrap_or_default();
        let mut results = self.results.places.map(own);
        let number = self.excel.number_again(results[NUMBER]);
        results[NUMBER] = &number;
        let note = match results[NOTE].trim() {
            "" => remark.to_owned(),
            _ if results[NOTE].contains(remark) => results[NOTE].to_owned(),
            own => format!("{own}; {remark}"),
        };
        results[NOTE] = &note;
        self.row(record, results)
    }

    /// Where it writes to. A part may be held back still.
    pub(crate) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes what is still held back, and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> Result<W, SheetError> {
        self.encoder.end(&mut self.buffer);
        self.flush_buffer()?;
        self.out.flush().map_err(SheetError::Write)?;
        Ok(self.out)
    }

    fn row(&mut self, record: &Record, results: [&str; 4]) -> Result<(), SheetError> {
        let field = |index: usize| record.get(index);
        let mut cells = cells(self.results, self.width, record.len(), field, results);
        self.encoder.row(record.blank_lines(), &mut cells, &mut self.buffer);
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> Result<(), SheetError> {
        if self.buffer.len() >= CHUNK {
            self.flush_buffer()?;
        }
        Ok(())
    }

    fn flush_buffer(&mut self) -> Result<(), SheetError> {
        self.out.write_all(&self.buffer).map_err(SheetError::Write)?;
        self.buffer.clear();
        Ok(())
    }
}

/// The cells of a row of `len` fields, with `results` in their places.
fn cells<'c>(
    Results { places }: Results,
    width: usize,
    len: usize,
    field: impl Fn(usize) -> Option<&'c str> + Copy,
    results: [&'c str; 4],
) -> impl Iterator<Item = &'c str> {
    let own =
        (0..width).map(move |index| match places.iter().position(|place| *place == Some(index)) {
            Some(result) => results[result],
            None => field(index).unwrap_or_default(),
        });
    let added = results.into_iter().zip(places).filter(|(_, place)| place.is_none());
    let further = (width..len).map(move |index| field(index).unwrap_or_default());
    own.chain(added.map(|(result, _)| result)).chain(further)
}
