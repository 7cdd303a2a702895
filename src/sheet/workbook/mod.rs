//! Excel workbooks: read as a person sees them, written back by adding cells to what is there.

mod cells;
mod contents;
mod edit;
mod encoder;
mod error;
mod fresh;
mod number_format;
mod overlay;
mod package;
mod place;
mod reader;
mod sheets;
mod splice;
mod strings;
mod styles;
mod table_part;
mod xml;

pub(super) use error::WorkbookError;
pub(super) use fresh::Fit;

use super::error::shown;
use super::format::{EncodeRows, Format, LineWord, ReadRows, RowSource};
use super::grid::Grid;
use super::spool::{Spool, SpoolWriter};
use super::table::Table;
use super::{Excel, Input, Options, SheetError};
use encoder::{Editor, Original};
use package::Package;
use sheets::{Read, Rows, Sheets};
use std::io;

/// Whether a file begins as a workbook does: as a zip file, or as the older kind and what has a password.
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0")
}

/// A sheet of a workbook.
struct Workbook {
    format: Format,
    grid: Grid,
    is_only_sheet: bool,
    original: Original,
    /// The name of the sheet.
    sheet: String,
}

/// Copies a workbook to its end and reads the sheet that names people.
pub(super) fn open(
    input: &Input,
    raw: &mut dyn io::Read,
    options: &Options,
) -> Result<(Box<dyn RowSource>, Table), SheetError> {
    let file = copy(input, raw)?;
    let in_words = |error| in_words(input, error);
    let mut package = Package::open(&file).map_err(in_words)?;
    let mut sheets = Sheets::read(input, &mut package).map_err(in_words)?;
    let chosen = sheets.choose(options)?;
    let format = sheets.format();
    let is_only_sheet = sheets.len() == 1;
    let Read { grid, table, part, tables } = sheets.read_rows(&chosen, options, Rows::All)?;
    let header_row = table.header.as_ref().and_then(|_| table.header_line.try_into().ok());
    let original = Original { file, sheet: part, part: chosen.part, header_row, tables };
    let workbook = Workbook { format, grid, is_only_sheet, original, sheet: chosen.name };
    Ok((Box::new(workbook), table))
}

/// Writes a new workbook.
pub(super) fn new_encoder() -> Box<dyn EncodeRows + Send> {
    Box::new(fresh::Fresh::default())
}

fn copy(input: &Input, raw: &mut dyn io::Read) -> Result<Spool, SheetError> {
    let failed = |error| SheetError::uncopied(input, error);
    let mut copy = SpoolWriter::create().map_err(failed)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match raw.read(&mut buffer) {
            Ok(0) => return Ok(copy.finish()),
            Ok(read) => copy.write(&buffer[..read]).map_err(failed)?,
            Err(source) => return Err(SheetError::Read { input: input.clone(), source }),
        }
    }
}

fn in_words(input: &Input, error: WorkbookError) -> SheetError {
    let input = input.clone();
    match error {
        WorkbookError::Damaged(why) => SheetError::DamagedWorkbook { input, why },
        WorkbookError::Io(source) => SheetError::Read { input, source },
        WorkbookError::Protected => SheetError::ProtectedWorkbook { input },
        WorkbookError::Spool(error) => SheetError::uncopied(&input, error),
        WorkbookError::TooLarge(why) => SheetError::WorkbookTooLarge { input, why },
    }
}

impl RowSource for Workbook {
    fn format(&self) -> Format {
        self.format
    }

    fn rows(&self) -> Box<dyn ReadRows + Send> {
        self.grid.rows()
    }

    fn encoder(&self, _: Excel) -> Option<Box<dyn EncodeRows + Send>> {
        Some(Box::new(Editor::new(self.original.clone())))
    }

    fn row_name(&self, number: u64) -> String {
        format!("row {number} of sheet `{}`", shown(&self.sheet))
    }

    fn line(&self, place: u64) -> u64 {
        place
    }

    fn line_word(&self) -> LineWord {
        LineWord { one: "row", many: "rows" }
    }

    fn calculated_columns(&self) -> Vec<usize> {
        self.grid.calculated_columns()
    }

    fn peculiarities(&self, table: &Table) -> Vec<String> {
        let sheet = (!self.is_only_sheet).then(|| format!("sheet `{}`", shown(&self.sheet)));
        let header = table.header_below().map(|row| format!("header in row {row}"));
        sheet.into_iter().chain(header).collect()
    }
}
