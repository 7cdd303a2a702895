//! UTF-8 that was encoded as UTF-8 once more: `ChloÃ©` for `Chloé`.

use super::Record;
use encoding_rs::{Encoding, GBK, MACINTOSH, WINDOWS_1251, WINDOWS_1252};
use std::borrow::Cow;

/// The text that was meant; the text itself if it was not encoded twice.
pub(super) fn repair(text: &str) -> Cow<'_, str> {
    if !may_be_encoded_twice(text) {
        return text.into();
    }
    let mut encodings = [WINDOWS_1252, MACINTOSH, WINDOWS_1251].into_iter();
    let meant = encodings.find_map(|encoding| decode_again(text, encoding));
    meant.map_or(text.into(), |meant| repair(&meant).into_owned().into())
}

/// The row that was meant; `None` if no cell was encoded twice.
pub(super) fn repair_row(record: &Record) -> Option<Record> {
    let is_suspect = !record.is_ascii() && record.fields().any(may_be_encoded_twice);
    let repaired = is_suspect.then(|| record.map(repair))?;
    (!repaired.fields().eq(record.fields())).then_some(repaired)
}

/// Whether a cell was encoded twice in a way that cannot be undone with certainty. No name has `Ã` or `Â` before a symbol,
/// or a box-drawing character beside another sign (`Chlo├⌐`, where DOS was involved).
pub(super) fn is_damaged(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let is_box = |c: char| matches!(c, '\u{2500}'..='\u{259f}' | 'Γ');
    let by_dos = |lead: char, next: char| is_box(lead) && !next.is_ascii() && !is_greek(next);
    if has_pair(text, by_dos) || is_chinese_twice(text) {
        return true;
    }
    let is_symbol = |c: char| !c.is_ascii() && (!c.is_alphabetic() || matches!(c, 'ª' | 'µ' | 'º'));
    has_pair(text, |lead, next| matches!(lead, 'Â' | 'Ã') && is_symbol(next))
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' | '\u{300}'..='\u{36f}')
}

/// Whether Chinese UTF-8 was read as GBK: some signs are rare, and the bytes of all are the UTF-8 of other signs.
fn is_chinese_twice(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '\u{3400}'..='\u{9fff}');
    if !text.contains(is_sign) {
        return false;
    }
    let (bytes, _, unmappable) = GBK.encode(text);
    let is_rare = |pair: &[u8]| pair[0] >= 0x81 && (pair[0] < 0xb0 || pair[1] < 0xa1);
    !unmappable
        && bytes.chunks_exact(2).any(is_rare)
        && std::str::from_utf8(&bytes)
            .is_ok_and(|meant| meant.chars().all(|c| is_sign(c) || c.is_ascii()))
}

/// Whether two characters in a row look like the first and the next byte of one character in UTF-8.
fn may_be_encoded_twice(text: &str) -> bool {
    has_pair(text, |lead, next| {
        let goes_on =
            || matches!(next, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(next);
        (matches!(lead, '\u{c2}'..='\u{f4}') && !next.is_ascii() && goes_on())
            || (matches!(lead, '√' | 'Р' | 'С') && !next.is_ascii())
    })
}

fn has_pair(text: &str, is_pair: impl Fn(char, char) -> bool) -> bool {
    !text.is_ascii()
        && text.chars().zip(text.chars().skip(1)).any(|(lead, next)| is_pair(lead, next))
}

fn decode_again(text: &str, encoding: &'static Encoding) -> Option<String> {
    let (bytes, _, unmappable) = encoding.encode(text);
    if unmappable || bytes.is_ascii() {
        return None;
    }
    String::from_utf8(bytes.into_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_twice_is_read_as_it_was_meant() {
        for (twice, meant) in [
            ("ChloÃ©", "Chloé"),
            ("MÃ¼ller", "Müller"),
            ("CafÃ© LumiÃ¨re", "Café Lumière"),
            ("Oâ€™Hara", "O’Hara"),
            ("Chlo√©", "Chloé"),
            ("ChloÃƒÂ©", "Chloé"),
            ("Р\u{a0}СѓРЅР°", "Руна"),
            ("Руна Окафор", "Руна Окафор"),
            ("Сёмин РЁВА", "Сёмин РЁВА"),
            ("Åsa", "Åsa"),
            ("JOÃO CONCEIÇÃO", "JOÃO CONCEIÇÃO"),
            ("“Lukáš”", "“Lukáš”"),
            ("Ãœmit GÃ¶ÃŸ", "Ümit Göß"),
            ("Tomáš Éž", "Tomáš Éž"),
            ("Café – Nord", "Café – Nord"),
            ("Ada", "Ada"),
        ] {
            assert_eq!(repair(twice), meant);
        }
    }

    #[test]
    fn what_cannot_be_undone_is_damage() {
        for text in ["Chlo├⌐", "OΓÇÖHara", "Chlo├®", "鐜嬪皬", "Â¡Acme"] {
            assert!(is_damaged(text), "{text}");
        }
        for text in ["Γιώργος", "王小雨", "李大明", "虚构科技有限公司", "JOÃO", "Acme", "Ökotest"]
        {
            assert!(!is_damaged(text), "{text}");
        }
    }
}
