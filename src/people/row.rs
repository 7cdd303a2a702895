//! What a row of a sheet is.

use super::{Distinction, Identity, Person, PersonKeys, PhoneNumber, Unsearchable};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A person who can be searched for.
    Person(Search),
    /// It came with a found number, as in our own output, perhaps edited or merged. The ledger says whether the number is
    /// an answer.
    Filled(FilledIn),
    /// The user does not want it to be searched: `--skip-filled`.
    Skipped,
    /// It cannot be searched.
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
    /// Whom the row names, apart from the number.
    pub who: Result<Search, Unsearchable>,
}

/// A person to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What the name in the row says that is not searched, and distinguishes this person from namesakes.
    pub distinction: Distinction,
    /// What is searched.
    pub identity: Identity,
    /// Other identities of the same person in this row.
    pub others: Vec<Identity>,
    /// The user's own id, sent as the search's `custom` and returned with its result.
    pub custom: Option<String>,
}

impl Search {
    pub(crate) fn new(person: Person, custom: Option<String>) -> Self {
        let Person { distinction, identity, others } = person;
        Self { distinction, identity, others, custom }
    }

    /// Whether a profile says who this is, whatever name is beside it.
    pub(crate) fn is_by_profile(&self) -> bool {
        matches!(self.identity, Identity::Profile(_))
    }

    /// The keys of this person in the ledger.
    pub(crate) fn keys(&self) -> PersonKeys {
        PersonKeys::of(&self.identity, &self.others)
    }

    /// Without the name and company of the row, if they may be those of somebody else.
    pub(crate) fn by_profile_alone(self) -> Self {
        Self { distinction: Distinction::default(), others: Vec::new(), ..self }
    }
}
