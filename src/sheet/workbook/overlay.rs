//! What the part of a sheet says about its rows in other places: links, merged cells and tables.

use super::WorkbookError;
use super::package::{Package, Relationship};
use super::place::{Area, Place};
use super::table_part::TablePart;
use super::xml::{Xml, attribute, tags, xml};
use crate::sheet::spool::Spool;
use std::collections::HashMap;
use std::io::Read;

/// More links and merged cells than any sheet has. They are held in memory.
const MOST: usize = 2_000_000;
const MOST_LINK_TEXT: usize = 256 << 20;

const TOO_MANY: WorkbookError =
    WorkbookError::TooLarge("a sheet of it has too many links or merged cells");

#[derive(Debug, Default)]
pub(super) struct Overlay {
    /// The LinkedIn pages that cells link to.
    pub(super) links: HashMap<Place, String>,
    /// Merged areas of more than one row, sorted by their first row.
    merged: Vec<Area>,
    pub(super) tables: Vec<TablePart>,
}

impl Overlay {
    pub(super) fn read(
        package: &mut Package,
        part: &str,
        sheet: &Spool,
    ) -> Result<Self, WorkbookError> {
        let relations = package.relationships(part)?;
        let mut overlay = Self::default();
        let tables = overlay.read_links(xml(sheet.reader(0)), &relations)?;
        for part in tables {
            let reader = package.xml(&part)?;
            overlay.tables.extend(TablePart::read(&part, reader)?);
        }
        Ok(overlay)
    }

    /// Reads links and merged cells. Returns the parts of the tables.
    pub(super) fn read_links<R: Read>(
        &mut self,
        reader: Xml<R>,
        relations: &[Relationship],
    ) -> Result<Vec<String>, WorkbookError> {
        let by_id: HashMap<&str, &Relationship> =
            relations.iter().map(|relation| (relation.id.as_str(), relation)).collect();
        let (mut tables, mut link_text) = (Vec::new(), 0);
        tags(reader, |tag| {
            match tag.local_name().as_ref() {
                "hyperlink" => {
                    let id = attribute(tag, "id")?.unwrap_or_default();
                    let target = by_id.get(id.as_str()).map(|relation| &relation.target);
                    let Some(target) = target.filter(|target| counts(target)) else {
                        return Ok(());
                    };
                    let area = attribute(tag, "ref")?.and_then(|text| Area::parse(&text));
                    for place in area.iter().flat_map(Area::places) {
                        link_text += target.len();
                        self.links.insert(place, target.clone());
                        if self.links.len() > MOST || link_text > MOST_LINK_TEXT {
                            return Err(TOO_MANY);
                        }
                    }
                }
                "mergeCell" => {
                    let area = attribute(tag, "ref")?.and_then(|text| Area::parse(&text));
                    self.merged.extend(area.filter(|area| area.first.row < area.last.row));
                    if self.merged.len() > MOST {
                        return Err(TOO_MANY);
                    }
                }
                "tablePart" => {
                    let id = attribute(tag, "id")?.unwrap_or_default();
                    tables.extend(by_id.get(id.as_str()).map(|table| table.target.clone()));
                }
                _ => {}
            }
            Ok(())
        })?;
        self.merged.sort_by_key(|area| area.first.row);
        Ok(tables)
    }

    /// The merged areas that begin in a row and continue below it.
    pub(super) fn merged_from(&self, row: u32) -> impl Iterator<Item = &Area> {
        let from = self.merged.partition_point(|area| area.first.row < row);
        self.merged[from..].iter().take_while(move |area| area.first.row == row)
    }

    /// Whether a row holds the totals of a table.
    pub(super) fn is_total(&self, row: u32) -> bool {
        self.tables.iter().any(|table| table.is_total(row))
    }
}

/// Whether a link counts. Only LinkedIn addresses identify a person.
pub(super) fn counts(address: &str) -> bool {
    address.to_ascii_lowercase().contains("linkedin.com/")
}

/// The address of `HYPERLINK("https://...","shown")`. `None` if it is composed from other cells.
pub(super) fn link_of_formula(formula: &str) -> Option<String> {
    let formula = formula.trim().trim_start_matches('=');
    let head = formula.get(..10).filter(|head| head.eq_ignore_ascii_case("HYPERLINK("))?;
    let mut rest = formula[head.len()..].trim_start().strip_prefix('"')?;
    let mut address = String::new();
    loop {
        let (text, behind) = rest.split_once('"')?;
        address.push_str(text);
        let Some(more) = behind.strip_prefix('"') else {
            let is_all = behind.trim_start().starts_with([',', ';', ')']);
            return Some(address).filter(|address| is_all && counts(address));
        };
        address.push('"');
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_formula_is_known_where_it_is_written_out() {
        let ada = Some("https://linkedin.com/in/ada".to_owned());
        for (formula, address) in [
            ("HYPERLINK(\"https://linkedin.com/in/ada\",\"Profile\")", &ada),
            ("=hyperlink( \"https://linkedin.com/in/ada\" )", &ada),
            ("HYPERLINK(\"https://linkedin.com/in/\"&B2,\"Profile\")", &None),
            ("HYPERLINK(\"https://acme.example\",\"Site\")", &None),
            ("HYPERLINK(B2)", &None),
            ("HYPERLINK(\"https://linkedin.com/in/ada", &None),
            ("SUM(A1)", &None),
            ("", &None),
        ] {
            assert_eq!(link_of_formula(formula), *address, "{formula}");
        }
    }
}
