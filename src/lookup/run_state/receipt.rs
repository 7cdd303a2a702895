//! The receipt of a run.

use crate::batch::{BatchId, CreditSplit};
use crate::units::Credits;

/// What a run did with the account's credits, as the API told it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Receipt {
    /// Batches this run sent that Enrow took.
    pub batches: Vec<BatchId>,
    /// Searches in them.
    pub searches: usize,
    /// Credits reserved for them.
    pub reserved: Credits,
    /// Where these come from, as far as Enrow said so.
    pub split: CreditSplit,
    /// Credits given back for them.
    pub refunded: Credits,
    /// Credits that unclear batches may have reserved.
    pub in_doubt: Credits,
    /// Credits given back for batches of earlier runs.
    pub refunded_earlier: Credits,
    /// Numbers found by batches that ended during this run.
    pub found: usize,
    /// Polls.
    pub polls: usize,
}

impl Receipt {
    /// What the searches of this run cost as things stand: reserved less refunded.
    pub(crate) fn net(&self) -> Credits {
        self.reserved.saturating_sub(self.refunded)
    }
}
