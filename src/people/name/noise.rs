//! Removes what people add to their names: nicknames, decorations, slogans.

use super::words::is_credential;
use crate::people::cell::{is_invisible, non_blank, unescaped};
use unicode_normalization::UnicodeNormalization;

/// How much is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clean {
    /// Brackets and quotes with their text, signs, and what follows a mark that no name has.
    Brackets,
    /// In addition what follows a dash or a slash between spaces: `Ada Example - We are hiring`.
    Slogans,
}

/// The words of the name, separated by single spaces; empty for a placeholder.
pub(super) fn clean(cell: &str, what: Clean) -> String {
    let Some(text) = non_blank(cell) else {
        return String::new();
    };
    let text = &*unescaped(text);
    let text = text.split(['\n', '\r']).next().unwrap_or_default();
    let text = text.split(" ::: ").next().unwrap_or_default();
    let text = match what {
        Clean::Brackets => {
            let text = BARS.iter().fold(text, |text, mark| cut_at(text, mark));
            // Cuts `Example - Hiring!`, but not `Example - Other`.
            let is_name = |rest: &str| rest.chars().all(|c| c.is_alphabetic() || c == ' ');
            let slogan = text.split_once(" - ").filter(|(_, rest)| !is_name(rest));
            slogan.map_or(text, |(before, _)| before)
        }
        Clean::Slogans => SLOGANS.iter().fold(text, |text, mark| cut_at(text, mark)),
    };
    // `Ada Example + 3 others`. Two people in one cell were refused before.
    let text = COUPLES.iter().fold(text, |text, mark| text.split(mark).next().unwrap_or(text));
    let bare = without_asides(without_honours(text));
    // If the whole name is in brackets, they stay.
    let bare = if bare.trim().is_empty() { text.to_owned() } else { bare };
    let mut plain = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            c if is_invisible(c) || c == '\0' => {}
            // Joiners are a part of words in some scripts, but not in those with capitals.
            '\u{200c}' | '\u{200d}' if plain.chars().next_back().is_some_and(is_cased) => {}
            c if is_decoration(c) => plain.push(' '),
            c if is_styled(c) => plain.extend(std::iter::once(c).nfkc()),
            c => plain.push(c),
        }
    }
    let words: Vec<&str> = plain
        .split_whitespace()
        // `#OPENTOWORK`
        .filter(|word| !word.starts_with('#'))
        .map(|word| word.trim_matches(is_stray))
        .filter(|word| word.chars().any(|c| c.is_alphanumeric() || c == ','))
        .collect();
    words.join(" ")
}

/// `Ada Example BA (Hons)`: with the bracket, a degree that could be a name is none.
fn without_honours(text: &str) -> &str {
    let before = text.match_indices('(').find_map(|(at, _)| {
        let is_honours =
            text.get(at + 1..at + 5).is_some_and(|word| word.eq_ignore_ascii_case("hons"));
        let before = text[..at].trim_end();
        let (before, degree) = before.rsplit_once(' ').filter(|_| is_honours)?;
        is_credential(&degree.to_uppercase()).then_some(before)
    });
    before.unwrap_or(text)
}

/// The text before a mark; the whole text if nothing is before it.
fn cut_at<'t>(text: &'t str, mark: &str) -> &'t str {
    let before = text.split_once(mark).map(|(before, _)| before);
    before.filter(|before| !before.trim().is_empty()).unwrap_or(text)
}

/// Marks that no name has.
const BARS: [&str; 4] = [" | ", " • ", " · ", " // "];

/// Marks between a name and a slogan.
const SLOGANS: [&str; 8] = [" | ", " - ", " – ", " — ", " • ", " · ", " // ", " / "];

/// Marks between two people.
const COUPLES: [&str; 6] = [" & ", " + ", " and ", " And ", " AND ", ";"];

/// Removes brackets and quotes with their text: `Robert (Bob) "Bobby" Example`.
pub(super) fn without_asides(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let at_word = kept.is_empty() || kept.ends_with(' ');
        if let Some(length) = aside(first, after, at_word) {
            kept.push(' ');
            rest = &after[length..];
        } else {
            kept.push(first);
            rest = after;
        }
    }
    kept
}

/// How much of the text behind `open` is in brackets or quotes; `None` if `open` begins neither.
fn aside(open: char, after: &str, at_word: bool) -> Option<usize> {
    let (_, close) = ASIDES.iter().find(|(opening, _)| *opening == open)?;
    let end = after.find(*close).map(|at| at + close.len_utf8());
    if matches!(open, '\'' | '‘') {
        // Apostrophes are quotes only around whole words: not in O'Neill, D'Angelo, 't Hooft.
        return end.filter(|end| at_word && ends_word(&after[*end..]));
    }
    // A bracket that is not closed was cut off. A single `"` is an inch mark or a typing error.
    let cut_off = if open == '"' { 0 } else { after.len() };
    Some(end.unwrap_or(cut_off))
}

const ASIDES: [(char, char); 12] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('<', '>'),
    ('（', '）'),
    ('「', '」'),
    ('"', '"'),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('\'', '\''),
    ('‘', '’'),
];

fn ends_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| c.is_whitespace() || c == ',')
}

/// Whether a character at the edge of a word means nothing: all but letters, digits, accents, `.`, `,`, `@` and
/// apostrophes.
fn is_stray(c: char) -> bool {
    !(c.is_alphanumeric() || matches!(c, '.' | ',' | '\'' | '’' | '@') || is_mark(c))
}

/// An accent that is a character of its own.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Decorative letters: mathematical bold and script, and full-width ones.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1d400}'..='\u{1d7ff}' | '\u{ff01}'..='\u{ff5e}')
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase()
}

/// Emoji and other symbols, by their Unicode blocks, and control characters.
fn is_decoration(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '©' | '®' | '™' | '°' | '✓'
            | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e000}'..='\u{f8ff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e01ef}')
}
