//! Decodes bytes to UTF-8. Malformed input is an error: replacement characters would end up in people's names.

use super::encoding::Encoding;
use crate::sheet::spool::SpoolError;
use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// How many bytes of the last chunk are kept: a malformed sequence may begin there.
const KEPT: usize = 8;

pub(super) type TakeText<'a> = dyn FnMut(&[u8]) -> Result<(), SpoolError> + 'a;

/// Why an input was not decoded to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    Malformed(Malformed),
    Read(io::Error),
    Write(SpoolError),
}

/// The first place that is not valid in the encoding. All text before it was passed on.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Counted from the first byte of the file.
    pub(super) offset: u64,
    /// The byte there; `None` at the end of the file.
    pub(super) byte: Option<u8>,
    /// What was read from this place on and not passed on. Only [`copy_utf_8`] fills it.
    pub(super) rest: Vec<u8>,
}

/// Checks UTF-8 and passes it on. `offset` is where the bytes begin in the file.
pub(super) fn copy_utf_8(
    bytes: &mut dyn Read,
    mut offset: u64,
    sink: &mut TakeText<'_>,
) -> Result<(), Stopped> {
    let mut buffer = vec![0; 4 * CHUNK];
    let mut kept = 0;
    loop {
        let read = read_some(bytes, &mut buffer[kept..])?;
        let piece = &buffer[..kept + read];
        let (valid, is_malformed) = match std::str::from_utf8(piece) {
            Ok(_) => (piece.len(), false),
            // A character that goes on in the next piece is no error.
            Err(error) => (error.valid_up_to(), error.error_len().is_some() || read == 0),
        };
        sink(&piece[..valid]).map_err(Stopped::Write)?;
        offset += valid as u64;
        if is_malformed {
            let rest = piece[valid..].to_vec();
            return Err(Stopped::Malformed(Malformed {
                offset,
                byte: rest.first().copied(),
                rest,
            }));
        }
        if read == 0 {
            return Ok(());
        }
        kept = piece.len() - valid;
        buffer.copy_within(valid..valid + kept, 0);
    }
}

/// Passes text in another encoding on as UTF-8. `offset` is where the bytes begin in the file.
pub(super) fn decode(
    bytes: &mut dyn Read,
    encoding: Encoding,
    mut offset: u64,
    sink: &mut TakeText<'_>,
) -> Result<(), Stopped> {
    let mut decoder = encoding.decoder();
    let mut raw = vec![0; KEPT + CHUNK];
    // One byte becomes at most three bytes of UTF-8. The decoder stops if the next character may not fit.
    let mut text = vec![0; 3 * CHUNK + 16];
    loop {
        let read = read_some(bytes, &mut raw[KEPT..])?;
        let ended = read == 0;
        let mut pending = KEPT..KEPT + read;
        loop {
            let (result, used, written) =
                decoder.decode_to_utf8_without_replacement(&raw[pending.clone()], &mut text, ended);
            pending.start += used;
            offset += used as u64;
            sink(&text[..written]).map_err(Stopped::Write)?;
            match result {
                encoding_rs::DecoderResult::InputEmpty => break,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(length, after) => {
                    let back = usize::from(length) + usize::from(after);
                    let place = pending.start.saturating_sub(back);
                    return Err(Stopped::Malformed(Malformed {
                        offset: offset - back as u64,
                        byte: raw[..KEPT + read].get(place).copied(),
                        rest: Vec::new(),
                    }));
                }
            }
        }
        if ended {
            return Ok(());
        }
        raw.copy_within(read..KEPT + read, 0);
    }
}

fn read_some(bytes: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Stopped> {
    loop {
        match bytes.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read.map_err(Stopped::Read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that arrive one at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            Read::read(&mut self.0, &mut buffer[..one])
        }
    }

    fn decoded(bytes: &mut dyn Read, encoding: Encoding) -> Result<String, Stopped> {
        let mut text = Vec::new();
        let mut sink = |piece: &[u8]| {
            text.extend_from_slice(piece);
            Ok(())
        };
        if encoding == Encoding::UTF_8 {
            copy_utf_8(bytes, 0, &mut sink)?;
        } else {
            decode(bytes, encoding, 0, &mut sink)?;
        }
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn malformed_text_is_an_error_at_its_first_wrong_byte() {
        for (bytes, encoding, offset, byte) in [
            (&b"abc\xe9d"[..], "utf-8", 3, 0xe9),
            (b"abc\xc3", "utf-8", 3, 0xc3),
            (b"a\0\0\xdcb\0", "utf-16le", 2, 0),
            (b"a\0\0\xd8b\0", "utf-16le", 2, 0),
            (b"a\0b", "utf-16le", 2, b'b'),
            (b"ab\x81 c", "shift_jis", 2, 0x81),
        ] {
            let encoding = encoding.parse().unwrap();
            for result in [decoded(&mut &*bytes, encoding), decoded(&mut Drip(bytes), encoding)] {
                match result {
                    Err(Stopped::Malformed(malformed)) => {
                        assert_eq!(
                            (malformed.offset, malformed.byte),
                            (offset, Some(byte)),
                            "{bytes:?}"
                        );
                    }
                    other => panic!("{bytes:?}: {other:?}"),
                }
            }
        }
    }

    /// Every encoding that the Encoding Standard can read, by a label of it.
    const ENCODINGS: [&str; 39] = [
        "utf-8", "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6",
        "iso-8859-7", "iso-8859-8", "iso-8859-8-i", "iso-8859-10", "iso-8859-13", "iso-8859-14",
        "iso-8859-15", "iso-8859-16", "koi8-r", "koi8-u", "macintosh", "windows-874",
        "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
        "windows-1255", "windows-1256", "windows-1257", "windows-1258", "x-mac-cyrillic", "gbk",
        "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr", "utf-16be", "utf-16le",
        "x-user-defined",
    ];

    fn encoded(text: &str, label: &str) -> Option<(Vec<u8>, String)> {
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        match label {
            "utf-16le" => return Some((wide(u16::to_le_bytes), text.to_owned())),
            "utf-16be" => return Some((wide(u16::to_be_bytes), text.to_owned())),
            // Only what can be written can be compared.
            "x-user-defined" if !text.is_ascii() => return None,
            _ => {}
        }
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
        let kept: String = text.chars().filter(|c| !encoding.encode(&c.to_string()).2).collect();
        let bytes = encoding.encode(&kept).0.into_owned();
        // Some encodings write two characters alike, so what comes back is what the whole decodes to.
        Some((bytes.clone(), encoding.decode_without_bom_handling(&bytes).0.into_owned()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_encoding_is_decoded_in_pieces_of_any_size(
            text in "[ -~\r\nÀ-ÿ€Łžаяשα日本語가ｱ😀]{0,40}",
        ) {
            for label in ENCODINGS {
                let Some((bytes, expected)) = encoded(&text, label) else { continue };
                let encoding: Encoding = label.parse().unwrap();
                prop_assert_eq!(decoded(&mut Drip(&bytes), encoding).unwrap(), &*expected, "{}", label);
                prop_assert_eq!(decoded(&mut &*bytes, encoding).unwrap(), &*expected, "{}", label);
            }
        }
    }

    #[test]
    fn text_is_decoded_across_chunks() {
        let long = "Zo\u{eb} L\u{f8}v ".repeat(CHUNK / 4);
        let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&mut &*wide, "utf-16le".parse().unwrap()).unwrap(), long);
        assert_eq!(decoded(&mut long.as_bytes(), Encoding::UTF_8).unwrap(), long);
    }
}
