//! What people hang around their names: nicknames, decorations, slogans.

use crate::people::cell::{is_invisible, non_blank, unescaped};
use unicode_normalization::UnicodeNormalization;

/// How much is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clean {
    /// What stands in brackets or quotes, and what is no letter.
    Brackets,
    /// Also what follows a spaced dash or bar: `Ada Example | We are hiring`.
    Slogans,
}

/// The name's own words, separated by single spaces; empty for a placeholder.
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
            // `Example - Hiring!`, but not `Example - Other`.
            let is_name = |rest: &str| rest.chars().all(|c| c.is_alphabetic() || c == ' ');
            let slogan = text.split_once(" - ").filter(|(_, rest)| !is_name(rest));
            slogan.map_or(text, |(before, _)| before)
        }
        Clean::Slogans => SLOGANS.iter().fold(text, |text, mark| cut_at(text, mark)),
    };
    // `Ada Example + 3 others`. Two people in one cell are noticed before.
    let text = COUPLES.iter().fold(text, |text, mark| text.split(mark).next().unwrap_or(text));
    let bare = without_asides(text);
    // A name that stands in brackets altogether is better than none.
    let bare = if bare.trim().is_empty() { text.to_owned() } else { bare };
    let mut plain = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            c if is_invisible(c) || c == '\0' => {}
            // Joiners are part of words in some scripts, and of pictures. A, B and C have no use for them.
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

/// The text before a mark, if there is any.
fn cut_at<'t>(text: &'t str, mark: &str) -> &'t str {
    let before = text.split_once(mark).map(|(before, _)| before);
    before.filter(|before| !before.trim().is_empty()).unwrap_or(text)
}

/// What stands in no part of a name.
const BARS: [&str; 4] = [" | ", " • ", " · ", " // "];

/// What separates a name from what its bearer has to say.
const SLOGANS: [&str; 8] = [" | ", " - ", " – ", " — ", " • ", " · ", " // ", " / "];

/// What joins two people.
const COUPLES: [&str; 4] = [" & ", " + ", " and ", ";"];

/// Takes off brackets and quotes with what is in them: `Robert (Bob) "Bobby" Example`.
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

/// How much of the text behind an opening mark belongs to an aside; `None` where the mark opens none.
fn aside(open: char, after: &str, at_word: bool) -> Option<usize> {
    let (_, close) = ASIDES.iter().find(|(opening, _)| *opening == open)?;
    let end = after.find(*close).map(|at| at + close.len_utf8());
    if matches!(open, '\'' | '‘') {
        // An apostrophe opens a nickname only around whole words: O'Neill, D'Angelo, 't Hooft.
        return end.filter(|end| at_word && ends_word(&after[*end..]));
    }
    // What is never closed was cut off in there; a lone quote is an inch mark or an accident.
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

/// What a word may have at its edges without meaning: all but letters, digits, commas and full stops.
fn is_stray(c: char) -> bool {
    !(c.is_alphanumeric() || matches!(c, '.' | ',' | '\'' | '’' | '@') || is_mark(c))
}

/// Accents that stand by themselves.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Letters that are drawn for show: bold and script mathematical ones, full-width ones.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1d400}'..='\u{1d7ff}' | '\u{ff01}'..='\u{ff5e}')
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase()
}

/// Emoji and other pictures, by their blocks.
fn is_decoration(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '©' | '®' | '™' | '°' | '✓'
            | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e000}'..='\u{f8ff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e01ef}')
}
