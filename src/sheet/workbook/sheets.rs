//! Reads the sheets of a workbook, with shared strings, styles, links and merged cells.

use super::choice::{self, Tab};
use super::contents::{Contents, SheetPart};
use super::error::{WorkbookError, in_words};
use super::overlay::Overlay;
use super::package::Package;
use super::reader::{Looks, PartRows};
use super::strings::SharedStrings;
use super::styles::Styles;
use super::table_part::TablePart;
use crate::sheet::file_format::Format;
use crate::sheet::grid::{Grid, SAMPLE};
use crate::sheet::spool::Spool;
use crate::sheet::table::Table;
use crate::sheet::{Input, Options, SheetError};

/// The sheets of a workbook, and what they share.
pub(super) struct Sheets<'a> {
    input: &'a Input,
    package: &'a mut Package,
    format: Format,
    looks: Looks,
    parts: Vec<SheetPart>,
}

/// A sheet that was read.
pub(super) struct SheetRead {
    pub(super) grid: Grid,
    pub(super) table: Table,
    /// The unpacked part of the sheet.
    pub(super) part: Spool,
    pub(super) tables: Vec<TablePart>,
}

/// How much of a sheet is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    First,
}

impl<'a> Sheets<'a> {
    pub(super) fn read(input: &'a Input, package: &'a mut Package) -> Result<Self, WorkbookError> {
        let Contents { format, from_1904, sheets, strings, styles } = Contents::read(package)?;
        let strings = match strings {
            Some(part) => SharedStrings::read(package.xml(&part)?)?,
            None => SharedStrings::default(),
        };
        let styles = match styles {
            Some(part) => Styles::read(package.xml(&part)?)?,
            None => Styles::default(),
        };
        let looks = Looks { strings, styles, from_1904 };
        Ok(Self { input, package, format, looks, parts: sheets })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The sheet that names people.
    pub(super) fn choose(&mut self, options: &Options) -> Result<SheetPart, SheetError> {
        let tabs: Vec<Tab> = self.parts.iter().map(|sheet| sheet.tab.clone()).collect();
        let chosen = choice::choose(self.input, &tabs, options, |index| {
            let sheet = self.parts[index].clone();
            self.read_rows(&sheet, options, Extent::First).map(|read| read.table)
        });
        chosen.map(|index| self.parts[index].clone())
    }

    pub(super) fn read_rows(
        &mut self,
        sheet: &SheetPart,
        options: &Options,
        rows: Extent,
    ) -> Result<SheetRead, SheetError> {
        let in_words = |error| in_words(self.input, error);
        let part = self.package.unpack(&sheet.part).map_err(in_words)?;
        let overlay = Overlay::read(self.package, &sheet.part, &part).map_err(in_words)?;
        let most = match rows {
            Extent::All => usize::MAX,
            Extent::First => SAMPLE,
        };
        let rows = PartRows::new(part.reader(0), &self.looks, &overlay).take(most);
        let rows = rows.map(|row| row.map_err(in_words));
        let (grid, table) = Grid::gather(self.input, rows, options)?;
        Ok(SheetRead { grid, table, part, tables: overlay.tables })
    }
}
