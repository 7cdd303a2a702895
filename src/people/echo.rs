//! Who a result is about, by the search that Enrow repeats in it.

use super::identity::fold;
use super::{Domain, Employer, Identity, Named, PersonKey, Profile, ProfileError};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The identifying fields of an echoed search (`params` in the Enrow API), each present or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Echo<'a> {
    pub linkedin_url: Option<&'a str>,
    pub firstname: Option<&'a str>,
    pub lastname: Option<&'a str>,
    pub company_domain: Option<&'a str>,
    pub company_name: Option<&'a str>,
}

impl Echo<'_> {
    /// The keys of the identities in the echo, the LinkedIn profile first. Empty if it identifies nobody: an API that
    /// echoes nothing does not contradict.
    pub(crate) fn keys(&self) -> Vec<PersonKey> {
        self.identities().iter().map(Identity::key).collect()
    }

    /// The identities in the echo, the LinkedIn profile first.
    pub(crate) fn identities(&self) -> Vec<Identity> {
        let mut identities = Vec::new();
        if let Some(Ok(profile)) = self.linkedin_url.map(Profile::parse) {
            identities.push(Identity::Profile(profile));
        }
        if let (Some(first), Some(last)) = (filled(self.firstname), filled(self.lastname)) {
            let domain = self.company_domain.and_then(Domain::parse).map(Employer::Domain);
            let company = filled(self.company_name).map(|name| Employer::Name(name.to_owned()));
            identities.extend([domain, company].into_iter().flatten().map(|employer| {
                Identity::Named(Named { first: first.to_owned(), last: last.to_owned(), employer })
            }));
        }
        identities
    }

    /// Whom a result with this echo is about, if nothing else is known about its search. `None` if that is not certain: a
    /// profile has precedence over name and company, even if it cannot be read.
    pub(crate) fn key(&self) -> Option<PersonKey> {
        let profile = self.linkedin_url.map(Profile::parse);
        match profile {
            Some(Err(why)) if why != ProfileError::Empty => None,
            Some(_) | None => self.keys().into_iter().next(),
        }
    }

    /// Whether no field says anything.
    pub(crate) fn is_empty(&self) -> bool {
        [self.linkedin_url, self.firstname, self.lastname, self.company_domain, self.company_name]
            .iter()
            .flatten()
            .all(|text| fold(text).is_empty())
    }
}

/// A field that is not blank, trimmed.
fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A digest of a first and a last name. Only letters and digits count, in lower case and without accents, so that spellings
/// of one name agree. 32 bits are enough to confirm one search of a batch. `None` if one of them has no letter or digit.
pub(crate) fn names_digest(first: &str, last: &str) -> Option<u32> {
    let bare = |name: &str| -> String {
        name.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (first, last) = (bare(first), bare(last));
    if first.is_empty() || last.is_empty() {
        return None;
    }
    let digest = Sha256::digest(format!("{first}\x1f{last}").as_bytes());
    Some(u32::from_be_bytes(digest[..4].try_into().expect("a digest has four bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Employer, Named};

    const ANN: Echo<'static> = Echo {
        linkedin_url: None,
        firstname: Some("Ann"),
        lastname: Some("Lee"),
        company_domain: None,
        company_name: None,
    };

    fn ann_at(employer: Option<Employer>) -> PersonKey {
        let (first, last) = ("Ann".to_owned(), "Lee".to_owned());
        Identity::Named(Named { first, last, employer: employer.unwrap() }).key()
    }

    #[test]
    fn an_echo_stands_for_its_profile_first_then_for_its_name_at_each_employer() {
        let url = "https://www.linkedin.com/in/ann-lee";
        let echo = Echo {
            linkedin_url: Some("https://www.linkedin.com/in/Ann-Lee/"),
            company_domain: Some("acme.example"),
            company_name: Some("Acme"),
            ..ANN
        };
        let profile = Identity::Profile(Profile::parse(url).unwrap()).key();
        let domain = ann_at(Employer::by_domain("acme.example"));
        let company = ann_at(Employer::by_name("Acme"));
        assert_eq!(echo.keys(), [profile, domain, company]);
        assert_eq!(echo.key(), Some(profile));
        assert_eq!(Echo { linkedin_url: None, ..echo }.key(), Some(domain));
        assert_eq!(
            Echo { linkedin_url: Some(""), company_domain: None, ..echo }.key(),
            Some(company)
        );
    }

    #[test]
    fn half_a_name_or_a_name_without_employer_stands_for_nobody() {
        let at_acme = Echo { company_name: Some("Acme"), ..ANN };
        assert_eq!(at_acme.keys().len(), 1);
        for echo in [
            ANN,
            Echo { firstname: None, ..at_acme },
            Echo { lastname: Some(" "), ..at_acme },
            Echo { company_name: Some(""), ..at_acme },
        ] {
            assert_eq!(echo.keys(), [], "{echo:?}");
            assert_eq!(echo.key(), None);
            assert!(!echo.is_empty());
        }
    }

    #[test]
    fn names_are_told_by_their_letters() {
        let digest = names_digest("Zoë", "O’Brien");
        assert!(digest.is_some());
        assert_eq!(digest, names_digest("ZOE", "obrien"));
        assert_ne!(digest, names_digest("Zoe", "Brien"));
        assert_ne!(names_digest("Ann", "Alee"), names_digest("Anna", "Lee"));
        assert_eq!((names_digest("-", "Lee"), names_digest("Ann", " ")), (None, None));
        let profile = Echo { linkedin_url: Some("linkedin.com/in/ann-lee"), ..ANN };
        assert_eq!(profile.keys().first().copied(), profile.key());
        assert!(profile.key().is_some());
    }

    #[test]
    fn a_profile_that_cannot_be_read_hides_the_name_beside_it() {
        let echo = Echo {
            linkedin_url: Some("https://www.linkedin.com/company/acme"),
            company_name: Some("Acme"),
            ..ANN
        };
        assert_eq!(echo.key(), None);
        assert_eq!(echo.keys().len(), 1);
    }

    #[test]
    fn only_an_echo_of_blanks_is_empty() {
        let blank = Echo { firstname: Some(" "), company_name: Some(""), ..Echo::default() };
        assert!(Echo::default().is_empty() && blank.is_empty());
        for filled in [
            Echo { linkedin_url: Some("x"), ..blank },
            Echo { firstname: Some("x"), ..blank },
            Echo { lastname: Some("x"), ..blank },
            Echo { company_domain: Some("x"), ..blank },
            Echo { company_name: Some("x"), ..blank },
        ] {
            assert!(!filled.is_empty(), "{filled:?}");
        }
    }
}
