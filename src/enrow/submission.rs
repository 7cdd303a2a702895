//! What the response to a POST means for the money.

use super::{HttpResponse, Refusal, json, message};
use crate::batch::{BatchId, CreditSplit};
use crate::units::Credits;

/// What is known after a POST that should have started a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Submission {
    /// Enrow answered with the batch's id.
    Taken(Taken),
    /// Certainly not taken, nothing paid: an answer that the contract lists, with the message that it lists.
    Refused(Refusal),
    /// May have been taken and paid. Not sent again without proof or a person's word.
    Unknown(LostAnswer),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// By this id it can be collected.
    pub id: BatchId,
    /// What Enrow reserved for it: the largest of all that the answer states. 0 is no statement.
    pub reserved: Option<Credits>,
    /// Where the credits come from, where the answer says so.
    pub split: Option<CreditSplit>,
}

/// Why nobody can tell whether a batch was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostAnswer(pub String);

impl Submission {
    /// Reads the response to a POST. Never fails: what cannot be read is [`Submission::Unknown`], and so is every
    /// status and message that the contract does not list. They may be a proxy's, which says nothing about the batch.
    pub(crate) fn read(response: &HttpResponse) -> Self {
        let HttpResponse { status, wait, body, truncated, .. } = response;
        let unknown = || {
            let said = match status {
                300..=399 => "a redirect, which is not followed".to_owned(),
                _ => format!("{:?}", message::of_body(body)),
            };
            Self::Unknown(LostAnswer(format!("Enrow answered {status}: {said}")))
        };
        match (*status, message::documented(body)) {
            (200..=299, _) => match taken(body) {
                Some(taken) => Self::Taken(taken),
                None => Self::Unknown(LostAnswer(match truncated {
                    Some(truncated) => format!("the answer ({status}) was cut short: {truncated}"),
                    None => {
                        format!("the answer ({status}) has no batch id: {}", message::of_body(body))
                    }
                })),
            },
            (400, Some(message)) => Self::Refused(Refusal::bad_request(message)),
            (401, Some(message)) if is_about_the_key(&message) => {
                Self::Refused(Refusal::Key { status: 401, message })
            }
            (402, Some(message)) => Self::Refused(Refusal::Credits(message)),
            // `Insufficient balance` on older pages.
            (422, Some(message)) if is_about_credits(&message) => {
                Self::Refused(Refusal::Credits(message))
            }
            (429, _) => Self::Refused(Refusal::Busy { wait: *wait }),
            (_, Some(_) | None) => unknown(),
        }
    }
}

/// The messages that the contract lists for 401.
fn is_about_the_key(message: &str) -> bool {
    let message = message.to_lowercase();
    ["apikey", "api key", "not allowed to use"].iter().any(|words| message.contains(words))
}

fn is_about_credits(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("balance") || message.contains("credit")
}

/// Reads an acceptance. Only the id matters; nothing else may keep it from being read, not even a broken rest.
fn taken(body: &[u8]) -> Option<Taken> {
    let text = json::text_of(body);
    let Some([id, used, credits]) = json::fields(&text, ["id", "credits_used", "credits"]) else {
        return Some(Taken { id: json::id_in(&text)?, reserved: None, split: None });
    };
    let [amount, split] = json::fields(credits, ["amount", "split"]).unwrap_or_default();
    let [sub, paygo] =
        json::fields(split, ["fromSub", "fromPaygo"]).unwrap_or_default().map(json::clamped);
    let split = (sub.is_some() || paygo.is_some()).then(|| CreditSplit {
        subscription: Credits(sub.unwrap_or(0)),
        pay_as_you_go: Credits(paygo.unwrap_or(0)),
    });
    let in_split = split.map(|split| split.subscription.saturating_add(split.pay_as_you_go));
    let stated = [used, amount].map(|json| json::clamped(json).map(Credits));
    let reserved = stated.into_iter().chain([in_split]).flatten().max();
    Some(Taken {
        id: BatchId::parse(&json::text(id)?)?,
        reserved: reserved.filter(|credits| *credits > Credits::ZERO),
        split,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Submission {
        let body = body.as_bytes().to_vec();
        Submission::read(&HttpResponse { body, status, ..HttpResponse::default() })
    }

    fn taken(body: &str) -> Taken {
        match read(201, body) {
            Submission::Taken(taken) => taken,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn the_documented_acceptance_is_read() {
        let taken = taken(
            r#"{"id":"e3b61122-d6a6-4ea7-b331-9b734682a76a","message":"Bulk search operating","credits_used":80,
                "estimated_duration":1,"credits":{"amount":80,"source":"sub","split":{"fromPaygo":30,"fromSub":50}}}"#,
        );
        assert_eq!(taken.id.as_str(), "e3b61122-d6a6-4ea7-b331-9b734682a76a");
        assert_eq!(taken.reserved, Some(Credits(80)));
        let split = CreditSplit { subscription: Credits(50), pay_as_you_go: Credits(30) };
        assert_eq!(taken.split, Some(split));
    }

    #[test]
    fn an_id_survives_every_change_around_it() {
        for body in [
            r#"{"id":"abc-1"}"#,
            r#"{"credits_used":"80","id":"abc-1","estimated_duration":null}"#,
            r#"{"id": "abc-1", "credits_used": {"surprise": true}}"#,
            r#"{"id":"abc-1","credits_used":18446744073709551616,"credits":[]}"#,
            r#"{"id":"abc-1","message":"\ud800"}"#,
            r#"{"id":["abc-1"]}"#,
            "\u{feff}{\"id\":\"abc-1\"}",
            r#"{"id":"abc-1","message":"Bulk sea"#,
        ] {
            assert_eq!(taken(body).id.as_str(), "abc-1", "{body}");
        }
        assert_eq!(taken(r#"{"id":17}"#).id.as_str(), "17");
    }

    #[test]
    fn what_is_reserved_is_the_largest_statement_and_fits_the_ledger() {
        let most = i64::MAX.unsigned_abs();
        for (body, reserved) in [
            (r#""credits_used":80"#, Some(80)),
            (r#""credits_used":0,"credits":{"amount":80}"#, Some(80)),
            (r#""credits_used":40,"credits":{"amount":80}"#, Some(80)),
            (r#""credits":{"split":{"fromSub":50,"fromPaygo":"40"}}"#, Some(90)),
            (r#""credits":{"split":{"fromSub":50}}"#, Some(50)),
            (r#""credits":{"split":{"fromPaygo":40}}"#, Some(40)),
            (r#""credits_used":0"#, None),
            (r#""credits_used":-80"#, None),
            (r#""credits_used":9223372036854775808"#, Some(most)),
            (r#""credits_used":1e300"#, Some(most)),
        ] {
            let taken = taken(&format!(r#"{{"id":"abc-1",{body}}}"#));
            assert_eq!(taken.reserved, reserved.map(Credits), "{body}");
        }
    }

    #[test]
    fn only_what_the_contract_lists_is_a_refusal() {
        for (status, body) in [
            (200, "<html>"),
            (201, "{}"),
            (201, r#"{"id":"abc-1"#),
            (301, ""),
            (303, ""),
            (307, ""),
            (400, "<html>"),
            (400, "{}"),
            (400, ""),
            (401, "<html>"),
            (401, r#"{"message":"Proxy authentication required"}"#),
            (402, "<html>"),
            (403, r#"{"message":"Forbidden"}"#),
            (404, r#"{"message":"Not Found"}"#),
            (405, ""),
            (408, ""),
            (409, r#"{"message":"Conflict"}"#),
            (413, ""),
            (422, r#"{"message":"Unprocessable"}"#),
            (424, ""),
            (499, ""),
            (500, r#"{"message":"x"}"#),
            (502, ""),
            (503, ""),
            (504, ""),
            (524, ""),
        ] {
            assert!(matches!(read(status, body), Submission::Unknown(_)), "{status} {body}");
        }
    }

    #[test]
    fn an_answer_without_an_id_is_not_quoted() {
        for (status, body) in [(201, r#"{"result":{"name":"Ada"}}"#), (500, "Ada +15705551234")] {
            let Submission::Unknown(LostAnswer(why)) = read(status, body) else { panic!("{body}") };
            assert!(!why.contains("Ada"), "{why}");
        }
    }

    #[test]
    fn each_refusal_is_known_by_its_message() {
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
        assert!(matches!(said(400, "Missing payload"), Refusal::Request(_)));
        assert!(matches!(said(400, "Something else"), Refusal::Request(_)));
        assert!(matches!(said(402, "Insufficient credits"), Refusal::Credits(_)));
        assert!(matches!(said(422, "Insufficient balance"), Refusal::Credits(_)));
        assert!(matches!(said(429, "Too Many Requests"), Refusal::Busy { .. }));
        for message in [
            "This apikey is not valid",
            "No apikey found in the x-api-key headers",
            "This account is not allowed to use the phone search feature",
        ] {
            assert!(matches!(said(401, message), Refusal::Key { .. }), "{message}");
        }
    }
}
