//! Totals, and what importing and erasing did.

use super::asked_by::AskedBy;
use super::batch_state::BatchNo;
use crate::batch::AccountId;
use crate::people::PersonKey;
use crate::units::{Credits, Moment};

/// Everything that was ever asked through this ledger, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    /// People with an answer, whatever it is.
    pub people: u64,
    pub found: u64,
    pub not_found: u64,
    /// People whose answers were paid for, or may have been, and cannot be used.
    pub unusable: usize,
    /// How often a person had somebody asked for again who may have been paid for.
    pub resubmitted: usize,
    /// What the numbers that came from the ledger would have cost if they had been asked for again (see
    /// [`Ledger::add_savings`](crate::ledger::Ledger::add_savings)).
    pub saved: Credits,
    /// What the batches that ended cost: reserved less refunded.
    pub spent: Credits,
    pub batches: u64,
}

impl Totals {
    /// The share of answered people who have a number. `None` for fewer than twenty: too few to tell.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub(crate) fn found_rate(&self) -> Option<f64> {
        let answered = self.found.saturating_add(self.not_found);
        (answered >= 20).then(|| self.found as f64 / answered as f64)
    }
}

/// What a list cost over all runs, as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ListCosts {
    /// People who were sent to Enrow, but for those of batches that were given back or sent again.
    pub searched: usize,
    pub found: usize,
    /// What the batches that ended cost: reserved less refunded.
    pub spent: Credits,
    /// What they gave back.
    pub refunded: Credits,
    /// What running batches hold.
    pub held: Credits,
    /// People in batches that may have been paid.
    pub unclear: usize,
}

/// What was searched within a quarter of an hour, with one key, by one user, for one list; and what the ledger spared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsageSlice {
    /// When the quarter began.
    pub at: Moment,
    /// `None` where a number came from the ledger without any key.
    pub account: Option<AccountId>,
    pub asked_by: AskedBy,
    pub label: Option<String>,
    pub searched: u64,
    pub found: u64,
    /// What the batches that ended cost: reserved less refunded.
    pub spent: Credits,
    /// What running batches hold.
    pub held: Credits,
    /// What numbers from the ledger would have cost again.
    pub saved: Credits,
}

/// Numbers that a run took from the ledger instead of paying for them again.
#[derive(Debug, Clone)]
pub(crate) struct Savings {
    pub numbers: usize,
    pub account: Option<AccountId>,
    pub label: Option<String>,
    pub now: Moment,
}

/// What happens to those who are never to be searched for when everybody is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suppressed {
    Erase,
    Keep,
}

/// What happens to people who are forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EraseMode {
    /// Nothing stays.
    Erase,
    /// Only the digest stays, so that they are never searched for again.
    Suppress,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Erased {
    /// How many of the people were in the ledger.
    pub known: usize,
    /// Unsettled batches that held one of them. Their answers are not recorded for these people.
    pub under_way: Vec<BatchNo>,
}

/// What became of answers that came without a claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Imported {
    /// How many were new and are recorded.
    pub recorded: usize,
    /// People who are not to be searched for. Nothing is recorded about them.
    pub suppressed: Vec<PersonKey>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_from_twenty_answers_on() {
        let rate = |found, not_found| Totals { found, not_found, ..Totals::default() }.found_rate();
        assert_eq!((rate(10, 9), rate(15, 5), rate(0, 20)), (None, Some(0.75), Some(0.0)));
    }
}
