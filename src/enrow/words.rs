//! Text from the network, made harmless.

use serde::Deserialize;

/// The longest text of a server that is shown.
const LONGEST: usize = 200;

/// Text that a terminal can be shown: no control characters, no line breaks, no direction marks, of bounded length.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !is_invisible(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(&word);
        if plain.chars().count() > LONGEST {
            return plain.chars().take(LONGEST).chain(['…']).collect();
        }
    }
    plain
}

/// Characters that change how the text around them is shown.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What an error body says, whichever of its shapes it has: `message`, or `reason` on the single endpoint.
pub(super) fn of_body(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Shape {
        message: Option<String>,
        reason: Option<String>,
    }
    if let Ok(Shape { message: Some(words), .. } | Shape { reason: Some(words), .. }) =
        serde_json::from_slice(body)
    {
        return plain(&words);
    }
    let text = String::from_utf8_lossy(body);
    let start = text.trim_start();
    if start.is_empty() {
        "an empty answer".to_owned()
    } else if is_web_page(body) {
        "a web page instead of an answer".to_owned()
    } else {
        plain(start)
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
    fn a_server_cannot_write_to_the_terminal() {
        assert_eq!(plain("bad\u{1b}[2J\r\nkey\u{202e}\u{7}"), "bad [2J key");
        assert_eq!(plain(&"x".repeat(5000)).chars().count(), LONGEST + 1);
    }

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
