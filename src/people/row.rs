//! What a row of a sheet turns out to be.

use super::{Identity, NotAProfile};
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

/// Why a row cannot be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unsearchable {
    /// Nothing identifying stands in the row.
    Empty,
}

impl fmt::Display for Unsearchable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no LinkedIn profile and no name and company",
        })
    }
}

impl From<NotAProfile> for Unsearchable {
    fn from(_: NotAProfile) -> Self {
        Self::Empty
    }
}
