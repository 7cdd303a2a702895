//! Workbooks: read as a person sees them, and written back by adding cells to the same file.

mod cells;
mod choice;
mod contents;
mod edit;
mod encoder;
mod error;
mod new_columns;
mod new_file;
mod number_format;
mod ods;
mod overlay;
mod package;
mod place;
mod read_only;
mod reader;
mod sheets;
mod splice;
mod strings;
mod styles;
mod table_part;
mod xml;

pub(super) use error::WorkbookError;
use error::in_words;
pub(super) use new_file::SizeLimit;

use super::error::shown;
use super::file_format::Format;
use super::format::{EncodeRows, LineWord, ReadRows, RowSource};
use super::grid::Grid;
use super::spool::Spool;
use super::table::Table;
use super::{Excel, Input, Options, SheetError};
use encoder::{Original, WorkbookEditor};
use new_file::NewWorkbook;
use package::Package;
use read_only::ReadOnlySheet;
use sheets::{Extent, SheetRead, Sheets};
use std::io::{self, Read as _};

/// The first bytes of `.xls`, and of a workbook with a password.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

/// Whether the first bytes are those of a workbook: a zip file, or [`OLE`].
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(OLE)
}

/// One sheet of a workbook.
struct Workbook {
    format: Format,
    grid: Grid,
    is_only_sheet: bool,
    /// The file that results are added to; `None` if it can only be read.
    original: Option<Original>,
    /// The name of the sheet.
    sheet: String,
}

/// Copies a workbook to its end and reads the sheet that names people.
pub(super) fn open(
    input: &Input,
    raw: &mut dyn io::Read,
    options: &Options,
) -> Result<(Box<dyn RowSource>, Table), SheetError> {
    let file = Spool::copy(input, raw)?;
    let in_words = |error| in_words(input, error);
    if is_ole(&file).map_err(|error| in_words(error.into()))? {
        return read_only::open_ole(input, &file, options).map(only_read);
    }
    let mut package = Package::open(&file).map_err(in_words)?;
    if let Some(read) = read_only::open_package(input, &file, &mut package, options)? {
        return Ok(only_read(read));
    }
    let mut sheets = Sheets::read(input, &mut package).map_err(in_words)?;
    let chosen = sheets.choose(options)?;
    let format = sheets.format();
    let is_only_sheet = sheets.len() == 1;
    let SheetRead { grid, table, part, tables } =
        sheets.read_rows(&chosen, options, Extent::All)?;
    let header_row = table.header.as_ref().and_then(|_| table.header_line.try_into().ok());
    let original = Original { file, sheet: part, part: chosen.part, header_row, tables };
    let sheet = chosen.tab.name;
    let original = Some(original);
    Ok((Box::new(Workbook { format, grid, is_only_sheet, original, sheet }), table))
}

fn only_read(read: ReadOnlySheet) -> (Box<dyn RowSource>, Table) {
    let ReadOnlySheet { grid, is_only_sheet, sheet, table } = read;
    let format = Format::ReadOnly;
    (Box::new(Workbook { format, grid, is_only_sheet, original: None, sheet }), table)
}

fn is_ole(file: &Spool) -> io::Result<bool> {
    let mut head = Vec::new();
    file.reader(0).take(OLE.len() as u64).read_to_end(&mut head)?;
    Ok(head == OLE)
}

/// The encoder for a new workbook.
pub(super) fn new_encoder() -> Box<dyn EncodeRows + Send> {
    Box::new(NewWorkbook::default())
}

impl RowSource for Workbook {
    fn format(&self) -> Format {
        self.format
    }

    fn rows(&self) -> Box<dyn ReadRows + Send> {
        self.grid.rows()
    }

    fn encoder(&self, _: Excel) -> Option<Box<dyn EncodeRows + Send>> {
        let original = self.original.clone()?;
        Some(Box::new(WorkbookEditor::new(original)))
    }

    fn row_name(&self, number: u64) -> String {
        format!("row {number} of sheet `{}`", shown(&self.sheet))
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
