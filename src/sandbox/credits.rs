//! What an account has to spend, and how often it may POST.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

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
        let Some(rest) = self.balance.checked_sub(amount) else { return false };
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

    /// Sets the balance to `amount`, as a renewed subscription does: the rest of the old one is lost.
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
    /// The balances so far, each from when.
    balances: Vec<(Instant, u64)>,
}

impl Account {
    pub(super) fn new(credits: u64) -> Self {
        let mut account = Self::default();
        account.credits.deposit(credits);
        account
    }

    /// Notes the balance of this moment.
    pub(super) fn note_balance(&mut self, now: Instant) {
        if self.balances.last().is_none_or(|(_, balance)| *balance != self.credits.balance) {
            self.balances.push((now, self.credits.balance));
        }
    }

    /// The balance as it was then; the oldest known one where that is too long ago.
    pub(super) fn balance_at(&self, then: Option<Instant>) -> u64 {
        let was = |(since, _): &&(Instant, u64)| then.is_some_and(|then| *since <= then);
        let known = self.balances.iter().rev().find(was).or(self.balances.first());
        known.map_or(self.credits.balance, |(_, balance)| *balance)
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// The POSTs of the last second.
#[derive(Debug, Default)]
pub(super) struct Window(VecDeque<Instant>);

impl Window {
    /// How many lie in the second that ends now. One exactly a second ago lies outside.
    pub(super) fn count(&mut self, now: Instant) -> usize {
        while self.0.front().is_some_and(|first| now.duration_since(*first) >= SECOND) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(super) fn push(&mut self, now: Instant) {
        self.0.push_back(now);
    }

    /// Whole seconds until the oldest has left the window.
    pub(super) fn seconds_to_relief(&self, now: Instant) -> u64 {
        let left = |first: &Instant| (*first + SECOND).saturating_duration_since(now);
        let whole = |left: Duration| left.as_secs() + u64::from(left.subsec_nanos() > 0);
        self.0.front().map(left).map_or(0, whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
                let held: u64 = open.iter().sum();
                let spent = credits.charged + credits.spent_elsewhere;
                prop_assert_eq!(credits.reserved, held);
                prop_assert_eq!(credits.deposited, credits.balance + held + spent);
            }
        }
    }

    #[test]
    fn the_window_slides() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut window = Window([at(0), at(400), at(900)].into());
        assert_eq!((window.count(at(999)), window.seconds_to_relief(at(999))), (3, 1));
        assert_eq!(window.count(at(1000)), 2);
        assert_eq!(window.count(at(1899)), 1);
        assert_eq!((window.count(at(1900)), window.seconds_to_relief(at(1900))), (0, 0));
    }
}
