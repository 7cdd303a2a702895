//! What an error body says.

use crate::text::sanitize_within;
use serde::Deserialize;

/// The longest text of a server that is shown, in characters.
const LONGEST: usize = 200;

/// Text of a server, made safe to show.
pub(super) fn clean(text: &str) -> String {
    sanitize_within(text, LONGEST).into_string()
}

/// What an error body says, whichever of its shapes it has: `message`, or `reason` on the single endpoint.
pub(super) fn of_body(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Shape {
        message: Option<String>,
        reason: Option<String>,
    }
    if let Ok(Shape { message: Some(message), .. } | Shape { reason: Some(message), .. }) =
        serde_json::from_slice(body)
    {
        return clean(&message);
    }
    let text = String::from_utf8_lossy(body);
    let start = text.trim_start();
    if start.is_empty() {
        "an empty answer".to_owned()
    } else if is_web_page(body) {
        "a web page instead of an answer".to_owned()
    } else {
        clean(start)
    }
}

/// Whether a body is a page for people, which the API never gives.
pub(super) fn is_web_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_shape_of_an_error() {
        assert_eq!(of_body(br#"{"message":"Insufficient credits"}"#), "Insufficient credits");
        assert_eq!(
            of_body(br#"{"reason":"Insufficient credits","success":false}"#),
            "Insufficient credits"
        );
        assert_eq!(of_body(b"<html><h1>502"), "a web page instead of an answer");
        assert_eq!(of_body(b""), "an empty answer");
    }
}
