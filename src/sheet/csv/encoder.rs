//! Writes rows as CSV.

use super::dialect::{Dialect, Quoting};
use crate::sheet::format::{Cells, EncodeRows};

/// Rows as the bytes of a dialect.
pub(super) struct Encoder {
    dialect: Dialect,
    has_mark: bool,
    preamble: String,
    trailing_blank_lines: u64,
    /// By byte: whether a field with it needs quotes.
    is_special: [bool; 256],
}

impl Encoder {
    pub(super) fn new(dialect: Dialect, has_mark: bool) -> Self {
        let mut is_special = [false; 256];
        for byte in [dialect.delimiter.byte(), b'"', b'\r', b'\n'] {
            is_special[usize::from(byte)] = true;
        }
        Self { dialect, has_mark, preamble: String::new(), trailing_blank_lines: 0, is_special }
    }

    /// With what stands above the header and below the rows.
    pub(super) fn around(mut self, preamble: String, trailing_blank_lines: u64) -> Self {
        self.preamble = preamble;
        self.trailing_blank_lines = trailing_blank_lines;
        self
    }

    fn record(&self, cells: Cells<'_, '_>, out: &mut Vec<u8>) {
        let begins = out.len();
        let mut is_first = true;
        for cell in cells {
            if !is_first {
                out.push(self.dialect.delimiter.byte());
            }
            is_first = false;
            self.field(cell, out);
        }
        if out.len() == begins {
            // One empty field is not a blank line.
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(self.dialect.line_end.as_str().as_bytes());
    }

    fn field(&self, text: &str, out: &mut Vec<u8>) {
        let needs_quotes = match self.dialect.quoting {
            Quoting::Always => true,
            Quoting::Necessary => text.bytes().any(|byte| self.is_special[usize::from(byte)]),
        };
        if !needs_quotes {
            return out.extend_from_slice(text.as_bytes());
        }
        out.push(b'"');
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    }

    fn blank_lines(&self, count: u64, out: &mut Vec<u8>) {
        for _ in 0..count {
            out.extend_from_slice(self.dialect.line_end.as_str().as_bytes());
        }
    }
}

impl EncodeRows for Encoder {
    fn begin(&mut self, header: Option<Cells<'_, '_>>, out: &mut Vec<u8>) {
        if self.has_mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        out.extend_from_slice(self.preamble.as_bytes());
        if let Some(header) = header {
            self.record(header, out);
        }
    }

    fn row(&mut self, blank_lines: u64, cells: Cells<'_, '_>, out: &mut Vec<u8>) {
        self.blank_lines(blank_lines, out);
        self.record(cells, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.blank_lines(self.trailing_blank_lines, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::csv::Delimiter;
    use crate::sheet::csv::dialect::LineEnd;

    fn encoded(quoting: Quoting, cells: &[&str]) -> String {
        let delimiter = Delimiter::USUAL[1];
        let mut encoder =
            Encoder::new(Dialect { delimiter, line_end: LineEnd::CrLf, quoting }, false);
        let mut out = Vec::new();
        encoder.row(1, &mut cells.iter().copied(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_have_quotes_where_they_need_them_or_always() {
        let cells = ["a,b", "c;d", "e\"f", "g\nh", "i\rj", "", " k "];
        assert_eq!(
            encoded(Quoting::Necessary, &cells),
            "\r\na,b;\"c;d\";\"e\"\"f\";\"g\nh\";\"i\rj\";; k \r\n"
        );
        assert_eq!(encoded(Quoting::Always, &["a", ""]), "\r\n\"a\";\"\"\r\n");
    }

    #[test]
    fn one_empty_field_is_not_a_blank_line() {
        assert_eq!(encoded(Quoting::Necessary, &[""]), "\r\n\"\"\r\n");
    }
}
