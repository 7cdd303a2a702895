//! UTF-8 that was encoded as UTF-8 once more: `ChloÃ©` for `Chloé`.

use super::Record;
use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::borrow::Cow;

/// The text that was meant; the text itself where nothing speaks for a second encoding.
pub(super) fn repair(text: &str) -> Cow<'_, str> {
    if !may_be_encoded_twice(text) {
        return text.into();
    }
    let meant =
        [WINDOWS_1252, MACINTOSH].into_iter().find_map(|encoding| decode_again(text, encoding));
    meant.map_or(text.into(), |meant| repair(&meant).into_owned().into())
}

/// A row as it was meant; `None` where no cell was encoded twice.
pub(super) fn repair_row(record: &Record) -> Option<Record> {
    let is_suspect = record.fields().any(may_be_encoded_twice);
    let repaired = is_suspect.then(|| record.map(repair))?;
    (!repaired.fields().eq(record.fields())).then_some(repaired)
}

/// Whether a cell holds the remains of a second encoding. In names no `Ã` or `Â` stands before a symbol.
pub(super) fn is_damaged(text: &str) -> bool {
    let is_symbol = |c: char| !c.is_ascii() && (!c.is_alphabetic() || matches!(c, 'ª' | 'µ' | 'º'));
    has_pair(text, |lead, next| matches!(lead, 'Â' | 'Ã') && is_symbol(next))
}

/// The first byte of a character and a byte that only goes on with one, each read as a character.
fn may_be_encoded_twice(text: &str) -> bool {
    has_pair(text, |lead, next| {
        let goes_on =
            matches!(next, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(next);
        (matches!(lead, '\u{c2}'..='\u{f4}') && goes_on) || (lead == '√' && !next.is_ascii())
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
}
