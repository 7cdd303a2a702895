//! JSON lines: an object in each line, a column for each key.

mod editor;
mod keys;
mod lines;
mod new_file;

use super::file_format::Format;
use super::format::{EncodeRows, LineWord, ReadRows, RowSource};
use super::grid::SAMPLE;
use super::spool::Spool;
use super::table::Table;
use super::{Excel, Input, Record, SheetError};
use editor::LineEditor;
use keys::ObjectKeys;
use lines::{Lines, MARK};
use new_file::NewJsonLines;
use std::io::Read;
use std::sync::Arc;

/// Whether a file begins with an object that has a field.
pub(super) fn is_json_lines(head: &[u8]) -> bool {
    let text = head.strip_prefix(MARK.as_bytes()).unwrap_or(head).trim_ascii_start();
    text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
}

/// The encoder for a new file.
pub(super) fn new_encoder() -> Box<dyn EncodeRows + Send> {
    Box::new(NewJsonLines::default())
}

struct JsonLines {
    input: Input,
    keys: Arc<ObjectKeys>,
    text: Spool,
}

/// Copies the input to its end, and checks that every line is an object.
pub(super) fn open(
    input: &Input,
    raw: &mut dyn Read,
) -> Result<(Box<dyn RowSource>, Table), SheetError> {
    let text = Spool::copy(input, raw)?;
    let mut keys = ObjectKeys::default();
    let mut lines = Lines::new(input, &text);
    while lines.read()? {
        let Some(object) = lines.object()? else { continue };
        keys.learn(&object).map_err(|why| lines.damaged(why))?;
    }
    if keys.names().is_empty() {
        return Err(SheetError::Empty { input: input.clone() });
    }
    let source = JsonLines { input: input.clone(), keys: Arc::new(keys), text };
    let table = source.table()?;
    Ok((Box::new(source), table))
}

impl JsonLines {
    fn table(&self) -> Result<Table, SheetError> {
        let mut sample = Vec::new();
        let (mut rows, mut record) = (self.rows(), Record::new());
        while sample.len() < SAMPLE && rows.read(&mut record)? {
            sample.push(record.fields().map(str::to_owned).collect());
        }
        let header = self.keys.names();
        Ok(Table {
            header: Some(header.to_vec()),
            header_line: 1,
            // Keys are names of columns, whether they are known or not.
            header_score: 1,
            preamble: Vec::new(),
            sample,
            width: header.len(),
        })
    }
}

impl RowSource for JsonLines {
    fn format(&self) -> Format {
        Format::JsonLines
    }

    fn rows(&self) -> Box<dyn ReadRows + Send> {
        Box::new(JsonRows {
            keys: Arc::clone(&self.keys),
            lines: Lines::new(&self.input, &self.text),
        })
    }

    fn encoder(&self, _: Excel) -> Option<Box<dyn EncodeRows + Send>> {
        let lines = Lines::new(&self.input, &self.text);
        Some(Box::new(LineEditor::new(lines, Arc::clone(&self.keys))))
    }

    fn row_name(&self, number: u64) -> String {
        format!("line {number}")
    }

    fn line_word(&self) -> LineWord {
        LineWord { one: "line", many: "lines" }
    }
}

/// One pass; a row is numbered by its line.
struct JsonRows {
    keys: Arc<ObjectKeys>,
    lines: Lines,
}

impl ReadRows for JsonRows {
    fn read(&mut self, record: &mut Record) -> Result<bool, SheetError> {
        while self.lines.read()? {
            let Some(object) = self.lines.object()? else { continue };
            let mut cells = vec![""; self.keys.names().len()];
            for field in &object {
                if let Some(column) = self.keys.column(&field.name) {
                    cells[column] = &field.text;
                }
            }
            *record = Record::of(cells);
            record.set_number(self.lines.number());
            return Ok(true);
        }
        record.end(0);
        Ok(false)
    }

    fn place(&self) -> u64 {
        self.lines.number()
    }
}
