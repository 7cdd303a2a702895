//! Adds cells to the part of a sheet and changes nothing else in it.

use super::WorkbookError;
use super::cells::push_cell;
use super::new_columns::NewColumns;
use super::place::Place;
use super::reader::{CellTag, row_number};
use super::splice::Splice;
use super::xml::prefix;
use quick_xml::events::Event;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// The new texts of a row, by column. An empty text clears the cell.
pub(super) type NewCells = BTreeMap<u32, String>;

const ROW_IS_GONE: WorkbookError = WorkbookError::Damaged("a row of a sheet is gone");

/// The part of a sheet while it is copied.
pub(super) struct SheetCopy<R, W> {
    splice: Splice<R, W>,
    columns: NewColumns,
    /// The row that was read last.
    number: u32,
}

impl<R: Read + Clone, W: Write> SheetCopy<R, W> {
    pub(super) fn new(part: R, out: W, columns: NewColumns) -> io::Result<Self> {
        Ok(Self { splice: Splice::new(part, out)?, columns, number: 0 })
    }

    /// Copies up to the end of a row and adds these cells to it. Rows have to come in their order.
    pub(super) fn row(&mut self, row: u32, cells: NewCells) -> Result<(), WorkbookError> {
        loop {
            let (event, range) = self.splice.next()?;
            let (tag, is_empty) = match &event {
                Event::Start(tag) => (tag, false),
                Event::Empty(tag) => (tag, true),
                Event::Eof => return Err(ROW_IS_GONE),
                _ => continue,
            };
            let is_row = tag.local_name().as_ref() == "row";
            if is_row {
                self.number = row_number(tag, self.number)?;
                match self.number.cmp(&row) {
                    Ordering::Less => continue,
                    Ordering::Equal => {}
                    Ordering::Greater => return Err(ROW_IS_GONE),
                }
                if cells.is_empty() {
                    return Ok(());
                }
            }
            let (prefix, name) = (prefix(tag.name()), tag.name().as_ref().to_owned());
            let wider = self.columns.widen_tag(tag, range.start)?;
            drop(event);
            self.splice.change(wider)?;
            if !is_row {
                continue;
            }
            if !is_empty {
                return self.edit_row(&prefix, cells);
            }
            let mut xml = String::from(">");
            self.push_cells(&mut xml, &prefix, &cells, None);
            xml.push_str(&format!("</{name}>"));
            return Ok(self.splice.replace(range.end - 2..range.end, &xml)?);
        }
    }

    pub(super) fn finish(mut self) -> Result<W, WorkbookError> {
        loop {
            let (event, range) = self.splice.next()?;
            let wider = match &event {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() != "row" => {
                    self.columns.widen_tag(tag, range.start)?
                }
                Event::Eof => break,
                _ => None,
            };
            drop(event);
            self.splice.change(wider)?;
        }
        Ok(self.splice.finish()?)
    }

    /// Copies the rest of a row, replaces cells that have a new text, and adds the others.
    fn edit_row(&mut self, prefix: &str, mut cells: NewCells) -> Result<(), WorkbookError> {
        let mut next_column = 0;
        let mut style_of_last = None;
        loop {
            let (event, range) = self.splice.next()?;
            let (tag, is_empty) = match &event {
                Event::Start(tag) => (tag, false),
                Event::Empty(tag) => (tag, true),
                Event::End(tag) if tag.local_name().as_ref() == "row" => {
                    drop(event);
                    let mut xml = String::new();
                    self.push_cells(&mut xml, prefix, &cells, style_of_last);
                    self.splice.replace(range.start..range.start, &xml)?;
                    return Ok(());
                }
                Event::Eof => {
                    return Err(WorkbookError::Damaged("a sheet ends in the middle of a row"));
                }
                _ => continue,
            };
            if tag.local_name().as_ref() != "c" {
                continue;
            }
            let cell = CellTag::of(tag, self.number, next_column)?;
            drop(event);
            next_column = cell.place.column + 1;
            let later = cells.split_off(&cell.place.column);
            let mut xml = String::new();
            let before = std::mem::replace(&mut cells, later);
            self.push_cells(&mut xml, prefix, &before, style_of_last);
            let mut end = range.start;
            if let Some(text) = cells.remove(&cell.place.column) {
                // A cell without text is kept for its style.
                if !text.is_empty() || cell.style > 0 {
                    push_cell(&mut xml, prefix, cell.place, Some(cell.style), &text);
                }
                end = if is_empty { range.end } else { self.end_of_cell()? };
            } else {
                style_of_last = Some(cell.style);
            }
            if end > range.start || !xml.is_empty() {
                self.splice.replace(range.start..end, &xml)?;
            }
        }
    }

    /// Where the current cell ends.
    fn end_of_cell(&mut self) -> Result<u64, WorkbookError> {
        loop {
            match self.splice.next()? {
                (Event::End(tag), range) if tag.local_name().as_ref() == "c" => {
                    return Ok(range.end);
                }
                (Event::Eof, _) => {
                    return Err(WorkbookError::Damaged("a sheet ends in the middle of a cell"));
                }
                _ => {}
            }
        }
    }

    /// Adds new cells. In the header they get the style of the cell to their left.
    fn push_cells(
        &self,
        xml: &mut String,
        prefix: &str,
        cells: &NewCells,
        neighbour: Option<usize>,
    ) {
        let style = neighbour.filter(|_| self.columns.header_row == Some(self.number));
        for (column, text) in cells.iter().filter(|(_, text)| !text.is_empty()) {
            let place = Place { column: *column, row: self.number };
            push_cell(xml, prefix, place, style, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(added: std::ops::Range<u32>, header_row: u32) -> NewColumns {
        NewColumns { added, header_row: Some(header_row) }
    }

    fn edited(xml: &str, columns: NewColumns, cells: &[(u32, u32, &str)]) -> String {
        let mut copy = SheetCopy::new(xml.as_bytes(), Vec::new(), columns).unwrap();
        for of_row in cells.chunk_by(|one, other| one.0 == other.0) {
            let texts = of_row.iter().map(|(_, column, text)| (*column, (*text).to_owned()));
            copy.row(of_row[0].0, texts.collect()).unwrap();
        }
        String::from_utf8(copy.finish().unwrap()).unwrap()
    }

    #[test]
    fn cells_are_added_behind_the_last_and_everything_that_names_the_width_follows() {
        let xml = "<worksheet><dimension  ref='A1:B2' /><sheetData ><row r=\"1\" spans=\"1:2\"  ht=\"15\"><c r=\"A1\" s=\"3\"><v>1</v></c ></row>\
            <row r=\"2\" hidden=\"1\" /><row r=\"3\"/></sheetData><autoFilter ref=\"A1:B2\"><filterColumn colId=\"0\"/></autoFilter></worksheet>";
        let cells = [(1, 2, "phone"), (1, 3, "a<b"), (2, 2, "+1202"), (2, 3, "")];
        assert_eq!(
            edited(xml, columns(2..4, 1), &cells),
            "<worksheet><dimension  ref='A1:D2' /><sheetData ><row r=\"1\" spans=\"1:4\"  ht=\"15\"><c r=\"A1\" s=\"3\"><v>1</v></c >\
            <c r=\"C1\" s=\"3\" t=\"inlineStr\"><is><t>phone</t></is></c><c r=\"D1\" s=\"3\" t=\"inlineStr\"><is><t>a&lt;b</t></is></c></row>\
            <row r=\"2\" hidden=\"1\" ><c r=\"C2\" t=\"inlineStr\"><is><t>+1202</t></is></c></row><row r=\"3\"/></sheetData><autoFilter ref=\"A1:D2\"><filterColumn colId=\"0\"/></autoFilter></worksheet>"
        );
        assert_eq!(edited(xml, columns(2..4, 1), &[]).replace("A1:D2", "A1:B2"), xml);
    }

    #[test]
    fn our_own_cells_are_replaced_in_place_and_keep_their_style() {
        let xml = "<sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"4\" t=\"s\"><v>7</v></c><c r=\"C2\" s=\"5\"/><c r=\"D2\"><v>9</v></c></row></sheetData>";
        let out = edited(xml, columns(9..9, 1), &[(2, 1, "new"), (2, 2, "")]);
        assert_eq!(
            out,
            "<sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"4\" t=\"inlineStr\"><is><t>new</t></is></c><c r=\"C2\" s=\"5\"/><c r=\"D2\"><v>9</v></c></row></sheetData>"
        );
        let between = edited(
            "<sheetData><row><c r=\"A1\"/><c r=\"D1\"/></row></sheetData>",
            columns(1..2, 9),
            &[(1, 1, "x")],
        );
        assert_eq!(
            between,
            "<sheetData><row><c r=\"A1\"/><c r=\"B1\" t=\"inlineStr\"><is><t>x</t></is></c><c r=\"D1\"/></row></sheetData>"
        );
    }

    #[test]
    fn a_prefix_of_the_namespace_is_kept() {
        let out =
            edited("<x:sheetData><x:row r=\"1\"/></x:sheetData>", columns(0..1, 9), &[(1, 0, "a")]);
        assert_eq!(
            out,
            "<x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData>"
        );
    }
}
