//! The GETs: free, not rate limited, repeated until they are answered.

use super::client::{self, Delivery};
use super::response::HttpResponse;
use super::results::BatchReport;
use super::{Client, message};
use crate::batch::BatchId;
use crate::units::Credits;
use backon::{BackoffBuilder, ExponentialBuilder};
use serde::Deserialize;
use std::time::{Duration, Instant};

/// Why a GET will not be answered, however often it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// The key is wrong, or its plan has no phone search.
    #[error("Enrow refused the API key ({status}: \"{message}\")")]
    Key {
        /// HTTP status.
        status: u16,
        /// The API's words.
        message: String,
    },
    /// Enrow does not know this id: not yet, not any more, or not with this key.
    #[error("Enrow does not know this batch ({status}: \"{message}\")")]
    UnknownId {
        /// HTTP status.
        status: u16,
        /// The API's words.
        message: String,
    },
    /// Another refusal.
    #[error("Enrow refused the question ({status}: \"{message}\")")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The API's words.
        message: String,
    },
    /// No usable answer within the [`RetryPolicy`] of the caller.
    #[error("{}", .0.in_full())]
    NoAnswer(RetryCause),
}

/// Why a GET is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RetryCause {
    /// Somebody answered, but not as Enrow does: Enrow in trouble, or who stands before it.
    Answered(String),
    /// Nothing came back, or not all of it.
    Unanswered(String),
}

impl RetryCause {
    fn in_full(&self) -> String {
        match self {
            Self::Answered(why) => format!("Enrow gives no usable answer: {why}"),
            Self::Unanswered(why) => format!("cannot reach Enrow: {why}"),
        }
    }
}

impl std::fmt::Display for RetryCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered(why) | Self::Unanswered(why) => f.write_str(why),
        }
    }
}

/// How long a GET is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryPolicy {
    /// Until it is answered: a laptop may sleep for an hour.
    Endless,
    /// This many times: before anything is paid, a person would rather know.
    Tries(usize),
}

/// What an account has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct AccountInfo {
    /// Credits to spend.
    pub(crate) credits: Credits,
    /// Addresses that are told of finished batches.
    #[serde(default)]
    pub(crate) webhooks: Vec<String>,
}

/// GET for one person, up to the id.
const SINGLE: &str = "/phone/single?id=";

impl Client {
    /// The account's credits. Source: Enrow API, GET /account/info.
    ///
    /// # Errors
    /// [`FetchError`]; `trouble` hears of every answer that was not one.
    pub(crate) async fn account(
        &self,
        policy: RetryPolicy,
        on_retry: &dyn Fn(&RetryCause),
    ) -> Result<AccountInfo, FetchError> {
        self.fetch("/account/info", policy, on_retry, |answer| {
            serde_json::from_slice(&answer.body).ok()
        })
        .await
    }

    /// How a batch stands, with its results once it is done. Source: Enrow API, GET /phone/bulk.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub(crate) async fn batch(
        &self,
        id: &BatchId,
        policy: RetryPolicy,
        on_retry: &dyn Fn(&RetryCause),
    ) -> Result<BatchReport, FetchError> {
        let path = format!("/phone/bulk?id={}", id.as_str());
        self.fetch(&path, policy, on_retry, |answer| BatchReport::read(&answer.body)).await
    }

    /// The same for the one person of POST /phone/single. Source: Enrow API, GET /phone/single.
    ///
    /// # Errors
    /// As [`Client::account`]. An unknown id answers 500 here, so every 500 may be [`FetchError::UnknownId`].
    pub(crate) async fn single(
        &self,
        id: &BatchId,
        policy: RetryPolicy,
        on_retry: &dyn Fn(&RetryCause),
    ) -> Result<BatchReport, FetchError> {
        let path = format!("{SINGLE}{}", id.as_str());
        self.fetch(&path, policy, on_retry, |answer| {
            BatchReport::read_single(&answer.body, answer.status == 202)
        })
        .await
    }

    async fn fetch<T>(
        &self,
        path: &str,
        policy: RetryPolicy,
        on_retry: &dyn Fn(&RetryCause),
        read: impl Fn(&HttpResponse) -> Option<T>,
    ) -> Result<T, FetchError> {
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .without_max_times();
        let mut delays = backoff.build();
        let mut tries = 1;
        loop {
            let (why, wait) = match self.get(path).await {
                Delivery::NotSent(why) | Delivery::Lost(why) => (RetryCause::Unanswered(why), None),
                Delivery::Answered(answer) => match answer.status {
                    200..=299 => match read(&answer).filter(|_| answer.truncated.is_none()) {
                        Some(value) => return Ok(value),
                        None => (unreadable(&answer), answer.wait),
                    },
                    500 if path.starts_with(SINGLE) => {
                        let message = message::of_body(&answer.body);
                        return Err(FetchError::UnknownId { status: 500, message });
                    }
                    status => match refused(status, &answer) {
                        Some(refused) => return Err(refused),
                        None => (
                            RetryCause::Answered(format!(
                                "{status}: \"{}\"",
                                message::of_body(&answer.body)
                            )),
                            answer.wait,
                        ),
                    },
                },
            };
            on_retry(&why);
            if matches!(policy, RetryPolicy::Tries(most) if tries >= most) {
                return Err(FetchError::NoAnswer(why));
            }
            tries += 1;
            let backoff = delays.next().unwrap_or(Duration::from_secs(30));
            tokio::time::sleep(wait.map_or(backoff, |wait| wait.max(backoff))).await;
        }
    }

    async fn get(&self, path: &str) -> Delivery {
        let started = Instant::now();
        let delivery =
            match self.http.get(self.base_url.url(path)).timeout(self.timeout).send().await {
                Ok(response) => Delivery::Answered(client::read(response, self.timeout).await),
                Err(error) => Delivery::Lost(client::chain(&error)),
            };
        client::log("GET", path, started, 0, &delivery);
        delivery
    }
}

/// A success that says nothing that could be read.
fn unreadable(answer: &HttpResponse) -> RetryCause {
    match &answer.truncated {
        Some(truncated) => RetryCause::Unanswered(truncated.clone()),
        None => RetryCause::Answered(message::of_body(&answer.body)),
    }
}

/// What will not change by asking again. The provider says: repeat only 429 and 5xx. A redirect or a web page is not
/// Enrow's at all but that of a proxy or a hotel's network, which is gone once somebody has signed in there.
fn refused(status: u16, answer: &HttpResponse) -> Option<FetchError> {
    if message::is_web_page(&answer.body) {
        return None;
    }
    let message = message::of_body(&answer.body);
    match status {
        300..=399 | 408 | 429 | 500.. => None,
        401 | 403 => Some(FetchError::Key { status, message }),
        400 | 404 if message.to_lowercase().contains("could not retrieve") => {
            Some(FetchError::UnknownId { status, message })
        }
        _ => Some(FetchError::Refused { status, message }),
    }
}
