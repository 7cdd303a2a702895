//! An input's bytes as UTF-8 text, read in a stream and as often as needed.

use super::encoding::Encoding;
use super::input::{Bytes, Snapshot};
use super::unwrapped::OuterQuotes;
use super::{Delimiter, Input, SheetError};
use std::io::{self, Read};

/// How much is read from a file at a time.
const CHUNK: usize = 64 * 1024;

/// UTF-8 text that arrives in pieces. A piece may end inside a character.
pub(super) trait Utf8Read {
    /// Fills the beginning of `buffer` and says how much of it; 0 only at the end (or for an empty buffer).
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError>;
}

/// Why text could not be read.
#[derive(Debug)]
pub(super) enum TextError {
    /// The file could not be read.
    Io(io::Error),
    /// The byte at this offset of the file does not belong to its encoding.
    Malformed {
        /// Counted from the file's first byte.
        offset: u64,
    },
    /// A line that should stand in quotes as a whole does not end, counted in lines of the file.
    Wrapped {
        /// From 1.
        line: u64,
    },
}

impl From<io::Error> for TextError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Utf8Read for &[u8] {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError> {
        Ok(Read::read(self, buffer)?)
    }
}

impl Utf8Read for Box<dyn Utf8Read + Send> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError> {
        (**self).read(buffer)
    }
}

/// An opened input whose encoding is known.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) input: Input,
    pub(super) snapshot: Snapshot,
    pub(super) encoding: Encoding,
    /// Length of the byte order mark, which is not part of the text.
    pub(super) bom: u64,
    /// What separates fields, where every line stands in quotes as a whole and is to be freed of them.
    pub(super) wrapped: Option<Delimiter>,
}

impl Source {
    /// The text from its beginning, without its byte order mark.
    pub(super) fn text(&self) -> Box<dyn Utf8Read + Send> {
        match self.wrapped {
            Some(delimiter) => Box::new(OuterQuotes::new(self.decoded(), delimiter)),
            None => self.decoded(),
        }
    }

    /// The text as it stands in the file.
    fn decoded(&self) -> Box<dyn Utf8Read + Send> {
        let bytes = self.snapshot.bytes(self.bom);
        if self.encoding == Encoding::UTF_8 {
            Box::new(Plain(bytes))
        } else {
            Box::new(Decoded::new(bytes, self.encoding, self.bom))
        }
    }

    /// The line, from 1, on which the character at this offset of the text stands. Reads the text again: for errors.
    pub(super) fn line(&self, offset: u64) -> u64 {
        let mut lines = LineCounter::default();
        let mut left = offset;
        let mut text = self.text();
        let mut buffer = vec![0; CHUNK];
        // An error here ends the count early; it is the place of another error that is being looked up.
        while let Ok(read @ 1..) = text.read(&mut buffer) {
            let wanted = read.min(usize::try_from(left).unwrap_or(usize::MAX));
            lines.count(&buffer[..wanted]);
            left -= wanted as u64;
            if left == 0 {
                break;
            }
        }
        lines.line()
    }

    /// The line, from 1, on which the byte at this offset of the file stands. Reads the file again: for errors.
    pub(super) fn line_of_byte(&self, offset: u64) -> u64 {
        let before = self.snapshot.bytes(self.bom).take(offset.saturating_sub(self.bom));
        let mut text = Decoded::new(before, self.encoding, self.bom);
        let mut lines = LineCounter::default();
        let mut buffer = vec![0; CHUNK];
        while let Ok(read @ 1..) = text.read(&mut buffer) {
            lines.count(&buffer[..read]);
        }
        lines.line()
    }

    /// Says where the text stops being text.
    pub(super) fn undecodable(&self, offset: u64) -> SheetError {
        let mut byte = [0];
        let byte = match self.snapshot.bytes(offset).read(&mut byte) {
            Ok(1) => Some(byte[0]),
            _ => None,
        };
        SheetError::Undecodable {
            input: self.input.clone(),
            line: self.line_of_byte(offset),
            offset,
            byte,
            encoding: self.encoding,
        }
    }

    /// Turns a failure to read this text into one to report.
    pub(super) fn failure(&self, error: TextError) -> SheetError {
        match error {
            TextError::Io(source) => SheetError::Read { input: self.input.clone(), source },
            TextError::Malformed { offset } => self.undecodable(offset),
            TextError::Wrapped { line } => {
                SheetError::UnclosedQuote { input: self.input.clone(), line }
            }
        }
    }
}

/// UTF-8 as it stands. It was checked when the input was opened and is checked again row by row.
struct Plain(Bytes);

impl Utf8Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return Ok(read?),
            }
        }
    }
}

/// Text in another encoding, or UTF-8 that is to be proven. Malformed input is an error: `encoding_rs_io` would put
/// replacement characters into people's names.
pub(super) struct Decoded<R> {
    bytes: R,
    decoder: encoding_rs::Decoder,
    raw: Box<[u8]>,
    /// The part of `raw` that is not decoded yet.
    pending: std::ops::Range<usize>,
    /// Where in the file `pending` begins.
    offset: u64,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Decodes bytes, the first of which stands at `offset` of the file.
    pub(super) fn new(bytes: R, encoding: Encoding, offset: u64) -> Self {
        Self {
            bytes,
            decoder: encoding.decoder(),
            raw: vec![0; CHUNK].into(),
            pending: 0..0,
            offset,
            ended: false,
        }
    }
}

impl<R: Read> Utf8Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TextError> {
        loop {
            if self.pending.is_empty() && !self.ended {
                let read = match self.bytes.read(&mut self.raw) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read?,
                };
                self.pending = 0..read;
                self.ended = read == 0;
            }
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.pending.clone()],
                buffer,
                self.ended,
            );
            self.pending.start += read;
            self.offset += read as u64;
            if let encoding_rs::DecoderResult::Malformed(length, after) = result {
                let offset = self.offset - u64::from(length) - u64::from(after);
                return Err(TextError::Malformed { offset });
            }
            if written > 0 || self.ended {
                return Ok(written);
            }
        }
    }
}

/// Counts line ends: `\n`, `\r\n` and a lone `\r`.
#[derive(Debug, Default)]
pub(super) struct LineCounter {
    ends: u64,
    after_cr: bool,
}

impl LineCounter {
    /// Takes the next piece of text.
    pub(super) fn count(&mut self, piece: &[u8]) {
        for &byte in piece {
            if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
                self.ends += 1;
            }
            self.after_cr = byte == b'\r';
        }
    }

    /// How many lines ended.
    pub(super) fn ends(&self) -> u64 {
        self.ends
    }

    /// The line on which the next character stands, from 1.
    pub(super) fn line(&self) -> u64 {
        self.ends + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that arrive one at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Read::read(&mut self.0, &mut buffer[..1])
        }
    }

    fn decode(bytes: impl Read, encoding: &str) -> Result<String, TextError> {
        let mut text = Decoded::new(bytes, encoding.parse().unwrap(), 0);
        let mut decoded = Vec::new();
        let mut buffer = [0; 16];
        loop {
            match text.read(&mut buffer)? {
                0 => return Ok(String::from_utf8(decoded).unwrap()),
                read => decoded.extend_from_slice(&buffer[..read]),
            }
        }
    }

    #[test]
    fn legacy_text_is_decoded_across_pieces() {
        let long = "Zo\u{eb} L\u{f8}v ".repeat(9);
        let bytes: Vec<u8> = long.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(decode(&bytes[..], "windows-1252").unwrap(), long);
        let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(Drip(&wide), "utf-16le").unwrap(), long);
    }

    #[test]
    fn malformed_text_is_an_error_at_its_first_wrong_byte() {
        for (bytes, encoding, wrong) in [
            (&b"abc\xe9d"[..], "utf-8", 3),
            (b"abc\xc3", "utf-8", 3),
            (b"a\0\0\xdcb\0", "utf-16le", 2),
            (b"a\0\0\xd8b\0", "utf-16le", 2),
            (b"a\0b", "utf-16le", 2),
            (b"ab\x81 c", "shift_jis", 2),
        ] {
            for decoded in [decode(bytes, encoding), decode(Drip(bytes), encoding)] {
                match decoded {
                    Err(TextError::Malformed { offset }) => assert_eq!(offset, wrong, "{bytes:?}"),
                    other => panic!("{bytes:?}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let mut lines = LineCounter::default();
        lines.count(b"a\r\nb\nc\rd\r");
        lines.count(b"\ne");
        assert_eq!(lines.line(), 5);
    }
}
