//! What an account has to spend, and how often it may POST.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// The credits of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credits {
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
    /// What GET /account/info shows.
    pub fn balance(&self) -> u64 {
        self.deposited - self.reserved - self.charged - self.spent_elsewhere
    }

    /// Reserves `amount`; false, and nothing is changed, where the balance does not cover it.
    pub(super) fn reserve(&mut self, amount: u64) -> bool {
        let is_covered = amount <= self.balance();
        self.reserved += if is_covered { amount } else { 0 };
        is_covered
    }

    /// Settles a reservation: `charge` of it is paid, the rest goes back.
    pub(super) fn settle(&mut self, reserved: u64, charge: u64) {
        self.reserved -= reserved;
        self.charged += charge;
        self.refunded += reserved - charge;
    }

    /// Sets the balance to `amount`, as a renewed subscription does: the rest of the old one is lost.
    pub(super) fn renew(&mut self, amount: u64) {
        self.spend_elsewhere(u64::MAX);
        self.deposited += amount;
    }

    /// Takes up to `amount` from the balance.
    pub(super) fn spend_elsewhere(&mut self, amount: u64) {
        self.spent_elsewhere += amount.min(self.balance());
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
        let credits = Credits { deposited: credits, ..Credits::default() };
        Self { credits, ..Self::default() }
    }

    /// Notes the balance of this moment.
    pub(super) fn note_balance(&mut self, now: Instant) {
        let balance = self.credits.balance();
        if self.balances.last().is_none_or(|(_, last)| *last != balance) {
            self.balances.push((now, balance));
        }
    }

    /// The balance as it was then; the oldest known one where that is too long ago.
    pub(super) fn balance_at(&self, then: Option<Instant>) -> u64 {
        let was = |(since, _): &&(Instant, u64)| then.is_some_and(|then| *since <= then);
        let known = self.balances.iter().rev().find(was).or(self.balances.first());
        known.map_or(self.credits.balance(), |(_, balance)| *balance)
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

    /// Until the oldest has left the window.
    pub(super) fn relief(&self, now: Instant) -> Duration {
        self.0.front().map_or(Duration::ZERO, |first| *first + SECOND - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut window = Window([at(0), at(400), at(900)].into());
        assert_eq!((window.count(at(999)), window.relief(at(999))), (3, at(1) - start));
        assert_eq!(window.count(at(1000)), 2);
        assert_eq!(window.count(at(1899)), 1);
        assert_eq!((window.count(at(1900)), window.relief(at(1900))), (0, Duration::ZERO));
    }
}
