//! Text every line of which was put in quotes as a whole, as happens when a file is saved through the wrong program:
//! `"Ada,""Acme, Inc."""` is one field to a CSV parser, and full of commas.

use super::parser::{ParseError, Parser};
use super::text::{LineCounter, TextError, Utf8Read};
use super::{Delimiter, Record};

/// The text without the outer quotes.
pub(super) struct OuterQuotes<T> {
    parser: Parser<T>,
    record: Record,
    lines: LineCounter,
    /// What was freed and is not handed on yet.
    pending: Vec<u8>,
    at: usize,
}

impl<T: Utf8Read> OuterQuotes<T> {
    /// Frees a text from its beginning.
    pub(super) fn new(text: T, delimiter: Delimiter) -> Self {
        Self {
            parser: Parser::new(text, delimiter.byte()),
            record: Record::new(),
            lines: LineCounter::default(),
            pending: Vec::new(),
            at: 0,
        }
    }

    /// Frees the next line.
    fn advance(&mut self) -> Result<bool, TextError> {
        self.pending.clear();
        self.at = 0;
        let more = self.parser.read(&mut self.record).map_err(|error| match error {
            ParseError::Text(error) => error,
            ParseError::NotUtf8 | ParseError::TooLong(_) | ParseError::UnclosedQuote(_) => {
                TextError::Wrapped { line: self.lines.line() }
            }
        })?;
        for _ in 0..self.record.blank_lines() {
            self.pending.push(b'\n');
        }
        let raw = if more { self.parser.raw() } else { b"" };
        match (self.record.len(), self.record.get(0)) {
            // A line that escaped being wrapped stays as it is.
            (2.., _) => self.pending.extend_from_slice(raw),
            (_, Some(line)) => {
                self.pending.extend_from_slice(line.as_bytes());
                let end = self.parser.last_end().unwrap_or_default();
                self.pending.extend_from_slice(end.as_str().as_bytes());
            }
            (_, None) => {}
        }
        self.lines.count(&self.pending);
        Ok(more || !self.pending.is_empty())
    }
}

impl<T: Utf8Read> Utf8Read for OuterQuotes<T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError> {
        while self.at == self.pending.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let length = buffer.len().min(self.pending.len() - self.at);
        buffer[..length].copy_from_slice(&self.pending[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
