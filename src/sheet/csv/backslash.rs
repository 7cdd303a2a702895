//! Quotes that are escaped with a backslash, as `MySQL` writes them: `"said \"yes\", maybe"`.

use super::dialect::Marks;
use crate::sheet::spool::{Spool, SpoolWriter};
use crate::sheet::{Input, SheetError};
use std::io::Read;

const CHUNK: usize = 64 * 1024;

/// Copies a text with doubled quotes instead; `None` if backslashes are plain text. They are escapes only if the text is
/// malformed otherwise, and well formed with them.
pub(super) fn to_doubled_quotes(
    input: &Input,
    text: &Spool,
    marks: Marks,
) -> Result<Option<Spool>, SheetError> {
    let mut has_any = false;
    pieces(input, text, |piece| {
        has_any |= piece.contains(&b'\\');
        Ok(())
    })?;
    if !has_any {
        return Ok(None);
    }
    let mut plain = Machine::new(marks, marks.quote);
    let mut escaped = Machine::new(marks, b'\\');
    pieces(input, text, |piece| {
        for &byte in piece {
            plain.take(byte);
            escaped.take(byte);
        }
        Ok(())
    })?;
    if plain.is_well_formed() || !escaped.is_well_formed() {
        return Ok(None);
    }
    let mut writer = SpoolWriter::create().map_err(|error| SheetError::uncopied(input, error))?;
    let mut machine = Machine::new(marks, b'\\');
    pieces(input, text, |piece| {
        let mut doubled = Vec::with_capacity(piece.len() + 64);
        for &byte in piece {
            let was = machine.state;
            machine.take(byte);
            match (was, machine.state) {
                // Written with what it escapes.
                (_, QuoteState::Escaped) => {}
                (QuoteState::Escaped, _) => match byte {
                    quote if quote == marks.quote => doubled.extend_from_slice(&[quote; 2]),
                    b'\\' | b'\n' | b'\r' => doubled.push(byte),
                    other => doubled.extend_from_slice(&[b'\\', other]),
                },
                _ => doubled.push(byte),
            }
        }
        writer.write(&doubled).map_err(|error| SheetError::uncopied(input, error))
    })?;
    Ok(Some(writer.finish()))
}

fn pieces(
    input: &Input,
    text: &Spool,
    mut take: impl FnMut(&[u8]) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    let mut reader = text.reader(0);
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&buffer[..read])?,
            Err(source) => return Err(SheetError::Read { input: input.clone(), source }),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuoteState {
    /// Before a field.
    Start,
    Bare,
    Quoted,
    /// Behind the escape character inside quotes.
    Escaped,
    /// Behind a quote that closes the field, unless another one follows.
    Closed,
}

/// Follows the quotes of a text.
struct Machine {
    marks: Marks,
    escape: u8,
    state: QuoteState,
    /// Text follows a closing quote.
    is_malformed: bool,
}

impl Machine {
    fn new(marks: Marks, escape: u8) -> Self {
        Self { marks, escape, state: QuoteState::Start, is_malformed: false }
    }

    fn is_well_formed(&self) -> bool {
        !self.is_malformed && !matches!(self.state, QuoteState::Quoted | QuoteState::Escaped)
    }

    fn take(&mut self, byte: u8) {
        let (ends_field, quote) = (self.marks.ends_field(byte), self.marks.quote);
        self.state = match self.state {
            QuoteState::Start if byte == quote => QuoteState::Quoted,
            QuoteState::Start | QuoteState::Bare | QuoteState::Closed if ends_field => {
                QuoteState::Start
            }
            QuoteState::Start | QuoteState::Bare => QuoteState::Bare,
            QuoteState::Quoted if byte == self.escape && byte != quote => QuoteState::Escaped,
            QuoteState::Quoted if byte == quote => QuoteState::Closed,
            QuoteState::Quoted | QuoteState::Escaped => QuoteState::Quoted,
            QuoteState::Closed if byte == quote => QuoteState::Quoted,
            QuoteState::Closed => {
                self.is_malformed = true;
                QuoteState::Bare
            }
        };
    }
}
