//! Which payloads are taken.

use super::answers::slug;
use super::refusal::Refusal;
use super::search::Search;
use super::types::Kind;
use crate::loopback::is_loopback;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

/// What a POST asks for, before it is checked.
#[derive(Debug, Default)]
pub(super) struct Payload {
    pub(super) searches: Vec<Search>,
    pub(super) custom: Option<Map<String, Value>>,
    pub(super) webhook: Option<String>,
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

/// Reads the body of a POST.
///
/// The reference does not say what a body is answered that is no JSON or of other types than documented; the sandbox
/// treats it as no payload.
pub(super) fn read(kind: Kind, body: &[u8]) -> Option<Payload> {
    let webhook = |settings: Option<SettingsBody>| settings.and_then(|settings| settings.webhook);
    match kind {
        Kind::Bulk => serde_json::from_slice(body).ok().map(|body: BulkBody| Payload {
            searches: body.searches.unwrap_or_default(),
            custom: body.custom,
            webhook: webhook(body.settings),
        }),
        Kind::Single => serde_json::from_slice(body).ok().map(|body: SingleBody| Payload {
            searches: vec![body.search],
            custom: None,
            webhook: webhook(body.settings),
        }),
    }
}

/// Checks a payload and returns the webhook's address.
pub(super) fn check(kind: Kind, payload: &Payload, limit: usize) -> Result<Option<Url>, Refusal> {
    let searches = &payload.searches;
    let of = searches.len();
    if of == 0 {
        return Err(Refusal::NoSearches);
    }
    if kind == Kind::Bulk && of > limit {
        return Err(Refusal::TooManySearches { limit });
    }
    for (number, search) in (1..).zip(searches) {
        check_search(search, || match kind {
            Kind::Bulk => Refusal::MissingProperty { number, of },
            Kind::Single => Refusal::MissingPropertyOfOne,
        })?;
    }
    check_webhook(payload.webhook.as_deref())
}

fn check_search(search: &Search, missing: impl FnOnce() -> Refusal) -> Result<(), Refusal> {
    let filled =
        |field: &Option<Box<str>>| field.as_deref().is_some_and(|text| !text.trim().is_empty());
    if filled(&search.linkedin_url) {
        let url = search.linkedin_url.as_deref().unwrap_or_default();
        return slug(url).map(|_| ()).ok_or(Refusal::InvalidProfile);
    }
    let named = filled(&search.firstname)
        && filled(&search.lastname)
        && (filled(&search.company_domain) || filled(&search.company_name));
    if named { Ok(()) } else { Err(missing()) }
}

/// `https` as documented, and `http` to this machine, where the sandbox's users try their hooks.
fn check_webhook(url: Option<&str>) -> Result<Option<Url>, Refusal> {
    let Some(url) = url else { return Ok(None) };
    let url = Url::parse(url).map_err(|_| Refusal::InvalidWebhook)?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(Some(url))
    } else {
        Err(Refusal::InvalidWebhook)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = r#"{"linkedin_url":"https://www.linkedin.com/in/ann"}"#;

    fn checked(kind: Kind, body: &str) -> Result<Option<Url>, Refusal> {
        let payload = read(kind, body.as_bytes()).ok_or(Refusal::MissingPayload)?;
        check(kind, &payload, 3)
    }

    fn refusal(body: &str) -> Refusal {
        checked(Kind::Bulk, body).unwrap_err()
    }

    #[test]
    fn a_body_without_json_is_no_payload() {
        for body in
            ["", "null", "searches", "[]", r#"{"searches":{}}"#, r#"{"searches":[{"custom":7}]}"#]
        {
            assert_eq!(refusal(body), Refusal::MissingPayload, "{body}");
        }
    }

    #[test]
    fn at_least_one_search_and_no_more_than_the_limit() {
        for body in ["{}", r#"{"searches":[]}"#, r#"{"searches":null}"#] {
            assert_eq!(refusal(body), Refusal::NoSearches, "{body}");
        }
        let batch = |n| format!(r#"{{"searches":[{}]}}"#, vec![PROFILE; n].join(","));
        assert_eq!(refusal(&batch(4)), Refusal::TooManySearches { limit: 3 });
        assert_eq!(checked(Kind::Bulk, &batch(3)), Ok(None));
    }

    #[test]
    fn a_search_that_names_nobody_is_counted_from_one() {
        for bad in [
            "{}",
            r#"{"firstname":"A","lastname":"B"}"#,
            r#"{"firstname":"A","company_name":"C"}"#,
            r#"{"firstname":"A","lastname":" ","company_name":"C"}"#,
            r#"{"linkedin_url":"","firstname":"A","lastname":"B","company_domain":""}"#,
        ] {
            let body = format!(r#"{{"searches":[{PROFILE},{bad}]}}"#);
            assert_eq!(refusal(&body), Refusal::MissingProperty { number: 2, of: 2 }, "{bad}");
            assert_eq!(checked(Kind::Single, bad).unwrap_err(), Refusal::MissingPropertyOfOne);
        }
    }

    #[test]
    fn a_bad_profile_is_not_excused_by_a_name() {
        let bad = r#"{"linkedin_url":"acme.example/in/ann","firstname":"A","lastname":"B","company_name":"C"}"#;
        assert_eq!(refusal(&format!(r#"{{"searches":[{bad}]}}"#)), Refusal::InvalidProfile);
        assert_eq!(checked(Kind::Single, bad).unwrap_err(), Refusal::InvalidProfile);
    }

    #[test]
    fn a_webhook_is_https_or_on_this_machine() {
        let hook = |url: &str| {
            let body = format!(r#"{{"searches":[{PROFILE}],"settings":{{"webhook":"{url}"}}}}"#);
            checked(Kind::Bulk, &body).map(|url| url.is_some())
        };
        for good in [
            "https://acme.example/h", "http://127.0.0.1:80/h", "http://[::1]/",
            "http://localhost:1/",
        ] {
            assert_eq!(hook(good), Ok(true), "{good}");
        }
        for bad in ["", "acme.example", "http://acme.example/h", "ftp://127.0.0.1/"] {
            assert_eq!(hook(bad), Err(Refusal::InvalidWebhook), "{bad}");
        }
    }
}
