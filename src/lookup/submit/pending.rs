//! People who are to be sent together.

use crate::batch::Nonce;
use crate::ledger::{ClaimedSearch, PersonId};
use crate::people::{Identity, Named, Search, names_digest};

/// A person and the search that will be sent.
pub(super) struct PendingSearch {
    pub(super) person: PersonId,
    pub(super) search: Search,
}

impl PendingSearch {
    /// What the claim keeps of the search, so that any run can know its result again.
    pub(super) fn claimed(&self, nonce: &Nonce) -> ClaimedSearch {
        let Search { identity, custom, .. } = &self.search;
        let names = match identity {
            Identity::Named(Named { first, last, .. }) => names_digest(first, last),
            Identity::Profile(_) => None,
        };
        ClaimedSearch {
            person: self.person,
            key: identity.key(),
            names,
            custom: custom.as_deref().map(|custom| nonce.digest_of_custom(custom)),
        }
    }
}

/// People who are to be sent together.
pub(super) struct PendingBatch {
    pub(super) searches: Vec<PendingSearch>,
    pub(super) probe: Probe,
}

/// Set on a batch of one that finds out what a refusal is about: the request itself, or somebody in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    None,
    First,
    Second,
}

impl PendingBatch {
    /// People who are sent for the first time.
    pub(super) fn of(searches: Vec<PendingSearch>) -> Self {
        Self { searches, probe: Probe::None }
    }

    pub(super) fn probe(search: PendingSearch, probe: Probe) -> Self {
        Self { searches: vec![search], probe }
    }

    /// Those who were claimed, in the order of the claim, and the others.
    pub(super) fn split(self, claimed: &[usize]) -> (Self, Vec<PendingSearch>) {
        let mut claimed_next = claimed.iter().copied().peekable();
        let mut others = Vec::new();
        let mut searches = Vec::with_capacity(claimed.len());
        for (position, search) in self.searches.into_iter().enumerate() {
            if claimed_next.next_if_eq(&position).is_some() {
                searches.push(search);
            } else {
                others.push(search);
            }
        }
        (Self { searches, ..self }, others)
    }
}
