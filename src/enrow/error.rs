//! What can go wrong with a GET.

use crate::units::Moment;
use std::fmt;

/// Why a GET will not be answered, however often it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// The key is wrong, or its plan has no phone search.
    #[error("Enrow refused the API key ({status}: \"{message}\")")]
    Key { status: u16, message: String },
    /// Enrow does not know this id: not yet, no longer, or not with this key.
    #[error("Enrow does not know this batch ({status}: \"{message}\")")]
    UnknownId {
        status: u16,
        message: String,
        /// When it said so, by its own clock.
        served: Option<Moment>,
    },
    #[error("Enrow refused the question ({status}: \"{message}\")")]
    Refused { status: u16, message: String },
    /// No usable answer within the caller's [`RetryPolicy`](super::RetryPolicy).
    #[error("{}", .0.in_full())]
    NoAnswer(RetryCause),
    #[error("Enrow gives no readable balance")]
    UnreadableBalance,
}

/// Why a GET is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RetryCause {
    /// An answer came, but not one of Enrow's usual ones: Enrow is in trouble, or it is a proxy's.
    Answered(String),
    /// Nothing came back, or not all of it.
    Unanswered(String),
    /// The certificate at the other end is not trusted, so nothing was sent.
    Untrusted(String),
}

impl RetryCause {
    fn in_full(&self) -> String {
        match self {
            Self::Answered(why) => format!("Enrow gives no usable answer: {why}"),
            Self::Unanswered(why) => format!("cannot reach Enrow: {why}"),
            Self::Untrusted(why) => format!("cannot trust what answers for Enrow: {why}"),
        }
    }
}

impl fmt::Display for RetryCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(why) | Self::Unanswered(why) | Self::Untrusted(why) => f.write_str(why),
        }
    }
}
