//! One row of a sheet.

use std::borrow::Cow;

/// A data row: its fields as text. Reading into a record again reuses its memory.
#[derive(Debug, Clone, Default)]
pub struct Record {
    text: String,
    /// Where each field ends in `text`.
    ends: Vec<usize>,
    /// The ASCII character between two fields in `text`. `None`: the fields follow each other directly.
    delimiter: Option<u8>,
    number: u64,
    blank_lines: u64,
}

impl Record {
    /// An empty record to read into.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn of<'f>(fields: impl IntoIterator<Item = &'f str>) -> Self {
        let mut record = Self::default();
        for field in fields {
            record.text.push_str(field);
            record.ends.push(record.text.len());
        }
        record
    }

    /// Its number from 1: among the data rows of a CSV, the line in JSON lines, the row in a workbook.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many fields the row has, whatever the header says.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no fields: nothing was read, or the rows are over.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The text of a field, counted from 0; `None` where the row is shorter.
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let gap = usize::from(self.delimiter.is_some());
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] + gap);
        Some(&self.text[start..end])
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The same row with its first cells only.
    pub(super) fn truncated(&self, length: usize) -> Self {
        let mut ends = self.ends.clone();
        ends.truncate(length);
        let text = self.text[..ends.last().copied().unwrap_or_default()].to_owned();
        Self { text, ends, ..*self }
    }

    /// The same row with other cells.
    pub(super) fn map<'s>(&'s self, cell: impl Fn(&'s str) -> Cow<'s, str>) -> Self {
        let (mut text, mut ends) = (String::with_capacity(self.text.len()), Vec::new());
        for field in self.fields() {
            text.push_str(&cell(field));
            ends.push(text.len());
        }
        Self { text, ends, delimiter: None, ..*self }
    }

    /// How many blank lines stand above the row. They are written back.
    pub(super) fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// The line that the row was read from, if it was kept whole and has this delimiter.
    pub(super) fn line(&self, delimiter: u8) -> Option<&str> {
        (self.delimiter == Some(delimiter)).then_some(&self.text)
    }

    /// Takes over a whole line without quotes. `ends` are the places of its delimiters; the delimiter is ASCII. If the line
    /// is not UTF-8, it returns `false` and leaves the record empty.
    #[must_use]
    pub(super) fn fill_with_line(
        &mut self,
        line: &[u8],
        delimiter: u8,
        ends: impl Iterator<Item = usize>,
        blank_lines: u64,
    ) -> bool {
        self.end(blank_lines);
        let Ok(text) = std::str::from_utf8(line) else {
            return false;
        };
        self.text.push_str(text);
        self.ends.extend(ends.chain([text.len()]));
        self.delimiter = Some(delimiter);
        true
    }

    /// Takes over what was parsed: all fields joined, and where each ends. If a field is not UTF-8 it returns `false` and
    /// leaves the record empty.
    #[must_use]
    pub(super) fn fill(&mut self, bytes: &[u8], ends: &[usize], blank_lines: u64) -> bool {
        self.end(blank_lines);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return false;
        };
        if !ends.iter().all(|end| text.is_char_boundary(*end)) {
            return false;
        }
        self.text.push_str(text);
        self.ends.extend_from_slice(ends);
        true
    }

    /// Makes the record empty at the end of the rows; blank lines may be left.
    pub(super) fn end(&mut self, blank_lines: u64) {
        self.text.clear();
        self.ends.clear();
        self.delimiter = None;
        self.blank_lines = blank_lines;
    }

    pub(super) fn set_number(&mut self, number: u64) {
        self.number = number;
    }
}
