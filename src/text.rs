//! Foreign text (file names, headers, cells, answers of a server), made safe to show.

use serde::Serialize;
use std::fmt;
use std::ops::Deref;

/// Text that cannot control a terminal or forge a log line. Only [`sanitize`] and [`sanitize_within`] make it.
///
/// It is one line without control characters (C0, DEL, C1), without direction marks and without invisible format
/// characters, so a reader sees all that it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub(crate) struct Sanitized(String);

impl Sanitized {
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Sanitized {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Decodes a small file as editors and shells write it: UTF-8 or UTF-16, with or without a byte order mark. `None` if it is
/// neither.
pub(crate) fn of_file(bytes: &[u8]) -> Option<String> {
    let unmarked = match bytes {
        [_, 0, ..] => encoding_rs::UTF_16LE,
        [0, _, ..] => encoding_rs::UTF_16BE,
        _ => encoding_rs::UTF_8,
    };
    let (text, _, has_errors) = unmarked.decode(bytes);
    (!has_errors).then(|| text.into_owned())
}

/// Removes what could do harm. Control characters and line breaks become one space, format characters are removed, and
/// the ends are trimmed. Ordinary spaces stay as they are, because a user may have to type the name again.
pub(crate) fn sanitize(text: &str) -> Sanitized {
    let mut clean = String::with_capacity(text.len().min(256));
    let mut is_separated = false;
    for c in text.chars().filter(|c| !is_format(*c)) {
        if is_line_or_control(c) {
            is_separated = true;
        } else if !(clean.is_empty() && c.is_whitespace()) {
            if is_separated && !clean.is_empty() && !clean.ends_with(' ') && c != ' ' {
                clean.push(' ');
            }
            is_separated = false;
            clean.push(c);
        }
    }
    clean.truncate(clean.trim_end().len());
    Sanitized(clean)
}

/// As [`sanitize`]; a longer text is cut after `limit` characters and ends in `…`.
pub(crate) fn sanitize_within(text: &str, limit: usize) -> Sanitized {
    let Sanitized(mut clean) = sanitize(text);
    if let Some((end, _)) = clean.char_indices().nth(limit) {
        clean.truncate(clean[..end].trim_end().len());
        clean.push('…');
    }
    Sanitized(clean)
}

fn is_line_or_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character is invisible and changes how the text around it is shown or compared: Unicode's category Cf
/// (direction marks, joiners, byte order mark, soft hyphen, tags), without the Arabic and Indic signs of that category
/// that are visible.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_steers_a_terminal_is_removed() {
        for (text, clean) in [
            ("bad\u{1b}[2J\r\nkey\u{202e}\u{7}", "bad [2J key"),
            ("e\u{1b}]0;pwned\u{7}\nerror: forged.csv", "e ]0;pwned error: forged.csv"),
            ("\u{9b}31mred\u{7f}", "31mred"),
            ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
            ("\u{61c}\u{200e}\u{200f}\u{2066}x\u{2069}\u{feff}", "x"),
            ("a\u{e0041}\u{e007f}b\u{200b}c\u{ad}d", "abcd"),
            ("  two  spaces \t", "two  spaces"),
            ("\u{1b} x \u{1b}", "x"),
            ("José 王 🎉", "José 王 🎉"),
            ("", ""),
        ] {
            assert_eq!(&*sanitize(text), clean, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis() {
        assert_eq!(&*sanitize_within("abcdef", 3), "abc…");
        assert_eq!(&*sanitize_within("abc", 3), "abc");
        assert_eq!(&*sanitize_within("abc\u{202e}\n", 3), "abc");
        assert_eq!(&*sanitize_within("ab cd", 3), "ab…");
        assert_eq!(sanitize_within(&"x".repeat(5000), 200).chars().count(), 201);
    }

    #[test]
    fn it_is_padded_as_a_string_is() {
        assert_eq!(format!("{:<4}|", sanitize("ab")), "ab  |");
        assert_eq!(sanitize("ab").into_string(), "ab");
    }

    #[test]
    fn a_file_is_read_as_editors_and_shells_write_it() {
        for (bytes, text) in [
            (b"key".as_slice(), Some("key")),
            (b"\xef\xbb\xbfkey", Some("key")),
            (b"k\0e\0", Some("ke")),
            (b"\0k\0e", Some("ke")),
            (b"\xff\xfek\0", Some("k")),
            (b"\xffkey", None),
        ] {
            assert_eq!(of_file(bytes).as_deref(), text, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn clean_text_is_one_visible_line_and_stays_as_it_is(text in any::<String>(), limit in 1..40_usize) {
            let clean = sanitize(&text);
            prop_assert!(!clean.chars().any(|c| is_line_or_control(c) || is_format(c)));
            prop_assert_eq!(&*clean, clean.trim());
            prop_assert_eq!(&sanitize(&clean), &clean);
            let short = sanitize_within(&text, limit);
            prop_assert!(short.chars().count() <= limit + 1);
            if clean.chars().count() <= limit {
                prop_assert_eq!(short, clean);
            }
        }

        #[test]
        fn what_is_harmless_is_kept(text in "[a-zA-ZÀ-ÿ一-龠0-9]{0,20}( [a-z]{1,5}){0,3}") {
            let clean = sanitize(&text);
            prop_assert_eq!(&*clean, text.trim());
        }
    }
}
