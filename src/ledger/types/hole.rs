//! Why somebody still waits.

/// Why there is no answer for a search of a batch that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hole {
    /// Enrow gave no result for it.
    NoResult,
    /// Enrow calls it `ongoing`.
    Ongoing,
    /// Enrow calls it found and gives no number.
    NumberMissing,
    /// Enrow answered with a word that is not in its contract.
    UnknownWord,
    /// A result points to it, but is not proven to be its own.
    NotProven,
    /// Results contradict each other.
    Contradicted,
}
