//! The words people put at the head of a column, and what they mean.
//!
//! A header is matched as a whole: every word of it has to be accounted for. `Company LinkedIn` has one word too many
//! for a person's profile, `Owner First Name` for a first name. A new spelling of a known thing is usually matched
//! already; a new language is a few lines in [`aliases`].

mod aliases;
mod linkedin;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;
pub(super) use words::Words;

/// What a header says of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A company's name.
    Company,
    /// A company's domain or website, and says so.
    Domain,
    /// A first name.
    First,
    /// A whole name.
    Full,
    /// A whole name, last name first.
    FullReversed,
    /// What stands between first and last name: `van der`.
    Infix,
    /// What somebody does: only people have one.
    Job,
    /// A last name.
    Last,
    /// `Name`, which may be a last, a whole or a company's name.
    Name,
    /// `Nom`, the last name beside a first name, else the whole one.
    Nom,
    /// `Nombre`, `Nome`: the first name beside a last name, else the whole one.
    Nome,
    /// Something only address books and lists of applicants have; websites are the person's own there.
    Private,
    /// A LinkedIn profile.
    Profile(ProfileSense),
    /// A website, whose, depends.
    Website,
    /// Something else that stands at the head of columns.
    Other,
}

/// How surely a column holds LinkedIn profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProfileSense {
    /// It says LinkedIn.
    Address,
    /// It may be any address: `URL`, `Profile`.
    Anywhere,
    /// It says that it holds handles: a bare slug will do.
    Handle,
}

/// What a header means, and how it compares with others of the same sense: less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) sense: Sense,
    pub(super) rank: u8,
}

impl Meaning {
    /// Whether this is one of the fields a person is found by.
    pub(super) fn is_field(self) -> bool {
        match self.sense {
            Sense::Company
            | Sense::Domain
            | Sense::First
            | Sense::Full
            | Sense::FullReversed
            | Sense::Infix
            | Sense::Last
            | Sense::Name
            | Sense::Nom
            | Sense::Nome
            | Sense::Profile(_)
            | Sense::Website => true,
            Sense::Job | Sense::Other | Sense::Private => false,
        }
    }
}

/// Reads a header; `None` for words that are not known.
pub(super) fn read(header: &str) -> Option<Meaning> {
    let mut words = Words::of(header);
    if words.is_empty() {
        return None;
    }
    if let Some(meaning) = known(&words) {
        return Some(meaning);
    }
    let demoted = words.take_vendor();
    let meaning = known(&words).or_else(|| {
        let subject = words.take_person();
        let meaning = known(&words).filter(|_| subject)?;
        let sense = match meaning.sense {
            // `Person - Name` is nobody else's, and a person's website is not the company's.
            Sense::Name | Sense::Nom | Sense::Nome => Sense::Full,
            Sense::Website | Sense::Domain => return None,
            other => other,
        };
        Some(Meaning { sense, rank: meaning.rank + 1 })
    })?;
    Some(Meaning { rank: meaning.rank + demoted, ..meaning })
}

/// Whether two headers differ in nothing but case, accents, spaces and punctuation.
pub(super) fn same(one: &str, other: &str) -> bool {
    Words::of(one).joined() == Words::of(other).joined()
}

/// Whether a header speaks of a company, a colleague or a part of LinkedIn that is not a profile, so that addresses
/// below it are not the person's whatever they look like.
pub(super) fn is_about_others(header: &str) -> bool {
    Words::of(header).iter().any(|word| words::OTHERS.contains(&word))
}

/// Reads words as they stand.
fn known(words: &Words) -> Option<Meaning> {
    static ALIASES: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| {
        let entries = aliases::ALIASES.iter().flat_map(|(sense, rank, names)| {
            let meaning = Meaning { sense: *sense, rank: *rank };
            names.split_whitespace().map(move |name| (name, meaning))
        });
        entries.collect()
    });
    let joined = words.joined();
    let alias = ALIASES.get(joined.as_str()).copied();
    alias.or_else(|| linkedin::read(words)).or_else(|| of_company(words, &ALIASES))
}

/// `Current Company Name`, `Employer - Website`, `Website (Company)`.
fn of_company(words: &Words, aliases: &HashMap<&str, Meaning>) -> Option<Meaning> {
    let rest = words.without_company()?;
    let joined = rest.joined();
    let meaning = match joined.as_str() {
        "" | "name" => Meaning { sense: Sense::Company, rank: 3 },
        "url" | "link" => Meaning { sense: Sense::Domain, rank: 5 },
        other => match aliases.get(other)?.sense {
            Sense::Name | Sense::Nom | Sense::Nome => Meaning { sense: Sense::Company, rank: 3 },
            // A fact about the company, which stands at the head of columns all the same.
            Sense::Job | Sense::Other => Meaning { sense: Sense::Other, rank: 0 },
            Sense::Domain => Meaning { sense: Sense::Domain, rank: 2 },
            Sense::Website => Meaning { sense: Sense::Domain, rank: 4 },
            _ => return None,
        },
    };
    Some(meaning)
}

#[cfg(test)]
mod tests;
