//! Removes quotes around whole lines, which some programs add when they save a file: to a CSV parser,
//! `"Ada,""Acme, Inc."""` is a single field.

use super::dialect::{Delimiter, Marks};
use super::lines::LineCounter;
use super::parser::{ParseError, Parser};
use crate::sheet::spool::{Spool, SpoolReader, SpoolWriter};
use crate::sheet::{Input, Record, SheetError};

/// How much is gathered before it is written out.
const CHUNK: usize = 64 * 1024;

/// Copies a text without its outer quotes.
pub(super) fn remove(
    input: &Input,
    text: &Spool,
    delimiter: Delimiter,
) -> Result<Spool, SheetError> {
    let mut lines = FreedLines::new(text, delimiter);
    let mut counter = LineCounter::default();
    let mut writer = SpoolWriter::create().map_err(|error| SheetError::uncopied(input, error))?;
    let mut buffer = Vec::new();
    let mut ended = false;
    while !ended {
        let before = buffer.len();
        ended = !lines.next(&mut buffer).map_err(|error| match error {
            ParseError::Read(source) => SheetError::Read { input: input.clone(), source },
            ParseError::TooLong(_) | ParseError::UnclosedQuote(_) => {
                SheetError::UnclosedQuote { input: input.clone(), line: counter.line() }
            }
        })?;
        counter.count(&buffer[before..]);
        if buffer.len() >= CHUNK || ended {
            writer.write(&buffer).map_err(|error| SheetError::uncopied(input, error))?;
            buffer.clear();
        }
    }
    Ok(writer.finish())
}

/// The beginning of the text without its outer quotes: about `length` bytes, and whether that is all of it. `None` if the
/// text cannot be parsed.
pub(super) fn sample(text: &Spool, delimiter: Delimiter, length: usize) -> Option<(String, bool)> {
    let mut lines = FreedLines::new(text, delimiter);
    let mut sample = Vec::new();
    while sample.len() < length {
        if !lines.next(&mut sample).ok()? {
            return Some((String::from_utf8(sample).ok()?, true));
        }
    }
    Some((String::from_utf8(sample).ok()?, false))
}

struct FreedLines {
    parser: Parser<SpoolReader>,
    record: Record,
}

impl FreedLines {
    fn new(text: &Spool, delimiter: Delimiter) -> Self {
        Self {
            parser: Parser::new(text.reader(0), Marks::separated_by(delimiter.byte())),
            record: Record::new(),
        }
    }

    /// Adds the next line, with the blank lines above it. `false` at the end.
    fn next(&mut self, freed: &mut Vec<u8>) -> Result<bool, ParseError> {
        let more = self.parser.read(&mut self.record)?;
        for _ in 0..self.record.blank_lines() {
            freed.push(b'\n');
        }
        match (self.record.len(), self.record.get(0)) {
            // A line without outer quotes stays as it is.
            (2.., _) => freed.extend_from_slice(self.parser.raw()),
            (_, Some(line)) => {
                freed.extend_from_slice(line.as_bytes());
                let end = self.parser.last_end().unwrap_or_default();
                freed.extend_from_slice(end.as_str().as_bytes());
            }
            (_, None) => {}
        }
        Ok(more)
    }
}
