//! An unbroken chain of readings: whether the next one belongs to it, and what it shows.

use crate::ledger::{AccountActivity, ExperimentEnd};
use std::time::Duration;

/// No two readings of a chain may be further apart.
pub(crate) const LONGEST_GAP: Duration = Duration::from_mins(1);

/// By how much the server's clock may run apart from ours within one chain before a reading counts as not fresh.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(3);

/// One answer to GET /account/info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// When the request left, on a clock that is never set.
    pub asked: Duration,
    /// When the answer was there, on the same clock.
    pub answered: Duration,
    /// When the answer was there by the wall clock, which shows a machine that slept.
    pub wall: Duration,
    /// The answer's `Date`, in time since 1970.
    pub served: Option<Duration>,
    /// Whether the answer had an `Age`: it came out of a cache.
    pub cached: bool,
    /// The credits.
    pub balance: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) first: Reading,
    last: Reading,
    /// The balance plus what was spent by then. Nothing that we do changes this sum.
    constant: i64,
    revision: i64,
    /// Since when nothing has happened.
    pub(super) quiet_since: Duration,
    /// Since when the balance has been exactly what the books say, with nothing happening.
    pub(super) exact_since: Option<Duration>,
}

impl Chain {
    /// A chain begins only where nothing is on its way, so that its first balance is exactly known.
    pub(super) fn begin(
        first: Reading,
        before: &AccountActivity,
        after: &AccountActivity,
    ) -> Option<Self> {
        let still = before == after && !before.active && before.settled;
        let known = before.spent_at_least == before.spent_at_most;
        let fresh = !first.cached && first.served.is_some();
        (still && known && fresh).then(|| Self {
            first,
            last: first,
            constant: first.balance.saturating_add(before.spent_at_least),
            revision: before.revision,
            quiet_since: first.asked,
            exact_since: Some(first.asked),
        })
    }

    pub(super) fn judge(
        &mut self,
        reading: Reading,
        before: &AccountActivity,
        after: &AccountActivity,
    ) -> Result<(), ExperimentEnd> {
        self.is_unbroken(&reading)?;
        self.is_fresh(&reading)?;
        let low = self.constant.saturating_sub(before.spent_at_most.max(after.spent_at_most));
        let high = self.constant.saturating_sub(before.spent_at_least.min(after.spent_at_least));
        if !(low..=high).contains(&reading.balance) {
            return Err(ExperimentEnd::Contradicted);
        }
        let still = before == after && !after.active && after.revision == self.revision;
        if !still {
            self.revision = after.revision;
            self.quiet_since = reading.answered;
            self.exact_since = None;
        }
        let exact = !after.active && before == after && reading.balance == high;
        self.exact_since = if exact { self.exact_since.or(Some(reading.asked)) } else { None };
        self.last = reading;
        Ok(())
    }

    /// The wall clock is looked at as well: the other one may stand still while a machine sleeps.
    fn is_unbroken(&self, reading: &Reading) -> Result<(), ExperimentEnd> {
        let apart = reading.answered.checked_sub(self.last.answered).ok_or(ExperimentEnd::Gap)?;
        let on_the_wall = reading.wall.checked_sub(self.last.wall).ok_or(ExperimentEnd::Gap)?;
        if apart > LONGEST_GAP || on_the_wall > LONGEST_GAP {
            Err(ExperimentEnd::Gap)
        } else {
            Ok(())
        }
    }

    /// The server's clock must have gone on as ours has since the chain began: then the answer was made after it was
    /// asked for, whatever the two clocks show.
    fn is_fresh(&self, reading: &Reading) -> Result<(), ExperimentEnd> {
        let (Some(served), Some(first)) = (reading.served, self.first.served) else {
            return Err(ExperimentEnd::NotFresh);
        };
        let went_on = served.checked_sub(first).ok_or(ExperimentEnd::NotFresh)?;
        let at_least = reading.asked.saturating_sub(self.first.answered);
        let at_most = reading.answered.saturating_sub(self.first.asked);
        let fresh = went_on + CLOCK_TOLERANCE >= at_least && went_on <= at_most + CLOCK_TOLERANCE;
        if fresh && !reading.cached { Ok(()) } else { Err(ExperimentEnd::NotFresh) }
    }
}
