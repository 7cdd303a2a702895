//! An HTTP answer as it arrived, before anything is read out of it.

use std::time::Duration;

/// Status, body and what the headers say about waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpResponse {
    /// HTTP status.
    pub(crate) status: u16,
    /// How long to wait before asking again, where the server said so (`Retry-After` in seconds, RFC 9110 10.2.3, or
    /// `X-RateLimit-Reset`).
    pub(crate) wait: Option<Duration>,
    /// The bytes that arrived.
    pub(crate) body: Vec<u8>,
    /// By what the provider, or who stands before it, finds this request in its logs.
    pub(crate) request_id: Option<String>,
    /// What cut the body short, where something did.
    pub(crate) truncated: Option<String>,
}

/// The longest wait a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The headers in which servers and their fronts give a request's id, the most telling first.
const REQUEST_IDS: [&str; 5] =
    ["x-request-id", "x-amzn-requestid", "x-correlation-id", "cf-ray", "x-amz-cf-id"];

pub(super) fn request_id_of(headers: &reqwest::header::HeaderMap) -> Option<String> {
    let mut ids = REQUEST_IDS.iter().filter_map(|name| headers.get(*name));
    let id = super::message::clean(ids.find_map(|id| id.to_str().ok())?);
    (!id.is_empty()).then_some(id)
}

pub(super) fn wait_of(headers: &reqwest::header::HeaderMap, now: Duration) -> Option<Duration> {
    let seconds = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let asked = seconds("retry-after").or_else(|| {
        // Some servers give seconds to wait, some a time since 1970.
        let reset = seconds("x-ratelimit-reset")?;
        let since = now.as_secs_f64();
        Some(if reset > since / 2.0 { reset - since } else { reset })
    })?;
    let wait = Duration::try_from_secs_f64(asked.max(0.0)).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    #[test]
    fn a_request_id_is_found_under_its_usual_names() {
        let mut headers = HeaderMap::new();
        assert_eq!(request_id_of(&headers), None);
        headers.insert("cf-ray", HeaderValue::from_static("ray-1"));
        assert_eq!(request_id_of(&headers).as_deref(), Some("ray-1"));
        headers.insert("x-request-id", HeaderValue::from_static("req-1"));
        assert_eq!(request_id_of(&headers).as_deref(), Some("req-1"));
    }
}
