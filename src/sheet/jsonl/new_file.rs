//! Writes a new file: an object for each row, with a field for each column.

use crate::sheet::format::{EncodeRows, Heading, RowOut};
use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

#[derive(Default)]
pub(super) struct NewJsonLines {
    /// The keys, as JSON.
    names: Vec<String>,
    taken: HashSet<String>,
    /// Columns that hold numbers.
    numbers: Range<usize>,
    results: Vec<usize>,
}

impl NewJsonLines {
    /// Adds the next key. No key may be in an object twice, and a column without a name is named by its number.
    fn add(&mut self, name: &str) {
        let number = self.names.len() + 1;
        let mut unique =
            if name.trim().is_empty() { format!("column {number}") } else { name.to_owned() };
        while !self.taken.insert(unique.clone()) {
            unique.push_str(&format!(" ({number})"));
        }
        self.names.push(text_value(&unique));
    }

    fn value(&self, column: usize, text: &str) -> String {
        if self.results.contains(&column) {
            result_value(text)
        } else if self.numbers.contains(&column) {
            if text.is_empty() { "null".to_owned() } else { text.to_owned() }
        } else {
            text_value(text)
        }
    }
}

/// A result as JSON; `null` if it is empty.
pub(super) fn result_value(text: &str) -> String {
    if text.is_empty() { "null".to_owned() } else { text_value(text) }
}

fn text_value(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl EncodeRows for NewJsonLines {
    fn begin(&mut self, heading: &Heading<'_>, _: &mut dyn Write) -> io::Result<()> {
        self.numbers = heading.numbers.clone();
        self.results =
            heading.places.columns().into_iter().take(heading.result_names.len()).collect();
        if let Some(header) = heading.header {
            header.cells().for_each(|name| self.add(name));
        } else {
            let results = heading.places.columns().into_iter().zip(heading.result_names);
            for column in 0..heading.places.added().end {
                let result = results.clone().find(|(at, _)| *at == column);
                self.add(result.map_or("", |(_, name)| name));
            }
        }
        Ok(())
    }

    fn row(&mut self, row: RowOut<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::from("{");
        for (column, text) in row.cells().enumerate() {
            if column == self.names.len() {
                self.add("");
            }
            let comma = if column == 0 { "" } else { "," };
            line.push_str(&format!("{comma}{}:{}", self.names[column], self.value(column, text)));
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes())
    }

    fn end(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
