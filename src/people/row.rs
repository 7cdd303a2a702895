//! What a row of a sheet turns out to be.

use super::{Distinction, Identity, Person, PersonKeys, PhoneNumber, Unsearchable};

/// What one row asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Somebody who can be searched for.
    Person(Search),
    /// It came with a found number: our own output, perhaps edited or merged. The ledger says what the number is worth.
    Filled(FilledIn),
    /// The user does not want it to be searched: `--skip-filled`.
    Skipped,
    /// Nobody who can be searched for.
    Unsearchable(Unsearchable),
}

impl Row {
    /// The person to search for, if there is one.
    pub(crate) fn search(&self) -> Option<&Search> {
        match self {
            Self::Person(search) => Some(search),
            Self::Filled(FilledIn { who, .. }) => who.as_ref().ok(),
            Self::Skipped | Self::Unsearchable(_) => None,
        }
    }
}

/// A row that came with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledIn {
    pub number: PhoneNumber,
    /// The user does not want the person to be searched for.
    pub is_skipped: bool,
    /// Whom the row names now.
    pub who: Result<Search, Unsearchable>,
}

/// A person to search for, with what the user wants back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What tells this person apart from namesakes, where a name is searched.
    pub distinction: Distinction,
    /// Who it is.
    pub identity: Identity,
    /// In which other ways the row names this person.
    pub others: Vec<Identity>,
    /// The user's own id, sent as the search's `custom` and returned with its result.
    pub custom: Option<String>,
}

impl Search {
    pub(crate) fn new(person: Person, custom: Option<String>) -> Self {
        let Person { distinction, identity, others } = person;
        Self { distinction, identity, others, custom }
    }

    /// By which keys the ledger knows, or is to know, this person.
    pub(crate) fn keys(&self) -> PersonKeys {
        PersonKeys::of(&self.identity, &self.others)
    }

    /// Without what the row says beside the profile, where that may be of somebody else.
    pub(crate) fn by_profile_alone(self) -> Self {
        Self { others: Vec::new(), ..self }
    }
}
