//! Column headers and what they mean.
//!
//! A header is matched as a whole: every word of it must be known. `Company LinkedIn` has one word too many for a
//! person's profile, `Owner First Name` for a first name. New spellings of a known header are usually matched already.
//! A new language is a few lines in [`languages`].

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

/// What a header means; `None` if a word of it is unknown.
pub(super) fn read(header: &str) -> Option<RankedMeaning> {
    read_whole(header).or_else(|| read_whole(without_manner(header)?))
}

/// What a header means, without its rank.
pub(super) fn meaning(header: &str) -> Option<HeaderMeaning> {
    read(header).map(|ranked| ranked.meaning)
}

/// A header without a bracket that only says how to fill in the column: `Full name (as on your badge)`.
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

/// Whether a cell is a known header of a field that identifies a person.
pub(super) fn is_field(cell: &str) -> bool {
    may_be_header(cell) && meaning(cell).is_some_and(HeaderMeaning::is_field)
}

/// Whether a cell can be a header at all. This runs for every row, so it allocates nothing for ASCII text.
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
    // A header that is not in the lists contains LinkedIn, a person, a company, a product, a word that asks the reader, or
    // a bracket that says how to fill in the column.
    alias(joined).is_some() || words::TELLING.has_part_of(joined) || cell.contains('(')
}

/// Whether two headers differ only in case, accents, spaces and punctuation.
pub(super) fn same(one: &str, other: &str) -> bool {
    Words::of(one).joined() == Words::of(other).joined()
}

/// Whether a header is about a company, a colleague or another LinkedIn page than a profile. Addresses in such a column are
/// not the person's, even if they look like profiles.
pub(super) fn is_about_others(header: &str) -> bool {
    // Longer words are found with an ending as well: `Betreuers`, `Betreuerin`.
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
        // A word of two languages keeps its first meaning.
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
