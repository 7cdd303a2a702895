//! An answer before it becomes bytes.

use super::faults::Sent;
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

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
