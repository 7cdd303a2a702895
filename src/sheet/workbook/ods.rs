//! `.ods`, the spreadsheets of `LibreOffice`. Each cell holds the text that it shows.

use super::WorkbookError;
use super::choice::Tab;
use super::overlay::{counts, link_of_formula};
use super::package::Package;
use super::place::{LAST_COLUMN, LAST_ROW};
use super::xml::{Xml, attribute, next, number_attribute, push_text_of, tags, xml};
use crate::sheet::grid::{GridCell, GridRow};
use crate::sheet::spool::{Spool, SpoolReader};
use quick_xml::events::{BytesStart, Event};
use std::collections::{HashMap, HashSet};

const CONTENT: &str = "content.xml";

/// An unpacked spreadsheet.
pub(super) struct Ods {
    content: Spool,
    pub(super) tabs: Vec<Tab>,
}

impl Ods {
    /// `None` if the package is of another kind.
    pub(super) fn open(package: &mut Package) -> Result<Option<Self>, WorkbookError> {
        const MANIFEST: &str = "META-INF/manifest.xml";
        if !package.has(CONTENT) || !package.has(MANIFEST) {
            return Ok(None);
        }
        tags(package.xml(MANIFEST)?, |tag| match tag.local_name().as_ref() {
            "encryption-data" => Err(WorkbookError::Protected),
            _ => Ok(()),
        })?;
        let content = package.unpack(CONTENT)?;
        let tabs = tabs(&content)?;
        Ok((!tabs.is_empty()).then_some(Self { content, tabs }))
    }

    /// The rows of a sheet.
    pub(super) fn rows(&self, index: usize) -> Result<OdsRows, WorkbookError> {
        let mut rows = OdsRows {
            reader: xml(self.content.reader(0)),
            buffer: Vec::new(),
            number: 0,
            again: None,
            going_on: HashMap::new(),
        };
        let mut tables = 0;
        while tables <= index {
            match next(&mut rows.reader, &mut rows.buffer)? {
                Event::Start(e) if e.name().as_ref() == "table:table" => tables += 1,
                Event::Eof => return Err(WorkbookError::Damaged("a sheet of it is missing")),
                _ => {}
            }
        }
        Ok(rows)
    }
}

/// The names of the sheets. The style of a sheet says whether it is hidden.
fn tabs(content: &Spool) -> Result<Vec<Tab>, WorkbookError> {
    let (mut all, mut style, mut hidden) = (Vec::new(), String::new(), HashSet::new());
    tags(xml(content.reader(0)), |tag| {
        match tag.name().as_ref() {
            "style:style" => style = attribute(tag, "name")?.unwrap_or_default(),
            "style:table-properties" => {
                let off = attribute(tag, "display")?.filter(|display| display == "false");
                hidden.extend(off.map(|_| std::mem::take(&mut style)));
            }
            "table:table" => {
                let style = attribute(tag, "style-name")?.unwrap_or_default();
                let name = attribute(tag, "name")?.unwrap_or_default();
                all.push(Tab { name, is_visible: !hidden.contains(&style) });
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(all)
}

/// One pass over the rows of a sheet.
pub(super) struct OdsRows {
    reader: Xml<SpoolReader>,
    buffer: Vec<u8>,
    number: u64,
    /// A row that is repeated, and how often it is still to come.
    again: Option<(GridRow, u64)>,
    /// Merged cells that continue below this row, by column, with their last row.
    going_on: HashMap<usize, (u64, GridCell)>,
}

impl Iterator for OdsRows {
    type Item = Result<GridRow, WorkbookError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some((row, left)) = &mut self.again {
            self.number += 1;
            row.number = self.number;
            let row = row.clone();
            *left -= 1;
            if *left == 0 {
                self.again = None;
            }
            return Some(Ok(row));
        }
        self.next_row().transpose()
    }
}

impl OdsRows {
    fn next_row(&mut self) -> Result<Option<GridRow>, WorkbookError> {
        loop {
            let (times, has_cells) = match next(&mut self.reader, &mut self.buffer)? {
                Event::Start(e) if e.name().as_ref() == "table:table-row" => {
                    (repeated(&e, "number-rows-repeated")?, true)
                }
                Event::Empty(e) if e.name().as_ref() == "table:table-row" => {
                    (repeated(&e, "number-rows-repeated")?, false)
                }
                Event::End(e) if e.name().as_ref() == "table:table" => return Ok(None),
                Event::Eof => return Err(WorkbookError::Damaged("a sheet of it ends too early")),
                _ => continue,
            };
            let mut row = GridRow { number: self.number + 1, cells: Vec::new() };
            if has_cells {
                self.read_cells(&mut row)?;
            }
            if row.cells.is_empty() {
                self.number += times;
                continue;
            }
            if self.number + times > LAST_ROW.into() {
                return Err(WorkbookError::TooLarge(
                    "a sheet of it has more rows than there can be",
                ));
            }
            self.number += 1;
            self.again = (times > 1).then(|| (row.clone(), times - 1));
            return Ok(Some(row));
        }
    }

    fn read_cells(&mut self, row: &mut GridRow) -> Result<(), WorkbookError> {
        let mut column = 0;
        loop {
            let (start, is_empty) = match next(&mut self.reader, &mut self.buffer)? {
                Event::Start(e) => (CellStart::of(&e)?, false),
                Event::Empty(e) => (CellStart::of(&e)?, true),
                Event::End(e) if e.name().as_ref() == "table:table-row" => return Ok(()),
                Event::Eof => return Err(WorkbookError::Damaged("a row of it ends too early")),
                _ => continue,
            };
            let Some(start) = start else { continue };
            let mut cell = GridCell { has_formula: start.formula.is_some(), ..GridCell::default() };
            if !is_empty {
                self.read_text(&mut cell)?;
            }
            cell.link = start.formula.as_deref().and_then(link_of_formula).or(cell.link);
            // It is merged with a cell above and shows its text.
            if start.is_covered
                && let Some((last, above)) = self.going_on.get(&column)
                && *last >= row.number
            {
                cell = above.clone();
            }
            let is_something = cell.has_formula || cell.link.is_some() || !cell.text.is_empty();
            let end = column.saturating_add(start.times);
            if is_something && end > LAST_COLUMN as usize + 1 {
                return Err(WorkbookError::TooLarge(
                    "a sheet of it has more columns than there can be",
                ));
            }
            if start.rows > 1 {
                self.going_on.insert(column, (row.number + start.rows - 1, cell.clone()));
            }
            if is_something {
                let cells = (column..end).map(|column| GridCell { column, ..cell.clone() });
                row.cells.extend(cells);
            }
            column = end;
        }
    }

    /// Reads up to the end of a cell: its paragraphs, without comments.
    fn read_text(&mut self, cell: &mut GridCell) -> Result<(), WorkbookError> {
        let (mut paragraphs, mut in_paragraph, mut aside) = (0, false, 0_u32);
        loop {
            match next(&mut self.reader, &mut self.buffer)? {
                Event::Start(e) => match e.name().as_ref() {
                    "office:annotation" | "draw:frame" => aside += 1,
                    "text:p" if aside == 0 => {
                        if paragraphs > 0 {
                            cell.text.push('\n');
                        }
                        (paragraphs, in_paragraph) = (paragraphs + 1, true);
                    }
                    "text:a" if aside == 0 => {
                        let address = attribute(&e, "href")?.filter(|address| counts(address));
                        cell.link = address.or(cell.link.take());
                    }
                    _ => {}
                },
                Event::Empty(e) if in_paragraph && aside == 0 => match e.name().as_ref() {
                    "text:s" => {
                        let spaces = repeated(&e, "c")?.min(1000);
                        (0..spaces).for_each(|_| cell.text.push(' '));
                    }
                    "text:tab" => cell.text.push('\t'),
                    "text:line-break" => cell.text.push('\n'),
                    _ => {}
                },
                Event::End(e) => match e.name().as_ref() {
                    "office:annotation" | "draw:frame" => aside = aside.saturating_sub(1),
                    "text:p" if aside == 0 => in_paragraph = false,
                    "table:table-cell" | "table:covered-table-cell" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(WorkbookError::Damaged("a cell of it ends too early")),
                event if in_paragraph && aside == 0 => push_text_of(&event, &mut cell.text),
                _ => {}
            }
        }
    }
}

/// A cell before its text.
struct CellStart {
    times: usize,
    rows: u64,
    is_covered: bool,
    formula: Option<String>,
}

impl CellStart {
    fn of(tag: &BytesStart<'_>) -> Result<Option<Self>, WorkbookError> {
        let is_covered = match tag.name().as_ref() {
            "table:table-cell" => false,
            "table:covered-table-cell" => true,
            _ => return Ok(None),
        };
        let times = repeated(tag, "number-columns-repeated")?;
        let formula = attribute(tag, "formula")?.map(|formula| {
            formula.split_once(":=").map_or(formula.clone(), |(_, bare)| bare.to_owned())
        });
        Ok(Some(Self {
            times: usize::try_from(times).unwrap_or(usize::MAX),
            rows: repeated(tag, "number-rows-spanned")?,
            is_covered,
            formula,
        }))
    }
}

/// How often something is repeated; once, if the attribute is missing.
fn repeated(tag: &BytesStart<'_>, name: &str) -> Result<u64, WorkbookError> {
    let times: u64 = number_attribute(tag, name)?.unwrap_or(1);
    Ok(times.clamp(1, u64::from(u32::MAX)))
}
