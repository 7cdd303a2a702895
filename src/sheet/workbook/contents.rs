//! Which sheets a workbook has, and in which parts it keeps them.

use super::WorkbookError;
use super::choice::Tab;
use super::package::Package;
use super::xml::{attribute, is_set, next, tags};
use crate::sheet::file_format::Format;
use quick_xml::events::Event;

/// What the main part of a workbook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) format: Format,
    pub(super) sheets: Vec<SheetPart>,
    /// Whether days are counted from 1904, as on old Macs, and not from 1900.
    pub(super) from_1904: bool,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
}

/// One sheet, in the order of the tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetPart {
    pub(super) tab: Tab,
    /// The part that holds its cells.
    pub(super) part: String,
}

impl Contents {
    pub(super) fn read(package: &mut Package) -> Result<Self, WorkbookError> {
        const NONE: WorkbookError = WorkbookError::Damaged("it has no workbook in it");
        let root = package.relationships("")?;
        let main =
            root.into_iter().find(|relation| relation.kind == "officeDocument").ok_or(NONE)?;
        let main = main.target;
        let relations = package.relationships(&main)?;
        let format = format_of(package, &main)?;
        let target = |kind: &str| {
            let found = relations.iter().find(|relation| relation.kind == kind);
            found.map(|relation| relation.target.clone()).filter(|part| package.has(part))
        };
        let (strings, styles) = (target("sharedStrings"), target("styles"));
        let (mut sheets, mut from_1904) = (Vec::new(), false);
        tags(package.xml(&main)?, |tag| {
            match tag.local_name().as_ref() {
                "sheet" => {
                    let id = attribute(tag, "id")?.unwrap_or_default();
                    let relation = relations.iter().find(|relation| relation.id == id);
                    // Chart sheets have no cells.
                    if let Some(relation) = relation.filter(|r| r.kind == "worksheet") {
                        let name = attribute(tag, "name")?.unwrap_or_default();
                        let is_visible =
                            attribute(tag, "state")?.is_none_or(|state| state == "visible");
                        let tab = Tab { name, is_visible };
                        sheets.push(SheetPart { tab, part: relation.target.clone() });
                    }
                }
                "workbookPr" => from_1904 = is_set(tag, "date1904")?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self { format, sheets, from_1904, strings, styles })
    }
}

/// A workbook with or without macros. All others, such as templates, are only read.
fn format_of(package: &mut Package, main: &str) -> Result<Format, WorkbookError> {
    let mut reader = package.xml("[Content_Types].xml")?;
    let mut buffer = Vec::new();
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Override" => {
                let name = attribute(&e, "PartName")?.unwrap_or_default();
                if name.trim_start_matches('/') != main {
                    continue;
                }
                let kind = attribute(&e, "ContentType")?.unwrap_or_default();
                return Ok(match kind.to_ascii_lowercase().as_str() {
                    "application/vnd.ms-excel.sheet.macroenabled.main+xml" => Format::Xlsm,
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml" => {
                        Format::Xlsx
                    }
                    _ => Format::ReadOnly,
                });
            }
            Event::Eof => return Ok(Format::ReadOnly),
            _ => {}
        }
    }
}
