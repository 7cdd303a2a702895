//! The JSON bodies of the POSTs.

use super::Webhook;
use crate::batch::Nonce;
use crate::people::{Employer, Identity, Search};
use serde::Serialize;

/// The body of POST /phone/bulk.
pub(crate) fn bulk_body(searches: &[&Search], nonce: &Nonce, webhook: Option<&Webhook>) -> Vec<u8> {
    let proofs: Vec<String> =
        (0..).take(searches.len()).map(|position| nonce.proof(position)).collect();
    let shape = Bulk {
        searches: searches
            .iter()
            .zip(&proofs)
            .map(|(search, proof)| Shape::of(search, proof))
            .collect(),
        custom: Custom { nonce: nonce.as_str() },
        settings: webhook.map(|webhook| SettingsJson { webhook: webhook.as_str() }),
    };
    serde_json::to_vec(&shape).expect("strings in structs are always JSON")
}

/// The body of POST /phone/single. Its `custom` is a string, so the nonce travels there.
pub(crate) fn single_body(search: &Search, nonce: &Nonce) -> Vec<u8> {
    let shape = Shape { custom: Some(nonce.as_str()), ..Shape::of(search, nonce.as_str()) };
    serde_json::to_vec(&shape).expect("strings in a struct are always JSON")
}

/// A search as it is sent, without the proof that travels with it.
pub(crate) fn search_json(search: &Search) -> String {
    let shape = Shape { custom: search.custom.as_deref(), ..Shape::of(search, "") };
    serde_json::to_string(&shape).expect("strings in a struct are always JSON")
}

#[derive(Serialize)]
struct Bulk<'a> {
    searches: Vec<Shape<'a>>,
    custom: Custom<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<SettingsJson<'a>>,
}

#[derive(Serialize)]
struct Custom<'a> {
    nonce: &'a str,
}

#[derive(Serialize)]
struct SettingsJson<'a> {
    webhook: &'a str,
}

#[derive(Serialize, Default)]
struct Shape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    linkedin_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firstname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lastname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<&'a str>,
}

impl<'a> Shape<'a> {
    /// A `custom` that the user gave is sent as it is; otherwise our proof travels there.
    fn of(search: &'a Search, proof: &'a str) -> Self {
        let custom = Some(search.custom.as_deref().unwrap_or(proof));
        match &search.identity {
            Identity::Profile(profile) => {
                Self { linkedin_url: Some(profile.url()), custom, ..Self::default() }
            }
            Identity::Named(named) => {
                let (domain, name) = match &named.employer {
                    Employer::Domain(domain) => (Some(domain.as_str()), None),
                    Employer::Name(name) => (None, Some(name.as_str())),
                };
                Self {
                    firstname: Some(&named.first),
                    lastname: Some(&named.last),
                    company_domain: domain,
                    company_name: name,
                    custom,
                    ..Self::default()
                }
            }
        }
    }
}
