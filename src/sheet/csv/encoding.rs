//! Character encodings by their names.

use std::fmt;
use std::str::FromStr;

/// A character encoding, by any name the Encoding Standard knows (<https://encoding.spec.whatwg.org/#names-and-labels>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    pub(crate) const UTF_8: Self = Self(encoding_rs::UTF_8);
    pub(super) const UTF_16LE: Self = Self(encoding_rs::UTF_16LE);
    pub(super) const UTF_16BE: Self = Self(encoding_rs::UTF_16BE);
    pub(super) const IBM_866: Self = Self(encoding_rs::IBM866);
    pub(super) const MACINTOSH: Self = Self(encoding_rs::MACINTOSH);
    pub(super) const WINDOWS_1252: Self = Self(encoding_rs::WINDOWS_1252);
    pub(super) const WINDOWS_1254: Self = Self(encoding_rs::WINDOWS_1254);
    pub(super) const WINDOWS_1257: Self = Self(encoding_rs::WINDOWS_1257);

    /// The encoding that the detector found.
    pub(super) fn detected(encoding: &'static encoding_rs::Encoding) -> Self {
        Self(encoding)
    }

    pub(super) fn decode_byte(self, byte: [u8; 1]) -> Option<char> {
        let text = self.0.decode_without_bom_handling_and_without_replacement(&byte)?;
        text.chars().next()
    }

    /// A decoder that leaves byte order marks to us.
    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_without_bom_handling()
    }

    /// The output is UTF-8 then. It gets a byte order mark, because programs that write UTF-16 look for one.
    pub(super) fn is_utf_16(self) -> bool {
        self == Self::UTF_16LE || self == Self::UTF_16BE
    }
}

/// Names that are common and not in the Encoding Standard.
fn by_code_page(plain: &str) -> Option<&'static encoding_rs::Encoding> {
    match plain {
        "cp932" | "ms932" | "windows-932" => Some(encoding_rs::SHIFT_JIS),
        "cp936" | "windows-936" => Some(encoding_rs::GBK),
        "cp949" | "uhc" => Some(encoding_rs::EUC_KR),
        "cp950" | "windows-950" => Some(encoding_rs::BIG5),
        "macroman" | "applemac" => Some(encoding_rs::MACINTOSH),
        _ => None,
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
                    .or_else(|| by_code_page(&plain))
            })
            .map(Self)
            .ok_or_else(|| {
                "not an encoding; common ones are `utf-8`, `utf-16le`, `windows-1250`, `windows-1252`, `iso-8859-2`, \
                 `macintosh`, `shift_jis`, `gbk`"
                    .to_owned()
            })
    }
}
