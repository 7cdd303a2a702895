//! Checks columns by their cells: whether a column holds what its header says, and which columns hold profiles although
//! their headers do not say so.

use super::by_header::Candidate;
use super::cells::{cells, has_profile};
use super::chosen::Columns;
use crate::people::{Domain, Profile, ProfileError};
use crate::sheet::Field;
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, FieldMeaning, ProfileFormat};
use std::collections::HashSet;

/// Keeps the candidates whose cells fit their header, and adds columns that hold profiles under another header.
pub(super) fn check(table: &Table, candidates: &[Candidate]) -> Columns {
    let mut columns = Columns::default();
    for Candidate { index, meaning, .. } in candidates.iter().copied() {
        if holds_something_else(table, index, meaning) {
            continue;
        }
        match meaning {
            FieldMeaning::Company => columns.company.push(index),
            FieldMeaning::Domain => columns.domain.push(index),
            FieldMeaning::First => columns.first.push(index),
            FieldMeaning::Full(order) => columns.full.push((index, order)),
            FieldMeaning::Infix => columns.infix.push(index),
            FieldMeaning::Last => columns.last.push(index),
            FieldMeaning::Profile(format) => columns.profile.push((index, format)),
        }
    }
    let holds_profiles = |(index, format): &(usize, ProfileFormat)| {
        cells(table, *index).any(|cell| format.parse(cell).is_ok())
    };
    if !columns.profile.iter().any(holds_profiles) {
        let known = columns.of(Field::LinkedinUrl);
        let others = unannounced(table).filter(|index| !known.contains(index));
        columns.profile.extend(others.map(|index| (index, ProfileFormat::AnyAddress)));
    }
    columns
}

/// Columns in which at least half of the cells are LinkedIn addresses of people, unless the header says that they are
/// other people's. Addresses that are not public profiles count too: `phone_note` then says what they are.
fn unannounced(table: &Table) -> impl Iterator<Item = usize> {
    let widest = table.sample.iter().map(Vec::len).max().unwrap_or_default();
    (0..widest.max(table.width)).filter(|index| {
        let name = table.header.as_ref().and_then(|header| header.get(*index));
        let others = name.is_some_and(|name| vocabulary::is_about_others(name));
        let people = cells(table, *index).filter(|cell| is_a_persons(cell)).count();
        !others
            && people > 0
            && people * 2 >= cells(table, *index).count()
            && !repeats(table, *index)
    })
}

/// Whether a column repeats a few values, as a column of colleagues does.
fn repeats(table: &Table, index: usize) -> bool {
    let all = cells(table, index).count();
    let different: HashSet<&str> = cells(table, index).collect();
    all > 3 && different.len() * 3 <= all
}

/// Whether a column has cells, and all of them contradict its header.
fn holds_something_else(table: &Table, index: usize, meaning: FieldMeaning) -> bool {
    let is_wrong: fn(&str) -> bool = match meaning {
        FieldMeaning::First | FieldMeaning::Full(_) | FieldMeaning::Infix | FieldMeaning::Last => {
            is_no_name
        }
        FieldMeaning::Company => is_no_company,
        FieldMeaning::Domain => {
            return none_is(table, index, |cell| Domain::parse(cell).is_some());
        }
        FieldMeaning::Profile(ProfileFormat::AnyAddress) => {
            return !table.sample.is_empty() && !has_profile(table, index);
        }
        FieldMeaning::Profile(ProfileFormat::Address | ProfileFormat::Handle) => return false,
    };
    none_is(table, index, |cell| !is_wrong(cell))
}

/// Whether a column has cells, and none of them is of this kind.
fn none_is(table: &Table, index: usize, kind: impl Fn(&str) -> bool) -> bool {
    let mut cells = cells(table, index).peekable();
    cells.peek().is_some() && !cells.any(kind)
}

/// A salutation, an e-mail address, a phone number, a date or a web address.
fn is_no_name(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let word: String =
        cell.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    cell.contains('@')
        || cell.contains("://")
        || digits > letters
        || SALUTATIONS.contains(&word.as_str())
}

/// An e-mail address, or a text without letters.
fn is_no_company(cell: &str) -> bool {
    cell.contains('@') || !cell.chars().any(char::is_alphabetic)
}

/// A column with nothing but these holds no names, whatever its header says.
#[rustfmt::skip]
const SALUTATIONS: [&str; 41] = [
    "bay", "bayan", "dhr", "dott", "dottssa", "dr", "drmed", "fr", "frau", "fru", "frk", "fräulein", "hanım", "herr",
    "hr", "ing", "m", "madame", "mademoiselle", "me", "mevr", "miss", "mlle", "mme", "monsieur", "mr", "mrs", "ms",
    "mw", "mx", "pan", "pani", "pr", "prof", "profdr", "sig", "signora", "sigra", "sr", "sra", "srta",
];

/// Whether a cell is the LinkedIn address of a person, usable or not.
fn is_a_persons(cell: &str) -> bool {
    match Profile::parse(cell) {
        Ok(_)
        | Err(
            ProfileError::Damaged
            | ProfileError::MemberId
            | ProfileError::NoSlug
            | ProfileError::OldForm
            | ProfileError::Recruiter
            | ProfileError::SalesNavigator
            | ProfileError::Several
            | ProfileError::ShortLink,
        ) => true,
        Err(
            ProfileError::Company
            | ProfileError::Empty
            | ProfileError::Group
            | ProfileError::Job
            | ProfileError::NotLinkedin
            | ProfileError::OtherPage
            | ProfileError::Post
            | ProfileError::Search,
        ) => false,
    }
}
