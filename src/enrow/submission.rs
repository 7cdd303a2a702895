//! What a POST's answer means for the money.

use super::{HttpResponse, message};
use crate::batch::BatchId;
use crate::units::Credits;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// What is known after a POST that should have started a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Submission {
    /// Enrow answered with the batch's id.
    Taken(Taken),
    /// Certainly not taken, nothing paid.
    Refused(Refusal),
    /// May have been taken and paid. Not sent again without proof or a person's word.
    Unknown(LostAnswer),
}

/// A batch that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// By this id it can be collected.
    pub(crate) id: BatchId,
    /// What Enrow reserved for it, where it said so.
    pub(crate) reserved: Option<Credits>,
}

/// Why a batch was certainly not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The key is wrong, or its plan has no phone search.
    Key {
        /// HTTP status.
        status: u16,
        /// The API's words.
        message: String,
    },
    /// The credits do not cover it.
    Credits(String),
    /// It has more searches than the API takes at the moment.
    TooMany {
        /// The limit in force.
        limit: usize,
    },
    /// One search is not acceptable, and named.
    Row {
        /// Its place, from 0.
        place: usize,
        /// The API's words.
        message: String,
    },
    /// The request is not acceptable, and the words sound like one of its searches.
    SomeRow(String),
    /// The request is not acceptable, for whatever reason.
    Request {
        /// HTTP status.
        status: u16,
        /// The API's words.
        message: String,
    },
    /// Too many POSTs in a second.
    Busy {
        /// How long the API asks to wait.
        wait: Option<Duration>,
    },
    /// The request never left: connection refused, no such host, no trusted TLS connection.
    NotSent(String),
}

/// Why nobody can tell whether a batch was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostAnswer(pub String);

impl Submission {
    /// Reads the answer to a POST. Never fails: what cannot be read is [`Submission::Unknown`].
    pub(crate) fn read(answer: &HttpResponse) -> Self {
        let HttpResponse { status, wait, body, truncated, .. } = answer;
        let message = || message::of_body(body);
        match *status {
            200..=299 => match taken(body) {
                Some(taken) => Self::Taken(taken),
                None => Self::Unknown(LostAnswer(match truncated {
                    Some(truncated) => format!("the answer ({status}) was cut short: {truncated}"),
                    None => format!("the answer ({status}) has no batch id: {}", message()),
                })),
            },
            400 => Self::Refused(bad_request(message())),
            status @ (401 | 403) => Self::Refused(Refusal::Key { status, message: message() }),
            // 422 `Insufficient balance` on older pages.
            402 => Self::Refused(Refusal::Credits(message())),
            422 if message().to_lowercase().contains("balance")
                || message().to_lowercase().contains("credit") =>
            {
                Self::Refused(Refusal::Credits(message()))
            }
            429 => Self::Refused(Refusal::Busy { wait: *wait }),
            // A redirect is not followed: it would carry the key along. Whoever sends one did not take the batch,
            // except 303, which is said after the deed.
            300..=302 | 304..=308 => Self::Refused(Refusal::Request {
                status: *status,
                message: "a redirect, which is not followed".to_owned(),
            }),
            // 408 and 499 are said by proxies that gave up waiting, whatever the server behind them did.
            404..=407 | 409..=428 => {
                Self::Refused(Refusal::Request { status: *status, message: message() })
            }
            _ => Self::Unknown(LostAnswer(format!("Enrow answered {status}: {:?}", message()))),
        }
    }
}

/// Reads a 400. The messages are those of the API page; the one that names a row is documented on the sister endpoint.
fn bad_request(message: String) -> Refusal {
    let lower = message.to_lowercase();
    if lower.contains("too many searches")
        && let Some(limit) = first_number(&lower).filter(|limit| *limit > 0)
    {
        return Refusal::TooMany { limit };
    }
    if let Some((_, after)) =
        lower.split_once("search n").filter(|(_, rest)| rest.starts_with(['°', 'º', 'o', '.', ' ']))
        && let Some(place) = first_number(after).and_then(|number| number.checked_sub(1))
    {
        return Refusal::Row { place, message };
    }
    if lower.contains("payload") {
        return Refusal::Request { status: 400, message };
    }
    let fields = ["linkedin_url", "firstname", "lastname", "company_name", "company_domain"];
    if fields.iter().any(|field| lower.contains(field)) {
        return Refusal::SomeRow(message);
    }
    Refusal::Request { status: 400, message }
}

fn first_number(text: &str) -> Option<usize> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits: String = text[start..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Reads an acceptance. Only the id matters; nothing else may keep it from being read, not even a broken rest.
fn taken(body: &[u8]) -> Option<Taken> {
    #[derive(Deserialize)]
    struct Shape {
        id: String,
        credits_used: Option<Value>,
        credits: Option<Value>,
    }
    let Ok(shape) = serde_json::from_slice::<Shape>(body) else {
        return Some(Taken { id: id_in(&String::from_utf8_lossy(body))?, reserved: None });
    };
    let amount = || whole(shape.credits.as_ref()?.get("amount")?);
    let reserved = shape.credits_used.as_ref().and_then(whole).or_else(amount).map(Credits);
    Some(Taken { id: BatchId::parse(&shape.id)?, reserved })
}

/// A count, written as a number or as a string.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The id in a body that is no JSON any more, for instance because its end is missing.
fn id_in(text: &str) -> Option<BatchId> {
    let rest = text
        .split_once("\"id\"")?
        .1
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    BatchId::parse(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Submission {
        Submission::read(&HttpResponse {
            status,
            wait: None,
            body: body.as_bytes().to_vec(),
            request_id: None,
            truncated: None,
        })
    }

    #[test]
    fn the_documented_acceptance_is_read() {
        let Submission::Taken(taken) = read(
            201,
            r#"{"id":"e3b61122-d6a6-4ea7-b331-9b734682a76a","message":"Bulk search operating","credits_used":80,
                "estimated_duration":1,"credits":{"amount":80,"source":"sub","split":{"fromPaygo":0,"fromSub":80}}}"#,
        ) else {
            panic!("not taken")
        };
        assert_eq!(taken.id.as_str(), "e3b61122-d6a6-4ea7-b331-9b734682a76a");
        assert_eq!(taken.reserved, Some(Credits(80)));
    }

    #[test]
    fn an_id_survives_every_change_around_it() {
        for body in [
            r#"{"id":"abc-1"}"#,
            r#"{"credits_used":"80","id":"abc-1","estimated_duration":null}"#,
            r#"{"id": "abc-1", "credits_used": {"surprise": true}}"#,
            r#"{"id":"abc-1","message":"Bulk sea"#,
        ] {
            let Submission::Taken(taken) = read(201, body) else { panic!("{body}") };
            assert_eq!(taken.id.as_str(), "abc-1");
        }
    }

    #[test]
    fn only_certain_refusals_are_refusals() {
        for (status, body) in [
            (200, "<html>"),
            (201, "{}"),
            (201, r#"{"id":"abc-1"#),
            (303, ""),
            (408, ""),
            (499, ""),
            (500, r#"{"message":"x"}"#),
            (502, ""),
            (503, ""),
            (504, ""),
            (524, ""),
        ] {
            assert!(matches!(read(status, body), Submission::Unknown(_)), "{status} {body}");
        }
        for status in [301, 302, 307, 400, 401, 402, 403, 404, 413, 429] {
            assert!(matches!(read(status, "{}"), Submission::Refused(_)), "{status}");
        }
    }

    #[test]
    fn each_refusal_is_known_by_its_words() {
        let said = |status: u16, message: &str| match read(
            status,
            &format!("{{\"message\":\"{message}\"}}"),
        ) {
            Submission::Refused(refusal) => refusal,
            other => panic!("{message}: {other:?}"),
        };
        assert_eq!(
            said(400, "Too many searches. Limit is currently at 500 per batch."),
            Refusal::TooMany { limit: 500 }
        );
        assert!(matches!(
            said(400, "Missing mandatory property on search n°8 of 50"),
            Refusal::Row { place: 7, .. }
        ));
        assert!(matches!(said(400, "Invalid linkedin_url"), Refusal::SomeRow(_)));
        assert!(matches!(said(400, "Missing payload"), Refusal::Request { .. }));
        assert!(matches!(said(400, "Something else"), Refusal::Request { .. }));
        assert!(matches!(said(422, "Insufficient balance"), Refusal::Credits(_)));
        assert!(matches!(said(401, "This apikey is not valid"), Refusal::Key { .. }));
    }
}
