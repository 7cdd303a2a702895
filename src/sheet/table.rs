//! What every format has: columns with names, and rows.

use super::Record;
use super::error::shown;
use crate::people::non_blank;

/// A table, as far as its first rows show it.
#[derive(Debug)]
pub(super) struct Table {
    /// The header's fields; `None` where the first row is data.
    pub(super) header: Option<Vec<String>>,
    /// The line on which the header begins, or its row in a workbook, from 1.
    pub(super) header_line: u64,
    /// How sure the header is, as [`FoundHeader`](super::header::FoundHeader) has it.
    pub(super) header_score: u32,
    /// The rows above the header: titles, notes.
    pub(super) preamble: Vec<Vec<String>>,
    /// The first data rows.
    pub(super) sample: Vec<Vec<String>>,
    /// How many columns there are: the header's, or those of most rows.
    pub(super) width: usize,
}

impl Table {
    /// A table of which only the header is known.
    pub(super) fn with_header<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let header: Vec<String> = names.into_iter().map(str::to_owned).collect();
        Self {
            width: header.len(),
            header: Some(header),
            header_line: 1,
            header_score: 0,
            preamble: Vec::new(),
            sample: Vec::new(),
        }
    }

    /// The line of the header, if that is not the first.
    pub(super) fn header_below(&self) -> Option<u64> {
        (self.header.is_some() && self.header_line > 1).then_some(self.header_line)
    }

    /// A column as messages name it.
    pub(super) fn name(&self, index: usize) -> String {
        let header = self.header.as_ref().and_then(|header| header.get(index));
        match header.filter(|name| !name.trim().is_empty()) {
            Some(name) if self.is_unique(name) => format!("`{}`", shown(name)),
            Some(name) => format!("`{}` (column {})", shown(name), index + 1),
            None => format!("column {}", index + 1),
        }
    }

    /// The header; without one, the first row.
    pub(super) fn names(&self) -> Vec<String> {
        let header = self.header.as_ref().or(self.sample.first());
        header.cloned().unwrap_or_default()
    }

    /// What names a column in `--map`: its header, or its number if the header is blank or not unique.
    pub(super) fn map_word(&self, index: usize) -> String {
        let name = self.header.as_ref().and_then(|header| header.get(index));
        let unique = name.filter(|name| !name.trim().is_empty() && self.is_unique(name));
        unique.map_or_else(|| (index + 1).to_string(), |name| name.trim().to_owned())
    }

    fn is_unique(&self, name: &str) -> bool {
        let header = self.header.as_deref().unwrap_or_default();
        header.iter().filter(|other| other.trim() == name.trim()).count() == 1
    }

    /// Whether a row repeats the header, as in files that were joined. `ignored` columns may differ.
    pub(super) fn is_header(&self, record: &Record, ignored: impl Fn(usize) -> bool) -> bool {
        self.header.as_ref().is_some_and(|header| {
            record.len() >= header.len()
                && record.fields().zip(header).enumerate().all(|(column, (cell, name))| {
                    ignored(column) || non_blank(cell) == non_blank(name)
                })
        })
    }
}
