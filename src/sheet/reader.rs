//! A pass over the data rows.

use super::parser::{ParseError, Parser};
use super::text::{Source, Utf8Read};
use super::{Record, SheetError};

/// One pass over a sheet's rows, from the first. Passes are independent of each other.
pub struct RowReader {
    parser: Parser<Box<dyn Utf8Read + Send>>,
    source: Source,
    /// Where in the text the parser began.
    data: u64,
    rows: u64,
}

impl RowReader {
    pub(super) fn new(source: &Source, data: u64, delimiter: u8) -> Result<Self, SheetError> {
        let mut text = source.text();
        skip(&mut text, data).map_err(|error| source.failure(error))?;
        Ok(Self { parser: Parser::new(text, delimiter), source: source.clone(), data, rows: 0 })
    }

    /// Reads the next row; `false` when there is none.
    ///
    /// # Errors
    /// When the file cannot be read, a quote is not closed, or the file is no longer what it was. After an error the
    /// pass is over.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, SheetError> {
        match self.parser.read(record) {
            Ok(true) => {
                self.rows += 1;
                record.set_number(self.rows);
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(error) => Err(failure(&self.source, error.at(self.data))),
        }
    }
}

/// Puts a parser's failure into words.
pub(super) fn failure(source: &Source, error: ParseError) -> SheetError {
    let input = source.input.clone();
    match error {
        ParseError::NotUtf8 => SheetError::Changed { input },
        ParseError::Text(error) => source.failure(error),
        ParseError::TooLong(at) => SheetError::TooLong { input, line: source.line(at) },
        ParseError::UnclosedQuote(at) => SheetError::UnclosedQuote { input, line: source.line(at) },
    }
}

/// Passes over the beginning of a text.
fn skip(text: &mut impl Utf8Read, mut left: u64) -> Result<(), super::text::TextError> {
    let mut buffer = [0; 4096];
    while left > 0 {
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match text.read(&mut buffer[..wanted])? {
            0 => break,
            read => left -= read as u64,
        }
    }
    Ok(())
}
