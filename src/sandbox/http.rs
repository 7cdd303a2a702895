//! HTTP/1.1 on a socket, as much of it as the API needs, and every way in which it can break off.

use super::reply::{Reply, reason};
use super::types::Endpoint;
use std::time::{Duration, SystemTime};
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
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// With names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// What came from the caller.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Nothing more.
    End,
    /// Something that is no request, or none that is taken; the connection cannot be used any more.
    Bad(Reply),
    Request(Request),
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The connection is kept for the next request.
    Keep,
    /// The connection is closed.
    Close,
    /// Only so many bytes of the body are written; then the connection is closed.
    CloseAfter(usize),
    /// Only so many bytes of the body are written; then nothing happens until the caller leaves.
    StallAfter(usize),
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        // Small answers must not wait for a full packet. The worst that a failure costs is that delay.
        drop(stream.set_nodelay(true));
        Self { stream, buffer: Vec::new() }
    }

    /// Waits for the first byte of a request; false where none comes any more.
    pub(super) async fn begins(&mut self) -> bool {
        !self.buffer.is_empty() || self.read().await
    }

    pub(super) async fn request(&mut self) -> Incoming {
        let bad = |status| Incoming::Bad(Reply::message(status, reason(status)));
        let end = loop {
            let end = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            match end {
                _ if end.unwrap_or(self.buffer.len()) > HEAD_LIMIT => return bad(431),
                Some(end) => break end,
                None if self.read().await => {}
                None => return Incoming::End,
            }
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        let Some(mut request) = parse(&String::from_utf8_lossy(&head)) else { return bad(400) };
        if !is_served(request.header("host")) {
            return bad(421);
        }
        if request.header("transfer-encoding").is_some() {
            return bad(411);
        }
        let Ok(length) = request.header("content-length").unwrap_or("0").parse::<usize>() else {
            return bad(400);
        };
        if length > BODY_LIMIT {
            return bad(413);
        }
        let expects = request
            .header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
        if expects && self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err() {
            return Incoming::End;
        }
        while self.buffer.len() < length {
            if !self.read().await {
                return Incoming::End;
            }
        }
        request.body = self.buffer.drain(..length).collect();
        Incoming::Request(request)
    }

    /// Writes an answer; false where the connection is of no more use.
    pub(super) async fn answer(&mut self, reply: &Reply, end: End) -> bool {
        let close = if end == End::Keep { "" } else { "connection: close\r\n" };
        let mut bytes = format!(
            "HTTP/1.1 {} {}\r\ncontent-length: {}\r\n{close}",
            reply.status,
            reason(reply.status),
            reply.body.len(),
        );
        if !reply.headers.iter().any(|(name, _)| *name == "date") {
            bytes.push_str(&format!("date: {}\r\n", date(0)));
        }
        for (name, value) in &reply.headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str("\r\n");
        let body = match end {
            End::Keep | End::Close => reply.body.len(),
            End::CloseAfter(length) | End::StallAfter(length) => length.min(reply.body.len()),
        };
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(&reply.body[..body]);
        if self.stream.write_all(&bytes).await.is_err() {
            return false;
        }
        if matches!(end, End::StallAfter(_)) {
            self.left().await;
        }
        end == End::Keep
    }

    /// Ends the connection with a TCP reset.
    pub(super) fn reset(self) {
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

impl Request {
    pub(super) fn endpoint(&self) -> Endpoint {
        let path = self.target.split('?').next().unwrap_or_default();
        Endpoint::of(&self.method, path)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query; `None` where it is missing or empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let (_, value) = pairs.find(|(known, _)| known == name)?;
        (!value.is_empty()).then(|| value.into_owned())
    }

    pub(super) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// A `Date` that is wrong by so many seconds.
pub(super) fn date(shift: i64) -> String {
    let (now, by) = (SystemTime::now(), Duration::from_secs(shift.unsigned_abs()));
    let shifted = if shift < 0 { now.checked_sub(by) } else { now.checked_add(by) };
    httpdate::fmt_http_date(shifted.unwrap_or(now))
}

fn parse(head: &str) -> Option<Request> {
    let mut lines = head.trim_end().split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return None;
    }
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: lines.map(header).collect::<Option<_>>()?,
        body: Vec::new(),
    })
}

/// Whether a `Host` names this machine. A web page that leads its own name to 127.0.0.1 sends that name. The port may be
/// that of a proxy in front.
fn is_served(host: Option<&str>) -> bool {
    let Some((name, port)) = host.and_then(|host| host.rsplit_once(':')) else { return false };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    port.parse::<u16>().is_ok() && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}
