//! An HTTP answer as it arrived, before anything is read out of it.

use std::time::Duration;

/// Status, body and what the headers say about waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// How long to wait before asking again, where the server said so (`Retry-After` in seconds, RFC 9110 10.2.3, or
    /// `X-RateLimit-Reset`).
    pub wait: Option<Duration>,
    /// The bytes that arrived.
    pub body: Vec<u8>,
    /// What cut the body short, where something did.
    pub cut: Option<String>,
}

/// The longest wait a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

pub(super) fn wait_of(headers: &reqwest::header::HeaderMap, now: Duration) -> Option<Duration> {
    let seconds = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let asked = seconds("retry-after").or_else(|| {
        // Some servers give seconds to wait, some a time since 1970.
        let reset = seconds("x-ratelimit-reset")?;
        let since = now.as_secs_f64();
        Some(if reset > since / 2.0 {
            reset - since
        } else {
            reset
        })
    })?;
    let wait = Duration::try_from_secs_f64(asked.max(0.0)).ok()?;
    Some(wait.min(LONGEST_WAIT))
}
