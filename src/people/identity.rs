//! Who a row is about, in the two ways Enrow can search.

use super::{Domain, PersonKey, Profile};
use unicode_normalization::UnicodeNormalization;

/// A person who can be searched for. Where a row gives both, the LinkedIn profile wins (Enrow API, POST /phone/bulk)
/// and nothing else is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// By public LinkedIn profile.
    Profile(Profile),
    /// By name and employer.
    Named(Named),
}

/// A name and an employer; no part is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// First name, as it is sent.
    pub first: String,
    /// Last name, as it is sent.
    pub last: String,
    /// Where this person works.
    pub employer: Employer,
}

/// An employer: the domain says it best, the name will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Employer {
    /// The host of the company's site.
    Domain(Domain),
    /// The company's name, as it is sent.
    Name(String),
}

impl Identity {
    /// The key by which the ledger knows this person.
    pub fn key(&self) -> PersonKey {
        match self {
            Self::Profile(profile) => PersonKey::of("linkedin", &[profile.slug()]),
            Self::Named(Named { first, last, employer }) => match employer {
                Employer::Domain(domain) => key_at_domain(first, last, domain),
                Employer::Name(name) => key_at_company(first, last, name),
            },
        }
    }
}

pub(super) fn key_at_domain(first: &str, last: &str, domain: &Domain) -> PersonKey {
    PersonKey::of("domain", &[&fold(first), &fold(last), domain.as_str()])
}

pub(super) fn key_at_company(first: &str, last: &str, name: &str) -> PersonKey {
    PersonKey::of("company", &[&fold(first), &fold(last), &fold(name)])
}

/// Case folded, white space collapsed, NFC: two spellings of one name fold to the same text.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
        } else {
            folded.extend(word.chars().flat_map(char::to_lowercase).nfc());
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(first: &str, last: &str, employer: Employer) -> PersonKey {
        Identity::Named(Named { first: first.into(), last: last.into(), employer }).key()
    }

    #[test]
    fn spelling_does_not_change_who_somebody_is() {
        let company = |name: &str| Employer::Name(name.into());
        assert_eq!(
            named("Zoë", "DE  Vries", company("Acme")),
            named("zoe\u{308}", "de Vries", company(" ACME "))
        );
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let company = |name: &str| Employer::Name(name.into());
        assert_ne!(named("Ann", "Alee", company("x")), named("Anna", "Lee", company("x")));
        let domain = Employer::Domain(Domain::parse("acme.example").unwrap());
        assert_ne!(named("Ann", "Lee", domain), named("Ann", "Lee", company("acme.example")));
    }
}
