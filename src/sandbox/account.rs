//! What a key may do and what it has to spend.

use super::rate::Window;
use std::collections::VecDeque;
use tokio::time::Instant;

/// Which API keys the sandbox takes. Each key has an account of its own.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The only keys that are valid; `None` takes any that is not empty.
    pub only: Option<Vec<String>>,
    pub refused: Vec<String>,
    /// Valid keys whose plan has no phone searches.
    pub without_phones: Vec<String>,
}

impl Keys {
    pub(super) fn take(&self, key: &str) -> bool {
        let listed = |keys: &[String]| keys.iter().any(|known| known == key);
        !key.is_empty() && !listed(&self.refused) && self.only.as_deref().is_none_or(listed)
    }

    pub(super) fn allow_phones(&self, key: &str) -> bool {
        !self.without_phones.iter().any(|known| known == key)
    }
}

/// The credits of an account. At every instant `deposited = balance + reserved + charged + spent_elsewhere`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credits {
    /// What GET /account/info shows.
    pub balance: u64,
    pub charged: u64,
    /// Put into the account so far.
    pub deposited: u64,
    /// Given back so far for searches that found nothing.
    pub refunded: u64,
    /// Held by batches that are running.
    pub reserved: u64,
    /// Taken by somebody else who uses the account.
    pub spent_elsewhere: u64,
}

impl Credits {
    pub(super) fn deposit(&mut self, amount: u64) {
        self.balance += amount;
        self.deposited += amount;
    }

    /// Reserves `amount`; false, and nothing is changed, where the balance does not cover it.
    pub(super) fn reserve(&mut self, amount: u64) -> bool {
        let Some(rest) = self.balance.checked_sub(amount) else {
            return false;
        };
        self.balance = rest;
        self.reserved += amount;
        true
    }

    /// Settles a reservation: `charge` of it is paid, the rest goes back.
    pub(super) fn settle(&mut self, reserved: u64, charge: u64) {
        let refund = reserved - charge;
        self.reserved -= reserved;
        self.charged += charge;
        self.refunded += refund;
        self.balance += refund;
    }

    /// Makes `amount` the balance, as a subscription that renews does: what is left of the old one is lost.
    pub(super) fn renew(&mut self, amount: u64) {
        self.spend_elsewhere(self.balance);
        self.deposit(amount);
    }

    /// Takes up to `amount` from the balance.
    pub(super) fn spend_elsewhere(&mut self, amount: u64) {
        let amount = amount.min(self.balance);
        self.balance -= amount;
        self.spent_elsewhere += amount;
    }
}

/// The account behind one key, or behind several that replaced each other.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// The newest last; none until somebody uses the account.
    pub(super) keys: Vec<String>,
    pub(super) credits: Credits,
    /// POSTs that the rate limit let through.
    pub(super) posts: Window,
    /// POSTs that came, for the control.
    pub(super) arrivals: Window,
    /// The balances so far, each from when.
    balances: VecDeque<(Instant, u64)>,
}

impl Account {
    pub(super) fn new(credits: u64) -> Self {
        let mut account = Self::default();
        account.credits.deposit(credits);
        account
    }

    /// Notes the balance of this moment.
    pub(super) fn note_balance(&mut self, now: Instant) {
        if self.balances.back().is_none_or(|(_, balance)| *balance != self.credits.balance) {
            self.balances.push_back((now, self.credits.balance));
        }
        if self.balances.len() > BALANCES {
            self.balances.pop_front();
        }
    }

    /// The balance as it was then; the oldest known one where that is too long ago.
    pub(super) fn balance_at(&self, then: Option<Instant>) -> u64 {
        let known =
            self.balances.iter().rev().find(|(since, _)| then.is_some_and(|then| *since <= then));
        known.or(self.balances.front()).map_or(self.credits.balance, |(_, balance)| *balance)
    }
}

/// How many balances are remembered.
const BALANCES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_conserved(credits: &Credits) -> bool {
        credits.deposited
            == credits.balance + credits.reserved + credits.charged + credits.spent_elsewhere
    }

    proptest! {
        #[test]
        fn no_credit_is_made_or_lost(steps in proptest::collection::vec((0..4_u8, 0..500_u64), 1..60)) {
            let mut credits = Credits::default();
            let mut open = Vec::new();
            credits.deposit(1000);
            for (kind, amount) in steps {
                match kind {
                    0 => credits.deposit(amount),
                    1 => credits.spend_elsewhere(amount),
                    2 => if credits.reserve(amount) { open.push(amount) },
                    _ => if let Some(reserved) = open.pop() { credits.settle(reserved, amount.min(reserved)) },
                }
                prop_assert!(is_conserved(&credits), "{credits:?}");
            }
            for reserved in open {
                credits.settle(reserved, reserved);
            }
            prop_assert!(is_conserved(&credits) && credits.reserved == 0, "{credits:?}");
        }
    }

    #[test]
    fn keys_are_taken_as_listed() {
        assert!(Keys::default().take("any") && !Keys::default().take(""));
        let keys = Keys {
            only: Some(vec!["a".into(), "b".into()]),
            refused: vec!["b".into()],
            without_phones: vec!["a".into()],
        };
        assert!(keys.take("a") && !keys.take("b") && !keys.take("c"));
        assert!(!keys.allow_phones("a") && keys.allow_phones("c"));
    }
}
