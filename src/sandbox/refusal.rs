//! What the API says when it does not do what it was asked.

use super::reply::Reply;
use super::shapes::{Message, Reason, Shapes};

/// Why a request is turned down, with the words of the reference pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    InsufficientCredits(Asked),
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
    UnknownId(Asked),
}

/// Which of the two kinds of endpoint was asked: they word the same refusal differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Bulk,
    Single,
}

impl Refusal {
    pub(super) fn reply(&self, shapes: Shapes) -> Reply {
        if let Self::InsufficientCredits(Asked::Single) = self {
            return Reply::json(402, &Reason { reason: "Insufficient credits", success: false });
        }
        let (status, message) = self.words(shapes);
        Reply::json(status, &Message { message: &message })
    }

    fn words(&self, shapes: Shapes) -> (u16, String) {
        let (status, message) = match self {
            Self::InsufficientCredits(_) => match shapes {
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
                return (400, message);
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
                return (400, message);
            }
            Self::UnknownId(Asked::Bulk) => (400, "Could not retrieve bulk search results"),
            Self::UnknownId(Asked::Single) => (500, "Could not retrieve single search result"),
        };
        (status, message.to_owned())
    }
}
