//! An answer before it becomes bytes.

use serde::Serialize;
use serde_json::json;

pub(super) const JSON: &str = "application/json; charset=utf-8";

#[derive(Debug)]
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl HttpResponse {
    pub(super) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: body.into() }
    }

    pub(super) fn json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("the answers have string keys only");
        Self::new(status, JSON, body)
    }

    /// The body of most errors.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// What a proxy in front of the API says when it has something to say.
    pub(super) fn page(status: u16) -> Self {
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
