//! Which sheet of a workbook is the list of people.

use super::contents::{Contents, Tab};
use super::overlay::Overlay;
use super::package::Package;
use super::reader::{Looks, SheetRows};
use super::strings::SharedStrings;
use super::styles::Styles;
use super::table_part::TablePart;
use super::{WorkbookError, in_words};
use crate::sheet::format::Format;
use crate::sheet::grid::{Grid, SAMPLE};
use crate::sheet::spool::Spool;
use crate::sheet::table::Table;
use crate::sheet::{Input, Options, SheetError, columns};

/// The sheets of a workbook, and what they share.
pub(super) struct Sheets<'a> {
    input: &'a Input,
    package: &'a mut Package,
    format: Format,
    looks: Looks,
    tabs: Vec<Tab>,
}

/// A sheet that was read.
pub(super) struct Read {
    pub(super) grid: Grid,
    pub(super) table: Table,
    /// Its part, unpacked.
    pub(super) part: Spool,
    pub(super) tables: Vec<TablePart>,
}

/// How much of a sheet is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
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
        Ok(Self { input, package, format, looks, tabs: sheets })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn len(&self) -> usize {
        self.tabs.len()
    }

    /// The sheet that the user names, or the only one that names people.
    pub(super) fn choose(&mut self, options: &Options) -> Result<Tab, SheetError> {
        if let Some(name) = &options.sheet {
            return self.named(name);
        }
        let visible: Vec<Tab> = self.tabs.iter().filter(|tab| tab.is_visible).cloned().collect();
        if let [only] = visible.as_slice() {
            return Ok(only.clone());
        }
        let (mut of_people, mut not_empty) = (Vec::new(), Vec::new());
        for tab in visible {
            match self.read_rows(&tab, options, Rows::First) {
                Ok(Read { table, .. }) => {
                    if columns::choose(self.input, &table, &options.map).is_ok() {
                        of_people.push(tab.clone());
                    }
                    not_empty.push(tab);
                }
                Err(SheetError::Empty { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match (of_people.as_slice(), not_empty.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only.clone()),
            ([], _) => Err(SheetError::NoSheetOfPeople {
                input: self.input.clone(),
                sheets: self.tabs.iter().map(|tab| tab.name.clone()).collect(),
            }),
            _ => Err(SheetError::SeveralSheets {
                input: self.input.clone(),
                sheets: of_people.into_iter().map(|tab| tab.name).collect(),
            }),
        }
    }

    /// By name, else by number.
    fn named(&self, name: &str) -> Result<Tab, SheetError> {
        let same = |tab: &&Tab| tab.name.trim().to_lowercase() == name.trim().to_lowercase();
        let number = || name.trim().parse::<usize>().ok()?.checked_sub(1);
        let exact = self.tabs.iter().find(|tab| tab.name == name);
        let found = exact.or_else(|| self.tabs.iter().find(same));
        let found = found.or_else(|| number().and_then(|index| self.tabs.get(index)));
        found.cloned().ok_or_else(|| SheetError::NoSheet {
            input: self.input.clone(),
            name: name.to_owned(),
            sheets: self.tabs.iter().map(|tab| tab.name.clone()).collect(),
        })
    }

    pub(super) fn read_rows(
        &mut self,
        tab: &Tab,
        options: &Options,
        rows: Rows,
    ) -> Result<Read, SheetError> {
        let in_words = |error| in_words(self.input, error);
        let part = self.package.unpack(&tab.part).map_err(in_words)?;
        let overlay = Overlay::read(self.package, &tab.part, &part).map_err(in_words)?;
        let most = match rows {
            Rows::All => usize::MAX,
            Rows::First => SAMPLE,
        };
        let rows = SheetRows::new(part.reader(0), &self.looks, &overlay).take(most);
        let rows = rows.map(|row| row.map_err(in_words));
        let (grid, table) = Grid::gather(self.input, rows, options)?;
        Ok(Read { grid, table, part, tables: overlay.tables })
    }
}
