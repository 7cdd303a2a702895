//! The HTTP client, and the POSTs that may be paid.

use super::response::{HttpResponse, request_id_of, wait_of};
use super::{ApiKey, BaseUrl};
use reqwest::header::HeaderValue;
use std::error::Error as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A connection to one API with one key. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(super) http: reqwest::Client,
    pub(super) base_url: BaseUrl,
    pub(super) timeout: Duration,
}

/// What is known right after a POST, before its answer is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// An answer arrived, perhaps not all of it.
    Answered(HttpResponse),
    /// Certainly never left this machine.
    NotSent(String),
    /// Left, or may have left; no answer came back.
    Lost(String),
}

/// The largest body that is read: a full batch is under 1 MB.
const LARGEST_BODY: usize = 64 << 20;

impl Client {
    /// A client. `timeout` bounds one request from connect to the last byte.
    ///
    /// Nothing is retried and no redirect is followed: a redirect would carry `x-api-key` to another host, and a 307
    /// would repeat the POST. Connections that were idle for some seconds are not used again, since one that the
    /// server has just closed would lose a POST's answer.
    ///
    /// # Errors
    /// Where the system's certificates cannot be read.
    pub(crate) fn new(base_url: BaseUrl, key: &ApiKey, timeout: Duration) -> anyhow::Result<Self> {
        let mut secret = HeaderValue::from_str(key.expose())?;
        secret.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            // Well before the request's own time is over: only then it is certain that nothing was sent.
            .connect_timeout(Duration::from_secs(20).min(timeout / 2))
            .default_headers(
                [(reqwest::header::HeaderName::from_static("x-api-key"), secret)]
                    .into_iter()
                    .collect(),
            )
            .pool_idle_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("enrow-phone/", env!("CARGO_PKG_VERSION")));
        if base_url.is_loopback() {
            // Nothing on this machine is reached through a proxy, and needs no certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Ok(Self { http: builder.build()?, base_url, timeout })
    }

    /// Asks Enrow to start a batch. **Reserves credits**, so its claim must be durable before this is called. Sent
    /// once, never repeated. Source: Enrow API, POST /phone/bulk.
    pub(crate) async fn post_bulk(&self, body: Vec<u8>) -> Delivery {
        self.post("/phone/bulk", body).await
    }

    /// Asks Enrow for one person. **Reserves credits**; the same care as [`Client::post_bulk`]. Source: Enrow API,
    /// POST /phone/single.
    pub(crate) async fn post_single(&self, body: Vec<u8>) -> Delivery {
        self.post("/phone/single", body).await
    }

    async fn post(&self, path: &'static str, body: Vec<u8>) -> Delivery {
        let (started, sent) = (Instant::now(), body.len());
        let request = self
            .http
            .post(self.base_url.url(path))
            .timeout(self.timeout)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        let delivery = match request.send().await {
            Ok(response) => Delivery::Answered(read(response, self.timeout).await),
            Err(error) => not_answered(&error),
        };
        log("POST", path, started, sent, &delivery);
        delivery
    }
}

/// Which of reqwest's errors mean that nothing was sent: only those of connecting (refused, no such host, no TLS, a
/// proxy that said no) and of building the request. Every other one (time-out after connecting, reset, a connection
/// closed before the answer) can come after the request was read, so the batch may have been taken.
fn not_answered(error: &reqwest::Error) -> Delivery {
    let message = chain(error);
    if error.is_connect() || error.is_builder() {
        Delivery::NotSent(message)
    } else {
        Delivery::Lost(message)
    }
}

/// An error with its causes, without the URL: it is named where the error is told.
pub(super) fn chain(error: &reqwest::Error) -> String {
    if error.is_timeout() && !error.is_connect() {
        return "no answer within the time allowed".to_owned();
    }
    let mut cause = error.source();
    let mut message = String::new();
    while let Some(error) = cause {
        message = error.to_string();
        cause = error.source();
    }
    if message.is_empty() {
        super::message::clean(&error.to_string())
    } else {
        super::message::clean(&message)
    }
}

/// Reads a body as far as it comes, up to a bound.
pub(super) async fn read(mut response: reqwest::Response, timeout: Duration) -> HttpResponse {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let status = response.status().as_u16();
    let wait = wait_of(response.headers(), since_1970);
    let request_id = request_id_of(response.headers());
    let mut body = Vec::new();
    let truncated = loop {
        match tokio::time::timeout(timeout, response.chunk()).await {
            Ok(Ok(None)) => break None,
            Ok(Ok(Some(bytes))) if body.len() + bytes.len() <= LARGEST_BODY => {
                body.extend_from_slice(&bytes);
            }
            Ok(Ok(Some(_))) => break Some(format!("more than {} MB", LARGEST_BODY >> 20)),
            Ok(Err(error)) => break Some(chain(&error)),
            Err(_) => break Some("no more bytes within the time allowed".to_owned()),
        }
    };
    HttpResponse { status, wait, body, request_id, truncated }
}

/// One line a request for `-vv`; never a body, a number or the key.
pub(super) fn log(method: &str, path: &str, started: Instant, sent: usize, delivery: &Delivery) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match delivery {
        Delivery::Answered(answer) => {
            tracing::debug!(
                method,
                path,
                status = answer.status,
                sent,
                received = answer.body.len(),
                request_id = answer.request_id,
                truncated = answer.truncated,
                ms,
                "request"
            );
        }
        Delivery::NotSent(why) => tracing::debug!(method, path, why, ms, "request did not leave"),
        Delivery::Lost(why) => {
            tracing::debug!(method, path, sent, why, ms, "request got no answer");
        }
    }
}

#[cfg(test)]
mod tests;
