//! A batch's number, and where in its life it is.

use crate::batch::BatchId;

/// A batch in the ledger, before and after Enrow gave it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNo(pub(in crate::ledger) i64);

/// The prefix of the handle of a batch without an id from Enrow. No id from Enrow begins with it.
const HANDLE: &str = "unclear-";

impl BatchNo {
    pub(crate) fn handle(self) -> BatchId {
        BatchId::parse(&format!("{HANDLE}{}", self.0))
            .expect("letters, digits and a hyphen are an id")
    }

    /// The batch that a person names by its handle.
    pub(crate) fn of_handle(id: &BatchId) -> Option<Self> {
        id.as_str().strip_prefix(HANDLE)?.parse().ok().map(Self)
    }
}

/// The life of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchState {
    /// Claimed. Its POST is about to leave or on its way.
    Sending,
    /// Enrow took it and has not finished it.
    Running,
    /// Enrow finished it, and its answers are recorded.
    Completed,
    /// Enrow ended it without answers.
    Failed,
    /// Enrow may have taken it, and it may be paid: nobody knows.
    Unknown,
    /// It was unknown until a user opened its people again. If it turns up, its answers still count.
    Resubmitted,
}

impl BatchState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Resubmitted => "resubmitted",
        }
    }
}
