//! The text of a cell, if it says anything.

use crate::text::is_format;
use crate::word_list::WordList;
use std::borrow::Cow;

/// The text of a cell, [`trimmed`]. `None` if nothing is left, or only a word that means "no value".
pub(crate) fn non_blank(cell: &str) -> Option<&str> {
    let text = trimmed(cell);
    (!is_placeholder(text)).then_some(text)
}

/// The text of a cell without what surrounds it: spaces of every kind, invisible characters, quotes, and the `="..."` that
/// keeps spreadsheet programs from calculating.
pub(super) fn trimmed(cell: &str) -> &str {
    // In most cells there is nothing to remove.
    if let [first, .., last] = cell.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return cell;
    }
    let text = trim(cell);
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let text = formula.map_or(text, trim);
    if text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return text;
    }
    let inside = |(open, close): &(char, char)| {
        let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    };
    QUOTES.iter().find_map(inside).map_or(text, trim)
}

/// Quotes that products and people put around a whole cell.
const QUOTES: [(char, char); 7] =
    [('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('‘', '’'), ('«', '»'), ('»', '«')];

/// A text with its HTML entities decoded, also if it was escaped more than once.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    const MOST: usize = 3;
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST {
        if !(text.contains('&') && text.contains(';')) {
            break;
        }
        match html_escape::decode_html_entities(&*text) {
            Cow::Borrowed(_) => break,
            Cow::Owned(decoded) => text = Cow::Owned(decoded),
        }
    }
    text
}

/// A text without HTML tags and addresses in angle brackets: `<b>Acme</b>`, `Acme <https://acme.example>`.
pub(super) fn without_tags(text: &str) -> Cow<'_, str> {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once('<') {
        let is_tag = behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some((_, behind)) = behind.split_once('>').filter(|_| is_tag) else { break };
        kept.push_str(before);
        kept.push(' ');
        rest = behind;
    }
    if kept.is_empty() { text.into() } else { (kept + rest).into() }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || c.is_control())
}

/// Invisible characters that are copied with the text of a web page. The joiners U+200C and U+200D are not among them:
/// they are part of names in some scripts.
pub(super) fn is_invisible(c: char) -> bool {
    is_format(c) && !matches!(c, '\u{200c}' | '\u{200d}')
}

/// The values in a cell that may hold several.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    // Google separates them with ` ::: `, HubSpot with `;`.
    text.split(['\n', '\r', ';'])
        .flat_map(|part| part.split(" ::: "))
        .map(trimmed)
        .filter(|part| !part.is_empty())
}

/// Whether a text means that there is no value.
fn is_placeholder(text: &str) -> bool {
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return text == "NA" || PLACEHOLDERS.has(text);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return true;
    }
    // As R writes it; `Na` is a name.
    if text == "NA" {
        return true;
    }
    let text = text.trim_matches(['(', ')', '[', ']', '{', '}', '<', '>', '"', '\'']);
    PLACEHOLDERS.has(text) || text.strip_suffix('.').is_some_and(|text| PLACEHOLDERS.has(text))
}

/// What products and people write for an unknown value; sorted, for the search.
#[rustfmt::skip]
static PLACEHOLDERS: WordList = WordList::of(&[
    "#n/a", "#name?", "#null!", "#ref!", "#value!", "0", "blank", "desconhecido", "desconocido", "empty", "false",
    "inconnu", "k. a.", "k.a", "k.a.", "keine angabe", "leer", "n.a", "n.a.", "n.d.", "n.v.t.", "n/a", "n/d", "nan",
    "nicht bekannt", "nieznany", "nil", "no name", "no value", "none", "not applicable", "not available", "not found",
    "not provided", "not set", "not specified", "null", "object object", "okänd", "onbekend", "sconosciuto", "tba",
    "tbd", "ukendt", "unbekannt", "undefined", "unknown",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing_is_nothing() {
        for cell in [
            "", "  ", "-", "--", "—", "...", "?", "n/a", "N/A", "#N/A", "null", "NULL", "None",
            "nan", "NaN", "NA", "unknown", "Unknown", "\u{a0}-\u{a0}", "=\"\"", "=\"n/a\"",
            "[not provided]", "(none)", "<null>", "\u{feff}", "Unbekannt", "0", "🎉",
            "------------------------------",
        ] {
            assert_eq!(non_blank(cell), None, "{cell:?}");
        }
    }

    #[test]
    fn tags_come_off_and_other_brackets_stay() {
        assert_eq!(without_tags("<b>Acme</b> <1>"), " Acme  <1>");
        assert_eq!(without_tags("Acme <https://acme.example>"), "Acme  ");
    }

    #[test]
    fn the_list_can_be_searched() {
        assert!(PLACEHOLDERS.is_sorted());
    }

    #[test]
    fn all_that_is_listed_is_nothing_in_any_case() {
        let mut lost = Vec::new();
        for text in PLACEHOLDERS.all() {
            for cell in [
                text.to_uppercase(),
                format!("({text})"),
                format!("{text}."),
                format!(" “{text}” "),
            ] {
                if non_blank(&cell).is_some() {
                    lost.push(cell);
                }
            }
        }
        assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn what_says_something_loses_only_its_surroundings() {
        for (cell, text) in [
            (" Ada\u{a0}", "Ada"),
            ("=\"Ada\"", "Ada"),
            ("\u{200e}Ada\u{200b} ", "Ada"),
            ("Na", "Na"),
            ("Nullmann", "Nullmann"),
            ("Unknown Worlds", "Unknown Worlds"),
            ("王", "王"),
            ("“Acme”", "Acme"),
            ("'Acme'", "Acme"),
            ("« Acme »", "Acme"),
            ("'s Acme", "'s Acme"),
            ("\"Ada\" and \"Bob\"", "\"Ada\" and \"Bob\""),
            ("7", "7"),
        ] {
            assert_eq!(non_blank(cell), Some(text), "{cell:?}");
        }
    }
}
