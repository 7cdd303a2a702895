//! Which payloads are taken.

use super::answers::slug;
use super::refusal::Refusal;
use super::search::Search;
use super::shapes::{BulkRequest, SingleRequest};
use serde::de::DeserializeOwned;
use url::{Host, Url};

/// A payload that may be taken if it can be paid for.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) searches: Vec<Search>,
    pub(super) custom: Option<serde_json::Map<String, serde_json::Value>>,
    pub(super) webhook: Option<Url>,
}

/// Reads and checks the body of POST /phone/bulk.
///
/// The reference does not say what a body is answered that is no JSON or of other types than documented; the sandbox
/// treats it as no payload.
pub(super) fn bulk(body: &[u8], limit: usize) -> Result<Payload, Refusal> {
    let request: BulkRequest = parse(body)?;
    let searches = request.searches.unwrap_or_default();
    let of = searches.len();
    if of == 0 {
        return Err(Refusal::NoSearches);
    }
    if of > limit {
        return Err(Refusal::TooManySearches { limit });
    }
    for (index, search) in searches.iter().enumerate() {
        let number = index + 1;
        check(search, || Refusal::MissingProperty { number, of })?;
    }
    Ok(Payload {
        searches,
        custom: request.custom,
        webhook: webhook(request.settings.and_then(|settings| settings.webhook))?,
    })
}

/// Reads and checks the body of POST /phone/single.
pub(super) fn single(body: &[u8]) -> Result<Payload, Refusal> {
    let request: SingleRequest = parse(body)?;
    check(&request.search, || Refusal::MissingPropertyOfOne)?;
    Ok(Payload {
        searches: vec![request.search],
        custom: None,
        webhook: webhook(request.settings.and_then(|settings| settings.webhook))?,
    })
}

/// How many searches a body has, whether they would be taken or not.
pub(super) fn count(body: &[u8]) -> usize {
    let bulk = parse(body).ok().and_then(|bulk: BulkRequest| bulk.searches);
    let is_search = |single: &SingleRequest| single.search.texts().next().is_some();
    let single = || usize::from(parse(body).as_ref().is_ok_and(is_search));
    bulk.map_or_else(single, |searches| searches.len())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::MissingPayload)
}

fn check(search: &Search, missing: impl FnOnce() -> Refusal) -> Result<(), Refusal> {
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
fn webhook(url: Option<String>) -> Result<Option<Url>, Refusal> {
    let Some(url) = url else { return Ok(None) };
    let url = Url::parse(&url).map_err(|_| Refusal::InvalidWebhook)?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(Some(url))
    } else {
        Err(Refusal::InvalidWebhook)
    }
}

/// Whether the URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = r#"{"linkedin_url":"https://www.linkedin.com/in/ann"}"#;

    fn refusal(body: &str) -> Refusal {
        bulk(body.as_bytes(), 3).unwrap_err()
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
        assert_eq!(bulk(batch(3).as_bytes(), 3).unwrap().searches.len(), 3);
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
            assert_eq!(single(bad.as_bytes()).unwrap_err(), Refusal::MissingPropertyOfOne);
        }
    }

    #[test]
    fn a_bad_profile_is_not_excused_by_a_name() {
        let bad = r#"{"linkedin_url":"acme.example/in/ann","firstname":"A","lastname":"B","company_name":"C"}"#;
        assert_eq!(refusal(&format!(r#"{{"searches":[{bad}]}}"#)), Refusal::InvalidProfile);
        assert_eq!(single(bad.as_bytes()).unwrap_err(), Refusal::InvalidProfile);
    }

    #[test]
    fn a_webhook_is_https_or_on_this_machine() {
        let hook = |url: &str| {
            let body = format!(r#"{{"searches":[{PROFILE}],"settings":{{"webhook":"{url}"}}}}"#);
            bulk(body.as_bytes(), 3).map(|payload| payload.webhook.is_some())
        };
        for good in [
            "https://acme.example/h",
            "http://127.0.0.1:80/h",
            "http://[::1]/",
            "http://localhost:1/",
        ] {
            assert_eq!(hook(good), Ok(true), "{good}");
        }
        for bad in ["", "acme.example", "http://acme.example/h", "ftp://127.0.0.1/"] {
            assert_eq!(hook(bad), Err(Refusal::InvalidWebhook), "{bad}");
        }
    }
}
