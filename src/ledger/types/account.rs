//! An account's state, and the rules on it that every backend follows.

use crate::units::{Credits, Moment};
use std::time::Duration;

/// The least time between two POSTs of one key, whichever runs send them. The API takes 10 in any one second (Enrow
/// API, rules of conduct). At this spacing the eleventh leaves 50 ms after that second: the network may delay one
/// POST by that much more than another. Within a run the limit is kept exactly: see `lookup::post_window`.
pub(in crate::ledger) const POST_SPACING: Duration = Duration::from_millis(105);

/// The spacing for [`POST_CAUTION`] after the API said that there were too many: the eleventh then leaves half a
/// second late.
pub(in crate::ledger) const CAREFUL_POST_SPACING: Duration = Duration::from_millis(150);

pub(in crate::ledger) const POST_CAUTION: Duration = Duration::from_mins(2);

/// A longer caution comes from a clock that was set back.
pub(in crate::ledger) const MAX_CAUTION: Duration = Duration::from_mins(8);

/// A reserved POST further away than this comes from a clock that was set back, not from a queue. The API may ask for
/// a pause of five minutes.
pub(in crate::ledger) const MAX_QUEUE: Duration = Duration::from_mins(6);

/// This long after its send-by time, a POST without news becomes `unknown`, also one of another run.
pub(in crate::ledger) const POST_OVERDUE: Duration = Duration::from_secs(90);

/// How long a refund that was announced may take to show in the balance.
pub(in crate::ledger) const REFUND_DELAY: Duration = Duration::from_mins(1);

/// This long after a batch ended, its refund is expected in the balance. A refund that is missing then is reported.
const REFUND_OVERDUE: Duration = Duration::from_mins(10);

/// How long no balance is believed after a batch ended without saying what it refunded.
pub(in crate::ledger) const UNSTATED_REFUND_DELAY: Duration = Duration::from_hours(24);

/// What the ledger knows about an account's credits. The balance follows from it if nothing else happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AccountState {
    /// Credits one search reserves, once learned.
    pub price: Option<Credits>,
    /// What running and settled batches hold or cost, without unclear batches.
    pub spent: i64,
    /// Balance plus `spent`, when the balance was last read while no batch was unclear. Our own batches do not change
    /// it.
    pub baseline: Option<i64>,
    /// Batches that are running, as far as is known.
    pub running: usize,
    /// Batches that some run is sending.
    pub sending: usize,
    /// Unclear batches.
    pub unknown: usize,
    /// When the last batch ended whose refund may still be on its way into the balance.
    pub last_refund: Option<Moment>,
    /// Grows with every change of this state: two equal revisions mean that nothing happened in between.
    pub revision: i64,
}

impl AccountState {
    /// What the balance must be now if Enrow took none of the unclear batches.
    pub(crate) fn expected_balance(&self) -> Option<i64> {
        self.baseline?.checked_sub(self.spent)
    }

    /// Whether a balance is exactly what it must be, and nothing of ours could make it so by chance.
    pub(crate) fn is_shown_by(&self, balance: Credits) -> bool {
        self.running == 0
            && self.sending == 0
            && self
                .expected_balance()
                .is_some_and(|expected| u64::try_from(expected) == Ok(balance.0))
    }

    /// Whether nothing of ours may still change the balance.
    pub(crate) fn is_at_rest(&self, now: Moment) -> bool {
        self.running == 0
            && self.sending == 0
            && self.last_refund.is_none_or(|at| now.since(at) >= REFUND_OVERDUE)
    }

    /// By how much a balance is lower than this ledger explains: somebody else used the account, or people were
    /// searched with another ledger. `None` while our own batches may still change the balance.
    pub(crate) fn spent_elsewhere(&self, balance: Credits, now: Moment) -> Option<Credits> {
        let is_settled = self.is_at_rest(now) && self.unknown == 0;
        let expected = self.expected_balance().filter(|_| is_settled)?;
        let less = expected.checked_sub(i64::try_from(balance.0).ok()?)?;
        u64::try_from(less).ok().filter(|less| *less > 0).map(Credits)
    }

    /// The baseline that follows from a balance. `before` is the state when the balance was asked for. The balance
    /// proves nothing if anything happened since, or if a batch is running or unclear.
    pub(in crate::ledger) fn new_baseline(
        &self,
        balance: Credits,
        before: &Self,
        now: Moment,
    ) -> Option<i64> {
        // A running batch may have ended without our knowing: its refund is in the balance, but not in this state.
        let is_quiet = self.running == 0
            && self.sending == 0
            && self.unknown == 0
            && self.revision == before.revision;
        // While an announced refund is missing in the balance, the baseline would be too low. A batch of just that
        // price could then look as if it was not taken.
        let is_settled = self.last_refund.is_none_or(|at| now.since(at) >= REFUND_DELAY);
        if !is_quiet || !is_settled {
            return None;
        }
        i64::try_from(balance.0).ok()?.checked_add(self.spent)
    }
}

pub(in crate::ledger) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_is_a_baseline_only_while_nothing_of_ours_changes_it() {
        let now = Moment(1_000_000_000_000);
        let quiet = AccountState { spent: 200, ..AccountState::default() };
        let refunded = |ago| AccountState { last_refund: Some(now.saturating_sub(ago)), ..quiet };
        let almost = REFUND_DELAY.saturating_sub(Duration::from_millis(1));
        for (state, baseline) in [
            (quiet, Some(900)),
            (refunded(REFUND_DELAY), Some(900)),
            (refunded(almost), None),
            (AccountState { running: 1, ..quiet }, None),
            (AccountState { sending: 1, ..quiet }, None),
            (AccountState { unknown: 1, ..quiet }, None),
        ] {
            assert_eq!(state.new_baseline(Credits(700), &state, now), baseline, "{state:?}");
            let changed = AccountState { revision: state.revision + 1, ..state };
            assert_eq!(changed.new_baseline(Credits(700), &state, now), None, "{state:?}");
        }
    }

    #[test]
    fn only_the_very_balance_that_is_expected_shows_that_nothing_is_missing() {
        let state = AccountState { baseline: Some(900), spent: 200, ..AccountState::default() };
        for (state, balance, shows) in [
            (state, 700, true),
            (state, 699, false),
            (AccountState { baseline: None, ..state }, 700, false),
            (AccountState { running: 1, ..state }, 700, false),
            (AccountState { sending: 1, ..state }, 700, false),
            (AccountState { spent: 901, ..state }, 0, false),
        ] {
            assert_eq!(state.is_shown_by(Credits(balance)), shows, "{state:?} {balance}");
        }
    }

    #[test]
    fn what_others_spent_is_told_only_while_nothing_of_ours_changes_the_balance() {
        const NOW: Moment = Moment(1_000_000_000_000);
        let quiet = AccountState { baseline: Some(1000), spent: 200, ..AccountState::default() };
        let refunded =
            |ago: Duration| AccountState { last_refund: Some(NOW.saturating_sub(ago)), ..quiet };
        let less = Some(Credits(100));
        for (case, state, balance, told) in [
            ("less", quiet, 700, less),
            ("as it must be", quiet, 800, None),
            ("more", quiet, 900, None),
            ("no baseline", AccountState { baseline: None, ..quiet }, 700, None),
            ("running", AccountState { running: 1, ..quiet }, 700, None),
            ("sending", AccountState { sending: 1, ..quiet }, 700, None),
            ("unclear", AccountState { unknown: 1, ..quiet }, 700, None),
            ("a late refund", refunded(Duration::from_secs(599)), 700, None),
            ("no late refund", refunded(REFUND_OVERDUE), 700, less),
        ] {
            assert_eq!(state.spent_elsewhere(Credits(balance), NOW), told, "{case}");
        }
    }
}
