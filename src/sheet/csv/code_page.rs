//! Recognises the code pages of the Mac and of DOS, which the detector does not know. Read as Windows-1252, their words
//! look wrong: a quote opens inside a word, a capital follows a small letter, a symbol stands between letters.

/// How many words of a file point to which code page.
#[derive(Debug, Default)]
pub(super) struct Votes {
    dos: u64,
    mac: u64,
    /// Words that end in the byte EB behind a consonant: `ë`, or `ė` in the Baltic code page.
    baltic: u64,
    /// Words with a byte that is not ASCII.
    words: u64,
    word: Vec<u8>,
    /// Whether the word is a cell's first.
    begins_cell: bool,
    started: bool,
}

/// The code page of a file, as far as its words show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodePage {
    Dos,
    Mac,
}

/// Longer words are no names.
const LONGEST: usize = 40;

/// One odd word in more than so many may be a typing error.
const FEW: u64 = 20;

impl Votes {
    pub(super) fn take(&mut self, byte: u8) {
        if byte.is_ascii_alphabetic() || byte >= 0x80 {
            if self.word.len() < LONGEST {
                self.word.push(byte);
            }
            return;
        }
        let ends_cell = matches!(byte, b',' | b';' | b'\t' | b'|' | b'"' | b'\r' | b'\n');
        if self.word.iter().any(|byte| *byte >= 0x80) {
            self.words += 1;
            let is_cell = ends_cell && (self.begins_cell || !self.started);
            let (dos, mac) = judge(&self.word, is_cell);
            self.dos += u64::from(dos);
            self.mac += u64::from(mac);
            let ending = self.word.strip_suffix(b"\xeb");
            self.baltic += u64::from(ending.is_some_and(is_consonant));
        }
        self.word.clear();
        self.begins_cell = ends_cell;
        self.started = true;
    }

    pub(super) fn is_baltic(&self) -> bool {
        self.baltic > 0 && self.baltic * FEW >= self.words
    }

    pub(super) fn verdict(&self) -> Option<CodePage> {
        let most = self.dos.max(self.mac);
        let is_sure = most > 0 && most * FEW >= self.words;
        is_sure.then_some(if self.dos > self.mac { CodePage::Dos } else { CodePage::Mac })
    }
}

/// Whether a word points to DOS, and whether it points to the Mac. `is_cell`: whether it is alone in its cell.
fn judge(word: &[u8], is_cell: bool) -> (bool, bool) {
    let (mut dos, mut mac) = (false, false);
    for (at, &byte) in word.iter().enumerate().filter(|(_, byte)| **byte >= 0x80) {
        let place = Surroundings { before: &word[..at], after: &word[at + 1..], is_cell };
        let (for_dos, for_mac) = place.speaks_for(byte);
        dos |= for_dos;
        mac |= for_mac;
    }
    (dos, mac)
}

/// What stands around a byte in its word.
struct Surroundings<'w> {
    before: &'w [u8],
    after: &'w [u8],
    is_cell: bool,
}

impl Surroundings<'_> {
    /// Whether the byte makes sense here as a letter of DOS, and as one of the Mac, and does not in Windows-1252. The
    /// comments name the letters of DOS; behind the semicolon those of the Mac, in the order of the bytes.
    fn speaks_for(&self, byte: u8) -> (bool, bool) {
        let behind_letter = self.before.last().is_some_and(u8::is_ascii_alphabetic);
        let behind_small = self.before.last().is_some_and(u8::is_ascii_lowercase);
        let inside = behind_letter && self.after.first().is_some_and(u8::is_ascii_alphabetic);
        let begins =
            self.before.is_empty() && self.after.first().is_some_and(u8::is_ascii_lowercase);
        match byte {
            // `é`, `ä`; `Ç`, `Ñ`.
            0x82 | 0x84 => {
                let is_capital = self.after.first().is_some_and(u8::is_ascii_uppercase);
                (behind_letter && !is_capital, behind_letter && is_capital)
            }
            // `ü`; `Å`.
            0x81 => (behind_letter, begins),
            // `â`, `å`, `í`, `ó`, `ú`.
            0x83 | 0x86 | 0xa1..=0xa3 => (behind_small, false),
            // `ç`, `ê`, `ë`, `è`, `î`; `á`, `à`, `â`, `ä`, `å`.
            0x87..=0x8a | 0x8c => (behind_small, behind_small),
            // `ï`, `ô`, `ò`; `ã`, `ì`, `ï`.
            0x8b | 0x93 | 0x95 => (inside, inside),
            // `ö`; `î`.
            0x94 => (inside || begins, inside),
            // `Ä`; `é`.
            0x8e => (false, behind_small),
            // `ì`, `Å`, `É`, `ÿ`, `Ø`; `ç`, `è`, `ê`, `ò`, `ù`.
            0x8d | 0x8f | 0x90 | 0x98 | 0x9d => (begins, behind_small),
            // `à`; `Ö`. In Windows-1252 this is `…`, which may begin a sentence but not the name in a cell.
            0x85 => (inside, begins && self.is_cell && self.goes_on_with_consonant()),
            // `Ç`; `Ä`.
            0x80 => (false, begins && self.is_cell && self.goes_on_with_consonant()),
            // `æ`; `ë`.
            0x91 => (false, behind_letter && self.is_diaeresis()),
            // `Æ`; `í`.
            0x92 => (false, behind_small && self.is_acute()),
            // `û`, `ù`; `ñ`, `ó`.
            0x96 | 0x97 => {
                let small = inside && behind_small && self.after[0].is_ascii_lowercase();
                (false, small)
            }
            // `Ö`; `ô`.
            0x99 => (begins, inside),
            // `Ü`; `ö`. In Windows-1252 this is `š`, which Slavic names have beside a vowel.
            0x9a => (false, inside && is_consonant(self.before) && self.goes_on_with_consonant()),
            // `ø`; `õ`.
            0x9b => (false, inside),
            // `ƒ`, `º`, `¥`, `┐`; `ü`, `ß`, `æ`, `ø`.
            0x9f | 0xa7 | 0xbe | 0xbf => (false, behind_letter),
            // `ñ`, `Ñ`; `§`, `•`.
            0xa4 | 0xa5 => (behind_letter, false),
            _ => (false, false),
        }
    }

    /// Whether `‘` stands for `ë` as in `Zo‘` and `Jo‘l`, and opens no quote. Some write it as an apostrophe: `who‘s`.
    fn is_diaeresis(&self) -> bool {
        let behind_vowel = self.before.last().is_some_and(|b| b"aeiou".contains(b));
        let is_elision = ["s", "t", "d", "m", "n", "ll", "re", "ve"]
            .iter()
            .any(|end| end.as_bytes() == self.after);
        let is_quoted = matches!(self.before.first(), Some(0x82 | 0x91));
        self.before.len() > 1 && behind_vowel && !is_elision && !is_quoted
    }

    /// Whether `’` stands for `í` as in `Rodr’guez` and `Garc’a`, and is no apostrophe.
    fn is_acute(&self) -> bool {
        let is_elision =
            ["s", "t", "d", "m", "ll", "re", "ve"].iter().any(|end| end.as_bytes() == self.after);
        self.before.len() > 2
            && is_consonant(self.before)
            && ((self.goes_on_with_consonant() && !is_elision) || self.after == b"a")
    }

    fn goes_on_with_consonant(&self) -> bool {
        self.after.first().is_some_and(|byte| is_consonant(&[*byte]))
    }
}

fn is_consonant(text: &[u8]) -> bool {
    text.last().is_some_and(|byte| {
        byte.is_ascii_alphabetic() && !b"aeiouy".contains(&byte.to_ascii_lowercase())
    })
}
