//! Writes the same lines with the results put into each object. Every other byte stays.

use super::keys::ObjectKeys;
use super::lines::Lines;
use super::new_file::result_value;
use crate::sheet::SheetError;
use crate::sheet::format::{EncodeRows, Heading, RowOut};
use std::io::{self, Write};
use std::sync::Arc;

pub(super) struct LineEditor {
    keys: Arc<ObjectKeys>,
    lines: Lines,
    /// The keys of the results, as JSON.
    names: Vec<String>,
}

impl LineEditor {
    pub(super) fn new(lines: Lines, keys: Arc<ObjectKeys>) -> Self {
        Self { keys, lines, names: Vec::new() }
    }

    fn edited(&self, row: RowOut<'_>) -> Result<Vec<u8>, SheetError> {
        let line = self.lines.bytes();
        let object = self.lines.object()?.unwrap_or_default();
        let is_spaced = object.first().is_some_and(|field| line[field.place.start - 1] == b' ');
        let space = if is_spaced { " " } else { "" };
        let close = line.iter().rposition(|byte| *byte == b'}').unwrap_or_default();
        let end = line[..close].trim_ascii_end().len();
        let mut comma = if line[..end].ends_with(b"{") { "" } else { "," };
        let mut changes = Vec::new();
        for ((column, text), name) in row.result_cells().zip(&self.names) {
            let value = result_value(text);
            match object.iter().find(|field| self.keys.column(&field.name) == Some(column)) {
                // A value that is there already keeps its bytes.
                Some(field) if field.text == text => {}
                Some(field) => changes.push((field.place.clone(), value)),
                None => {
                    let gap = if comma.is_empty() { "" } else { space };
                    changes.push((end..end, format!("{comma}{gap}{name}:{space}{value}")));
                    comma = ",";
                }
            }
        }
        // A stable sort: fields that are added have the same place, and keep their order.
        changes.sort_by_key(|(place, _)| place.start);
        let mut edited = Vec::with_capacity(line.len() + 128);
        let mut from = 0;
        for (place, text) in changes {
            edited.extend_from_slice(&line[from..place.start]);
            edited.extend_from_slice(text.as_bytes());
            from = place.end;
        }
        edited.extend_from_slice(&line[from..]);
        Ok(edited)
    }
}

impl EncodeRows for LineEditor {
    fn begin(&mut self, heading: &Heading<'_>, _: &mut dyn Write) -> io::Result<()> {
        let columns = heading.places.columns().into_iter().zip(heading.result_names);
        // An object that lacks a result gets the key as other objects spell it.
        let names = columns
            .map(|(column, name)| self.keys.names().get(column).map_or(*name, String::as_str));
        self.names = names.map(result_value).collect();
        Ok(())
    }

    fn row(&mut self, row: RowOut<'_>, out: &mut dyn Write) -> io::Result<()> {
        while self.lines.read().map_err(io::Error::other)? {
            if self.lines.number() == row.record.number() {
                return out.write_all(&self.edited(row).map_err(io::Error::other)?);
            }
            out.write_all(self.lines.bytes())?;
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        while self.lines.read().map_err(io::Error::other)? {
            out.write_all(self.lines.bytes())?;
        }
        Ok(())
    }
}
