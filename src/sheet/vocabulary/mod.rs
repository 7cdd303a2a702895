//! Column headers and what they mean.
//!
//! A header is matched as a whole: every word of it must be known. `Company LinkedIn` has one word too many for a
//! person's profile, `Owner First Name` for a first name. A new spelling of a known header is usually matched already;
//! a new language is a few lines in [`aliases`].

mod aliases;
mod languages;
mod linkedin;
mod meaning;
mod question;
#[cfg(test)]
mod tests;
mod words;

use super::mojibake;
pub(super) use meaning::{FieldMeaning, HeaderMeaning, ProfileFormat, RankedMeaning};
use std::collections::HashMap;
use std::sync::LazyLock;
use words::Words;

/// Reads a header; `None` if a word of it is unknown.
pub(super) fn read(header: &str) -> Option<RankedMeaning> {
    read_whole(header).or_else(|| read_whole(without_manner(header)?))
}

/// A header without a last bracket that only says how the column is filled in: `Full name (as on your badge)`.
fn without_manner(header: &str) -> Option<&str> {
    let (name, rest) = header.split_once('(')?;
    let inside = Words::of(rest.split(')').next().unwrap_or_default());
    let is_manner = |word: &str| words::ASIDES.binary_search(&word).is_ok();
    (!name.trim().is_empty() && inside.iter().all(is_manner)).then_some(name)
}

fn read_whole(header: &str) -> Option<RankedMeaning> {
    let mut words = Words::of(&mojibake::repair(header));
    if words.is_empty() {
        return None;
    }
    if let Some(ranked) = lookup(&words) {
        return Some(ranked);
    }
    let asked_for = question::asked_for(&words);
    let vendor_penalty = words.take_vendor();
    let ranked = lookup(&words).or_else(|| of_person(&mut words)).or_else(|| {
        asked_for.and_then(|mut words| lookup(&words).or_else(|| of_person(&mut words)))
    })?;
    Some(RankedMeaning { rank: ranked.rank + vendor_penalty, ..ranked })
}

/// Whether a cell reads as the header of a field that identifies a person.
pub(super) fn is_field(cell: &str) -> bool {
    may_be_header(cell) && read(cell).is_some_and(|ranked| ranked.meaning.is_field())
}

/// Whether a cell can be a header at all. Every row is asked: no allocation for a name of ASCII letters.
pub(super) fn may_be_header(cell: &str) -> bool {
    const LONGEST: usize = 48;
    if !cell.is_ascii() {
        return cell.len() <= 2 * LONGEST;
    }
    let mut buffer = [0; LONGEST];
    let mut length = 0;
    for byte in cell.bytes().filter(u8::is_ascii_alphanumeric) {
        if length == LONGEST {
            return cell.contains('?');
        }
        buffer[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let joined = std::str::from_utf8(&buffer[..length]).unwrap_or_default();
    // Headers that are no alias speak of LinkedIn, of the person or the company, or to the reader.
    alias(joined).is_some() || words::TELLING.has_part_of(joined)
}

/// Whether two headers differ in nothing but case, accents, spaces and punctuation.
pub(super) fn same(one: &str, other: &str) -> bool {
    Words::of(one).joined() == Words::of(other).joined()
}

/// Whether a header is about a company, a colleague or a LinkedIn page other than a profile. Addresses in such a
/// column are not the person's, even if they look like a profile.
pub(super) fn is_about_others(header: &str) -> bool {
    // `Betreuers`, `Kundenbetreuerin`: longer words count with an ending.
    const LONG: usize = 6;
    let is_other = |word: &str| {
        words::OTHERS.contains(&word)
            || words::OTHERS.iter().any(|other| other.len() >= LONG && word.starts_with(other))
    };
    Words::of(header).iter().any(is_other)
}

fn lookup(words: &Words) -> Option<RankedMeaning> {
    let alias = alias(&words.joined());
    alias.or_else(|| linkedin::read(words)).or_else(|| of_company(words))
}

fn alias(joined: &str) -> Option<RankedMeaning> {
    static ALIASES: LazyLock<HashMap<String, RankedMeaning>> = LazyLock::new(|| {
        let words = aliases::ALIASES.iter().flat_map(|(meaning, rank, names)| {
            let ranked = RankedMeaning { meaning: *meaning, rank: *rank };
            names.split_whitespace().map(move |name| (name.to_owned(), ranked))
        });
        let languages = languages::LANGUAGES.iter().flat_map(|(_, headers)| *headers);
        let spellings = languages.flat_map(|(meaning, rank, names)| {
            let ranked = RankedMeaning { meaning: *meaning, rank: *rank };
            names.split('|').map(move |name| (Words::of(name.trim()).joined(), ranked))
        });
        // A word of two languages keeps the meaning that was there first.
        let mut all = HashMap::new();
        for (name, ranked) in words.chain(spellings) {
            all.entry(name).or_insert(ranked);
        }
        all
    });
    ALIASES.get(joined).copied()
}

/// `Person - Name`, `Contact's First Name`, `Email (contact)`.
fn of_person(words: &mut Words) -> Option<RankedMeaning> {
    if !words.take_person() {
        return None;
    }
    let ranked = lookup(words)?;
    let meaning = match ranked.meaning {
        // `Person - Name` cannot be a company's name.
        HeaderMeaning::Name | HeaderMeaning::Nom | HeaderMeaning::Nome => HeaderMeaning::Full,
        // A person's website is not the company's.
        HeaderMeaning::Website | HeaderMeaning::Domain => return None,
        other => other,
    };
    Some(RankedMeaning { meaning, rank: ranked.rank + 1 })
}

/// `Current Company Name`, `Employer - Website`, `Website (Company)`.
fn of_company(words: &Words) -> Option<RankedMeaning> {
    let rest = words.without_company()?;
    let joined = rest.joined();
    let (meaning, rank) = match joined.as_str() {
        "" | "name" => (HeaderMeaning::Company, 3),
        "url" | "link" => (HeaderMeaning::Domain, 5),
        other => match alias(other)?.meaning {
            HeaderMeaning::Name | HeaderMeaning::Nom | HeaderMeaning::Nome => {
                (HeaderMeaning::Company, 3)
            }
            // A fact about the company is a known header too.
            HeaderMeaning::Item | HeaderMeaning::Job | HeaderMeaning::Other => {
                (HeaderMeaning::Other, 0)
            }
            HeaderMeaning::Domain => (HeaderMeaning::Domain, 2),
            HeaderMeaning::Website => (HeaderMeaning::Domain, 4),
            HeaderMeaning::Assignee
            | HeaderMeaning::Company
            | HeaderMeaning::Contact
            | HeaderMeaning::First
            | HeaderMeaning::Full
            | HeaderMeaning::FullReversed
            | HeaderMeaning::Infix
            | HeaderMeaning::Last
            | HeaderMeaning::Private
            | HeaderMeaning::Profile(_) => return None,
        },
    };
    Some(RankedMeaning { meaning, rank })
}
