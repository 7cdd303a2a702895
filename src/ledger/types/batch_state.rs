//! A batch's number, and where in its life it is.

/// A batch in the ledger, before and after Enrow gave it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNo(pub(in crate::ledger) i64);

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
    /// May have been taken and paid: nobody can tell.
    Unknown,
}
