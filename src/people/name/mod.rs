//! A person's first and last name, from the ways in which names are written down.

mod noise;
mod words;

use super::cell::non_blank;
use noise::{Clean, clean};
use words::{is_clear_title, is_credential, is_degree, is_job, is_particle, is_suffix, is_title};

/// A first and a last name as they are sent. Capitals stay as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) first: String,
    pub(super) last: String,
}

/// Why no first and last name come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NoName {
    /// Nothing is there.
    Empty,
    /// The first name is only an initial.
    FirstInitial,
    /// No first name.
    First,
    /// The last name is hidden behind an initial.
    LastInitial,
    /// No last name.
    Last,
    /// It is not a name: an e-mail address, `LinkedIn Member`.
    NotAName,
    /// A single word.
    OneWord,
}

/// In which order a whole name is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Order {
    /// `Ada Example`, or `Example, Ada`.
    #[default]
    FirstLast,
    /// `Example Ada`.
    LastFirst,
}

/// Reads a name from a first-name and a last-name cell.
pub(super) fn join(first: &str, infix: &str, last: &str) -> Result<Name, NoName> {
    let first = given(first);
    let last = family(last);
    let (first, last) = match (first, last) {
        (Err(NoName::Empty), Err(NoName::Empty)) => return Err(NoName::Empty),
        (Err(NoName::Empty), _) => return Err(NoName::First),
        (_, Err(NoName::Empty)) => return Err(NoName::Last),
        (first, last) => (first?, last?),
    };
    let (first, last) = without_each_other(first, last);
    if infix.is_empty() {
        return Ok(Name { first, last });
    }
    let infix = clean(infix, Clean::Brackets);
    let last = if infix.is_empty() || starts_with_words(&last, &infix) {
        last
    } else {
        format!("{infix} {last}")
    };
    Ok(Name { first, last })
}

/// Reads a name from one cell.
///
/// Titles, degrees, nicknames and decorations come off, `Last, First` turns round, and middle initials go. The first
/// word is the first name and the rest the last name, except that Germanic and Arabic particles show where a last name
/// begins, and a name that opens in capitals (`DUPONT Jean`) opens with the last name.
pub(super) fn split(cell: &str, order: Order) -> Result<Name, NoName> {
    let text = clean(cell, Clean::Slogans);
    let mut parts: Vec<Vec<&str>> = text
        .split(',')
        .map(|part| part.split_whitespace().collect())
        .filter(|part: &Vec<&str>| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return Err(NoName::Empty);
    }
    let main = parts[0].clone();
    let mut index = 0;
    parts.retain(|part| {
        index += 1;
        // `John Smith, CSPO`: capitals behind a name that has others are letters after it, known or not.
        let letters_behind = index > 1
            && main.len() > 1
            && main.iter().any(|word| word.chars().any(char::is_lowercase))
            && part.iter().all(|word| !word.chars().any(char::is_lowercase));
        let is_noise = |word: &&str| is_credential(word) || is_suffix(word) || is_title(word);
        let job = index > 1 && part.iter().any(|word| is_job(word));
        index == 1 || !(letters_behind || job || part.iter().all(is_noise))
    });
    let words = match parts.as_mut_slice() {
        [] => return Err(NoName::OneWord),
        [words] => return in_a_row(words, order),
        [last, first, ..] => (strip(last), strip(first)),
    };
    let (last, first) = words;
    name(&[&given_words(&first).join(" ")], &last)
}

/// Reads the words of a name without commas.
fn in_a_row(words: &[&str], order: Order) -> Result<Name, NoName> {
    let words = strip(words);
    if is_hidden(&words) || words.iter().any(|word| is_address(word)) {
        return Err(NoName::NotAName);
    }
    if words.len() < 2 {
        return Err(if words.is_empty() { NoName::Empty } else { NoName::OneWord });
    }
    if order == Order::LastFirst {
        let (first, last) = words.split_last().expect("there are two words");
        return name(&[first], last);
    }
    let shouted = words.iter().take_while(|word| is_shouted(word)).count();
    if (1..words.len()).contains(&shouted) && !words[shouted..].iter().any(|word| is_initial(word))
    {
        return name(&given_words(&words[shouted..]), &words[..shouted]);
    }
    if words.last().is_some_and(|word| is_initial(word)) {
        return Err(NoName::LastInitial);
    }
    let given = given_words(&words[..words.len() - 1]);
    let Some(first) = given.first().filter(|first| !is_initial(first)) else {
        return Err(NoName::FirstInitial);
    };
    let from = words.iter().position(|word| word == first).map_or(1, |at| at + 1);
    let rest: Vec<&str> = words[from..].iter().copied().filter(|word| !is_initial(word)).collect();
    if is_particle(first) && first.chars().next().is_some_and(char::is_lowercase) {
        return Err(NoName::OneWord);
    }
    let last = rest.iter().position(|word| words::begins_last_name(word));
    let last = last.filter(|at| at + 1 < rest.len()).unwrap_or(0);
    name(&[first], &rest[last..])
}

/// Checks what is to be sent.
fn name(first: &[&str], last: &[&str]) -> Result<Name, NoName> {
    let (first, last) = (first.join(" "), last.join(" "));
    if first.is_empty() || last.is_empty() {
        Err(NoName::OneWord)
    } else if is_address(&first) || is_address(&last) {
        Err(NoName::NotAName)
    } else if is_initial(&last) {
        Err(NoName::LastInitial)
    } else if is_initial(&first) {
        Err(NoName::FirstInitial)
    } else {
        Ok(Name { first, last })
    }
}

/// A cell that holds a name and nothing else, as most do: one word of ASCII letters.
fn plain(cell: &str) -> Option<String> {
    let is_word = cell.len() > 1 && cell.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_word && non_blank(cell).is_some() && !is_clear_title(cell)).then(|| cell.to_owned())
}

/// A first-name cell.
fn given(cell: &str) -> Result<String, NoName> {
    if let Some(name) = plain(cell) {
        return Ok(name);
    }
    let text = clean(cell, Clean::Brackets);
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let words = strip(&words);
    let words = given_words(&words);
    match words.as_slice() {
        [] => Err(NoName::Empty),
        [only] if is_initial(only) => Err(NoName::FirstInitial),
        words if words.iter().any(|word| is_address(word)) => Err(NoName::NotAName),
        words => Ok(words.join(" ")),
    }
}

/// A last-name cell.
fn family(cell: &str) -> Result<String, NoName> {
    if let Some(name) = plain(cell) {
        return Ok(name);
    }
    let text = clean(cell, Clean::Brackets);
    let before = text.split(',').next().unwrap_or_default();
    let words: Vec<&str> =
        before.split_whitespace().skip_while(|word| is_clear_title(word)).collect();
    let words = without_letters_behind(words);
    match words.as_slice() {
        [] => Err(NoName::Empty),
        [only] if is_initial(only) => Err(NoName::LastInitial),
        words if words.iter().any(|word| is_address(word)) => Err(NoName::NotAName),
        words => Ok(words.join(" ")),
    }
}

/// Takes titles from the front and what is no name from the end.
fn strip<'t>(words: &[&'t str]) -> Vec<&'t str> {
    without_letters_behind(words.iter().copied().skip_while(|word| is_title(word)).collect())
}

/// Takes degrees and generations from the end, and a maiden name with what announces it.
fn without_letters_behind(mut words: Vec<&str>) -> Vec<&str> {
    let maiden = words.iter().position(|word| words::announces_maiden_name(word));
    words.truncate(maiden.filter(|at| *at > 0).unwrap_or(words.len()));
    while words.len() > 1 && words.last().is_some_and(|word| is_degree(word) || is_suffix(word)) {
        words.pop();
    }
    words
}

/// The words of a first name without the initials among them, unless there is nothing else.
fn given_words<'t>(words: &[&'t str]) -> Vec<&'t str> {
    let whole: Vec<&str> = words.iter().copied().filter(|word| !is_initial(word)).collect();
    if whole.is_empty() { words.to_vec() } else { whole }
}

/// Files that hold `Ada Example` as first name beside `Example` as last name, or the other way round.
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

/// A single letter, with or without a full stop. In scripts without capitals a single letter is a name.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let first = letters.next();
    first.is_some_and(|c| c.is_lowercase() || c.is_uppercase())
        && letters.next().is_none()
        && word.chars().all(|c| c.is_alphabetic() || c == '.')
}

/// Three capitals or more and nothing else: a last name as French and Asian usage marks it.
fn is_shouted(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() >= 3
        && !word.chars().any(|c| c.is_lowercase() || c == '.')
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.contains("://") || word.contains("www.")
}

/// What LinkedIn writes for members outside one's network.
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
