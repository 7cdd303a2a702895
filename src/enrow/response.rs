//! An HTTP response as it arrived, before anything is read out of it.

use super::{json, message};
use crate::batch::BatchId;
use crate::units::Moment;
use reqwest::header::{AGE, DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Status, body and what the headers say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HttpResponse {
    /// How long it was in a cache (`Age`, RFC 9111 5.1): it may be out of date.
    pub age: Option<Duration>,
    /// The bytes that arrived.
    pub body: Vec<u8>,
    /// How many POSTs a second the server takes (`X-RateLimit-Limit`), where it says so.
    pub posts_per_second: Option<u32>,
    /// By what the provider, or a proxy before it, finds this request in its logs.
    pub request_id: Option<String>,
    /// When it was made, by the server's clock (`Date`).
    pub served: Option<Moment>,
    pub status: u16,
    /// Why the end of the body is missing, where it is.
    pub truncated: Option<String>,
    /// How long to wait before asking again, where the server says so (`Retry-After`, RFC 9110 10.2.3, or
    /// `X-RateLimit-Reset`).
    pub wait: Option<Duration>,
}

/// The longest wait that a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The headers in which servers and their proxies give a request's id, the most telling first.
const REQUEST_IDS: [&str; 5] =
    ["x-request-id", "x-amzn-requestid", "x-correlation-id", "cf-ray", "x-amz-cf-id"];

impl HttpResponse {
    /// Reads a body as far as it comes: no more than `limit` bytes, and no longer than `silence` between two pieces.
    pub(super) async fn receive(
        mut response: reqwest::Response,
        limit: usize,
        silence: Duration,
    ) -> Self {
        let headers = response.headers();
        let mut received = Self {
            age: number(headers, AGE.as_str()).and_then(|s| Duration::try_from_secs_f64(s).ok()),
            posts_per_second: posts_per_second(headers),
            request_id: request_id_of(headers),
            served: date(headers, DATE.as_str()).map(moment_of),
            status: response.status().as_u16(),
            wait: wait_of(headers, SystemTime::now()),
            ..Self::default()
        };
        let body = &mut received.body;
        received.truncated = loop {
            match tokio::time::timeout(silence, response.chunk()).await {
                Ok(Ok(None)) => break None,
                Ok(Ok(Some(bytes))) if body.len() + bytes.len() <= limit => {
                    body.extend_from_slice(&bytes);
                }
                Ok(Ok(Some(bytes))) => {
                    body.extend_from_slice(&bytes[..limit - body.len()]);
                    break Some(format!("the answer is longer than {} kB", limit >> 10));
                }
                Ok(Err(error)) => break Some(super::transport::reason(&error)),
                Err(_) => break Some("no more bytes within the time allowed".to_owned()),
            }
        };
        received
    }

    /// What the ledger keeps of the response to a POST until its people are answered: all that may be the batch's id,
    /// and the credits. No more than a few kB, and nothing that names a person. [`super::Submission::read`] reads the
    /// same out of it as out of the response.
    pub(crate) fn kept(&self) -> Vec<u8> {
        let text = json::text_of(&self.body);
        let names = ["id", "batch_id", "bulk_id", "search_id", "data", "credits_used", "credits"];
        let Some([id, batch, bulk, search, data, used, credits]) = json::fields(&text, names)
        else {
            let id = json::id_in(&text);
            return id.map(|id| format!("{{\"id\":\"{id}\"}}").into_bytes()).unwrap_or_default();
        };
        let mut kept = serde_json::Map::new();
        let [nested] = json::fields(data, ["id"]).unwrap_or_default();
        let ids = [("id", id), ("batch_id", batch), ("bulk_id", bulk), ("search_id", search)];
        for (name, value) in ids.into_iter().chain([("data_id", nested)]) {
            if let Some(id) = json::text(value).and_then(|text| BatchId::parse(&text)) {
                kept.insert(name.to_owned(), id.as_str().into());
            }
        }
        if let Some(used) = json::clamped(used) {
            kept.insert("credits_used".to_owned(), used.into());
        }
        let [amount, split] = json::fields(credits, ["amount", "split"]).unwrap_or_default();
        let parts = json::fields(split, ["fromPaygo", "fromSub"]).unwrap_or_default();
        let number = |json: &str| json::clamped(json).map(serde_json::Value::from);
        kept.insert(
            "credits".to_owned(),
            serde_json::json!({
                "amount": number(amount),
                "split": { "fromPaygo": number(parts[0]), "fromSub": number(parts[1]) },
            }),
        );
        serde_json::Value::Object(kept).to_string().into_bytes()
    }
}

fn request_id_of(headers: &HeaderMap) -> Option<String> {
    let mut ids = REQUEST_IDS.iter().filter_map(|name| headers.get(*name));
    let id = message::clean(ids.find_map(|id| id.to_str().ok())?);
    (!id.is_empty()).then_some(id)
}

/// Enrow's limit is for one second. A limit with its own window (`10;w=60`) is ignored.
fn posts_per_second(headers: &HeaderMap) -> Option<u32> {
    let limit = headers.get("x-ratelimit-limit")?.to_str().ok()?.trim().parse().ok()?;
    (limit > 0).then_some(limit)
}

fn wait_of(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let until = |moment: SystemTime| {
        // By the server's own clock, where it shows it: ours may be wrong.
        let now = date(headers, DATE.as_str()).unwrap_or(now);
        moment.duration_since(now).unwrap_or_default().as_secs_f64()
    };
    let asked = number(headers, RETRY_AFTER.as_str())
        .or_else(|| date(headers, RETRY_AFTER.as_str()).map(until))
        .or_else(|| {
            // Some servers give seconds to wait, some a time since 1970.
            let reset = number(headers, "x-ratelimit-reset")?;
            let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
            Some(if reset > since_1970 / 2.0 { reset - since_1970 } else { reset })
        })?;
    let wait = Duration::try_from_secs_f64(asked.max(0.0)).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn date(headers: &HeaderMap, name: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

fn moment_of(time: SystemTime) -> Moment {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrow::Submission;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_request_id_is_found_under_its_usual_names() {
        let mut lines = vec![];
        assert_eq!(request_id_of(&headers(&lines)), None);
        lines.push(("cf-ray", "ray-1"));
        assert_eq!(request_id_of(&headers(&lines)).as_deref(), Some("ray-1"));
        lines.push(("x-request-id", "req-1"));
        assert_eq!(request_id_of(&headers(&lines)).as_deref(), Some("req-1"));
    }

    #[test]
    fn a_limit_is_a_number_of_posts_a_second() {
        for (text, limit) in [("5", Some(5)), ("0", None), ("10;w=60", None), ("many", None)] {
            assert_eq!(posts_per_second(&headers(&[("x-ratelimit-limit", text)])), limit, "{text}");
        }
    }

    #[test]
    fn the_wait_is_read_in_every_form() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (lines, seconds) in [
            (vec![("retry-after", "7")], Some(7)),
            // 30 s after `now`, which is 22:13:20.
            (vec![("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT")], Some(30)),
            (vec![("retry-after", "Tue, 14 Nov 2023 22:12:50 GMT")], Some(0)),
            (
                vec![
                    ("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT"),
                    ("date", "Tue, 14 Nov 2023 22:13:40 GMT"),
                ],
                Some(10),
            ),
            (vec![("retry-after", "86400")], Some(300)),
            (vec![("retry-after", "-3")], Some(0)),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("x-ratelimit-reset", "3")], Some(3)),
            (vec![("x-ratelimit-reset", "1700000012")], Some(12)),
            (vec![], None),
        ] {
            let wait = wait_of(&headers(&lines), now);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{lines:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_response_says_the_same_and_names_nobody() {
        for body in [
            r#"{"id":"abc-1","credits_used":80,"credits":{"amount":80,"source":"sub","split":{"fromPaygo":30,"fromSub":50}},
                "searches":[{"firstname":"Ada","linkedin_url":"https://www.linkedin.com/in/ada"}]}"#,
            r#"{"id":"abc-1","message":"Bulk search of Ada operating"}"#,
            r#"{"id":17,"credits_used":9223372036854775808}"#,
            r#"{"id":"abc-1","message":"Ada"#,
            r#"{"id":"Ada Lee","data":{"id":"abc-1"}}"#,
            "<html>Ada",
            "",
        ] {
            let response =
                HttpResponse { status: 201, body: body.into(), ..HttpResponse::default() };
            let kept = response.kept();
            assert!(kept.len() < 1024 && !kept.windows(3).any(|w| w == b"Ada"), "{body}");
            let again = HttpResponse { status: 201, body: kept, ..HttpResponse::default() };
            match (Submission::read(&response), Submission::read(&again)) {
                (Submission::Taken(before), Submission::Taken(after)) => assert_eq!(before, after),
                (Submission::Unknown(_), Submission::Unknown(_)) => {}
                other => panic!("{body}: {other:?}"),
            }
        }
    }
}
