use super::dialect::{Dialect, Marks, Quoting};
use super::layout::Layout;
use crate::sheet::format::{EncodeRows, Heading, RowOut};
use std::io::{self, Write};

/// How much is gathered before it is written out.
const CHUNK: usize = 64 * 1024;

/// Writes rows in a dialect of CSV.
pub(super) struct Encoder {
    buffer: Vec<u8>,
    dialect: Dialect,
    has_mark: bool,
    /// Whether the header is written without the first column's name.
    has_row_names: bool,
    /// The text above the header of the input.
    preamble: String,
    trailing_blank_lines: u64,
    /// By byte: whether a field with it needs quotes.
    is_special: [bool; 256],
}

impl Encoder {
    pub(super) fn new(dialect: Dialect, has_mark: bool) -> Self {
        let mut is_special = [false; 256];
        for byte in [dialect.delimiter.byte(), dialect.quote, b'\r', b'\n'] {
            is_special[usize::from(byte)] = true;
        }
        Self {
            buffer: Vec::with_capacity(2 * CHUNK),
            dialect,
            has_mark,
            has_row_names: false,
            preamble: String::new(),
            trailing_blank_lines: 0,
            is_special,
        }
    }

    /// With the text above the header and the blank lines below the rows.
    pub(super) fn around(mut self, layout: &Layout, trailing_blank_lines: u64) -> Self {
        self.has_row_names = layout.has_row_names;
        self.preamble.clone_from(&layout.preamble);
        self.trailing_blank_lines = trailing_blank_lines;
        self
    }

    fn record<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        let begins = self.buffer.len();
        let mut is_first = true;
        for cell in cells {
            if !is_first {
                self.buffer.push(self.dialect.delimiter.byte());
            }
            is_first = false;
            self.field(cell);
        }
        if self.buffer.len() == begins {
            // One empty field is not a blank line.
            self.buffer.extend_from_slice(&[self.dialect.quote; 2]);
        }
        self.line_ends(1);
    }

    fn field(&mut self, text: &str) {
        let needs_quotes = match self.dialect.quoting {
            Quoting::Always => true,
            Quoting::Necessary => text.bytes().any(|byte| self.is_special[usize::from(byte)]),
        };
        if !needs_quotes {
            return self.buffer.extend_from_slice(text.as_bytes());
        }
        let quote = self.dialect.quote;
        self.buffer.push(quote);
        for (index, part) in text.split(char::from(quote)).enumerate() {
            if index > 0 {
                self.buffer.extend_from_slice(&[quote; 2]);
            }
            self.buffer.extend_from_slice(part.as_bytes());
        }
        self.buffer.push(quote);
    }

    /// The line that a row was read from, if the cells can be written as that line and the results come after them.
    fn line_as_read<'r>(&self, row: RowOut<'r>) -> Option<&'r str> {
        let Marks { delimiter, quote } = self.dialect.marks();
        let line = row.record.line(delimiter).filter(|_| row.places.are_behind(row.record))?;
        let is_bare = self.dialect.quoting == Quoting::Necessary
            && memchr::memchr(quote, line.as_bytes()).is_none();
        is_bare.then_some(line)
    }

    fn line_ends(&mut self, count: u64) {
        for _ in 0..count {
            self.buffer.extend_from_slice(self.dialect.line_end.as_str().as_bytes());
        }
    }

    fn write_if(&mut self, is_due: bool, out: &mut dyn Write) -> io::Result<()> {
        if is_due {
            out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl EncodeRows for Encoder {
    fn begin(&mut self, heading: &Heading<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.has_mark {
            self.buffer.extend_from_slice("\u{feff}".as_bytes());
        }
        self.buffer.extend_from_slice(self.preamble.as_bytes());
        if let Some(header) = heading.header {
            self.record(header.cells().skip(usize::from(self.has_row_names)));
        }
        self.write_if(self.buffer.len() >= CHUNK, out)
    }

    fn row(&mut self, row: RowOut<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.line_ends(row.record.blank_lines());
        match self.line_as_read(row) {
            Some(line) => {
                self.buffer.extend_from_slice(line.as_bytes());
                for result in row.results {
                    self.buffer.push(self.dialect.delimiter.byte());
                    self.field(result);
                }
                self.line_ends(1);
            }
            None => self.record(row.cells()),
        }
        self.write_if(self.buffer.len() >= CHUNK, out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.line_ends(self.trailing_blank_lines);
        self.write_if(true, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Record;
    use crate::sheet::csv::Delimiter;
    use crate::sheet::csv::dialect::LineEnd;
    use crate::sheet::results::ExistingResults;

    fn encoded(quoting: Quoting, cells: &[&str]) -> String {
        let delimiter = Delimiter::USUAL[1];
        let dialect = Dialect { delimiter, line_end: LineEnd::CrLf, quote: b'"', quoting };
        let mut encoder = Encoder::new(dialect, false);
        encoder.record(cells.iter().copied());
        String::from_utf8(encoder.buffer).unwrap()
    }

    #[test]
    fn fields_have_quotes_where_they_need_them_or_always() {
        let cells = ["a,b", "c;d", "e\"f", "g\nh", "i\rj", "", " k "];
        assert_eq!(
            encoded(Quoting::Necessary, &cells),
            "a,b;\"c;d\";\"e\"\"f\";\"g\nh\";\"i\rj\";; k \r\n"
        );
        assert_eq!(encoded(Quoting::Always, &["a", ""]), "\"a\";\"\"\r\n");
    }

    #[test]
    fn a_line_that_was_read_comes_back_as_its_fields_would() {
        let written = |quoting, width, line: &str| {
            let mut record = Record::new();
            let ends = memchr::memchr_iter(b';', line.as_bytes());
            assert!(record.fill_with_line(line.as_bytes(), b';', ends, 1));
            let dialect = Dialect {
                delimiter: Delimiter::USUAL[1],
                line_end: LineEnd::Lf,
                quote: b'"',
                quoting,
            };
            let mut encoder = Encoder::new(dialect, false);
            let places = ExistingResults::default().places(width);
            let row = RowOut { record: &record, results: &["x;y", "z"], places: &places };
            encoder.row(row, &mut Vec::new()).unwrap();
            String::from_utf8(encoder.buffer).unwrap()
        };
        for (width, line, expected) in [
            (2, "a; b ", "\na; b ;\"x;y\";z\n"),
            (2, ";", "\n;;\"x;y\";z\n"),
            // A row with a cell too many: the results come before that cell. A row with a cell too few: it is filled up.
            (2, "a;b;c", "\na;b;\"x;y\";z;c\n"),
            (2, "a", "\na;;\"x;y\";z\n"),
            // Read in a dialect with another quote character.
            (2, "a\"b;c", "\n\"a\"\"b\";c;\"x;y\";z\n"),
        ] {
            assert_eq!(written(Quoting::Necessary, width, line), expected, "{line}");
        }
        assert_eq!(written(Quoting::Always, 2, "a;b"), "\n\"a\";\"b\";\"x;y\";\"z\"\n");
    }

    #[test]
    fn one_empty_field_is_not_a_blank_line() {
        assert_eq!(encoded(Quoting::Necessary, &[""]), "\"\"\r\n");
    }
}
