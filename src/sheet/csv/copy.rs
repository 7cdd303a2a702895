//! Copies an input as UTF-8: finds its encoding, checks that all of it is text, and removes the byte order mark.
//!
//! An input may be a pipe, so it is read only once. If it turns out not to be UTF-8, the second attempt reads what was
//! copied so far and then the rest.

use super::decode::{self, Malformed, Stopped};
use super::encoding::Encoding;
use super::foreign::ForeignKind;
use super::legacy::{Evidence, LikelyText};
use super::lines::TrailingBlankLines;
use super::reader;
use crate::sheet::spool::{Spool, SpoolError, SpoolWriter};
use crate::sheet::{Input, SheetError, Warning};
use std::io::{self, Cursor, Read};

#[derive(Debug)]
pub(super) struct CopiedText {
    pub(super) encoding: Encoding,
    pub(super) has_mark: bool,
    pub(super) text: Spool,
    pub(super) trailing_blank_lines: u64,
}

/// The byte order marks and their encodings.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::UTF_8),
    (b"\xff\xfe", Encoding::UTF_16LE),
    (b"\xfe\xff", Encoding::UTF_16BE),
];

/// Copies an input to its end. `head` was read from it already; `named` is the encoding that the user named.
pub(super) fn copy(
    input: &Input,
    mut head: Vec<u8>,
    raw: &mut dyn Read,
    named: Option<Encoding>,
    warnings: &mut Vec<Warning>,
) -> Result<CopiedText, SheetError> {
    let unreadable = |source| SheetError::Read { input: input.clone(), source };
    if let Some(kind) = ForeignKind::of(&head) {
        return Err(SheetError::NotText { input: input.clone(), kind });
    }
    let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark));
    let unmarked = utf_16_without_mark(&head);
    let known = named.or(mark.map(|(_, encoding)| *encoding)).or(unmarked);
    if let (None, None, Some(encoding)) = (named, mark, unmarked) {
        warnings.push(Warning::NoByteOrderMark { encoding, input: input.clone() });
    }
    let begins = mark.map_or(0, |(mark, _)| mark.len());
    let mut body = Cursor::new(head.split_off(begins)).chain(raw);
    let mut target = Utf8Copy::create(input)?;
    let encoding = known.unwrap_or(Encoding::UTF_8);
    let decoded = if encoding == Encoding::UTF_8 {
        decode::copy_utf_8(&mut body, begins as u64, &mut |text| target.write(text))
    } else {
        decode::decode(&mut body, encoding, begins as u64, &mut |text| target.write(text))
    };
    match decoded {
        Ok(()) => Ok(target.finish(encoding, mark.is_some())),
        Err(Stopped::Read(error)) => Err(unreadable(error)),
        Err(Stopped::Write(error)) => Err(SheetError::uncopied(input, error)),
        Err(Stopped::Malformed(malformed)) if known.is_some() => {
            Err(undecodable(input, &target.text.finish(), &malformed, encoding))
        }
        Err(Stopped::Malformed(malformed)) => {
            copy_legacy(input, &target.text.finish(), &malformed, &mut body, warnings)
        }
    }
}

/// Copies an input that is not UTF-8 after all. It is Windows-1252 unless its bytes show something else.
fn copy_legacy(
    input: &Input,
    valid: &Spool,
    malformed: &Malformed,
    rest: &mut dyn Read,
    warnings: &mut Vec<Warning>,
) -> Result<CopiedText, SheetError> {
    let line = reader::line(valid, u64::MAX);
    let mut again = valid.reader(0).chain(&*malformed.rest).chain(rest);
    let mut evidence = Evidence::default();
    let mut raw = Watched { bytes: &mut again, evidence: &mut evidence };
    let mut target = Utf8Copy::create(input)?;
    let decoded =
        decode::decode(&mut raw, Encoding::WINDOWS_1252, 0, &mut |text| target.write(text));
    match decoded {
        // In Windows-1252 every byte is a character, so this cannot be malformed.
        Ok(()) | Err(Stopped::Malformed(_)) => {}
        Err(Stopped::Read(source)) => {
            return Err(SheetError::Read { input: input.clone(), source });
        }
        Err(Stopped::Write(error)) => return Err(SheetError::uncopied(input, error)),
    }
    match evidence.verdict() {
        LikelyText::MostlyUtf8 => Err(undecodable(input, valid, malformed, Encoding::UTF_8)),
        LikelyText::Other { offset, line, byte } => Err(SheetError::Undecodable {
            byte: Some(byte),
            encoding: Encoding::WINDOWS_1252,
            input: input.clone(),
            line,
            offset,
        }),
        LikelyText::Dos => Err(SheetError::Dos { input: input.clone(), line }),
        LikelyText::Likely(encoding) => {
            Err(SheetError::LikelyEncoding { encoding, input: input.clone(), line })
        }
        LikelyText::Windows1252 => {
            warnings.push(Warning::NotUtf8 { input: input.clone(), line });
            Ok(target.finish(Encoding::WINDOWS_1252, false))
        }
    }
}

/// UTF-16 without a byte order mark: in most text every second byte is zero.
fn utf_16_without_mark(head: &[u8]) -> Option<Encoding> {
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    if half < 4 {
        None
    } else if zeros(1) * 10 > half * 6 && zeros(0) * 10 < half {
        Some(Encoding::UTF_16LE)
    } else if zeros(0) * 10 > half * 6 && zeros(1) * 10 < half {
        Some(Encoding::UTF_16BE)
    } else {
        None
    }
}

struct Utf8Copy {
    text: SpoolWriter,
    blank: TrailingBlankLines,
}

impl Utf8Copy {
    fn create(input: &Input) -> Result<Self, SheetError> {
        let text = SpoolWriter::create().map_err(|error| SheetError::uncopied(input, error))?;
        Ok(Self { text, blank: TrailingBlankLines::default() })
    }

    fn write(&mut self, text: &[u8]) -> Result<(), SpoolError> {
        self.blank.count(text);
        self.text.write(text)
    }

    fn finish(self, encoding: Encoding, has_mark: bool) -> CopiedText {
        let trailing_blank_lines = self.blank.total();
        CopiedText { encoding, has_mark, text: self.text.finish(), trailing_blank_lines }
    }
}

/// A reader that shows all bytes to the evidence.
struct Watched<'a> {
    bytes: &'a mut dyn Read,
    evidence: &'a mut Evidence,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.evidence.weigh(&buffer[..read]);
        Ok(read)
    }
}

fn undecodable(
    input: &Input,
    valid: &Spool,
    malformed: &Malformed,
    encoding: Encoding,
) -> SheetError {
    SheetError::Undecodable {
        byte: malformed.byte,
        encoding,
        input: input.clone(),
        line: reader::line(valid, u64::MAX),
        offset: malformed.offset,
    }
}
