//! What the API says when it does not do what it was asked.

use super::reply::Reply;
use super::types::{Kind, Shapes};
use serde_json::json;

/// Why a request is turned down, with the words of the reference pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    InsufficientCredits(Kind),
    InvalidProfile,
    InvalidWebhook,
    KeyMissing,
    KeyUnknown,
    MissingId,
    MissingPayload,
    MissingProperty { number: usize, of: usize },
    MissingPropertyOfOne,
    NoSearches,
    PhonesNotAllowed,
    TooManyRequests,
    TooManySearches { limit: usize },
    UnknownId(Kind),
}

impl Refusal {
    pub(super) fn reply(&self, shapes: Shapes) -> Reply {
        let (status, message) = match self {
            Self::InsufficientCredits(Kind::Single) => {
                return Reply::json(
                    402,
                    &json!({"reason": "Insufficient credits", "success": false}),
                );
            }
            Self::InsufficientCredits(Kind::Bulk) => match shapes {
                Shapes::Newest => (402, "Insufficient credits"),
                Shapes::Older => (422, "Insufficient balance"),
            },
            Self::InvalidProfile => (400, "Invalid linkedin_url"),
            Self::InvalidWebhook => (400, "Invalid webhook"),
            Self::KeyMissing => (401, "No apikey found in the x-api-key headers"),
            Self::KeyUnknown => (401, "This apikey is not valid"),
            Self::MissingId => (400, "Missing id in the query params"),
            Self::MissingPayload => (400, "Missing payload"),
            Self::MissingProperty { number, of } => {
                let message = format!("Missing mandatory property on search n°{number} of {of}");
                return Reply::message(400, &message);
            }
            Self::MissingPropertyOfOne => (400, "Missing mandatory property"),
            Self::NoSearches => (400, "At least 1 phone search must be present in the payload"),
            Self::PhonesNotAllowed => {
                (401, "This account is not allowed to use the phone search feature")
            }
            Self::TooManyRequests => (429, "Too Many Requests"),
            Self::TooManySearches { limit } => {
                let message =
                    format!("Too many searches. Limit is currently at {limit} per batch.");
                return Reply::message(400, &message);
            }
            Self::UnknownId(Kind::Bulk) => (400, "Could not retrieve bulk search results"),
            Self::UnknownId(Kind::Single) => (500, "Could not retrieve single search result"),
        };
        Reply::message(status, message)
    }
}
