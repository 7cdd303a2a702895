//! Reads the rows of a sheet one by one, as a person sees them.

use super::WorkbookError;
use super::number_format::general;
use super::overlay::{self, Overlay};
use super::place::{LAST_ROW, Place};
use super::strings::{SharedStrings, read_rich_text, unescape_controls};
use super::styles::Styles;
use super::xml::{Xml, attribute, next, push_text_of, xml};
use crate::sheet::grid::{GridCell, GridRow};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::Read;

/// What the text that a cell shows depends on.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) strings: SharedStrings,
    pub(super) styles: Styles,
    pub(super) from_1904: bool,
}

/// The rows of a sheet's part. Empty rows and the totals of tables are left out.
pub(super) struct PartRows<'a, R> {
    reader: Xml<R>,
    buffer: Vec<u8>,
    looks: &'a Looks,
    overlay: &'a Overlay,
    number: u32,
    /// Merged cells that continue below this row, by column, with their last row.
    going_on: HashMap<u32, (u32, GridCell)>,
}

/// How the value of a cell is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellType {
    Shared,
    Inline,
    Text,
    Boolean,
    Number,
    Date,
}

impl<R: Read> Iterator for PartRows<'_, R> {
    type Item = Result<GridRow, WorkbookError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_row() {
                Ok(Some(row)) if row.cells.is_empty() || self.overlay.is_total(self.number) => {}
                row => return row.transpose(),
            }
        }
    }
}

impl<'a, R: Read> PartRows<'a, R> {
    pub(super) fn new(part: R, looks: &'a Looks, overlay: &'a Overlay) -> Self {
        Self {
            reader: xml(part),
            buffer: Vec::new(),
            looks,
            overlay,
            number: 0,
            going_on: HashMap::new(),
        }
    }

    fn next_row(&mut self) -> Result<Option<GridRow>, WorkbookError> {
        loop {
            let event = next(&mut self.reader, &mut self.buffer)?;
            let has_cells = matches!(event, Event::Start(_));
            match event {
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "row" => {
                    self.number = row_number(&e, self.number)?;
                }
                Event::Eof => return Ok(None),
                _ => continue,
            }
            let mut row = GridRow { number: self.number.into(), cells: Vec::new() };
            if has_cells {
                self.read_cells(&mut row)?;
            }
            self.merge(&mut row);
            return Ok(Some(row));
        }
    }

    fn read_cells(&mut self, row: &mut GridRow) -> Result<(), WorkbookError> {
        let mut next_column = 0;
        loop {
            match next(&mut self.reader, &mut self.buffer)? {
                Event::Start(e) if e.local_name().as_ref() == "c" => {
                    let cell = CellTag::of(&e, self.number, next_column)?;
                    if cell.place.column < next_column {
                        return Err(WorkbookError::Damaged("its cells are not in order"));
                    }
                    next_column = cell.place.column + 1;
                    row.cells.extend(self.read_cell(&cell)?);
                }
                Event::Empty(e) if e.local_name().as_ref() == "c" => {
                    next_column = CellTag::of(&e, self.number, next_column)?.place.column + 1;
                }
                Event::End(e) if e.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => {
                    return Err(WorkbookError::Damaged("a sheet ends in the middle of a row"));
                }
                _ => {}
            }
        }
    }

    /// Reads up to the end of a cell. A cell with a formula or a link is not empty, even if it shows no text.
    fn read_cell(&mut self, cell: &CellTag) -> Result<Option<GridCell>, WorkbookError> {
        let (mut value, mut formula, mut inline) = (String::new(), None::<String>, String::new());
        let mut in_formula = false;
        loop {
            match next(&mut self.reader, &mut self.buffer)? {
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "f" => {
                    in_formula = true;
                    formula.get_or_insert_default();
                }
                Event::Start(e) if e.local_name().as_ref() == "v" => in_formula = false,
                Event::Start(e) if e.local_name().as_ref() == "is" => {
                    read_rich_text(&mut self.reader, "is", &mut inline)?;
                }
                Event::End(e) if e.local_name().as_ref() == "c" => break,
                Event::Eof => {
                    return Err(WorkbookError::Damaged("a sheet ends in the middle of a cell"));
                }
                event => {
                    let formula = formula.as_mut().filter(|_| in_formula);
                    push_text_of(&event, formula.unwrap_or(&mut value));
                }
            }
        }
        let link = formula.as_deref().and_then(overlay::link_of_formula);
        let link = link.or_else(|| self.overlay.links.get(&cell.place).cloned());
        let has_formula = formula.is_some();
        let column = cell.place.column as usize;
        let text = self.shown(cell, value, inline);
        let is_something = has_formula || link.is_some() || !text.is_empty();
        Ok(is_something.then_some(GridCell { column, text, link, has_formula }))
    }

    fn shown(&self, cell: &CellTag, mut value: String, inline: String) -> String {
        match cell.kind {
            CellType::Shared => {
                let index = value.trim().parse().ok();
                index.and_then(|index| self.looks.strings.get(index)).unwrap_or_default().to_owned()
            }
            CellType::Inline => inline,
            CellType::Text => {
                unescape_controls(&mut value, 0);
                value
            }
            CellType::Boolean => match value.trim() {
                "1" | "true" => "TRUE".to_owned(),
                "0" | "false" => "FALSE".to_owned(),
                _ => value,
            },
            // ISO 8601, as it is.
            CellType::Date => value,
            CellType::Number => match value.trim().parse::<f64>() {
                Ok(number) => match self.looks.styles.format(cell.style) {
                    Some(format) => format.show(number, self.looks.from_1904),
                    None => general(number),
                },
                Err(_) => value,
            },
        }
    }

    /// Adds cells that were merged with a cell above: a person sees their text in each of the rows.
    fn merge(&mut self, row: &mut GridRow) {
        for area in self.overlay.merged_from(self.number) {
            let column = area.first.column;
            let found = row.cells.iter().find(|cell| cell.column == column as usize);
            if let Some(cell) = found {
                let seen = GridCell { has_formula: false, ..cell.clone() };
                self.going_on.insert(column, (area.last.row, seen));
            }
        }
        self.going_on.retain(|_, (last, _)| *last >= self.number);
        for (_, cell) in self.going_on.values() {
            if let Err(at) = row.cells.binary_search_by_key(&cell.column, |cell| cell.column) {
                row.cells.insert(at, cell.clone());
            }
        }
    }
}

/// A cell before its value.
#[derive(Debug)]
pub(super) struct CellTag {
    pub(super) place: Place,
    pub(super) style: usize,
    kind: CellType,
}

impl CellTag {
    /// A cell that does not name its place is right of the one before.
    pub(super) fn of(
        tag: &BytesStart<'_>,
        row: u32,
        next_column: u32,
    ) -> Result<Self, WorkbookError> {
        let (mut place, mut kind, mut style) =
            (Place { column: next_column, row }, CellType::Number, 0);
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(quick_xml::Error::from)?;
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    const NOWHERE: WorkbookError =
                        WorkbookError::Damaged("a cell has a place that does not exist");
                    place = Place::parse(value).ok_or(NOWHERE)?;
                }
                "s" => style = value.trim().parse().unwrap_or(0),
                "t" => {
                    kind = match value {
                        "s" => CellType::Shared,
                        "inlineStr" => CellType::Inline,
                        "str" | "e" => CellType::Text,
                        "b" => CellType::Boolean,
                        "d" => CellType::Date,
                        _ => CellType::Number,
                    }
                }
                _ => {}
            }
        }
        Ok(Self { place, style, kind })
    }
}

/// A row that does not name its number comes after the one before.
pub(super) fn row_number(tag: &BytesStart<'_>, before: u32) -> Result<u32, WorkbookError> {
    match attribute(tag, "r")? {
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1..=LAST_ROW).contains(number) && *number > before)
            .ok_or(WorkbookError::Damaged("its rows are not in order")),
        None => Ok(before + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::Relationship;
    use super::*;

    fn rows(text: &str, links: &[(&str, &str)]) -> Vec<(u64, Vec<(usize, String)>)> {
        let strings = "<sst><si><t>Ann</t></si><si><t>Lee</t></si></sst>";
        let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"00000\"/></numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
             <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
        let looks = Looks {
            strings: SharedStrings::read(xml(strings.as_bytes())).unwrap(),
            styles: Styles::read(xml(styles.as_bytes())).unwrap(),
            from_1904: false,
        };
        let relation = |(id, target): &(&str, &str)| Relationship {
            id: (*id).to_owned(),
            kind: "hyperlink".to_owned(),
            target: (*target).to_owned(),
        };
        let relations: Vec<Relationship> = links.iter().map(relation).collect();
        let mut overlay = Overlay::default();
        overlay.read_links(xml(text.as_bytes()), &relations).unwrap();
        PartRows::new(text.as_bytes(), &looks, &overlay)
            .map(|row| {
                let row = row.unwrap();
                let shown = |cell: GridCell| (cell.column, cell.link.unwrap_or(cell.text));
                (row.number, row.cells.into_iter().map(shown).collect())
            })
            .collect()
    }

    fn cells(xml: &str) -> Vec<(usize, String)> {
        let xml = format!("<worksheet><sheetData><row r=\"1\">{xml}</row></sheetData></worksheet>");
        rows(&xml, &[]).remove(0).1
    }

    #[test]
    fn every_kind_of_cell_is_shown_as_a_person_sees_it() {
        for (xml, shown) in [
            ("<c r=\"A1\" t=\"s\"><v>0</v></c>", "Ann"),
            ("<c t=\"inlineStr\"><is><r><t>A</t></r><r><t>nn</t></r></is></c>", "Ann"),
            ("<c><v>447911123456</v></c>", "447911123456"),
            ("<c><v>4.47911123456E11</v></c>", "447911123456"),
            ("<c s=\"1\"><v>45292</v></c>", "2024-01-01"),
            ("<c s=\"2\"><v>1234</v></c>", "01234"),
            ("<c t=\"b\"><v>1</v></c>", "TRUE"),
            ("<c t=\"e\"><v>#N/A</v></c>", "#N/A"),
            ("<c t=\"str\"><f>A1&amp;\" \"</f><v>Ann &lt;Lee&gt;</v></c>", "Ann <Lee>"),
            ("<c><f>1+1</f><v>2</v></c>", "2"),
            ("<c t=\"d\"><v>2024-01-01</v></c>", "2024-01-01"),
            (
                "<c t=\"str\"><f>HYPERLINK(\"https://linkedin.com/in/ann\",\"Profile\")</f><v>Profile</v></c>",
                "https://linkedin.com/in/ann",
            ),
            (
                "<c t=\"str\"><f>HYPERLINK(\"https://acme.example\",\"Site\")</f><v>Site</v></c>",
                "Site",
            ),
            ("<x:c xmlns:x=\"y\" t=\"s\"><x:v>1</x:v></x:c>", "Lee"),
        ] {
            assert_eq!(cells(xml), [(0, shown.to_owned())], "{xml}");
        }
    }

    #[test]
    fn cells_without_a_place_stand_right_of_the_one_before() {
        let cells = cells(
            "<c t=\"s\"><v>0</v></c><c/><c t=\"s\"><v>1</v></c><c r=\"F1\"><v>5</v></c><c><v>6</v></c>",
        );
        let expected = [(0, "Ann"), (2, "Lee"), (5, "5"), (6, "6")];
        assert_eq!(cells, expected.map(|(column, text)| (column, text.to_owned())));
    }

    #[test]
    fn links_and_merged_cells_count_for_what_a_person_sees() {
        let xml = "<worksheet><sheetData>\
            <row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"s\"><v>1</v></c></row>\
            <row r=\"3\"><c r=\"A3\"/><c r=\"B3\" t=\"s\"><v>0</v></c></row><row r=\"5\"/></sheetData>\
            <mergeCells><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"A9:C9\"/></mergeCells>\
            <hyperlinks><hyperlink ref=\"B2\" r:id=\"rId1\"/><hyperlink ref=\"B3\" r:id=\"rId2\"/></hyperlinks></worksheet>";
        let links = [("rId1", "https://www.LinkedIn.com/in/ann"), ("rId2", "https://acme.example")];
        let text = |column, text: &str| (column, text.to_owned());
        assert_eq!(
            rows(xml, &links),
            [
                (2, vec![text(0, "Ann"), text(1, "https://www.LinkedIn.com/in/ann")]),
                (3, vec![text(0, "Ann"), text(1, "Ann")]),
            ]
        );
    }

    #[test]
    fn a_damaged_sheet_is_an_error_and_no_panic() {
        let (looks, overlay) = (Looks::default(), Overlay::default());
        for xml in [
            "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1",
            "<worksheet><sheetData><row r=\"0\"/>",
            "<worksheet><sheetData><row r=\"2\"/><row r=\"1\"/>",
            "<worksheet><sheetData><row r=\"99999999999\"/>",
            "<worksheet><sheetData><row><c r=\"ZZZZ1\"/></row>",
            "<worksheet><sheetData><row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>",
        ] {
            let result: Result<Vec<_>, _> =
                PartRows::new(xml.as_bytes(), &looks, &overlay).collect();
            assert!(result.is_err(), "{xml}");
        }
    }
}
