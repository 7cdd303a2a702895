//! What came of a POST.

use super::attempt::Readmitted;
use super::batch::BatchRecord;
use crate::batch::{BatchId, CreditSplit};
use crate::units::{Credits, HIGHEST_KNOWN_PRICE};

/// What is kept of an answer. An acceptance has a few hundred bytes.
pub(in crate::ledger) const LONGEST_SAVED: usize = 4096;

/// What an answer to a POST says, or its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostOutcome {
    Accepted(Acceptance),
    /// Enrow certainly did not take it: the claim is released.
    NotTaken,
    /// Nobody can tell whether Enrow took it.
    Unclear,
}

/// What Enrow said when it took a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    pub id: BatchId,
    pub reserved: Reserved,
    /// Where they come from, where Enrow said so.
    pub split: Option<CreditSplit>,
}

/// What the ledger made of a [`PostOutcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// The batch has its id: any later run can collect it.
    Running(Box<BatchRecord>),
    /// The claim is released, and its people are open.
    Released,
    Unknown,
    /// The id is another batch's, or this batch has another id. The batch is not changed, but the answer is kept.
    Conflict,
    /// The batch is not there any more, and nothing was recorded.
    Gone,
    /// The batch was not there any more, and is again.
    Readmitted(Readmitted),
}

/// How many credits a batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Our estimate, because Enrow did not say. It teaches no price, and no balance is compared with it.
    Assumed(Credits),
    Stated(Credits),
}

/// More than this is no amount of credits. Sums of such amounts stay far away from the range's end.
const MAX_STATED: Credits = Credits(1_000_000_000_000);

impl Reserved {
    /// What Enrow said. Otherwise what `searches` hold at the learned price, or at the highest documented one.
    pub(crate) fn of(stated: Option<Credits>, price: Option<Credits>, searches: usize) -> Self {
        match stated {
            Some(stated) if stated <= MAX_STATED => Self::Stated(stated),
            _ => Self::Assumed(price.unwrap_or(HIGHEST_KNOWN_PRICE).saturating_mul(searches)),
        }
    }

    /// What Enrow said, where it says something: 0 is no price.
    pub(crate) fn stated(self) -> Option<Credits> {
        match self {
            Self::Stated(credits) if credits > Credits::ZERO => Some(credits),
            Self::Stated(_) | Self::Assumed(_) => None,
        }
    }

    pub(crate) fn credits(self) -> Credits {
        match self {
            Self::Assumed(credits) | Self::Stated(credits) => credits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_amount_that_can_be_one_is_taken_for_what_was_said() {
        let more = MAX_STATED.saturating_add(Credits(1));
        for (said, price, reserved) in [
            (Some(MAX_STATED), None, Reserved::Stated(MAX_STATED)),
            (Some(Credits(80)), Some(Credits(50)), Reserved::Stated(Credits(80))),
            (Some(more), Some(Credits(40)), Reserved::Assumed(Credits(120))),
            (None, Some(Credits(40)), Reserved::Assumed(Credits(120))),
            (None, None, Reserved::Assumed(Credits(150))),
        ] {
            assert_eq!(Reserved::of(said, price, 3), reserved);
        }
        assert_eq!(Reserved::Stated(Credits(1)).stated(), Some(Credits(1)));
        assert_eq!(Reserved::Stated(Credits::ZERO).stated(), None);
        assert_eq!(Reserved::Assumed(Credits(40)).stated(), None);
    }
}
