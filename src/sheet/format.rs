//! What every format implements.
//!
//! A format is a folder with a [`RowSource`] and an [`EncodeRows`], and its cases in [`Format`],
//! [`super::formats::open`] and [`super::formats::new_file_encoder`]. A format whose cells need no parser reads its rows
//! into a [`Grid`](super::grid::Grid), which finds the header and the sample and gives the passes. Everything else in
//! [`sheet`](super) knows only tables.

use super::error::SheetError;
use super::file_format::Format;
use super::options::Excel;
use super::record::Record;
use super::results::Places;
use super::table::Table;
use std::io::{self, Write};
use std::ops::Range;

/// An input of some format, copied and understood.
pub(super) trait RowSource: Send + Sync {
    fn format(&self) -> Format;

    /// Starts a pass over the data rows.
    fn rows(&self) -> Box<dyn ReadRows + Send>;

    /// Writes the rows back in the format and dialect of this input, with everything around them. `None` if it can only be
    /// read.
    fn encoder(&self, excel: Excel) -> Option<Box<dyn EncodeRows + Send>>;

    /// How messages name the data row with this [`Record::number`].
    fn row_name(&self, number: u64) -> String;

    /// The line, from 1, of a [`ReadRows::place`]; in a workbook, the row.
    fn line(&self, place: u64) -> u64 {
        place
    }

    fn line_word(&self) -> LineWord;

    /// The columns with formulas, which must not be written over.
    fn calculated_columns(&self) -> Vec<usize> {
        Vec::new()
    }

    /// What is unusual about how it is written, for the summary.
    fn peculiarities(&self, _table: &Table) -> Vec<String> {
        Vec::new()
    }
}

/// What messages call the places of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineWord {
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
}

/// A pass over data rows.
pub(super) trait ReadRows {
    /// Reads the next row and numbers it; `false` when there is none. After an error the pass is over.
    fn read(&mut self, record: &mut Record) -> Result<bool, SheetError>;

    /// Where the row begins that was read last, for [`RowSource::line`].
    fn place(&self) -> u64;
}

/// A row to write: what was read, and its results.
#[derive(Clone, Copy)]
pub(super) struct RowOut<'r> {
    pub(super) record: &'r Record,
    /// Empty in a table that has no result columns.
    pub(super) results: &'r [&'r str],
    pub(super) places: &'r Places,
}

impl<'r> RowOut<'r> {
    /// All cells from left to right.
    pub(super) fn cells(self) -> impl Iterator<Item = &'r str> {
        self.places.arrange(self.record, self.results)
    }

    /// The results with their columns.
    pub(super) fn result_cells(self) -> impl Iterator<Item = (usize, &'r str)> {
        self.places.columns().into_iter().zip(self.results.iter().copied())
    }
}

/// What stands above the data rows.
pub(super) struct Heading<'h> {
    /// The names of the columns.
    pub(super) header: Option<RowOut<'h>>,
    /// The columns whose cells are numbers, where that is known.
    pub(super) numbers: Range<usize>,
    /// The rows above the header of the input, for an output in another format. The input's own format has kept them.
    pub(super) preamble: &'h [Vec<String>],
    pub(super) places: &'h Places,
    /// The names of the result columns, also if there is no header.
    pub(super) result_names: &'h [&'h str],
}

/// Writes rows in a format. Rows come in the order of the table; they may be held back until the end.
pub(super) trait EncodeRows {
    fn begin(&mut self, heading: &Heading<'_>, out: &mut dyn Write) -> io::Result<()>;

    fn row(&mut self, row: RowOut<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes everything that is held back, and what stands below the rows.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()>;
}
