//! Reads the data rows of a CSV text.

use super::dialect::Marks;
use super::lines::LineCounter;
use super::parser::{ParseError, Parser};
use crate::sheet::format::ReadRows;
use crate::sheet::spool::{Spool, SpoolReader};
use crate::sheet::{Input, Record, SheetError};
use std::io::Read;

pub(super) struct Reader {
    parser: Parser<SpoolReader>,
    text: Spool,
    /// Where in the text the data begins.
    data: u64,
    input: Input,
    rows: u64,
}

impl Reader {
    /// Reads from `data` on, an offset in the text.
    pub(super) fn new(input: &Input, text: &Spool, data: u64, marks: Marks) -> Self {
        Self {
            parser: Parser::new(text.reader(data), marks),
            text: text.clone(),
            data,
            input: input.clone(),
            rows: 0,
        }
    }
}

impl ReadRows for Reader {
    fn read(&mut self, record: &mut Record) -> Result<bool, SheetError> {
        let is_row = self
            .parser
            .read(record)
            .map_err(|error| in_words(&self.input, &self.text, error.at(self.data)))?;
        self.rows += u64::from(is_row);
        record.set_number(self.rows);
        Ok(is_row)
    }

    fn place(&self) -> u64 {
        self.data + self.parser.record_start()
    }
}

/// A parser's error with the line where it stands.
pub(super) fn in_words(input: &Input, text: &Spool, error: ParseError) -> SheetError {
    let input = input.clone();
    match error {
        ParseError::Read(source) => SheetError::Read { input, source },
        ParseError::TooLong(at) => SheetError::TooLong { input, line: line(text, at) },
        ParseError::UnclosedQuote(at) => SheetError::UnclosedQuote { input, line: line(text, at) },
    }
}

/// The line, from 1, on which the character at this offset stands. Reads the text again.
pub(super) fn line(text: &Spool, offset: u64) -> u64 {
    let mut lines = LineCounter::default();
    count_lines(text, 0, offset, &mut lines);
    lines.line()
}

/// Counts the line ends from one offset to another.
pub(super) fn count_lines(text: &Spool, from: u64, to: u64, lines: &mut LineCounter) {
    let mut part = text.reader(from).take(to - from);
    let mut buffer = vec![0; 64 * 1024];
    // An error ends the count early. It is reported when the rows are read.
    while let Ok(read @ 1..) = part.read(&mut buffer) {
        lines.count(&buffer[..read]);
    }
}
