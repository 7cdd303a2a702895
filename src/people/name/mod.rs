//! The first and last name of a person, from the ways in which people write names.

mod distinction;
mod noise;
mod order;
mod several;
mod words;

pub(crate) use distinction::Distinction;

use super::Unsearchable;
use super::cell::non_blank;
use noise::{Clean, clean};
use order::Division;
use words::{
    is_clear_title, is_credential, is_degree, is_initial, is_job, is_particle, is_suffix, is_title,
};

/// A first and a last name as they are sent. Capitals stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) distinction: Distinction,
}

/// In which order a full name is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Order {
    /// `Ada Example`, or `Example, Ada`.
    #[default]
    FirstLast,
    /// `Example Ada`.
    LastFirst,
}

/// Reads a name from a cell for first names, one for the words between, and one for last names.
///
/// # Errors
/// What is missing or wrong; [`Unsearchable::NoName`] if neither the first nor the last name is there.
pub(super) fn join(first: &str, infix: &str, last: &str) -> Result<Name, Unsearchable> {
    if let Some(whole) = same_in_both(first, last) {
        return split(whole, Order::default());
    }
    if several::names_several(first) || several::names_several(last) {
        return Err(Unsearchable::SeveralPeople);
    }
    let mut distinction = Distinction::default();
    let first = given(first, &mut distinction);
    let last = family(last, &mut distinction);
    let (first, last) = match (first, last) {
        (Err(Unsearchable::NoName), Err(Unsearchable::NoName)) => return Err(Unsearchable::NoName),
        (Err(Unsearchable::NoName), _) => return Err(Unsearchable::NoFirstName),
        (_, Err(Unsearchable::NoName)) => return Err(Unsearchable::NoLastName),
        (first, last) => (first?, last?),
    };
    let (first, last) = without_each_other(first, last);
    if infix.is_empty() {
        return Ok(Name { first, last, distinction });
    }
    let infix = clean(infix, Clean::Brackets);
    let last = if infix.is_empty() || starts_with_words(&last, &infix) {
        last
    } else {
        format!("{infix} {last}")
    };
    Ok(Name { first, last, distinction })
}

/// The text of both cells, if they say the same: it is a full name, or half of one.
fn same_in_both<'t>(first: &'t str, last: &str) -> Option<&'t str> {
    let (first, last) = (first.trim(), last.trim());
    let is_same = first.len() == last.len()
        && (first.eq_ignore_ascii_case(last)
            || !first.is_ascii() && first.to_lowercase() == last.to_lowercase());
    (is_same && non_blank(first).is_some()).then_some(first)
}

/// Reads a name from one cell.
///
/// Titles, degrees, nicknames, decorations and middle initials are removed, and `Last, First` is turned round. The first
/// word is then the first name and the rest the last name, with three exceptions: a Germanic or Arabic particle begins the
/// last name, capitals mark the family name (`DUPONT Jean`), and some names show their order themselves.
pub(super) fn split(cell: &str, order: Order) -> Result<Name, Unsearchable> {
    if several::names_several(cell) {
        return Err(Unsearchable::SeveralPeople);
    }
    if has_lost_letter(cell) {
        return Err(Unsearchable::Damaged);
    }
    let mut distinction = Distinction::default();
    distinction.note_brackets(cell);
    let text = clean(cell, Clean::Slogans);
    let mut parts: Vec<Vec<&str>> = text
        .split(',')
        .map(|part| part.split_whitespace().collect())
        .filter(|part: &Vec<&str>| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return Err(Unsearchable::NoName);
    }
    let main = parts[0].clone();
    let mut index = 0;
    parts.retain(|part| {
        index += 1;
        // `John Smith, CSPO`: a word in capitals behind a name that is not in capitals is a degree, even if it is unknown.
        let letters_behind = main.len() > 1
            && main.iter().any(|word| word.chars().any(char::is_lowercase))
            && part.iter().all(|word| !word.chars().any(char::is_lowercase));
        let is_noise = |word: &&str| is_credential(word) || is_suffix(word) || is_title(word);
        let job = part.iter().any(|word| is_job(word));
        let is_kept = index == 1 || !(letters_behind || job || part.iter().all(is_noise));
        if !is_kept {
            for word in part {
                distinction.note_generation(word);
            }
        }
        is_kept
    });
    match parts.as_slice() {
        [] => Err(Unsearchable::OneWord),
        [words] => in_a_row(words, order, distinction),
        [_, _, third, ..] if third.len() > 1 => Err(Unsearchable::SeveralPeople),
        [last, first, ..] => {
            let (last, first) = (strip(last, &mut distinction), strip(first, &mut distinction));
            if order == Order::FirstLast && !order::may_be_turned(&last, &first) {
                return Err(Unsearchable::SeveralPeople);
            }
            distinction.note_initials(&first);
            name(&given_words(&first), &last, distinction)
        }
    }
}

/// Reads the words of a name without commas.
fn in_a_row(
    words: &[&str],
    order: Order,
    mut distinction: Distinction,
) -> Result<Name, Unsearchable> {
    let words = strip(words, &mut distinction);
    if is_hidden(&words) || words.iter().any(|word| is_address(word)) {
        return Err(Unsearchable::NotAName);
    }
    if words.len() < 2 {
        return Err(if words.is_empty() { Unsearchable::NoName } else { Unsearchable::OneWord });
    }
    distinction.note_initials(&words);
    match (order::division(&words), order) {
        (Some(Division::FamilyFirst(count)), _) => {
            return name(&given_words(&words[count..]), &words[..count], distinction);
        }
        (_, Order::LastFirst) => {
            let (first, last) = words.split_last().expect("there are two words");
            return name(&[first], last, distinction);
        }
        (Some(Division::GivenFirst(count)), Order::FirstLast) => {
            return name(&words[..count], &words[count..], distinction);
        }
        (Some(Division::Unclear), Order::FirstLast) => return Err(Unsearchable::UnclearOrder),
        (None, Order::FirstLast) => {}
    }
    if words.last().is_some_and(|word| is_initial(word)) {
        return Err(Unsearchable::LastInitial);
    }
    let given = given_words(&words[..words.len() - 1]);
    let Some(first) = given.first().filter(|first| !is_initial(first)) else {
        return Err(Unsearchable::FirstInitial);
    };
    let from = words.iter().position(|word| word == first).map_or(1, |at| at + 1);
    let rest: Vec<&str> = words[from..].iter().copied().filter(|word| !is_initial(word)).collect();
    if is_particle(first) && first.chars().next().is_some_and(char::is_lowercase) {
        return Err(Unsearchable::OneWord);
    }
    let last = rest.iter().position(|word| words::begins_last_name(word));
    let last = last.filter(|at| at + 1 < rest.len()).unwrap_or(0);
    name(&[first], &rest[last..], distinction)
}

/// Checks a name before it is used.
fn name(first: &[&str], last: &[&str], distinction: Distinction) -> Result<Name, Unsearchable> {
    let (first, last) = (first.join(" "), last.join(" "));
    if first.is_empty() || last.is_empty() {
        Err(Unsearchable::OneWord)
    } else if [&first, &last].iter().any(|part| is_address(part) || !is_made_of_letters(part))
        || last.split(' ').any(words::is_legal_form)
    {
        Err(Unsearchable::NotAName)
    } else if is_initial(&last) {
        Err(Unsearchable::LastInitial)
    } else if is_initial(&first) {
        Err(Unsearchable::FirstInitial)
    } else {
        Ok(Name { first, last, distinction })
    }
}

/// A cell with one word of Latin letters, perhaps with hyphens, as most cells are: it needs no further look.
fn plain(cell: &str) -> Option<String> {
    let is_letter = |c: char| {
        c.is_ascii_alphabetic() || (matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic())
    };
    let is_part = |part: &str| part.chars().nth(1).is_some() && part.chars().all(is_letter);
    let is_letters = cell.len() > 1 && cell.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_word = is_letters || cell.split('-').all(is_part);
    (is_word && non_blank(cell).is_some() && !is_clear_title(cell) && !words::is_legal_form(cell))
        .then(|| cell.to_owned())
}

/// Reads a cell for first names.
fn given(cell: &str, distinction: &mut Distinction) -> Result<String, Unsearchable> {
    if let Some(name) = plain(cell) {
        return Ok(name);
    }
    if has_lost_letter(cell) {
        return Err(Unsearchable::Damaged);
    }
    let text = clean(cell, Clean::Brackets);
    let (before, behind) = text.split_once(',').unwrap_or((&text, ""));
    for word in behind.split([' ', ',']).filter(|word| !word.is_empty()) {
        if !(is_credential(word) || is_suffix(word) || is_title(word)) {
            return Err(Unsearchable::SeveralPeople);
        }
        distinction.note_generation(word);
    }
    let words: Vec<&str> = before.split_whitespace().collect();
    let words = strip(&words, distinction);
    distinction.note_initials(&words);
    let words = given_words(&words);
    match words.as_slice() {
        [] => Err(Unsearchable::NoName),
        [only] if is_initial(only) => Err(Unsearchable::FirstInitial),
        words if !words.iter().all(|word| is_name_word(word)) => Err(Unsearchable::NotAName),
        words => Ok(words.join(" ")),
    }
}

/// Reads a cell for last names.
fn family(cell: &str, distinction: &mut Distinction) -> Result<String, Unsearchable> {
    if let Some(name) = plain(cell) {
        return Ok(name);
    }
    if has_lost_letter(cell) {
        return Err(Unsearchable::Damaged);
    }
    distinction.note_brackets(cell);
    let text = clean(cell, Clean::Brackets);
    let (before, behind) = text.split_once(',').unwrap_or((&text, ""));
    for word in behind.split([' ', ',']) {
        distinction.note_generation(word);
    }
    let words: Vec<&str> =
        before.split_whitespace().skip_while(|word| is_clear_title(word)).collect();
    let words = without_letters_behind(words, distinction);
    match words.as_slice() {
        [] => Err(Unsearchable::NoName),
        [only] if is_initial(only) => Err(Unsearchable::LastInitial),
        words if !words.iter().all(|word| is_name_word(word)) => Err(Unsearchable::NotAName),
        words => Ok(words.join(" ")),
    }
}

/// Removes titles from the beginning, and degrees and the like from the end.
fn strip<'t>(words: &[&'t str], distinction: &mut Distinction) -> Vec<&'t str> {
    let words = words.iter().copied().skip_while(|word| is_title(word));
    without_letters_behind(words.collect(), distinction)
}

/// Removes degrees, generations, pronouns and honorifics from the end, and a maiden name with the word before it.
fn without_letters_behind<'t>(
    mut words: Vec<&'t str>,
    distinction: &mut Distinction,
) -> Vec<&'t str> {
    let maiden = words.iter().position(|word| words::announces_maiden_name(word));
    if let Some(at) = maiden.filter(|at| *at > 0) {
        distinction.note_maiden_name(&words[at + 1..]);
        words.truncate(at);
    }
    while words.len() > 1
        && let Some(word) = words.last().copied()
        && (is_degree(word)
            || is_suffix(word)
            || words::is_pronouns(word)
            || words::is_honorific(word))
    {
        distinction.note_generation(word);
        words.pop();
    }
    if let Some(word) = words.last_mut() {
        // Japanese honorifics are often written without a space.
        let bare = word.strip_suffix(['様', '殿']).filter(|bare| !bare.is_empty());
        *word = bare.unwrap_or(word);
    }
    words
}

/// The words of a first name without initials, unless there are only initials.
fn given_words<'t>(words: &[&'t str]) -> Vec<&'t str> {
    let whole: Vec<&str> = words.iter().copied().filter(|word| !is_initial(word)).collect();
    if whole.is_empty() { words.to_vec() } else { whole }
}

/// Removes the last name from the cell of the first name, or the other way round: some files have `Ada Example` as the
/// first name and `Example` as the last.
fn without_each_other(first: String, last: String) -> (String, String) {
    if !first.contains(' ') && !last.contains(' ') {
        return (first, last);
    }
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    if let Some((before, after)) = first.split_once(' ')
        && same(after, &last)
    {
        return (before.to_owned(), last);
    }
    if let Some((before, after)) = last.split_once(' ')
        && same(before, &first)
    {
        return (first, after.to_owned());
    }
    (first, last)
}

fn starts_with_words(text: &str, words: &str) -> bool {
    let text = text.to_lowercase();
    text.strip_prefix(&words.to_lowercase()).is_some_and(|rest| rest.starts_with(' '))
}

fn is_name_word(word: &str) -> bool {
    !is_address(word) && is_made_of_letters(word) && !words::is_legal_form(word)
}

/// Whether a text has letters and no date.
fn is_made_of_letters(text: &str) -> bool {
    let is_date = |word: &str| word.contains('/') && word.contains(|c: char| c.is_ascii_digit());
    text.chars().any(char::is_alphabetic) && !text.split(' ').any(is_date)
}

/// Whether a question mark stands for a lost letter: `Chlo?`, `M?ller`.
fn has_lost_letter(cell: &str) -> bool {
    cell.contains('?')
        && cell.chars().zip(cell.chars().skip(1)).any(|pair| match pair {
            ('?', c) | (c, '?') => c.is_alphabetic(),
            _ => false,
        })
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.contains("://") || word.contains("www.")
}

/// Whether LinkedIn writes this in place of a name that it does not show.
fn is_hidden(words: &[&str]) -> bool {
    matches!(
        words.join(" ").to_lowercase().as_str(),
        "linkedin member"
            | "linkedin user"
            | "linkedin-mitglied"
            | "membre de linkedin"
            | "membre linkedin"
            | "miembro de linkedin"
            | "usuário do linkedin"
            | "utente linkedin"
            | "linkedin-lid"
            | "private private"
    )
}

#[cfg(test)]
mod tests;
