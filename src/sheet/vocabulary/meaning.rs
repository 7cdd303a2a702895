//! What a column's header can mean.

use crate::people::{Order, Profile, ProfileError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum HeaderMeaning {
    /// `Person`: the person of the row, or a colleague if another column names the person.
    Assignee,
    Company,
    /// `Contact`: the person, beside a `Name` that may be the company's.
    Contact,
    /// The domain or website of a company, in so many words.
    Domain,
    First,
    Full,
    /// A full name, last name first.
    FullReversed,
    /// The words between first and last name: `van der`.
    Infix,
    /// What colleagues work on: a task, a deal, an item of a board. Its `Person` is the colleague in charge.
    Item,
    /// A job title: only people have one.
    Job,
    Last,
    /// `Name`: a last name, a full name or a company's name.
    Name,
    /// `Nom`: the last name beside a first name, else the full name.
    Nom,
    /// `Nombre`, `Nome`: the first name beside a last name, else the full name.
    Nome,
    /// A column that only address books and lists of applicants have; their websites are the person's own.
    Private,
    Profile(ProfileFormat),
    /// A website; the other columns show whose it is.
    Website,
    /// A known header that says nothing about who the person is.
    Other,
}

impl HeaderMeaning {
    /// Whether this is one of the fields that identify a person.
    pub(in crate::sheet) fn is_field(self) -> bool {
        match self {
            Self::Assignee
            | Self::Company
            | Self::Contact
            | Self::Domain
            | Self::First
            | Self::Full
            | Self::FullReversed
            | Self::Infix
            | Self::Last
            | Self::Name
            | Self::Nom
            | Self::Nome
            | Self::Profile(_)
            | Self::Website => true,
            Self::Item | Self::Job | Self::Other | Self::Private => false,
        }
    }
}

/// What a column holds, once the other columns are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum FieldMeaning {
    Company,
    Domain,
    First,
    Full(Order),
    Infix,
    Last,
    Profile(ProfileFormat),
}

/// In which format a column holds LinkedIn profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum ProfileFormat {
    /// LinkedIn addresses: any other value gets a note.
    Address,
    /// Addresses of any kind, LinkedIn profiles among them.
    AnyAddress,
    /// Handles alone as well as addresses.
    Handle,
}

impl ProfileFormat {
    pub(in crate::sheet) fn parse(self, cell: &str) -> Result<Profile, ProfileError> {
        match self {
            Self::Address => Profile::parse(cell),
            Self::AnyAddress => Profile::parse(cell).map_err(|why| match why {
                ProfileError::NotLinkedin => ProfileError::Empty,
                other => other,
            }),
            Self::Handle => Profile::parse_handle(cell),
        }
    }
}

/// A header's meaning, and how it compares with other headers of the same meaning: a lower rank is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct RankedMeaning {
    pub(in crate::sheet) meaning: HeaderMeaning,
    pub(in crate::sheet) rank: u8,
}
