//! People who are to be sent together.

use crate::ledger::PersonId;
use crate::people::Search;

/// A person and the search that will be sent.
pub(super) struct PendingSearch {
    pub(super) person: PersonId,
    pub(super) search: Search,
}

/// People who are to be sent together.
pub(super) struct PendingBatch {
    pub(super) items: Vec<PendingSearch>,
    /// Set while a refusal that names no row is looked into.
    pub(super) trial: Probe,
    /// How often it was sent and proven not taken.
    pub(super) resent: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    None,
    /// One person of a refused batch, sent alone to see whether the refusal is about people at all.
    First,
    Second,
}

impl PendingBatch {
    /// Those who were claimed, in the order of the claim, and the others.
    pub(super) fn split(self, claimed: &[usize]) -> (Self, Vec<PendingSearch>) {
        let mut wanted = claimed.iter().copied().peekable();
        let mut others = Vec::new();
        let mut items = Vec::with_capacity(claimed.len());
        for (place, item) in self.items.into_iter().enumerate() {
            if wanted.next_if_eq(&place).is_some() {
                items.push(item);
            } else {
                others.push(item);
            }
        }
        (Self { items, ..self }, others)
    }

    /// People who are sent for the first time.
    pub(super) fn of(items: Vec<PendingSearch>) -> Self {
        Self { items, trial: Probe::None, resent: 0 }
    }
}
