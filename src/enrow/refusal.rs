//! Why Enrow did not take a batch.

use std::time::Duration;

/// Why a batch was certainly not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The key is wrong, or its plan has no phone search.
    Key { status: u16, message: String },
    /// The credits do not cover it.
    Credits(String),
    /// It has more searches than the API takes at the moment.
    TooMany { limit: usize },
    /// One search is not acceptable, and named.
    Row {
        /// Its place, from 0.
        place: usize,
        message: String,
    },
    /// The request is not acceptable, and the message sounds like one of its searches.
    SomeRow(String),
    /// The request is not acceptable, for whatever reason (400).
    Request(String),
    /// Too many POSTs in a second.
    Busy {
        /// How long the API asks to wait.
        wait: Option<Duration>,
    },
    /// The request never left: connection refused, no such host, no trusted TLS connection.
    NotSent(String),
}

impl Refusal {
    /// Reads a 400. The messages are those of the API page; the one that names a row is documented on the sister
    /// endpoint.
    pub(super) fn bad_request(message: String) -> Self {
        let lower = message.to_lowercase();
        if lower.contains("too many searches")
            && let Some(limit) = first_number(&lower).filter(|limit| *limit > 0)
        {
            return Self::TooMany { limit };
        }
        if let Some((_, after)) = lower
            .split_once("search n")
            .filter(|(_, rest)| rest.starts_with(['°', 'º', 'o', '.', ' ']))
            && let Some(place) = first_number(after).and_then(|number| number.checked_sub(1))
        {
            return Self::Row { place, message };
        }
        if lower.contains("payload") {
            return Self::Request(message);
        }
        let fields = ["linkedin_url", "firstname", "lastname", "company_name", "company_domain"];
        if fields.iter().any(|field| lower.contains(field)) {
            return Self::SomeRow(message);
        }
        Self::Request(message)
    }
}

fn first_number(text: &str) -> Option<usize> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits: String = text[start..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
