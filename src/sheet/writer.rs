//! The same rows with the results added.

use super::layout::Layout;
use super::results::Results;
use super::{Excel, Record, SheetError};
use crate::people::{ResultColumn, RowAnswer};
use csv_core::WriteResult;
use std::io::Write;

/// How much is gathered before it is written out.
const CHUNK: usize = 64 * 1024;

/// Writes a sheet's rows as they came in, each with its results.
///
/// Fields keep their text. Result columns that are in the sheet already are replaced, the others follow the header's
/// last column; a row that is longer than the header keeps its further fields behind them.
pub struct Writer<W> {
    out: W,
    lines: RowBuffer,
    results: Results,
    width: usize,
    excel: Excel,
    trailing_blank_lines: u64,
    number: String,
}

impl<W: Write> Writer<W> {
    /// Writes what stands above the data.
    pub(super) fn new(
        out: W,
        layout: &Layout,
        results: Results,
        excel: Excel,
        mark: bool,
        trailing_blank_lines: u64,
    ) -> Result<Self, SheetError> {
        let mut writer = Self {
            out,
            lines: RowBuffer::new(layout),
            results,
            width: layout.width,
            excel,
            trailing_blank_lines,
            number: String::new(),
        };
        if mark {
            writer.lines.raw("\u{feff}");
        }
        writer.lines.raw(&layout.preamble);
        if let Some(header) = &layout.header {
            writer.row(
                header.len(),
                |index| header.get(index).map(String::as_str),
                ResultColumn::ALL.map(ResultColumn::name),
            );
        }
        writer.flush_if_full()?;
        Ok(writer)
    }

    /// Writes a row with these results.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&mut self, record: &Record, answer: &RowAnswer) -> Result<(), SheetError> {
        let mut cells = answer.cells();
        let mut number = std::mem::take(&mut self.number);
        let cell = &mut cells[ResultColumn::Number.index()];
        if self.excel == Excel::Safe && !cell.is_empty() {
            number.clear();
            number.extend(["=\"", cell, "\""]);
            *cell = &number;
        }
        self.lines.blank(record.blank_lines());
        self.row(record.len(), |index| record.get(index), cells);
        self.number = number;
        self.flush_if_full()
    }

    /// Writes a row with the results it came with; result columns it came without stay empty.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_unchanged(&mut self, record: &Record) -> Result<(), SheetError> {
        let own =
            |place: Option<usize>| place.and_then(|index| record.get(index)).unwrap_or_default();
        self.lines.blank(record.blank_lines());
        let cells = self.results.places.map(own);
        self.row(record.len(), |index| record.get(index), cells);
        self.flush_if_full()
    }

    /// Writes what is still held back, and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> Result<W, SheetError> {
        self.lines.blank(self.trailing_blank_lines);
        self.flush_buffer()?;
        self.out.flush().map_err(SheetError::Write)?;
        Ok(self.out)
    }

    fn row<'r>(&mut self, len: usize, field: impl Fn(usize) -> Option<&'r str>, cells: [&str; 4]) {
        let places = self.results.places;
        for index in 0..self.width {
            let text = match places.iter().position(|place| *place == Some(index)) {
                Some(result) => cells[result],
                None => field(index).unwrap_or_default(),
            };
            self.lines.field(text);
        }
        for (cell, place) in cells.iter().zip(places) {
            if place.is_none() {
                self.lines.field(cell);
            }
        }
        for index in self.width..len {
            self.lines.field(field(index).unwrap_or_default());
        }
        self.lines.end();
    }

    fn flush_if_full(&mut self) -> Result<(), SheetError> {
        if self.lines.filled >= CHUNK {
            self.flush_buffer()?;
        }
        Ok(())
    }

    fn flush_buffer(&mut self) -> Result<(), SheetError> {
        self.out.write_all(&self.lines.buffer[..self.lines.filled]).map_err(SheetError::Write)?;
        self.lines.filled = 0;
        Ok(())
    }
}

/// Rows as bytes, gathered.
struct RowBuffer {
    /// Longer than what is in it: making room anew for each field would mean clearing it each time.
    buffer: Vec<u8>,
    filled: usize,
    csv: csv_core::Writer,
    line_end: &'static str,
    first_in_row: bool,
}

impl RowBuffer {
    fn new(layout: &Layout) -> Self {
        let csv = csv_core::WriterBuilder::new()
            .delimiter(layout.delimiter.byte())
            .terminator(layout.line_end.terminator())
            .quote_style(layout.quoting.style())
            .build();
        Self {
            buffer: vec![0; CHUNK * 2],
            filled: 0,
            csv,
            line_end: layout.line_end.as_str(),
            first_in_row: true,
        }
    }

    fn field(&mut self, text: &str) {
        // The most that a field can take: every byte a quote, quotes around it, a delimiter before it.
        self.make_room(text.len() * 2 + 3);
        let mut at = self.filled;
        if !self.first_in_row {
            at += fits(self.csv.delimiter(&mut self.buffer[at..]));
        }
        let (result, _, written) = self.csv.field(text.as_bytes(), &mut self.buffer[at..]);
        self.filled = at + fits((result, written));
        self.first_in_row = false;
    }

    fn end(&mut self) {
        self.make_room(5);
        self.filled += fits(self.csv.terminator(&mut self.buffer[self.filled..]));
        self.first_in_row = true;
    }

    fn blank(&mut self, count: u64) {
        for _ in 0..count {
            self.raw(self.line_end);
        }
    }

    /// Adds text as it is.
    fn raw(&mut self, text: &str) {
        self.make_room(text.len());
        let end = self.filled + text.len();
        self.buffer[self.filled..end].copy_from_slice(text.as_bytes());
        self.filled = end;
    }

    fn make_room(&mut self, bytes: usize) {
        let needed = self.filled + bytes;
        if self.buffer.len() < needed {
            self.buffer.resize(needed.next_power_of_two(), 0);
        }
    }
}

/// The bytes written into a buffer that was made large enough.
fn fits((result, written): (WriteResult, usize)) -> usize {
    debug_assert_eq!(result, WriteResult::InputEmpty, "the buffer holds the longest form");
    written
}
