//! Which payloads are taken.

use super::http::HttpResponse;
use super::search::{Search, slug};
use super::types::Kind;
use crate::loopback::is_loopback;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

/// What a POST asks for, before it is checked.
#[derive(Debug)]
pub(super) struct Payload {
    /// The body, byte for byte.
    pub(super) body: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) searches: Vec<Search>,
    pub(super) custom: Option<Map<String, Value>>,
    webhook: Option<String>,
}

#[derive(Deserialize)]
struct BulkBody {
    searches: Option<Vec<Search>>,
    custom: Option<Map<String, Value>>,
    settings: Option<SettingsBody>,
}

#[derive(Deserialize)]
struct SingleBody {
    #[serde(flatten)]
    search: Search,
    settings: Option<SettingsBody>,
}

#[derive(Deserialize)]
struct SettingsBody {
    webhook: Option<String>,
}

impl Payload {
    /// Reads the body of a POST.
    ///
    /// The reference does not say what a body is answered that is no JSON or of other types than documented; the
    /// sandbox treats it as no payload.
    pub(super) fn read(kind: Kind, body: Vec<u8>) -> Option<Self> {
        let (searches, custom, settings) = match kind {
            Kind::Bulk => {
                let bulk: BulkBody = serde_json::from_slice(&body).ok()?;
                (bulk.searches.unwrap_or_default(), bulk.custom, bulk.settings)
            }
            Kind::Single => {
                let single: SingleBody = serde_json::from_slice(&body).ok()?;
                (vec![single.search], None, single.settings)
            }
        };
        let webhook = settings.and_then(|settings| settings.webhook);
        Some(Self { body, kind, searches, custom, webhook })
    }

    /// Checks it and returns the webhook's address, or what the API says against it.
    pub(super) fn check(&self, limit: usize) -> Result<Option<Url>, HttpResponse> {
        let of = self.searches.len();
        let refusal = |message: &str| Err(HttpResponse::message(400, message));
        if of == 0 {
            return refusal("At least 1 phone search must be present in the payload");
        }
        if self.kind == Kind::Bulk && of > limit {
            let limit = format!("Limit is currently at {limit} per batch.");
            return refusal(&format!("Too many searches. {limit}"));
        }
        for (at, search) in self.searches.iter().enumerate() {
            match search.linkedin_url.as_deref().filter(|url| !url.trim().is_empty()) {
                Some(url) if slug(url).is_none() => return refusal(INVALID_PROFILE),
                None if !is_named(search) => return Err(missing_property(self.kind, at, of)),
                Some(_) | None => {}
            }
        }
        let Some(url) = &self.webhook else { return Ok(None) };
        // `https` as documented, and `http` to this machine, where the sandbox's users try their hooks.
        let is_taken =
            |url: &Url| url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
        match Url::parse(url).ok().filter(is_taken) {
            None => refusal("Invalid webhook"),
            url => Ok(url),
        }
    }
}

pub(super) const INVALID_PROFILE: &str = "Invalid linkedin_url";

/// The refusal of the search in this place.
pub(super) fn missing_property(kind: Kind, at: usize, of: usize) -> HttpResponse {
    let place = match kind {
        Kind::Bulk => format!(" on search n°{} of {of}", at + 1),
        Kind::Single => String::new(),
    };
    HttpResponse::message(400, &format!("Missing mandatory property{place}"))
}

fn is_named(search: &Search) -> bool {
    let filled =
        |field: &Option<Box<str>>| field.as_deref().is_some_and(|text| !text.trim().is_empty());
    filled(&search.firstname)
        && filled(&search.lastname)
        && (filled(&search.company_domain) || filled(&search.company_name))
}
