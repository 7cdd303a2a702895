//! Workbooks that can be read but not written: `.xls` and `.xlsb`, which calamine reads, and `.ods`.

use super::choice::{self, Tab};
use super::error::{WorkbookError, in_words};
use super::number_format::{NumberFormat, general};
use super::ods::Ods;
use super::package::Package;
use super::place::LAST_ROW;
use crate::sheet::grid::{Grid, GridCell, GridRow, SAMPLE};
use crate::sheet::spool::{Spool, SpoolReader};
use crate::sheet::table::Table;
use crate::sheet::{Input, Options, SheetError};
use calamine::{
    Data, DataType, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
};
use std::io::{self, BufReader, Read};
use std::iter;
use std::panic::{self, AssertUnwindSafe};

type RowIter<'a> = Box<dyn Iterator<Item = Result<GridRow, WorkbookError>> + 'a>;

/// An entry in the directory of a workbook with a password, in UTF-16.
const ENCRYPTED: &str = "EncryptedPackage";

enum Book {
    Ods(Ods),
    Xls(Box<Xls<BufReader<SpoolReader>>>),
    Xlsb(Box<Xlsb<BufReader<SpoolReader>>>),
}

/// A sheet that was read.
pub(super) struct ReadOnlySheet {
    pub(super) grid: Grid,
    pub(super) is_only_sheet: bool,
    pub(super) sheet: String,
    pub(super) table: Table,
}

/// Reads an `.xls`.
pub(super) fn open_ole(
    input: &Input,
    file: &Spool,
    options: &Options,
) -> Result<ReadOnlySheet, SheetError> {
    if is_encrypted(file).map_err(|error| in_words(input, error.into()))? {
        return Err(in_words(input, WorkbookError::Protected));
    }
    without_panic(input, || {
        let book = Xls::new(BufReader::new(file.reader(0))).map_err(|error| match error {
            XlsError::Io(error) => error.into(),
            XlsError::Password => WorkbookError::Protected,
            _ => WorkbookError::Damaged("it is not an `.xls` as Excel writes it"),
        });
        read(input, Book::Xls(Box::new(book.map_err(|error| in_words(input, error))?)), options)
    })
}

/// Reads an `.ods` or `.xlsb`; `None` for other packages.
pub(super) fn open_package(
    input: &Input,
    file: &Spool,
    package: &mut Package,
    options: &Options,
) -> Result<Option<ReadOnlySheet>, SheetError> {
    let in_words = |error| in_words(input, error);
    if let Some(ods) = Ods::open(package).map_err(in_words)? {
        return read(input, Book::Ods(ods), options).map(Some);
    }
    if !package.has("xl/workbook.bin") {
        return Ok(None);
    }
    // calamine holds these in memory, and unpacks them whatever their size.
    for part in ["xl/workbook.bin", "xl/sharedStrings.bin", "xl/styles.bin"] {
        if package.has(part) {
            package.check_size(part).map_err(in_words)?;
        }
    }
    without_panic(input, || {
        let book = Xlsb::new(BufReader::new(file.reader(0))).map_err(of_xlsb).map_err(in_words)?;
        read(input, Book::Xlsb(Box::new(book)), options).map(Some)
    })
}

fn of_xlsb(error: XlsbError) -> WorkbookError {
    match error {
        XlsbError::Io(error) => error.into(),
        XlsbError::Password => WorkbookError::Protected,
        _ => WorkbookError::Damaged("a part of it is not as Excel writes it"),
    }
}

/// Turns a panic into an error: calamine may panic on a damaged file.
fn without_panic<T>(
    input: &Input,
    read: impl FnOnce() -> Result<T, SheetError>,
) -> Result<T, SheetError> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    panic::set_hook(hook);
    result.unwrap_or_else(|_| {
        Err(in_words(input, WorkbookError::Damaged("its parts contradict each other")))
    })
}

fn is_encrypted(file: &Spool) -> io::Result<bool> {
    let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut reader = file.reader(0);
    let mut bytes = Vec::new();
    // Names begin at multiples of 128 bytes, so none is in two pieces.
    while reader.by_ref().take(1 << 20).read_to_end(&mut bytes)? > 0 {
        if bytes.chunks(128).any(|entry| entry.starts_with(&name)) {
            return Ok(true);
        }
        bytes.clear();
    }
    Ok(false)
}

fn read(input: &Input, mut book: Book, options: &Options) -> Result<ReadOnlySheet, SheetError> {
    let tabs = book.tabs();
    let mut gather = |index: usize, most: usize| {
        let rows = book.rows(&tabs[index].name, index).map_err(|error| in_words(input, error))?;
        let rows = rows.filter(|row| row.as_ref().map_or(true, |row| !row.cells.is_empty()));
        let rows = rows.take(most).map(|row| row.map_err(|error| in_words(input, error)));
        Grid::gather(input, rows, options)
    };
    let chosen = choice::choose(input, &tabs, options, |index| {
        gather(index, SAMPLE).map(|(_, table)| table)
    })?;
    let (grid, table) = gather(chosen, usize::MAX)?;
    let sheet = tabs[chosen].name.clone();
    Ok(ReadOnlySheet { grid, is_only_sheet: tabs.len() == 1, sheet, table })
}

impl Book {
    fn tabs(&self) -> Vec<Tab> {
        let sheets = match self {
            Self::Ods(ods) => return ods.tabs.clone(),
            Self::Xls(xls) => xls.sheets_metadata(),
            Self::Xlsb(xlsb) => xlsb.sheets_metadata(),
        };
        let tab = |sheet: &calamine::Sheet| Tab {
            name: sheet.name.clone(),
            is_visible: sheet.visible == SheetVisible::Visible,
        };
        let has_cells = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
        sheets.iter().filter(has_cells).map(tab).collect()
    }

    fn rows(&mut self, name: &str, index: usize) -> Result<RowIter<'_>, WorkbookError> {
        match self {
            Self::Ods(ods) => Ok(Box::new(ods.rows(index)?)),
            Self::Xls(xls) => {
                let from_1904 = xls.has_1904_epoch();
                let range = xls.worksheet_range(name);
                let range =
                    range.map_err(|_| WorkbookError::Damaged("a sheet of it is missing"))?;
                Ok(Box::new(rows_of(range, from_1904)))
            }
            Self::Xlsb(xlsb) => {
                let from_1904 = xlsb.has_1904_epoch();
                let mut reader = xlsb.worksheet_cells_reader(name).map_err(of_xlsb)?;
                let cells = iter::from_fn(move || reader.next_cell().map_err(of_xlsb).transpose());
                let cells = cells.map(move |cell| {
                    let cell = cell?;
                    let (row, column) = cell.get_position();
                    Ok((row, column, shown(cell.get_value(), from_1904)))
                });
                Ok(Box::new(in_rows(cells)))
            }
        }
    }
}

fn rows_of(
    range: Range<Data>,
    from_1904: bool,
) -> impl Iterator<Item = Result<GridRow, WorkbookError>> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let (height, width) = range.get_size();
    (0..height).map(move |row| {
        let cells = (0..width).filter_map(|column| {
            let text = shown(range.get((row, column))?, from_1904);
            let column = first_column as usize + column;
            (!text.is_empty()).then(|| GridCell { column, text, ..GridCell::default() })
        });
        Ok(GridRow { number: u64::from(first_row) + row as u64 + 1, cells: cells.collect() })
    })
}

/// Collects cells into rows.
fn in_rows(
    cells: impl Iterator<Item = Result<(u32, u32, String), WorkbookError>>,
) -> impl Iterator<Item = Result<GridRow, WorkbookError>> {
    let mut cells = cells.peekable();
    let mut last = 0;
    iter::from_fn(move || {
        let mut row = GridRow::default();
        while let Some(cell) = cells.peek() {
            if let Ok((number, ..)) = cell
                && row.number != 0
                && row.number != u64::from(*number) + 1
            {
                break;
            }
            let (number, column, text) = match cells.next()? {
                Ok(cell) => cell,
                Err(error) => return Some(Err(error)),
            };
            row.number = u64::from(number) + 1;
            let column = column as usize;
            let is_in_order = row.cells.last().is_none_or(|cell| cell.column < column);
            if row.number <= last || row.number > LAST_ROW.into() || !is_in_order {
                return Some(Err(WorkbookError::Damaged("its rows are not in order")));
            }
            if !text.is_empty() {
                row.cells.push(GridCell { column, text, ..GridCell::default() });
            }
        }
        last = row.number;
        (row.number > 0).then_some(Ok(row))
    })
}

/// A value as a person sees it, as far as that is known without its number format.
fn shown(value: &impl DataType, from_1904: bool) -> String {
    if let Some(text) = value.get_string() {
        return text.to_owned();
    }
    if let Some(is_true) = value.get_bool() {
        return if is_true { "TRUE" } else { "FALSE" }.to_owned();
    }
    if let Some(moment) = value.get_datetime() {
        let days = moment.as_f64();
        let code = match (moment.is_duration(), days.fract() == 0.0) {
            (true, _) => "[h]:mm:ss",
            (false, true) => "yyyy-mm-dd",
            (false, false) => "yyyy-mm-dd hh:mm:ss",
        };
        return NumberFormat::parse(code).show(days, from_1904);
    }
    if let Some(error) = value.get_error() {
        return error.to_string();
    }
    let number = value.get_float().or_else(|| value.as_f64());
    number.map_or_else(|| value.get_datetime_iso().unwrap_or_default().to_owned(), general)
}
