//! The GETs: free, not rate limited, repeated until they are answered.

use super::client::Delivery;
use super::{
    AccountInfo, BatchReport, Client, FetchError, HttpResponse, RetryCause, message, transport,
};
use crate::batch::BatchId;
use crate::timer;
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::CACHE_CONTROL;
use std::time::{Duration, Instant};

/// How long a GET is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryPolicy {
    /// Until it is answered: a laptop may sleep for an hour.
    Endless,
    /// This many times: before anything is paid, a person would rather know.
    Tries(usize),
}

/// Hears why a GET is asked again, and after what time.
pub(crate) type OnRetry<'a> = &'a dyn Fn(&RetryCause, Duration);

/// GET for one person, up to the id.
const SINGLE: &str = "/phone/single?id=";

/// How many searches a batch is taken to have where nothing is known of it: three times the documented limit.
const UNKNOWN_SIZE: usize = 9000;

/// The largest answer to a GET: everything except the results, and this much for each search.
const ENVELOPE: usize = 256 << 10;
const PER_SEARCH: usize = 8 << 10;

/// Larger answers are read on another thread, so that signals and timers are not held up.
const READ_AT_ONCE: usize = 64 << 10;

/// Reads an answer about a batch of this many searches; `None` if it is no such answer.
type Read<T> = fn(&HttpResponse, usize) -> Option<T>;

/// Free, small, and always answered.
const ACCOUNT: &str = "/account/info";

impl Client {
    /// The account's credits. Source: Enrow API, GET /account/info.
    pub(crate) async fn account(
        &self,
        policy: RetryPolicy,
        on_retry: OnRetry<'_>,
    ) -> Result<AccountInfo, FetchError> {
        self.get(ACCOUNT, 1, policy, on_retry, AccountInfo::read).await
    }

    /// How a batch stands, with its results once it is done. What is read is bounded by the number of `searches`, where
    /// it is known. Source: Enrow API, GET /phone/bulk.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub(crate) async fn batch(
        &self,
        id: &BatchId,
        searches: Option<usize>,
        policy: RetryPolicy,
        on_retry: OnRetry<'_>,
    ) -> Result<BatchReport, FetchError> {
        let path = format!("/phone/bulk?id={}", id.as_str());
        let searches = searches.unwrap_or(UNKNOWN_SIZE);
        self.get(&path, searches, policy, on_retry, BatchReport::read).await
    }

    /// The same for the one person of POST /phone/single. Source: Enrow API, GET /phone/single.
    ///
    /// # Errors
    /// As [`Client::account`]. An unknown id answers 500 here, so every 500 may be [`FetchError::UnknownId`].
    pub(crate) async fn single(
        &self,
        id: &BatchId,
        policy: RetryPolicy,
        on_retry: OnRetry<'_>,
    ) -> Result<BatchReport, FetchError> {
        let path = format!("{SINGLE}{}", id.as_str());
        self.get(&path, 1, policy, on_retry, BatchReport::read_single).await
    }

    /// Makes sure that there is a connection, so that nothing slow comes between a claim and its POST: name look-up,
    /// connecting, TLS, a proxy. Asks for the account, unless an answer just came; the answer does not matter.
    ///
    /// # Errors
    /// Why none could be made. Nothing was sent that costs anything.
    pub(crate) async fn connect(&self) -> Result<(), String> {
        if self.is_connected() {
            return Ok(());
        }
        self.get_once(ACCOUNT, 1).await.map(drop).map_err(|cause| cause.to_string())
    }

    async fn get<T: Send + 'static>(
        &self,
        path: &str,
        searches: usize,
        policy: RetryPolicy,
        on_retry: OnRetry<'_>,
        read: Read<T>,
    ) -> Result<T, FetchError> {
        let mut delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .without_max_times()
            .build();
        let mut tries = 1;
        loop {
            let (cause, wait) = match self.get_once(path, searches).await {
                Err(cause) => (cause, None),
                Ok(response) => {
                    let wait = response.wait;
                    match understand(path, response, searches, read).await {
                        Ok(value) => return Ok(value),
                        Err(Retry::No(error)) => return Err(error),
                        Err(Retry::Yes(cause)) => (cause, wait),
                    }
                }
            };
            let backoff = delays.next().unwrap_or(Duration::from_secs(30));
            let wait = wait.map_or(backoff, |wait| wait.max(backoff));
            if matches!(policy, RetryPolicy::Tries(most) if tries >= most) {
                return Err(FetchError::NoAnswer(cause));
            }
            on_retry(&cause, wait);
            tries += 1;
            timer::sleep(wait).await;
        }
    }

    /// A server that is silent for longer than [`Client::silence`] is given up: it may never answer.
    async fn get_once(&self, path: &str, searches: usize) -> Result<HttpResponse, RetryCause> {
        let started = Instant::now();
        let request = self
            .http
            .get(self.base_url.url(path))
            .header(CACHE_CONTROL, "no-cache")
            .timeout(self.timeout);
        let limit = ENVELOPE + searches.saturating_mul(PER_SEARCH);
        let mut is_untrusted = false;
        let delivery = match tokio::time::timeout(self.silence, request.send()).await {
            Ok(Ok(response)) => {
                Delivery::Answered(HttpResponse::receive(response, limit, self.silence).await)
            }
            Ok(Err(error)) => {
                is_untrusted = transport::is_untrusted(&error);
                Delivery::Lost(transport::reason(&error))
            }
            Err(_) => Delivery::Lost(transport::SILENT.to_owned()),
        };
        self.conclude("GET", path, started, 0, &delivery);
        match delivery {
            Delivery::Answered(response) => Ok(response),
            Delivery::NotSent(why) | Delivery::Lost(why) if is_untrusted => {
                Err(RetryCause::Untrusted(why))
            }
            Delivery::NotSent(why) | Delivery::Lost(why) => Err(RetryCause::Unanswered(why)),
        }
    }
}

/// Why an answer does not do, and whether asking again helps.
enum Retry {
    Yes(RetryCause),
    No(FetchError),
}

async fn understand<T: Send + 'static>(
    path: &str,
    response: HttpResponse,
    searches: usize,
    read: Read<T>,
) -> Result<T, Retry> {
    match response.status {
        200..=299 => {
            if let Some(why) = response.truncated {
                return Err(Retry::Yes(RetryCause::Unanswered(why)));
            }
            let is_small = response.body.len() <= READ_AT_ONCE;
            let work = move || {
                let value = read(&response, searches);
                value.ok_or_else(|| message::of_body(&response.body))
            };
            let read = if is_small {
                work()
            } else {
                let work = tokio::task::spawn_blocking(work).await;
                work.unwrap_or_else(|_| Err("an answer that cannot be read".to_owned()))
            };
            read.map_err(|why| Retry::Yes(RetryCause::Answered(why)))
        }
        500 if path.starts_with(SINGLE) => Err(Retry::No(FetchError::UnknownId {
            status: 500,
            message: message::of_body(&response.body),
            served: response.served,
        })),
        status => Err(match refused(&response) {
            Some(refused) => Retry::No(refused),
            None => Retry::Yes(RetryCause::Answered(format!(
                "{status}: \"{}\"",
                message::of_body(&response.body)
            ))),
        }),
    }
}

/// What will not change by asking again. The provider says: repeat only 429 and 5xx. A redirect or a web page is not
/// Enrow's at all but that of a proxy or a hotel's network, which is gone once somebody has signed in there.
fn refused(response: &HttpResponse) -> Option<FetchError> {
    if message::is_web_page(&response.body) {
        return None;
    }
    let (status, message) = (response.status, message::of_body(&response.body));
    match status {
        300..=399 | 408 | 429 | 500.. => None,
        401 | 403 => Some(FetchError::Key { status, message }),
        400 | 404 if message.to_lowercase().contains("could not retrieve") => {
            Some(FetchError::UnknownId { status, message, served: response.served })
        }
        _ => Some(FetchError::Refused { status, message }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn only_enrows_own_word_ends_the_asking() {
        for (status, body, expected) in [
            (400, "Could not retrieve this batch", Some("unknown")),
            (404, "Could not retrieve this batch", Some("unknown")),
            (404, "Not found", Some("refused")),
            (422, "Could not retrieve this batch", Some("refused")),
            (401, "Invalid apiKey", Some("key")),
            (403, "Forbidden", Some("key")),
            (307, "", None),
            (408, "", None),
            (429, "", None),
            (500, "", None),
            (404, "<html>Could not retrieve</html>", None),
        ] {
            let body = match body.strip_prefix('<') {
                Some(_) => body.to_owned(),
                None => format!(r#"{{"message":"{body}"}}"#),
            };
            let response = HttpResponse { status, body: body.into(), ..HttpResponse::default() };
            let word = refused(&response).map(|error| match error {
                FetchError::Key { .. } => "key",
                FetchError::Refused { .. } => "refused",
                FetchError::UnknownId { .. } => "unknown",
                FetchError::NoAnswer(_) | FetchError::UnreadableBalance => "other",
            });
            assert_eq!(word, expected, "{response:?}");
        }
    }

    static IS_BESIDE: AtomicBool = AtomicBool::new(false);

    #[tokio::test]
    async fn a_large_answer_holds_up_neither_signals_nor_timers() {
        fn read(_: &HttpResponse, _: usize) -> Option<()> {
            let began = Instant::now();
            while !IS_BESIDE.load(Ordering::Relaxed) && began.elapsed() < Duration::from_mins(1) {
                std::thread::yield_now();
            }
            IS_BESIDE.load(Ordering::Relaxed).then_some(())
        }
        let body = vec![b' '; READ_AT_ONCE + 1];
        let response = HttpResponse { body, status: 200, ..HttpResponse::default() };
        let beside = async { IS_BESIDE.store(true, Ordering::Relaxed) };
        let (read, ()) = tokio::join!(understand("/phone/bulk", response, 1, read), beside);
        assert!(read.is_ok());
    }
}
