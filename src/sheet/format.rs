//! The seam between a table and the format it is written in.
//!
//! A format is a folder with a [`RowSource`] and an [`EncodeRows`], and its case in [`Sheet::open`](super::Sheet::open).
//! Everything else in [`sheet`](super) knows tables only.

use super::error::SheetError;
use super::options::Excel;
use super::record::Record;
use super::table::Table;

/// An input of some format, copied and understood.
pub(super) trait RowSource: Send + Sync {
    /// Starts a pass over the data rows.
    fn rows(&self) -> Box<dyn ReadRows + Send>;

    /// Writes rows in the format, dialect and surroundings of this input.
    fn encoder(&self, excel: Excel) -> Box<dyn EncodeRows + Send>;

    /// The line, from 1, of a place that a pass named.
    fn line(&self, place: u64) -> u64;

    /// What is unusual about how it is written, for the person who reads the summary.
    fn peculiarities(&self, table: &Table) -> Vec<String>;
}

/// A pass over data rows.
pub(super) trait ReadRows {
    /// Reads the next row; `false` when there is none. After an error the pass is over.
    fn read(&mut self, record: &mut Record) -> Result<bool, SheetError>;

    /// Where the row stands that was read last, for [`RowSource::line`].
    fn place(&self) -> u64;
}

/// The cells of a row from left to right.
pub(super) type Cells<'i, 'c> = &'i mut dyn Iterator<Item = &'c str>;

/// Turns rows into the bytes of a format. What it adds to `out` is written to the output sooner or later.
pub(super) trait EncodeRows {
    /// Everything above the data rows.
    fn begin(&mut self, header: Option<Cells<'_, '_>>, out: &mut Vec<u8>);

    /// A row, with this many blank lines above it.
    fn row(&mut self, blank_lines: u64, cells: Cells<'_, '_>, out: &mut Vec<u8>);

    /// Everything below the data rows.
    fn end(&mut self, out: &mut Vec<u8>);
}
