use super::WorkbookError;
use super::place::Area;
use super::splice::change_of;
use super::xml::attribute;
use quick_xml::events::BytesStart;
use std::ops::Range;

/// The columns that are added behind those of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewColumns {
    pub(super) added: Range<u32>,
    /// The row that names the columns.
    pub(super) header_row: Option<u32>,
}

impl NewColumns {
    /// The area with the new columns, if it begins at the header and ends directly left of them.
    pub(super) fn widen(&self, area: Area) -> Option<Area> {
        let is_adjacent = self.header_row == Some(area.first.row)
            && area.last.column + 1 == self.added.start
            && !self.added.is_empty();
        is_adjacent.then(|| area.with_last_column(self.added.end - 1))
    }

    /// The change that a tag needs because it names the last column. It begins at `from`.
    pub(super) fn widen_tag(
        &self,
        tag: &BytesStart<'_>,
        from: u64,
    ) -> Result<Option<(Range<u64>, String)>, WorkbookError> {
        let area = attribute(tag, "ref")?.and_then(|text| Area::parse(&text));
        Ok(match tag.local_name().as_ref() {
            "autoFilter" => change_of(tag, from, "ref", area.and_then(|area| self.widen(area))),
            "dimension" => {
                let narrow = area.filter(|area| area.last.column + 1 < self.added.end);
                let wide = narrow.map(|area| area.with_last_column(self.added.end - 1));
                change_of(tag, from, "ref", wide)
            }
            "row" => {
                let spans = attribute(tag, "spans")?.and_then(|spans| {
                    let (first, last) = spans.split_once(':')?;
                    let last: u32 = last.parse().ok()?;
                    (last < self.added.end).then(|| format!("{first}:{}", self.added.end))
                });
                change_of(tag, from, "spans", spans)
            }
            _ => None,
        })
    }
}
