//! Which encoding a file is in: what is said of it, what it says itself, what it proves to be.

use super::input::Snapshot;
use super::text::{Decoded, LineCounter, Source, TextError, Utf8Read};
use super::{Input, SheetError, Warning};
use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

/// A character encoding, by any name the Encoding Standard knows (<https://encoding.spec.whatwg.org/#names-and-labels>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    pub(super) const UTF_8: Self = Self(encoding_rs::UTF_8);
    const UTF_16LE: Self = Self(encoding_rs::UTF_16LE);
    const UTF_16BE: Self = Self(encoding_rs::UTF_16BE);
    const WINDOWS_1252: Self = Self(encoding_rs::WINDOWS_1252);

    /// A decoder that leaves byte order marks to us.
    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_without_bom_handling()
    }

    /// Whether the output needs a byte order mark for the programs that made such an input.
    pub(super) fn is_utf_16(self) -> bool {
        self == Self::UTF_16LE || self == Self::UTF_16BE
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::WINDOWS_1252 {
            f.write_str("Windows-1252")
        } else {
            f.write_str(self.0.name())
        }
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(label: &str) -> Result<Self, String> {
        let label = label.trim();
        encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())
            .or_else(|| {
                // `UTF8`, `Windows 1250`, `cp-1252`: as programs name them in their menus.
                let plain: String = label
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|c| c.to_ascii_lowercase())
                    .collect();
                let plain = plain.strip_prefix("windows").map_or_else(
                    || plain.clone(),
                    |page| format!("windows-{page}"),
                );
                encoding_rs::Encoding::for_label_no_replacement(plain.as_bytes())
            })
            .map(Self)
            .ok_or_else(|| {
                "not an encoding; common ones are `utf-8`, `utf-16le`, `windows-1250`, `windows-1252`, `iso-8859-2`, \
                 `macintosh`, `shift_jis`, `gbk`"
                    .to_owned()
            })
    }
}

/// The byte order marks, with what they announce.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::UTF_8),
    (b"\xff\xfe", Encoding::UTF_16LE),
    (b"\xfe\xff", Encoding::UTF_16BE),
];

/// Files that people take for CSV, by their first bytes.
const FOREIGN: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"<", "an HTML or XML document"),
    (b"{\"", "JSON"),
    (b"[{", "JSON"),
];

/// A source all of which can be decoded.
pub(super) struct Validated {
    pub(super) source: Source,
    /// How many blank lines stand at the end.
    pub(super) trailing_blank_lines: u64,
}

/// Finds a file's encoding and proves that all of it can be decoded: reads it once.
pub(super) fn detect(
    input: &Input,
    snapshot: &Snapshot,
    said: Option<Encoding>,
    warnings: &mut Vec<Warning>,
) -> Result<Validated, SheetError> {
    let failed = |source| SheetError::Read { input: input.clone(), source };
    let mut head = Vec::new();
    let read = snapshot.bytes(0).take(1024).read_to_end(&mut head);
    read.map_err(failed)?;
    if let Some((_, what)) =
        FOREIGN.iter().find(|(magic, _)| head.trim_ascii_start().starts_with(magic))
    {
        return Err(SheetError::NotText { input: input.clone(), what });
    }
    let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark));
    let known = said.or(mark.map(|(_, encoding)| *encoding));
    let unmarked = if known.is_none() { wide(&head) } else { None };
    if let Some(encoding) = unmarked {
        warnings.push(Warning::NoByteOrderMark { encoding, input: input.clone() });
    }
    let known = known.or(unmarked);
    let source = Source {
        input: input.clone(),
        snapshot: snapshot.clone(),
        encoding: known.unwrap_or(Encoding::UTF_8),
        bom: mark.map_or(0, |(mark, _)| mark.len() as u64),
        wrapped: None,
    };
    let malformed = match validate(source.clone())? {
        Ok(proven) => return Ok(proven),
        Err(offset) if known.is_some() => return Err(source.undecodable(offset)),
        Err(offset) => offset,
    };
    let guess = Source { encoding: Encoding::WINDOWS_1252, ..source.clone() };
    match legacy(&source).map_err(failed)? {
        Legacy::MostlyUtf8 => Err(source.undecodable(malformed)),
        Legacy::Other { offset } => Err(guess.undecodable(offset)),
        Legacy::Windows1252 => {
            warnings.push(Warning::NotUtf8 {
                input: input.clone(),
                line: source.line_of_byte(malformed),
            });
            validate(guess.clone())?.map_err(|offset| guess.undecodable(offset))
        }
    }
}

/// UTF-16 without a byte order mark: in text, every other byte of most characters is zero.
fn wide(head: &[u8]) -> Option<Encoding> {
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

/// Decodes the whole file; fails inside with the byte where it stops being what its encoding allows.
fn validate(source: Source) -> Result<Result<Validated, u64>, SheetError> {
    let bytes = source.snapshot.bytes(source.bom);
    let mut text = Decoded::new(bytes, source.encoding, source.bom);
    let mut buffer = vec![0; 256 * 1024];
    let mut tail = LineCounter::default();
    loop {
        match text.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                let piece = &buffer[..read];
                let ink = piece.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
                if ink.is_some() {
                    tail = LineCounter::default();
                }
                tail.count(&piece[ink.map_or(0, |at| at + 1)..]);
            }
            Err(TextError::Malformed { offset }) => return Ok(Err(offset)),
            Err(other) => return Err(source.failure(other)),
        }
    }
    Ok(Ok(Validated { source, trailing_blank_lines: tail.ends().saturating_sub(1) }))
}

/// What a file that is not UTF-8 is.
enum Legacy {
    /// UTF-8 with a damaged place: reading it as anything else would spoil every accented name.
    MostlyUtf8,
    /// Some other encoding: this byte means nothing in Windows-1252.
    Other {
        /// Counted from the file's first byte.
        offset: u64,
    },
    /// Nothing speaks against Windows-1252.
    Windows1252,
}

/// Weighs the evidence. Accented letters of a legacy code page form valid UTF-8 sequences by accident only.
fn legacy(source: &Source) -> io::Result<Legacy> {
    let (mut sound, mut broken) = (0_u64, 0_u64);
    let mut undefined = None;
    let mut bytes = source.snapshot.bytes(0);
    let mut buffer = vec![0; 64 * 1024];
    let (mut offset, mut kept) = (0_u64, 0);
    loop {
        let read = match bytes.read(&mut buffer[kept..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let piece = &buffer[..kept + read];
        let strange =
            piece[kept..].iter().position(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        if let (None, Some(at)) = (undefined, strange) {
            undefined = Some(offset + (kept + at) as u64);
        }
        let mut taken = 0;
        for chunk in piece.utf8_chunks() {
            sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            taken += chunk.valid().len();
            let rest = chunk.invalid().len();
            // A character may go on in the next piece.
            if read > 0 && rest > 0 && taken + rest == piece.len() && rest < 4 {
                break;
            }
            broken += u64::from(rest > 0);
            taken += rest;
        }
        if read == 0 {
            break;
        }
        offset += taken as u64;
        kept = piece.len() - taken;
        buffer.copy_within(taken..taken + kept, 0);
    }
    Ok(match undefined {
        _ if sound > broken => Legacy::MostlyUtf8,
        Some(offset) => Legacy::Other { offset },
        None => Legacy::Windows1252,
    })
}
