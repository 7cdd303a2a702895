//! One person as the API is asked for them.

use serde::{Deserialize, Serialize};

/// One search as it is sent. Also names a person towards [`answer_for`](super::answer_for).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The profile's URL; prevails over the other fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin_url: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firstname: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lastname: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_domain: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Box<str>>,
    /// The sender's own mark, returned with the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Box<str>>,
}

impl Search {
    pub fn profile(url: impl Into<Box<str>>) -> Self {
        Self { linkedin_url: Some(url.into()), ..Self::default() }
    }

    pub fn at_domain(first: &str, last: &str, domain: &str) -> Self {
        Self {
            firstname: Some(first.into()),
            lastname: Some(last.into()),
            company_domain: Some(domain.into()),
            ..Self::default()
        }
    }

    pub fn at_company(first: &str, last: &str, company: &str) -> Self {
        Self {
            firstname: Some(first.into()),
            lastname: Some(last.into()),
            company_name: Some(company.into()),
            ..Self::default()
        }
    }

    /// The fields that are filled, `custom` left aside.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [
            &self.linkedin_url, &self.firstname, &self.lastname, &self.company_domain,
            &self.company_name,
        ]
        .into_iter()
        .filter_map(Option::as_deref)
    }
}
