//! Finds the encoding of a file that is not UTF-8, from its bytes.

use super::code_page::{CodePage, Votes};
use super::encoding::Encoding;
use super::lines::LineCounter;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// What a file most likely is, if it is not UTF-8 as a whole.
#[derive(Debug)]
pub(super) enum LikelyText {
    /// A code page of DOS, which is not read.
    Dos,
    /// Neither UTF-8 nor Windows-1252.
    Likely(Encoding),
    /// UTF-8 with damaged places: in any other encoding all accented names would come out wrong.
    MostlyUtf8,
    /// An encoding that is not known: this byte has no meaning in Windows-1252.
    Other {
        offset: u64,
        line: u64,
        byte: u8,
    },
    Windows1252,
}

/// What the bytes of a file show. Accented letters of a code page form valid UTF-8 sequences only by accident.
pub(super) struct Evidence {
    /// How many characters of several bytes are valid UTF-8.
    valid: u64,
    /// How many places are not.
    invalid: u64,
    /// The first byte without a meaning in Windows-1252: its offset, its line, and the byte.
    undefined: Option<(u64, u64, u8)>,
    offset: u64,
    lines: LineCounter,
    /// The beginning of a character that goes on in the next piece.
    pending: Vec<u8>,
    /// Does not know the code pages of the Mac and of DOS.
    detector: EncodingDetector,
    /// Knows those.
    votes: Votes,
    /// Which bytes the file has.
    seen: [bool; 256],
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            valid: 0,
            invalid: 0,
            undefined: None,
            offset: 0,
            lines: LineCounter::default(),
            pending: Vec::new(),
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            votes: Votes::default(),
            seen: [false; 256],
        }
    }
}

impl Evidence {
    /// Takes the next piece of the file; an empty piece is the end.
    pub(super) fn weigh(&mut self, piece: &[u8]) {
        self.detector.feed(piece, piece.is_empty());
        for &byte in if piece.is_empty() { b"\n" } else { piece } {
            self.seen[usize::from(byte)] = true;
            self.votes.take(byte);
        }
        if self.undefined.is_none() {
            let at = piece.iter().position(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
            self.lines.count(&piece[..at.unwrap_or(piece.len())]);
            self.undefined = at.map(|at| (self.offset + at as u64, self.lines.line(), piece[at]));
        }
        self.offset += piece.len() as u64;
        self.pending.extend_from_slice(piece);
        let mut taken = 0;
        for chunk in self.pending.utf8_chunks() {
            self.valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            taken += chunk.valid().len();
            let rest = chunk.invalid().len();
            let may_go_on = taken + rest == self.pending.len() && (1..4).contains(&rest);
            if may_go_on && !piece.is_empty() {
                break;
            }
            self.invalid += u64::from(rest > 0);
            taken += rest;
        }
        self.pending.drain(..taken);
    }

    /// Whether all bytes of the file mean the same in this encoding and in Windows-1252.
    fn reads_the_same(&self, detected: Encoding) -> bool {
        // The detector gives this for bytes that fit nothing else.
        let is_last_resort = detected == Encoding::IBM_866;
        let bytes = self.seen.iter().enumerate().filter(|(_, seen)| **seen);
        let is_same = |byte: usize| {
            let byte = [u8::try_from(byte).unwrap_or_default()];
            detected.decode_byte(byte) == Encoding::WINDOWS_1252.decode_byte(byte)
        };
        is_last_resort || bytes.map(|(byte, _)| byte).all(is_same)
    }

    /// The Turkish or the Baltic code page, if it fits better than Windows-1252, from which both differ in few letters:
    /// their `ğ` and `ş`, and `š` and `ž`, have the bytes of `ð` and `þ`, which only Icelandic uses.
    fn neighbour(&self) -> Option<Encoding> {
        let any = |bytes: &[u8]| bytes.iter().any(|byte| self.seen[usize::from(*byte)]);
        let is_icelandic = any(b"\xe1\xed\xf3\xfa");
        let is_baltic = any(b"\xe0\xe8\xe6\xeb\xf2\xef");
        match any(b"\xd0\xde\xf0\xfe") && !is_icelandic {
            true if is_baltic => Some(Encoding::WINDOWS_1257),
            true => Some(Encoding::WINDOWS_1254),
            // `Kazlauskė` would be `Kazlauskë`: no Western name ends so.
            false => self.votes.is_baltic().then_some(Encoding::WINDOWS_1257),
        }
    }

    pub(super) fn verdict(&self) -> LikelyText {
        if self.valid > self.invalid {
            return LikelyText::MostlyUtf8;
        }
        let detected = Encoding::detected(self.detector.guess(None, Utf8Detection::Deny));
        match self.undefined {
            _ if !self.reads_the_same(detected) => LikelyText::Likely(detected),
            _ if self.votes.verdict() == Some(CodePage::Mac) => {
                LikelyText::Likely(Encoding::MACINTOSH)
            }
            _ if self.votes.verdict() == Some(CodePage::Dos) => LikelyText::Dos,
            None if let Some(encoding) = self.neighbour() => LikelyText::Likely(encoding),
            Some((offset, line, byte)) => LikelyText::Other { offset, line, byte },
            None => LikelyText::Windows1252,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &[u8]) -> String {
        let mut evidence = Evidence::default();
        // In pieces, as it comes.
        for piece in text.chunks(7).chain([&b""[..]]) {
            evidence.weigh(piece);
        }
        match evidence.verdict() {
            LikelyText::Dos => "DOS".to_owned(),
            LikelyText::Likely(encoding) => encoding.to_string(),
            LikelyText::MostlyUtf8 => "mostly UTF-8".to_owned(),
            LikelyText::Other { .. } => "other".to_owned(),
            LikelyText::Windows1252 => "Windows-1252".to_owned(),
        }
    }

    #[test]
    fn a_code_page_is_recognised_from_a_few_names() {
        for (encoding, names) in [
            (encoding_rs::WINDOWS_1251, "Фамилия;Имя;Компания\nЛебедева;Вера;ООО Пример"),
            (encoding_rs::WINDOWS_1250, "Imię;Nazwisko;Firma\nŁukasz;Wiśniewski;Żółć"),
            (encoding_rs::WINDOWS_1250, "Jméno;Příjmení\nJiří;Dvořák"),
            (encoding_rs::WINDOWS_1254, "Ad;Soyad\nŞükrü;Yıldız\nAyşe;Yılmaz"),
            (encoding_rs::WINDOWS_1254, "First Name,Last Name\nGökhan,Şahin"),
            (encoding_rs::WINDOWS_1257, "First Name,Last Name\nRūta,Kazlauskė"),
            (encoding_rs::WINDOWS_1257, "First Name,Last Name\nJānis,Bērziņš"),
            (encoding_rs::SHIFT_JIS, "姓,名,会社\n森,陽斗,株式会社サンプル商会"),
            (encoding_rs::EUC_KR, "이름,회사\n김 서준,가상물산"),
            (encoding_rs::GBK, "姓名,公司\n王小雨,虚构科技"),
        ] {
            let (bytes, _, unmappable) = encoding.encode(names);
            assert!(!unmappable, "{names}");
            assert_eq!(verdict(&bytes), encoding.name(), "{names}");
        }
        // No crate has them: `é` is 82, `ä` 84, `ö` 94, `ü` 81, `ñ` A4.
        for names in [&b"Chlo\x82,Lind"[..], b"J\x94rg,M\x84rz", b"Jos\x82,Nu\xa4ez"] {
            assert_eq!(verdict(names), "DOS", "{names:?}");
        }
        for names in [
            "Chlo\u{e9},Caf\u{e9} Nord", "Jürgen,Groß,Müller", "José,Núñez", "Jörg,Köhler",
            "Zoë,Lind", "João,Simões", "Eva,Öberg", "Raphaël,Lind", "Rodríguez,Acme",
            "García,Acme",
        ] {
            let mac = encode_mac(names);
            assert_eq!(verdict(&mac), "macintosh", "{names}");
        }
    }

    #[test]
    fn western_names_stay_what_they_are() {
        for names in [
            "Jürgen,Groß,Müller GmbH",
            "Chloé,Lefèvre,Café du Nord",
            "François,Hébert,Œuvre",
            "José,Núñez,España",
            "João,Conceição,Ação",
            "Søren,Kjær,Ørsted",
            "Åsa,Öberg,Växjö",
            "Zoë,O’Hara,Acme – Tools",
            "Dušan,Tomáš,Škoda",
            "Zoë",
            "Guðrún,Þórsdóttir",
            "Runa,O’Hara,“Tallow” – …and more",
            "Andrea‘s Laden,can‘t,€uro,L’Haÿ",
            "„Acme“,‚Acme‘,dell’arte,Sana’a",
        ] {
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(names);
            assert!(!unmappable, "{names}");
            assert_eq!(verdict(&bytes), "Windows-1252", "{names}");
        }
    }

    fn encode_mac(names: &str) -> Vec<u8> {
        let (bytes, _, unmappable) = encoding_rs::MACINTOSH.encode(names);
        assert!(!unmappable, "{names}");
        bytes.into_owned()
    }
}
