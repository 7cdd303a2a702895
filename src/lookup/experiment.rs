//! The balance experiment: the only way in which a run may find out by itself that a batch whose answer was lost was
//! never taken.
//!
//! The run reads the balance from before its first POST on and never stops. A lost batch is released only if an
//! unbroken chain of fresh readings shows, at its end and for ten minutes without a pause, exactly the balance that must
//! be there if the batch was not taken, while nothing else happened. One reading that our own batches cannot explain
//! ends the experiment for good. What it cannot see is a charge and a deposit of the same amount between two readings.
//!
//! This module only judges: it is told what was read and what the ledger says, and does no input or output.

use crate::ledger::{AccountActivity, ExperimentEnd};
use std::time::Duration;

/// No two readings of a chain may be further apart.
pub(crate) const LONGEST_GAP: Duration = Duration::from_mins(1);

/// By how much the server's clock may run apart from ours within one chain before a reading counts as not fresh.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(3);

/// How long the balance may take to come to rest at what the ledger says: refunds that are stated may be late.
pub(super) fn give_up_after(silence: Duration) -> Duration {
    (silence * 3).max(LONGEST_GAP)
}

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

/// What the readings show so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No batch is lost, or the proof is not complete yet.
    Open {
        /// How long the balance has to stay as it is. Longer where something happens meanwhile.
        left: Duration,
    },
    /// No batch that was lost since the chain began was taken.
    NotTaken,
    /// Nothing can be proven any more, now or later.
    Ended(ExperimentEnd),
}

/// The chain of readings of one run.
#[derive(Debug, Clone)]
pub(crate) struct Experiment {
    /// How long nothing may happen before the verdict.
    silence: Duration,
    chain: Option<Chain>,
    /// When the newest of the lost answers was lost.
    lost_at: Option<Duration>,
    ended: Option<ExperimentEnd>,
}

#[derive(Debug, Clone)]
struct Chain {
    first: Reading,
    last: Reading,
    /// The balance plus what was spent by then. Nothing that we do changes this sum.
    constant: i64,
    revision: i64,
    /// Since when nothing has happened.
    quiet_since: Duration,
    /// Since when the balance has been exactly what the books say, with nothing happening.
    exact_since: Option<Duration>,
}

impl Experiment {
    pub(crate) fn new(silence: Duration) -> Self {
        Self { silence, chain: None, lost_at: None, ended: None }
    }

    /// Whether there is a balance to compare with.
    #[cfg(test)]
    fn has_baseline(&self) -> bool {
        self.chain.is_some() && self.ended.is_none()
    }

    /// Takes note that the answer to a POST was lost. Until then a broken chain just begins anew.
    pub(crate) fn lost(&mut self, now: Duration) {
        if self.chain.is_none() {
            self.ended.get_or_insert(ExperimentEnd::NoBaseline);
        }
        self.lost_at = Some(now);
    }

    /// After [`Verdict::NotTaken`]: the lost batches are released, and the chain goes on.
    pub(crate) fn released(&mut self) {
        self.lost_at = None;
    }

    /// Ends the experiment where the run cannot wait any longer for the account to be silent.
    pub(crate) fn give_up(&mut self) -> ExperimentEnd {
        *self.ended.get_or_insert(ExperimentEnd::NeverSettled)
    }

    /// Why nothing can be proven any more.
    pub(crate) fn ended(&self) -> Option<ExperimentEnd> {
        self.ended
    }

    /// Since when the chain's readings go on without a break.
    pub(crate) fn chain_began(&self) -> Option<Duration> {
        self.chain.as_ref().map(|chain| chain.first.asked)
    }

    /// Judges one more reading. `before` and `after` are what the ledger said just before it was asked for and just
    /// after it was there.
    pub(crate) fn observe(
        &mut self,
        reading: Reading,
        before: &AccountActivity,
        after: &AccountActivity,
    ) -> Verdict {
        if let Some(why) = self.ended {
            return Verdict::Ended(why);
        }
        let judged = match &mut self.chain {
            Some(chain) => chain.judge(reading, before, after),
            None => Ok(()),
        };
        if let Err(why) = judged {
            self.chain = None;
            if self.lost_at.is_some() {
                self.ended = Some(why);
                return Verdict::Ended(why);
            }
        }
        if self.chain.is_none() && self.lost_at.is_none() {
            self.chain = Chain::begin(reading, before, after);
        }
        self.verdict(reading.asked)
    }

    fn verdict(&mut self, now: Duration) -> Verdict {
        let silence = self.silence;
        let (Some(chain), Some(lost_at)) = (&self.chain, self.lost_at) else {
            return Verdict::Open { left: silence };
        };
        if let Some(since) = chain.exact_since {
            // Both the balance and the lost request had this long to show themselves.
            let shown = now.saturating_sub(since.max(lost_at));
            if shown >= silence {
                return Verdict::NotTaken;
            }
            return Verdict::Open { left: silence.saturating_sub(shown) };
        }
        if now.saturating_sub(chain.quiet_since.max(lost_at)) >= give_up_after(silence) {
            self.ended = Some(ExperimentEnd::NeverSettled);
            return Verdict::Ended(ExperimentEnd::NeverSettled);
        }
        Verdict::Open { left: silence }
    }
}

impl Chain {
    /// A chain begins only where nothing is on its way, so that its first balance is exactly known.
    fn begin(first: Reading, before: &AccountActivity, after: &AccountActivity) -> Option<Self> {
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

    fn judge(
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SILENCE: Duration = Duration::from_mins(10);
    const START: i64 = 100_000;

    fn secs(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    /// A reading that takes a tenth of a second.
    fn reading(at: u64, balance: i64) -> Reading {
        Reading {
            asked: secs(at),
            answered: secs(at) + Duration::from_millis(100),
            wall: secs(1_700_000_000 + at),
            served: Some(secs(1_700_000_100 + at)),
            cached: false,
            balance,
        }
    }

    fn idle() -> AccountActivity {
        AccountActivity {
            revision: 1,
            active: false,
            settled: true,
            spent_at_least: 0,
            spent_at_most: 0,
        }
    }

    fn lost() -> AccountActivity {
        AccountActivity { revision: 2, settled: false, ..idle() }
    }

    fn experiment() -> Experiment {
        let mut experiment = Experiment::new(SILENCE);
        experiment.observe(reading(0, START), &idle(), &idle());
        assert!(experiment.has_baseline());
        experiment.lost(secs(1));
        experiment
    }

    /// Reads `balance` every 20 s from `from` to `to`, and answers the last verdict.
    fn read(
        experiment: &mut Experiment,
        from: u64,
        to: u64,
        balance: i64,
        books: &AccountActivity,
    ) -> Verdict {
        let mut verdict = Verdict::Open { left: SILENCE };
        for at in (from..=to).step_by(20) {
            verdict = experiment.observe(reading(at, balance), books, books);
        }
        verdict
    }

    #[test]
    fn ten_silent_minutes_prove_that_a_batch_was_not_taken() {
        let mut experiment = experiment();
        let before_the_end = read(&mut experiment, 20, 600, START, &lost());
        assert_eq!(before_the_end, Verdict::Open { left: secs(20) });
        let at_the_end = experiment.observe(reading(620, START), &lost(), &lost());
        assert_eq!(at_the_end, Verdict::NotTaken);
    }

    #[test]
    fn a_charge_at_any_moment_ends_it_for_good() {
        for taken_at in [20, 300, 600] {
            let mut experiment = experiment();
            if taken_at > 20 {
                read(&mut experiment, 20, taken_at - 20, START, &lost());
            }
            let seen = experiment.observe(reading(taken_at, START - 12_000), &lost(), &lost());
            assert_eq!(seen, Verdict::Ended(ExperimentEnd::Contradicted), "{taken_at}");
            // A renewal brings the balance back to what it was: too late.
            let later = read(&mut experiment, taken_at + 20, taken_at + 3_000, START, &lost());
            assert_eq!(later, Verdict::Ended(ExperimentEnd::Contradicted), "{taken_at}");
        }
    }

    #[test]
    fn money_from_elsewhere_ends_it_as_well() {
        let mut experiment = experiment();
        let seen = experiment.observe(reading(20, START + 1), &lost(), &lost());
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::Contradicted));
    }

    #[test]
    fn a_chain_may_have_no_gap_of_more_than_a_minute() {
        let mut whole = experiment();
        assert!(matches!(
            whole.observe(reading(60, START), &lost(), &lost()),
            Verdict::Open { .. }
        ));
        let mut torn = experiment();
        let seen = torn.observe(reading(61, START), &lost(), &lost());
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::Gap));
    }

    #[test]
    fn a_machine_that_slept_has_a_gap_on_the_wall_clock() {
        let mut experiment = experiment();
        let woken = Reading { wall: secs(1_700_000_000 + 600), ..reading(20, START) };
        assert_eq!(experiment.observe(woken, &lost(), &lost()), Verdict::Ended(ExperimentEnd::Gap));
    }

    #[test]
    fn a_reading_is_fresh_only_without_age_and_with_a_date_that_goes_on() {
        let stale = secs(1_700_000_100);
        for (case, odd) in [
            ("cached", Reading { cached: true, ..reading(20, START) }),
            ("no date", Reading { served: None, ..reading(20, START) }),
            ("an old date", Reading { served: Some(stale), ..reading(20, START) }),
            ("a date ahead", Reading { served: Some(stale + secs(60)), ..reading(20, START) }),
        ] {
            let mut experiment = experiment();
            let seen = experiment.observe(odd, &lost(), &lost());
            assert_eq!(seen, Verdict::Ended(ExperimentEnd::NotFresh), "{case}");
        }
    }

    #[test]
    fn without_a_balance_from_before_nothing_is_ever_proven() {
        let mut experiment = Experiment::new(SILENCE);
        experiment.lost(secs(1));
        let seen = read(&mut experiment, 20, 2_000, START, &lost());
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::NoBaseline));
    }

    #[test]
    fn a_chain_begins_only_where_everything_is_settled_and_known() {
        for (case, books) in [
            ("active", AccountActivity { active: true, ..idle() }),
            ("a refund on its way", AccountActivity { settled: false, ..idle() }),
            ("an assumed price", AccountActivity { spent_at_most: 40, ..idle() }),
        ] {
            let mut experiment = Experiment::new(SILENCE);
            experiment.observe(reading(0, START), &books, &books);
            assert!(!experiment.has_baseline(), "{case}");
        }
        let mut moved = Experiment::new(SILENCE);
        moved.observe(reading(0, START), &idle(), &AccountActivity { revision: 2, ..idle() });
        assert!(!moved.has_baseline());
    }

    #[test]
    fn before_anything_is_lost_a_broken_chain_begins_anew() {
        let mut experiment = Experiment::new(SILENCE);
        experiment.observe(reading(0, START), &idle(), &idle());
        experiment.observe(reading(500, START + 777), &idle(), &idle());
        assert!(experiment.has_baseline());
        experiment.lost(secs(501));
        let seen = read(&mut experiment, 520, 1_140, START + 777, &lost());
        assert_eq!(seen, Verdict::NotTaken);
    }

    #[test]
    fn a_batch_that_runs_meanwhile_puts_the_verdict_off() {
        let mut experiment = experiment();
        let running = AccountActivity { revision: 3, active: true, spent_at_most: 400, ..lost() };
        // Its reservation shows, then its refund comes before it says that it is done.
        read(&mut experiment, 20, 300, START - 400, &running);
        let early = read(&mut experiment, 320, 600, START - 160, &running);
        assert!(matches!(early, Verdict::Open { .. }));
        let done = AccountActivity {
            revision: 4,
            active: false,
            spent_at_least: 160,
            spent_at_most: 400,
            ..lost()
        };
        let waiting = read(&mut experiment, 620, 1_200, START - 160, &done);
        assert_eq!(waiting, Verdict::Open { left: secs(20) });
        let proven = read(&mut experiment, 1_220, 1_220, START - 160, &done);
        assert_eq!(proven, Verdict::NotTaken);
    }

    #[test]
    fn a_refund_that_is_late_puts_the_verdict_off_and_one_that_never_comes_ends_it() {
        let done =
            AccountActivity { revision: 3, spent_at_least: 160, spent_at_most: 400, ..lost() };
        let mut experiment = experiment();
        let late = read(&mut experiment, 20, 95, START - 400, &done);
        assert_eq!(late, Verdict::Open { left: SILENCE });
        assert_eq!(
            read(&mut experiment, 100, 680, START - 160, &done),
            Verdict::Open { left: secs(20) }
        );
        assert_eq!(read(&mut experiment, 700, 700, START - 160, &done), Verdict::NotTaken);
        let mut never = self::experiment();
        let seen = read(&mut never, 20, 1_900, START - 400, &done);
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::NeverSettled));
    }

    #[test]
    fn what_happens_while_a_reading_is_on_its_way_is_allowed_for_but_is_no_silence() {
        let mut experiment = experiment();
        read(&mut experiment, 20, 580, START, &lost());
        let sent = AccountActivity { revision: 3, spent_at_most: 40, active: true, ..lost() };
        let seen = experiment.observe(reading(600, START - 40), &lost(), &sent);
        assert_eq!(seen, Verdict::Open { left: SILENCE });
    }

    #[test]
    fn the_silence_is_counted_from_the_loss() {
        let mut experiment = Experiment::new(SILENCE);
        read(&mut experiment, 0, 900, START, &idle());
        experiment.lost(secs(905));
        let seen = read(&mut experiment, 920, 1_500, START, &lost());
        assert_eq!(seen, Verdict::Open { left: secs(20) });
        assert_eq!(read(&mut experiment, 1_520, 1_520, START, &lost()), Verdict::NotTaken);
    }

    proptest! {
        /// Whenever the lost batch is taken, whatever our other batches do and however late refunds are: as long as
        /// nobody pays in the exact amount between two readings, the proof never says that it was not taken.
        #[test]
        fn a_batch_that_was_taken_is_never_proven_not_taken(
            taken_at in 1_u64..900,
            cost in 40_i64..120_000,
            ends_at in 1_u64..900,
            refund_late in 0_u64..1_200,
            reserved in 40_i64..120_000,
            refunded_share in 0_i64..=40,
            step in 5_u64..=60,
        ) {
            let refunded = reserved / 40 * refunded_share;
            let mut experiment = experiment();
            for at in (step..4_000).step_by(usize::try_from(step).unwrap()) {
                let ended = at >= ends_at;
                let back = if at >= ends_at + refund_late { refunded } else { 0 };
                let mut balance = START * 10 - reserved + back;
                if at >= taken_at {
                    balance -= cost;
                }
                let books = AccountActivity {
                    revision: if ended { 4 } else { 3 },
                    active: !ended,
                    settled: false,
                    spent_at_least: if ended { reserved - refunded } else { 0 },
                    spent_at_most: reserved,
                };
                let reading = reading(at, balance - START * 9);
                let verdict = experiment.observe(reading, &books, &books);
                // Before it is taken there may be ten minutes of silence: no experiment can look ahead.
                if at > taken_at {
                    prop_assert_ne!(verdict, Verdict::NotTaken);
                } else if verdict == Verdict::NotTaken {
                    return Ok(());
                }
            }
        }
    }
}
