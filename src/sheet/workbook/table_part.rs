//! The part of a table (`ListObject`), and how new columns are added to it.

use super::WorkbookError;
use super::cells::push_text;
use super::new_columns::NewColumns;
use super::place::Area;
use super::splice::{Splice, change_of};
use super::xml::{Xml, attribute, next, number_attribute, prefix};
use quick_xml::events::Event;
use std::io::Read;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TablePart {
    /// The name of its part.
    pub(super) part: String,
    area: Area,
    /// How many rows of totals are at its end.
    totals: u32,
    /// Whether its first row names the columns, and they do not come from a query.
    may_grow: bool,
    columns: Vec<String>,
}

impl TablePart {
    pub(super) fn read<R: Read>(
        part: &str,
        mut reader: Xml<R>,
    ) -> Result<Option<Self>, WorkbookError> {
        let mut buffer = Vec::new();
        let mut table: Option<Self> = None;
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Start(e) if e.local_name().as_ref() == "table" => {
                    let area = attribute(&e, "ref")?.and_then(|text| Area::parse(&text));
                    let has_header = number_attribute(&e, "headerRowCount")? != Some(0_u32);
                    let is_own = attribute(&e, "tableType")?.is_none_or(|t| t == "worksheet");
                    let totals = number_attribute(&e, "totalsRowCount")?.unwrap_or(0);
                    table = area.map(|area| Self {
                        part: part.to_owned(),
                        area,
                        totals,
                        may_grow: has_header && is_own,
                        columns: Vec::new(),
                    });
                }
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "tableColumn" => {
                    if let (Some(table), Some(name)) = (&mut table, attribute(&e, "name")?) {
                        table.columns.push(name.to_lowercase());
                    }
                }
                Event::Eof => return Ok(table),
                _ => {}
            }
        }
    }

    /// Whether a row is one of its totals.
    pub(super) fn is_total(&self, row: u32) -> bool {
        let last = self.area.last.row;
        row <= last && row > last.saturating_sub(self.totals)
    }

    /// Whether the new columns can be added to it: they are directly right of it, and their names are new. To Excel, a
    /// table with two columns of one name is damaged.
    pub(super) fn grows(&self, columns: &NewColumns, names: &[String]) -> bool {
        let is_taken = |name: &String| self.columns.contains(&name.to_lowercase());
        self.may_grow && columns.widen(self.area).is_some() && !names.iter().any(is_taken)
    }
}

/// The part with another column for each name.
pub(super) fn grown(
    part: &[u8],
    columns: &NewColumns,
    names: &[String],
) -> Result<Vec<u8>, WorkbookError> {
    let mut splice = Splice::new(part, Vec::new())?;
    let mut last_id = 0;
    loop {
        let (event, range) = splice.next()?;
        let change = match &event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "table" | "autoFilter" => {
                    let area = attribute(tag, "ref")?.and_then(|text| Area::parse(&text));
                    let wider = area.and_then(|area| columns.widen(area));
                    change_of(tag, range.start, "ref", wider)
                }
                "tableColumns" => {
                    let count: Option<usize> = number_attribute(tag, "count")?;
                    change_of(tag, range.start, "count", count.map(|count| count + names.len()))
                }
                "tableColumn" => {
                    last_id = last_id.max(number_attribute(tag, "id")?.unwrap_or(0_u32));
                    None
                }
                _ => None,
            },
            Event::End(tag) if tag.local_name().as_ref() == "tableColumns" => {
                let prefix = prefix(tag.name());
                let mut xml = String::new();
                for name in names {
                    last_id += 1;
                    xml.push_str(&format!("<{prefix}tableColumn id=\"{last_id}\" name=\""));
                    push_text(&mut xml, name);
                    xml.push_str("\"/>");
                }
                Some((range.start..range.start, xml))
            }
            Event::Eof => break,
            _ => None,
        };
        drop(event);
        splice.change(change)?;
    }
    Ok(splice.finish()?)
}

#[cfg(test)]
mod tests {
    use super::super::xml::xml;
    use super::*;

    const TABLE: &str = "<table id=\"1\" name=\"T\" ref=\"A1:B9\" totalsRowCount=\"1\"><autoFilter ref=\"A1:B9\"/>\
        <tableColumns count=\"2\"><tableColumn id=\"1\" name=\"A\"/><tableColumn id=\"7\" name=\"B\"><x/></tableColumn></tableColumns><tableStyleInfo/></table>";

    fn columns(added: std::ops::Range<u32>, header_row: u32) -> NewColumns {
        NewColumns { added, header_row: Some(header_row) }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_table_that_ends_left_of_the_new_columns_grows_with_them() {
        let names = names(&["phone_number", "x & y"]);
        let out = grown(TABLE.as_bytes(), &columns(2..4, 1), &names).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<table id=\"1\" name=\"T\" ref=\"A1:D9\" totalsRowCount=\"1\"><autoFilter ref=\"A1:D9\"/>\
            <tableColumns count=\"4\"><tableColumn id=\"1\" name=\"A\"/><tableColumn id=\"7\" name=\"B\"><x/></tableColumn>\
            <tableColumn id=\"8\" name=\"phone_number\"/><tableColumn id=\"9\" name=\"x &amp; y\"/></tableColumns><tableStyleInfo/></table>"
        );
    }

    #[test]
    fn a_table_elsewhere_or_with_such_a_column_stays_as_it_is() {
        let table = |text: &str| TablePart::read("t", xml(text.as_bytes())).unwrap().unwrap();
        let phone = names(&["phone_number"]);
        assert!(table(TABLE).grows(&columns(2..3, 1), &phone));
        for elsewhere in [columns(3..4, 1), columns(2..3, 2), columns(0..1, 1), columns(2..2, 1)] {
            assert!(!table(TABLE).grows(&elsewhere, &phone), "{elsewhere:?}");
        }
        for other in [
            ("name=\"B\"", "name=\"Phone_Number\""),
            ("id=\"1\" name=\"T\"", "headerRowCount=\"0\""),
        ] {
            let other = table(&TABLE.replace(other.0, other.1));
            assert!(!other.grows(&columns(2..3, 1), &phone), "{other:?}");
        }
        assert!(
            !table(TABLE).is_total(8) && table(TABLE).is_total(9) && !table(TABLE).is_total(10)
        );
    }
}
