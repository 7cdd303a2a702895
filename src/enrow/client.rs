//! The HTTP client, and the POSTs that may be paid.

use super::body::{SendGate, TimedBody};
use super::{ApiKey, BaseUrl, HttpResponse, transport};
use reqwest::header::HeaderValue;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A connection to one API with one key. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(super) http: reqwest::Client,
    pub(super) base_url: BaseUrl,
    /// How long a server may be silent before a GET is given up and asked again.
    pub(super) silence: Duration,
    /// Bounds one request from connect to the last byte.
    pub(super) timeout: Duration,
    /// When a connection last carried an answer to its end.
    last_exchange: Arc<Mutex<Option<Instant>>>,
}

/// So long an idle connection is kept: one that the server has just closed would lose a POST's response.
const IDLE: Duration = Duration::from_secs(5);

/// Well within it.
const WARM: Duration = Duration::from_secs(3);

/// What is known after a POST, before its answer is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// An answer arrived, perhaps not all of it.
    Answered(HttpResponse),
    /// Certainly never left this machine.
    NotSent(String),
    /// Left, or may have left; no answer came back.
    Lost(String),
}

/// The largest answer to a POST that is read: the documented one has 200 bytes.
const LARGEST_ANSWER: usize = 64 << 10;

const LONGEST_SILENCE: Duration = Duration::from_secs(30);

impl Client {
    /// A client. `timeout` bounds one request from connect to the last byte.
    ///
    /// Nothing is retried and no redirect is followed: a redirect would carry `x-api-key` to another host, and a 307
    /// would repeat the POST. Connections that were idle for some seconds are not used again, since one that the
    /// server has just closed would lose a POST's response.
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
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("enrow-phone/", env!("CARGO_PKG_VERSION")));
        if base_url.is_loopback() {
            // Nothing on this machine is reached through a proxy, and needs no certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Ok(Self {
            http: builder.build()?,
            base_url,
            silence: LONGEST_SILENCE.min(timeout),
            timeout,
            last_exchange: Arc::default(),
        })
    }

    /// Whether an answer came so shortly ago that its connection is taken to be up.
    pub(super) fn is_connected(&self) -> bool {
        let last = *self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < WARM)
    }

    /// Notes that a connection is up, and writes the log.
    pub(super) fn conclude(
        &self,
        method: &str,
        path: &str,
        started: Instant,
        sent: usize,
        delivery: &Delivery,
    ) {
        if matches!(delivery, Delivery::Answered(response) if response.truncated.is_none()) {
            let mut last = self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some(Instant::now());
        }
        log(method, path, started, sent, delivery);
    }

    /// Asks Enrow to start a batch. **Reserves credits**, so its claim must be durable before this is called. Sent
    /// once, never repeated. Source: Enrow API, POST /phone/bulk.
    pub(crate) async fn post_bulk(&self, body: Vec<u8>, gate: &SendGate) -> Delivery {
        self.post("/phone/bulk", body, gate).await
    }

    /// Asks Enrow for one person. **Reserves credits**; the same care as [`Client::post_bulk`]. Source: Enrow API,
    /// POST /phone/single.
    pub(crate) async fn post_single(&self, body: Vec<u8>, gate: &SendGate) -> Delivery {
        self.post("/phone/single", body, gate).await
    }

    async fn post(&self, path: &'static str, body: Vec<u8>, gate: &SendGate) -> Delivery {
        let (started, sent) = (Instant::now(), body.len());
        let body = TimedBody::new(body, gate.clone());
        let request = self
            .http
            .post(self.base_url.url(path))
            .timeout(self.timeout)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(reqwest::Body::wrap(body));
        let delivery = match request.send().await {
            Ok(response) => {
                let response = HttpResponse::receive(response, LARGEST_ANSWER, self.timeout).await;
                Delivery::Answered(response)
            }
            Err(error) => not_answered(&error, gate),
        };
        self.conclude("POST", path, started, sent, &delivery);
        delivery
    }
}

/// Which errors mean that nothing was sent: those of connecting (refused, no such host, no TLS, a proxy that said no), of
/// building the request, and every one that comes before the connection asked for the body. Any other error can come
/// after the request was read, so the batch may have been taken.
fn not_answered(error: &reqwest::Error, gate: &SendGate) -> Delivery {
    let message = transport::reason(error);
    if error.is_connect() || error.is_builder() || gate.withdraw() {
        Delivery::NotSent(message)
    } else {
        Delivery::Lost(message)
    }
}

/// One line a request for `-vv`; never a body, a number or the key.
fn log(method: &str, path: &str, started: Instant, sent: usize, delivery: &Delivery) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match delivery {
        Delivery::Answered(response) => {
            tracing::debug!(
                method,
                path,
                status = response.status,
                sent,
                received = response.body.len(),
                request_id = response.request_id,
                truncated = response.truncated,
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
