//! What a row of a sheet turns out to be.

use super::{Identity, ProfileError};
use std::fmt;

/// What one row asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Somebody who can be searched for.
    Person(Search),
    /// The row already carries a found number (our own output, edited or merged); it is not paid again.
    Answered,
    /// Nobody who can be searched for.
    Unsearchable(Unsearchable),
}

/// A person to search for, with what the user wants back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Who it is.
    pub identity: Identity,
    /// The user's own id, sent as the search's `custom` and returned with its result.
    pub custom: Option<String>,
}

/// Why a row cannot be searched. Its text is what `phone_note` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unsearchable {
    /// Nothing identifying stands in the row.
    Empty,
    /// The first name is only an initial.
    FirstInitial,
    /// The last name is hidden behind an initial.
    LastInitial,
    /// There is a name but no company.
    NoCompany,
    /// There is a last name but no first name.
    NoFirstName,
    /// There is a first name but no last name.
    NoLastName,
    /// There is a company but no name.
    NoName,
    /// What stands for a name is none.
    NotAName,
    /// The name is a single word.
    OneWord,
    /// What stands for a LinkedIn profile is something else, and name and company do not suffice either.
    Profile(ProfileError),
    /// The header once more, where files were joined.
    RepeatedHeader,
}

impl fmt::Display for Unsearchable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no LinkedIn profile and no name and company",
            Self::FirstInitial => "the first name is only an initial; give it in full, or a LinkedIn profile",
            Self::LastInitial => "the last name is only an initial; give it in full, or a LinkedIn profile",
            Self::NoCompany => "no company; give its domain or name, or a LinkedIn profile",
            Self::NoFirstName => "no first name; give it, or a LinkedIn profile",
            Self::NoLastName => "no last name; give it, or a LinkedIn profile",
            Self::NoName => "no name; give first and last name, or a LinkedIn profile",
            Self::NotAName => "not a person's name; give first and last name, or a LinkedIn profile",
            Self::OneWord => "the name is a single word; give first and last name, or a LinkedIn profile",
            Self::Profile(kind) => {
                return write!(f, "{kind}; use the person's linkedin.com/in/... address, or first name, last name and company");
            }
            Self::RepeatedHeader => "the header again, not a person",
        })
    }
}
