//! The dialect of a CSV: what separates fields, what ends lines, which fields have quotes.

use std::fmt;
use std::str::FromStr;

/// The character between fields: ASCII, and neither a quote nor a line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    pub(crate) const COMMA: Self = Self(b',');
    pub(crate) const TAB: Self = Self(b'\t');

    /// The delimiters that are tried if the user names none; the likeliest first.
    pub(super) const USUAL: [Self; 4] = [Self::COMMA, Self(b';'), Self::TAB, Self(b'|')];

    /// `None` for a byte that cannot separate fields.
    pub(super) fn new(byte: u8) -> Option<Self> {
        (byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')).then_some(Self(byte))
    }

    pub fn byte(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b',' => f.write_str("comma"),
            b';' => f.write_str("semicolon"),
            b'\t' => f.write_str("tab"),
            b' ' => f.write_str("space"),
            b'|' => f.write_str("`|`"),
            other if other.is_ascii_graphic() => write!(f, "`{}`", char::from(other)),
            other => write!(f, "byte {other}"),
        }
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let byte = match (text, text.as_bytes()) {
            (_, [byte]) => Some(*byte),
            ("\\t", _) => Some(b'\t'),
            _ => match text.to_ascii_lowercase().as_str() {
                "comma" => Some(b','),
                "pipe" => Some(b'|'),
                "semicolon" => Some(b';'),
                "space" => Some(b' '),
                "tab" => Some(b'\t'),
                _ => None,
            },
        };
        byte.and_then(Self::new).ok_or_else(|| {
            "a delimiter is one ASCII character other than a quote or a line end: `,`, `;`, `tab`, `|`".to_owned()
        })
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// `\r`, as old Macs wrote.
    Cr,
    /// `\r\n`, as Windows and RFC 4180 have it.
    CrLf,
    /// `\n`.
    #[default]
    Lf,
}

impl LineEnd {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cr => "\r",
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Quoting {
    Always,
    /// Only fields that need quotes have them.
    #[default]
    Necessary,
}

/// The bytes that cut a text into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
}

impl Marks {
    /// With `"` as the quote.
    pub(super) fn separated_by(delimiter: u8) -> Self {
        Self { delimiter, quote: b'"' }
    }

    pub(super) fn ends_field(self, byte: u8) -> bool {
        byte == self.delimiter || matches!(byte, b'\r' | b'\n')
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: Delimiter,
    pub(super) line_end: LineEnd,
    /// `"`, or `'` as some databases write it.
    pub(super) quote: u8,
    pub(super) quoting: Quoting,
}

impl Dialect {
    pub(super) fn marks(self) -> Marks {
        Marks { delimiter: self.delimiter.byte(), quote: self.quote }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character_or_its_name() {
        for (text, byte) in
            [(",", b','), ("tab", b'\t'), ("\\t", b'\t'), ("\t", b'\t'), ("|", b'|'), ("^", b'^')]
        {
            assert_eq!(text.parse::<Delimiter>().unwrap().byte(), byte, "{text}");
        }
        for text in ["", "\"", "\n", "\r", ",,", "é"] {
            assert!(text.parse::<Delimiter>().is_err(), "{text}");
        }
    }
}
