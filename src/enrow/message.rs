//! What an error body says.

use super::json;
use crate::text::{sanitize, sanitize_within};

/// The longest text of a server that is shown, in characters.
const LONGEST: usize = 200;

/// Text of a server, made safe to show.
pub(super) fn clean(text: &str) -> String {
    sanitize_within(text, LONGEST).into_string()
}

/// What a body says, in the two shapes that the API documents: `message`, or `reason` on the single endpoint. Of any
/// other body only kind and length: what cannot be read may hold people's data.
pub(super) fn of_body(body: &[u8]) -> String {
    documented(body).unwrap_or_else(|| kind(body))
}

/// The `message` or `reason` of a body.
pub(super) fn documented(body: &[u8]) -> Option<String> {
    let text = json::text_of(body);
    let [message, reason] = json::fields(&text, ["message", "reason"])?;
    let said = [message, reason].into_iter().find(|json| json.starts_with('"'))?;
    let said = without_people(&json::text(said)?);
    (!said.is_empty()).then_some(said)
}

fn kind(body: &[u8]) -> String {
    let text = json::text_of(body);
    let start = text.trim_start();
    let kind = match start.chars().next() {
        None => return "an empty answer".to_owned(),
        Some('<') => "a web page instead of an answer",
        Some('{') if json::fields(start, []).is_some() => "JSON without a message",
        Some('{' | '[') => "JSON that is damaged or of another kind",
        Some(_) => "text that is not JSON",
    };
    format!("{kind}, {} bytes", body.len())
}

/// Whether a body is a page for people, which the API never gives.
pub(super) fn is_web_page(body: &[u8]) -> bool {
    json::text_of(body).trim_start().starts_with('<')
}

/// A message without addresses and numbers of people, which a server may quote from a search.
fn without_people(message: &str) -> String {
    let names_somebody = |word: &str| {
        word.contains('@')
            || word.contains("://")
            || word.contains("/in/")
            || word.chars().filter(char::is_ascii_digit).count() > 6
    };
    let words: Vec<&str> = message
        .split_whitespace()
        .map(|word| if names_somebody(word) { "[...]" } else { word })
        .collect();
    clean(&sanitize(&words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_in_every_shape_of_an_error() {
        for (body, message) in [
            (&br#"{"message":"Insufficient credits"}"#[..], "Insufficient credits"),
            (br#"{"reason":"Insufficient credits","success":false}"#, "Insufficient credits"),
            (br#"{"message":null,"reason":"No"}"#, "No"),
            (b"\xef\xbb\xbf{\"message\":\"No\"}", "No"),
            (br#"{"message":"a\u001b[2Jb\u202e"}"#, "a [2Jb"),
            (
                br#"{"message":"Invalid linkedin_url https://www.linkedin.com/in/ada on search 7"}"#,
                "Invalid linkedin_url [...] on search 7",
            ),
        ] {
            assert_eq!(of_body(body), message);
        }
        let long = format!("{{\"message\":\"{}\"}}", "x".repeat(5000));
        assert_eq!(of_body(long.as_bytes()).chars().count(), LONGEST + 1);
    }

    #[test]
    fn what_cannot_be_read_is_never_quoted() {
        for (body, message) in [
            (&b"<html><h1>Ada"[..], "a web page instead of an answer, 13 bytes"),
            (b"", "an empty answer"),
            (b" \n", "an empty answer"),
            (b"Ada +15705551234", "text that is not JSON, 16 bytes"),
            (br#"{"results":["Ada"]}"#, "JSON without a message, 19 bytes"),
            (br#"{"message":{"name":"Ada"}}"#, "JSON without a message, 26 bytes"),
            (br#"[{"name":"Ada"}]"#, "JSON that is damaged or of another kind, 16 bytes"),
            (br#"{"message":"Ada"#, "JSON that is damaged or of another kind, 15 bytes"),
        ] {
            assert_eq!(of_body(body), message);
        }
    }
}
