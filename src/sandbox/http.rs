//! HTTP/1.1 on a socket, as much of it as the API needs, and every way in which it can break off.

use super::faults::Sent;
use super::types::Endpoint;
use httparse::Status::{Complete, Partial};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head of a request, and the longest body: several times what 3,000 searches take.
const HEAD_LIMIT: usize = 64 << 10;
const BODY_LIMIT: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// What was read and not yet used.
    buffer: Vec<u8>,
}

/// A request that was read to its end.
#[derive(Debug)]
pub(super) struct HttpRequest {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        // Small answers must not wait for a full packet. The worst that a failure costs is that delay.
        drop(stream.set_nodelay(true));
        Self { stream, buffer: Vec::new() }
    }

    /// Waits for the first byte of a request; false if none comes.
    pub(super) async fn begins(&mut self) -> bool {
        !self.buffer.is_empty() || self.read().await
    }

    /// Reads a request. An error means that the connection cannot be used again, with what to answer first, if
    /// anything.
    pub(super) async fn request(&mut self) -> Result<HttpRequest, Option<HttpResponse>> {
        let bad = |status| Some(HttpResponse::message(status, reason(status)));
        let (mut request, used) = loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut head = httparse::Request::new(&mut headers);
            match head.parse(&self.buffer).map_err(|_| bad(400))? {
                Complete(used) if used <= HEAD_LIMIT => break (HttpRequest::of(&head), used),
                Complete(_) => return Err(bad(431)),
                Partial if self.buffer.len() > HEAD_LIMIT => return Err(bad(431)),
                Partial => self.read().await.then_some(()).ok_or(None)?,
            }
        };
        self.buffer.drain(..used);
        if !is_served(request.header("host")) {
            return Err(bad(421));
        }
        if request.header("transfer-encoding").is_some() {
            return Err(bad(411));
        }
        let length: usize =
            request.header("content-length").unwrap_or("0").parse().map_err(|_| bad(400))?;
        if length > BODY_LIMIT {
            return Err(bad(413));
        }
        if request.says("expect", "100-continue") {
            let go_on = self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
            go_on.await.map_err(|_| None)?;
        }
        while self.buffer.len() < length {
            self.read().await.then_some(()).ok_or(None)?;
        }
        request.body = self.buffer.drain(..length).collect();
        Ok(request)
    }

    /// Writes an answer; false where nobody is there to read it.
    pub(super) async fn answer(&mut self, reply: &HttpResponse, is_last: bool) -> bool {
        let (status, length) = (reply.status, reply.body.len() + reply.missing);
        let mut head =
            format!("HTTP/1.1 {status} {}\r\ncontent-length: {length}\r\n", reason(status));
        if is_last {
            head.push_str("connection: close\r\n");
        }
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let bytes = [head.as_bytes(), b"\r\n", &reply.body].concat();
        self.stream.write_all(&bytes).await.is_ok()
    }

    /// Ends the connection with a TCP reset.
    pub(super) fn reset(&self) {
        // A socket that does not linger resets when it is closed. Where the system refuses, the caller sees an ordinary
        // close, which is as much a lost answer.
        drop(self.stream.set_zero_linger());
    }

    /// Completes when the caller has left.
    pub(super) async fn left(&mut self) {
        while self.read().await {
            if self.buffer.len() > HEAD_LIMIT {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Reads some bytes; false at the end.
    async fn read(&mut self) -> bool {
        self.buffer.reserve(8192);
        matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..))
    }
}

impl HttpRequest {
    fn of(head: &httparse::Request<'_, '_>) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let header = |header: &httparse::Header<'_>| {
            (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())
        };
        let headers = head.headers.iter().map(header).collect();
        Self { method: text(head.method), target: text(head.path), headers, body: Vec::new() }
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint::of(&self.method, self.target.split('?').next().unwrap_or_default())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let known = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, value)| value.as_str())
    }

    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.header(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
    }

    /// A parameter of the query; `None` where it is missing or empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let (_, value) = pairs.find(|(known, _)| known == name)?;
        (!value.is_empty()).then(|| value.into_owned())
    }
}

/// Whether a `Host` names this machine. A web page that leads its own name to 127.0.0.1 sends that name. The port may be
/// that of a proxy in front.
fn is_served(host: Option<&str>) -> bool {
    let Some((name, port)) = host.and_then(|host| host.rsplit_once(':')) else { return false };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    port.parse::<u16>().is_ok() && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}

pub(super) const JSON: &str = "application/json; charset=utf-8";

#[derive(Debug)]
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Bytes of the body that are announced and never sent.
    pub(super) missing: usize,
}

impl HttpResponse {
    pub(super) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", kind.to_owned())];
        Self { status, headers, body: body.into(), missing: 0 }
    }

    pub(super) fn json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("the answers have string keys only");
        Self::new(status, JSON, body)
    }

    /// The body of most errors.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// What is sent in its place; `None` for nothing.
    pub(super) fn lost(mut self, sent: Sent, target: &str) -> Option<Self> {
        match sent {
            Sent::Garbage => self.body = "{\"id\": \"e3b61122-d6a6-\u{fffd}".into(),
            Sent::Html(status) => return Some(Self::page(status)),
            Sent::Nothing => return None,
            Sent::Half => self.cut(self.body.len() / 2),
            Sent::Part(bytes) => self.cut(bytes),
            Sent::Redirect(status) => {
                let location = format!("/redirected{target}");
                return Some(Self::page(status).with("location", &location));
            }
            Sent::Status(status, pause) => return Some(Self::error(status, pause)),
        }
        Some(self)
    }

    fn cut(&mut self, bytes: usize) {
        self.missing = self.body.len().saturating_sub(bytes);
        self.body.truncate(bytes);
    }

    fn error(status: u16, pause: Option<Duration>) -> Self {
        let reply = Self::message(
            status,
            match status {
                401 => "This apikey is not valid",
                402 => "Insufficient credits",
                422 => "Insufficient balance",
                _ => reason(status),
            },
        );
        match pause {
            // The header knows whole seconds only (RFC 9110, 10.2.3).
            Some(pause) => reply.with("retry-after", &pause.as_secs_f64().ceil()),
            None => reply,
        }
    }

    /// What a proxy in front of the API says when it has something to say.
    fn page(status: u16) -> Self {
        let title = format!("{status} {}", reason(status));
        let head = format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n");
        let body = format!("<body><center><h1>{title}</h1></center></body></html>\n");
        Self::new(status, "text/html; charset=utf-8", head + &body)
    }

    pub(super) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

/// The standard phrase of a status.
pub(super) fn reason(status: u16) -> &'static str {
    let status = reqwest::StatusCode::from_u16(status).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}
