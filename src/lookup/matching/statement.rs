//! What one result says, apart from the question of whom it is about.

use crate::enrow::{Qualification, SearchResult};
use crate::ledger::Hole;
use crate::people::PhoneNumber;

/// What a result states.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::lookup) enum Statement {
    /// A number in international form, called found.
    Found(PhoneNumber),
    /// There is no number.
    NotFound,
    /// Called found, but the number is not E.164.
    NotInternational(OddNumber),
    /// There is a number, but the result calls it something else than found.
    NotCalledFound(OddNumber),
    /// Nothing explicit: this proves nothing, now or later.
    Silent(Hole),
}

/// A number as it came, in whatever form. Holds nothing but digits and what people write between them, so that it can
/// be kept: what a provider writes into this field could name somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::lookup) struct OddNumber(String);

/// Longer than any number with its extension.
const LONGEST: usize = 40;

impl OddNumber {
    fn of(text: &str) -> Self {
        let text = text.trim();
        let allowed = |c: char| c.is_ascii_digit() || " +-()./,;#*x".contains(c);
        let kept = text.len() <= LONGEST && text.chars().all(allowed);
        Self(if kept { text.to_owned() } else { String::new() })
    }
}

/// Empty where what came was no number at all.
impl From<OddNumber> for String {
    fn from(number: OddNumber) -> Self {
        number.0
    }
}

impl From<&PhoneNumber> for OddNumber {
    fn from(number: &PhoneNumber) -> Self {
        Self(number.as_str().to_owned())
    }
}

impl Statement {
    pub(in crate::lookup) fn of(result: &SearchResult) -> Self {
        let text = result.number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match (&result.qualification, text) {
            (Qualification::Found, Some(text)) => match PhoneNumber::parse(text) {
                Some(number) => Self::Found(number),
                None => Self::NotInternational(OddNumber::of(text)),
            },
            (
                Qualification::NotFound | Qualification::Ongoing | Qualification::Other(_),
                Some(text),
            ) => Self::NotCalledFound(OddNumber::of(text)),
            (Qualification::NotFound, None) => Self::NotFound,
            (Qualification::Found, None) => Self::Silent(Hole::NumberMissing),
            (Qualification::Ongoing, None) => Self::Silent(Hole::Ongoing),
            (Qualification::Other(_), None) => Self::Silent(Hole::UnknownWord),
        }
    }

    /// The number that it carries, in whatever form.
    pub(super) fn number(&self) -> Option<OddNumber> {
        match self {
            Self::Found(number) => Some(number.into()),
            Self::NotInternational(number) | Self::NotCalledFound(number) => Some(number.clone()),
            Self::NotFound | Self::Silent(_) => None,
        }
    }
}
