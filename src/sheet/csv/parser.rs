//! Splits text into records.
//!
//! It drives `csv_core`, the state machine inside the `csv` crate, because `csv::Reader` hides what is needed here: how
//! long a record is so far, whether the text ends inside quotes, and where blank lines are.

use super::dialect::{LineEnd, Marks};
use super::quotes;
use crate::sheet::Record;
use csv_core::ReadRecordResult;
use std::io::{self, Read};

/// How many bytes a record may have. So a quote that is never closed is noticed early, not at the end of the file.
const LONGEST_RECORD: usize = 1024 * 1024;

/// How much is asked of the text at a time.
const CHUNK: usize = 64 * 1024;

/// Why there is no next record.
#[derive(Debug)]
pub(super) enum ParseError {
    /// The text cannot be read.
    Read(io::Error),
    /// A line without quotes is longer than [`LONGEST_RECORD`]; it begins at this offset.
    TooLong(u64),
    /// The quote at this offset is not closed, or is closed only by a quote that opens a field of a later line.
    UnclosedQuote(u64),
}

impl ParseError {
    /// The same for a parser that began at this offset of the text.
    pub(super) fn at(self, began: u64) -> Self {
        match self {
            Self::TooLong(at) => Self::TooLong(began + at),
            Self::UnclosedQuote(at) => Self::UnclosedQuote(began + at),
            other @ Self::Read(_) => other,
        }
    }
}

/// Splits text into records. Its buffer holds one record and one chunk.
pub(super) struct Parser<T> {
    text: T,
    machine: csv_core::Reader,
    marks: Marks,
    /// The current record from its first byte, then what was read beyond it, then room.
    buffer: Vec<u8>,
    /// Where in the buffer the room begins.
    filled: usize,
    /// Where in the buffer the current record begins.
    start: usize,
    /// Where in the buffer parsing goes on.
    at: usize,
    /// Where in the text the buffer begins.
    base: u64,
    ended: bool,
    fields: Vec<u8>,
    ends: Vec<usize>,
    last_end: Option<LineEnd>,
}

impl<T: Read> Parser<T> {
    /// Parses a text from its current place, which is the beginning of a line.
    pub(super) fn new(text: T, marks: Marks) -> Self {
        let mut machine =
            csv_core::ReaderBuilder::new().delimiter(marks.delimiter).quote(marks.quote).build();
        // A new machine drops a byte order mark. The copy has none any more, so a second one is text.
        machine.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            text,
            machine,
            marks,
            buffer: vec![0; 2 * CHUNK],
            filled: 0,
            start: 0,
            at: 0,
            base: 0,
            ended: false,
            fields: Vec::new(),
            ends: Vec::new(),
            last_end: None,
        }
    }

    /// Reads the next record. At the end it returns `false`; the record then has no fields, but may have blank lines.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, ParseError> {
        let blank_lines = self.skip_blank_lines()?;
        self.start = self.at;
        if self.at == self.filled {
            record.end(blank_lines);
            return Ok(false);
        }
        let is_utf_8 = if let Some(is_utf_8) = self.take_usual_line(record, blank_lines) {
            is_utf_8
        } else {
            let (length, count) = self.parse_and_check_record()?;
            record.fill(&self.fields[..length], &self.ends[..count], blank_lines)
        };
        self.finish_line_end()?;
        // The text was UTF-8 when it was copied.
        is_utf_8.then_some(true).ok_or(ParseError::Read(io::ErrorKind::InvalidData.into()))
    }

    /// Where in the text the record that was read last begins.
    pub(super) fn record_start(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Where in the text the next line begins.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Whether the text has been read to its end.
    pub(super) fn at_end(&self) -> bool {
        self.ended
    }

    /// How the record that was read last ended; `None` at the end of the text.
    pub(super) fn last_end(&self) -> Option<LineEnd> {
        self.last_end
    }

    /// The record that was read last as it stands in the text, with its line end.
    pub(super) fn raw(&self) -> &[u8] {
        &self.buffer[self.start..self.at]
    }

    /// Reads a line that has no quotes, or only quotes around whole fields; nearly all lines are like that. Returns whether
    /// the line is UTF-8. If the line has other quotes or does not end in the buffer, it reads nothing and returns `None`.
    fn take_usual_line(&mut self, record: &mut Record, blank_lines: u64) -> Option<bool> {
        let Marks { delimiter, quote } = self.marks;
        let rest = &self.buffer[self.at..self.filled];
        let line = &rest[..memchr::memchr2(b'\n', b'\r', rest)?];
        if line.len() > LONGEST_RECORD {
            return None;
        }
        let is_utf_8 = if memchr::memchr(quote, line).is_none() {
            let ends = memchr::memchr_iter(delimiter, line);
            record.fill_with_line(line, delimiter, ends, blank_lines)
        } else {
            self.fields.clear();
            self.ends.clear();
            quotes::take_off(line, self.marks, &mut self.fields, &mut self.ends)?;
            record.fill(&self.fields, &self.ends, blank_lines)
        };
        self.at += line.len() + 1;
        Some(is_utf_8)
    }

    fn parse_and_check_record(&mut self) -> Result<(usize, usize), ParseError> {
        let lines_before = self.machine.line();
        let (length, count) = self.parse_record()?;
        // The machine counts each `\n`: the one that ends the record, and one that it is given at the end of the text. It
        // stops behind `\r`.
        let final_line = u64::from(self.buffer[self.at - 1] != b'\r');
        if self.machine.line() - lines_before > final_line {
            // There are line breaks inside quotes. They are right unless a stray quote has swallowed lines.
            if let quotes::QuoteEnd::Stray(at) = quotes::check(self.raw(), self.marks) {
                return Err(ParseError::UnclosedQuote(self.record_start() + at as u64));
            }
        }
        Ok((length, count))
    }

    /// Runs the machine to the end of one record. Returns how many bytes and how many fields it has.
    fn parse_record(&mut self) -> Result<(usize, usize), ParseError> {
        // `csv_core` writes into space that exists already. The space is doubled below when it is full.
        self.fields.resize(self.fields.len().max(1024), 0);
        self.ends.resize(self.ends.len().max(64), 0);
        let (mut length, mut count) = (0, 0);
        loop {
            let ended = self.at == self.filled && !self.more()?;
            let too_long = self.at - self.start > LONGEST_RECORD;
            // A line end shows the state of the machine: inside quotes it is text and does not end the record.
            let input = if ended || too_long { b"\n" } else { &self.buffer[self.at..self.filled] };
            let (result, read, written, fields) = self.machine.read_record(
                input,
                &mut self.fields[length..],
                &mut self.ends[count..],
            );
            length += written;
            count += fields;
            if !ended && !too_long {
                self.at += read;
            }
            match result {
                ReadRecordResult::InputEmpty if ended || too_long => return Err(self.unclosed()),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End if too_long => {
                    return Err(ParseError::TooLong(self.record_start()));
                }
                ReadRecordResult::Record | ReadRecordResult::End => return Ok((length, count)),
            }
        }
    }

    /// Skips blank lines and counts them.
    fn skip_blank_lines(&mut self) -> Result<u64, ParseError> {
        let mut lines = 0;
        loop {
            if self.at == self.filled {
                self.start = self.at;
                if !self.more()? {
                    return Ok(lines);
                }
            }
            match self.buffer[self.at] {
                b'\n' => self.at += 1,
                b'\r' => {
                    self.at += 1;
                    self.start = self.at;
                    if self.at < self.filled || self.more()? {
                        self.at += usize::from(self.buffer[self.at] == b'\n');
                    }
                }
                _ => return Ok(lines),
            }
            lines += 1;
        }
    }

    /// The machine stops after `\r`; a `\n` behind it belongs to the same line end.
    fn finish_line_end(&mut self) -> Result<(), ParseError> {
        self.last_end = match self.buffer[self.at - 1] {
            b'\n' => Some(LineEnd::Lf),
            b'\r' => {
                if (self.at < self.filled || self.more()?) && self.buffer[self.at] == b'\n' {
                    self.at += 1;
                    Some(LineEnd::CrLf)
                } else {
                    Some(LineEnd::Cr)
                }
            }
            _ => None,
        };
        Ok(())
    }

    /// Reads more text and drops what is before the current record. `false` at the end of the text.
    fn more(&mut self) -> Result<bool, ParseError> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.filled, 0);
        self.base += self.start as u64;
        self.at -= self.start;
        self.filled -= self.start;
        self.start = 0;
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(self.filled + 2 * CHUNK, 0);
        }
        let room = self.filled..self.filled + CHUNK;
        let read = loop {
            match self.text.read(&mut self.buffer[room.clone()]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(ParseError::Read)?,
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(!self.ended)
    }

    /// The error for the quote that is open here.
    fn unclosed(&self) -> ParseError {
        let at = match quotes::check(self.raw(), self.marks) {
            quotes::QuoteEnd::Open(at) | quotes::QuoteEnd::Stray(at) => at,
            quotes::QuoteEnd::Closed => 0,
        };
        ParseError::UnclosedQuote(self.record_start() + at as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;

    /// A text that never ends, and how much of it was asked for.
    struct Endless<'a> {
        begin: &'a [u8],
        again: &'a [u8],
        read: &'a Cell<usize>,
    }

    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let begin = std::mem::take(&mut self.begin).iter();
            let endless = begin.chain(self.again.iter().cycle());
            buffer.iter_mut().zip(endless).for_each(|(room, byte)| *room = *byte);
            self.read.set(self.read.get() + buffer.len());
            Ok(buffer.len())
        }
    }

    #[test]
    fn a_record_that_never_ends_is_given_up_early() {
        for (begin, again) in [("a,b\n1,\"2\n", "3,4\n"), ("a,b\n", "x")] {
            let read = Cell::new(0);
            let text = Endless { begin: begin.as_bytes(), again: again.as_bytes(), read: &read };
            let mut parser = Parser::new(text, Marks::separated_by(b','));
            let mut record = Record::new();
            assert!(parser.read(&mut record).unwrap());
            match parser.read(&mut record) {
                Err(ParseError::UnclosedQuote(at)) => assert_eq!((at, again), (6, "3,4\n")),
                Err(ParseError::TooLong(at)) => assert_eq!((at, again), (4, "x")),
                other => panic!("{other:?}"),
            }
            assert!(read.get() <= LONGEST_RECORD + 2 * CHUNK, "{}", read.get());
        }
    }

    /// Gives one byte at a time: no line ends in the buffer before it is parsed.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn all(text: impl Read) -> Vec<String> {
        let mut parser = Parser::new(text, Marks::separated_by(b','));
        let (mut record, mut all) = (Record::new(), Vec::new());
        loop {
            let read = parser.read(&mut record);
            let end = parser.last_end();
            let (fields, blank) = (record.fields().collect::<Vec<_>>(), record.blank_lines());
            all.push(format!("{read:?} {fields:?} {blank} {end:?} {}", parser.record_start()));
            if !matches!(read, Ok(true)) {
                return all;
            }
        }
    }

    proptest! {
        #[test]
        fn a_usual_line_is_read_as_the_machine_reads_it(
            text in "([a,,\"\r\n\né]|,\"[a,é]{0,2}\",){0,24}",
        ) {
            prop_assert_eq!(all(text.as_bytes()), all(Drops(text.as_bytes())));
        }
    }

    #[test]
    fn a_record_may_be_as_long_as_allowed() {
        let long = "x".repeat(LONGEST_RECORD - 10);
        let text = format!("\"{long}\",1\nnext,2\n");
        let mut parser = Parser::new(text.as_bytes(), Marks::separated_by(b','));
        let mut record = Record::new();
        assert!(parser.read(&mut record).unwrap());
        assert_eq!(record.get(0).map(str::len), Some(long.len()));
        assert!(parser.read(&mut record).unwrap());
        assert_eq!(record.get(0), Some("next"));
    }

    #[test]
    fn a_field_that_is_not_utf_8_is_noticed_even_where_its_bytes_join_up() {
        let mut parser = Parser::new(&b"\xc3,\xa9\n"[..], Marks::separated_by(b','));
        assert!(matches!(parser.read(&mut Record::new()), Err(ParseError::Read(_))));
    }

    #[test]
    fn blank_lines_are_counted_and_line_ends_told_apart() {
        let mut parser =
            Parser::new(&b"\n\r\n\ra\r\n\r\nb\rc\n\n\n"[..], Marks::separated_by(b','));
        let mut record = Record::new();
        for (field, blank, end) in [
            ("a", 3, Some(LineEnd::CrLf)),
            ("b", 1, Some(LineEnd::Cr)),
            ("c", 0, Some(LineEnd::Lf)),
        ] {
            assert!(parser.read(&mut record).unwrap());
            assert_eq!((record.get(0), record.blank_lines()), (Some(field), blank));
            assert_eq!(parser.last_end(), end, "{field}");
        }
        assert!(!parser.read(&mut record).unwrap());
        assert_eq!((record.len(), record.blank_lines()), (0, 2));
    }
}
