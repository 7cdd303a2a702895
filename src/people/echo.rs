//! Who a result is about, by the search that Enrow echoes with it.

use super::identity::{self, fold};
use super::{Domain, Identity, PersonKey, Profile, ProfileError};

/// The identifying fields of an echoed search (`params` in the Enrow API), each present or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Echo<'a> {
    /// `linkedin_url`
    pub linkedin_url: Option<&'a str>,
    /// `firstname`
    pub firstname: Option<&'a str>,
    /// `lastname`
    pub lastname: Option<&'a str>,
    /// `company_domain`
    pub company_domain: Option<&'a str>,
    /// `company_name`
    pub company_name: Option<&'a str>,
}

impl Echo<'_> {
    /// Everybody this echo may stand for, the LinkedIn profile first. Empty where it identifies nobody: an API that
    /// echoes nothing is not an API that disagrees.
    pub(crate) fn keys(&self) -> Vec<PersonKey> {
        let mut keys = Vec::new();
        if let Some(Ok(profile)) = self.linkedin_url.map(Profile::parse) {
            keys.push(Identity::Profile(profile).key());
        }
        if let (Some(first), Some(last)) = (non_blank(self.firstname), non_blank(self.lastname)) {
            let domain = self.company_domain.and_then(Domain::parse);
            keys.extend(domain.map(|domain| identity::key_at_domain(first, last, &domain)));
            let company = non_blank(self.company_name);
            keys.extend(company.map(|company| identity::key_at_company(first, last, company)));
        }
        keys
    }

    /// Whom a result with this echo is about, where nothing else is known of its search. `None` where that is not
    /// sure: a profile prevails over everything else, also one that cannot be read.
    pub(crate) fn key(&self) -> Option<PersonKey> {
        let profile = self.linkedin_url.map(Profile::parse);
        match profile {
            Some(Err(why)) if why != ProfileError::Empty => None,
            Some(_) | None => self.keys().into_iter().next(),
        }
    }

    /// Whether any field says anything.
    pub(crate) fn is_empty(&self) -> bool {
        [self.linkedin_url, self.firstname, self.lastname, self.company_domain, self.company_name]
            .iter()
            .flatten()
            .all(|text| fold(text).is_empty())
    }
}

/// A field that says something.
fn non_blank(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
