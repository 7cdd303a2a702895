//! Recognises several people in one cell: nothing shows which of them the row is about.

use super::noise::without_asides;
use super::words::{is_job, is_pronouns};
use crate::people::cell::{trimmed, unescaped};

/// Whether a cell names more than one person: `Runa & Teo Example`, `Ada Example; Bob Other`, or one on each line.
pub(super) fn names_several(cell: &str) -> bool {
    let in_lower_case;
    let cell = if cell.chars().any(char::is_lowercase) {
        cell
    } else {
        // `RUNA OKAFOR ET TEO LIND`; in other cells, `Or`, `Ou` and `E` are names.
        in_lower_case = cell.to_lowercase();
        &in_lower_case
    };
    let has_word = || WORDS.iter().any(|(word, _)| cell.contains(word));
    if !(cell.bytes().any(|byte| b"&+/;\n\r".contains(&byte)) || (cell.contains(' ') && has_word()))
    {
        return false;
    }
    let cell = without_asides(&unescaped(cell));
    let parts: Vec<&str> =
        cell.split(['\n', '\r', ';']).map(trimmed).filter(|part| !part.is_empty()).collect();
    let Some((first, others)) = parts.split_first() else { return false };
    others.iter().any(|other| is_somebody_else(first, other)) || joins_two(first)
}

/// Whether a part is a name that is not in the first part already.
fn is_somebody_else(first: &str, other: &str) -> bool {
    let (one, two) = (first.to_lowercase(), other.to_lowercase());
    !(one.contains(&two) || two.contains(&one)) && is_like_a_name(other) && is_like_a_name(first)
}

/// Whether a line names two people, with a word or a sign between them.
fn joins_two(line: &str) -> bool {
    let signs = SIGNS.iter().filter_map(|sign| line.split_once(sign).map(|sides| (sides, 1)));
    let words =
        WORDS.iter().filter_map(|(word, least)| line.split_once(word).map(|sides| (sides, *least)));
    let are_two = |((left, right), least): ((&str, &str), usize)| {
        let count = |side: &str| side.split_whitespace().count();
        count(left).min(count(right)) >= least && is_like_a_name(left) && is_like_a_name(right)
    };
    signs.chain(words).any(are_two)
        || line.split_whitespace().any(|word| {
            let both = word.split_once('/').filter(|_| !is_pronouns(word));
            both.is_some_and(|(one, other)| {
                // `n/a`
                one.len().min(other.len()) > 1 && is_like_a_name(one) && is_like_a_name(other)
            })
        })
}

/// Whether a text is up to five words that look like names. If it has capitals, each name has to begin with one.
fn is_like_a_name(text: &str) -> bool {
    let text = text.trim().trim_end_matches([',', '.']);
    let has_capitals = text.chars().any(char::is_uppercase);
    let is_name_word = |word: &str| {
        let first = word.chars().next();
        let is_letter = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.' | ',');
        first.is_some_and(|c| c.is_alphabetic() && !(has_capitals && c.is_lowercase()))
            && word.chars().all(is_letter)
            && !is_job(word)
    };
    let is_word = |word: &str| super::words::is_particle(word) || is_name_word(word);
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=5).contains(&words.len())
        && words.iter().all(|word| is_word(word))
        && words.iter().any(|word| is_name_word(word))
}

/// Signs between two people.
pub(super) const SIGNS: [&str; 5] = [" & ", " + ", " / ", " c/o ", " C/O "];

/// Words between two people, and how many words each side must have: `y`, `e` and `en` also join parts of one last name.
pub(super) const WORDS: [(&str, usize); 16] = [
    (" and ", 1),
    (" AND ", 1),
    (" And ", 1),
    (" och ", 1),
    (" oder ", 1),
    (" og ", 1),
    (" or ", 1),
    (" und ", 1),
    (" UND ", 1),
    (" Und ", 1),
    (" et ", 1),
    (" e ", 2),
    (" en ", 2),
    (" ou ", 1),
    (" y ", 2),
    (" cc ", 1),
];
