//! What the balance experiment asks of the ledger, and what it keeps there.

use crate::units::Moment;

/// What the ledger knows of an account's credits since a moment: enough to say between which two values the balance must
/// be if none of the unclear batches was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountActivity {
    /// Grows with everything that is claimed, taken, lost, refunded or recorded, for any key of the ledger.
    pub revision: i64,
    /// Whether anything of any key is being sent or is running.
    pub active: bool,
    /// Whether no batch of any key is unclear, and none ended so recently that its refund may still be on its way. Looked
    /// at where a chain of readings begins.
    pub settled: bool,
    /// The least that this key's batches can have cost. Refunds may come before they are stated, so all of them count.
    pub spent_at_least: i64,
    /// The most that they, and batches of other keys since the moment, can have cost: no refund since then counts.
    pub spent_at_most: i64,
}

/// With more readings of a batch than this, every second one is forgotten.
pub(in crate::ledger) const MOST_READINGS: i64 = 500;

/// One balance that was read while the answer to a batch's POST was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BalanceReading {
    pub at: Moment,
    pub balance: i64,
}

/// Why an experiment ended without a proof. It is stored with the batch, so that there is no second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExperimentEnd {
    /// The answer was lost before there was a balance to compare with.
    NoBaseline,
    /// More than a minute passed without a reading.
    Gap,
    /// A reading came out of a cache, or is not dated after it was asked for.
    NotFresh,
    /// A balance that our batches cannot explain: the lost batch was charged, or somebody else changed the account.
    Contradicted,
    /// The balance never came to rest at what the ledger says.
    NeverSettled,
}

/// The stored words. They are part of the ledger's format.
impl ExperimentEnd {
    pub(in crate::ledger) fn word(self) -> &'static str {
        match self {
            Self::NoBaseline => "no_baseline",
            Self::Gap => "gap",
            Self::NotFresh => "not_fresh",
            Self::Contradicted => "contradicted",
            Self::NeverSettled => "never_settled",
        }
    }

    pub(in crate::ledger) fn of_word(word: &str) -> Option<Self> {
        [Self::NoBaseline, Self::Gap, Self::NotFresh, Self::Contradicted, Self::NeverSettled]
            .into_iter()
            .find(|end| end.word() == word)
    }
}
