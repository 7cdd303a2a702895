//! When a running batch is looked at again.
//!
//! A poll is free, but it is a request. The next one comes when the batch is expected to be done, judged from how
//! many of its searches are finished. This is a pure function of the observations, without a clock.
//! `benches/README.md` shows the results; `benches/waiting.rs` chose the shares below.

use std::time::Duration;

/// The shortest wait between two polls.
const FLOOR: Duration = Duration::from_millis(500);
/// The longest.
const CEILING: Duration = Duration::from_secs(30);
/// Minimum wait near the expected end of a batch whose count jumps; also the largest delay that is always accepted.
const ALLOWED_DELAY: Duration = Duration::from_secs(1);

/// What was seen of one batch so far.
#[derive(Debug, Clone, Copy)]
pub struct PollSchedule {
    searches: usize,
    /// How many searches were finished when the count last moved.
    finished: usize,
    /// When the count was last asked for.
    asked: Duration,
    /// When the batch will be done, going by its count; `None` before the first search is finished.
    end: Option<Duration>,
    /// A batch that moves evenly is done no later than this, even if its count jumps.
    latest: Option<Duration>,
    /// When the count was last seen to have moved.
    moved: Duration,
    pattern: Pattern,
    is_zero: bool,
}

/// How the count moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    /// Every poll has seen it move, and by as much as the ones before promised.
    Even,
    /// It stands still and jumps, so its last value may be old.
    Jumpy,
}

impl PollSchedule {
    /// A batch of that many searches.
    pub fn new(searches: usize) -> Self {
        Self {
            searches: searches.max(1),
            finished: 0,
            asked: Duration::ZERO,
            end: None,
            latest: None,
            moved: Duration::ZERO,
            pattern: Pattern::Even,
            is_zero: false,
        }
    }

    /// Records a poll that found the batch ongoing, `elapsed` after it began. `finished` is `None` if the answer had no
    /// count.
    pub fn observe(&mut self, finished: Option<usize>, elapsed: Duration) {
        let asked = std::mem::replace(&mut self.asked, elapsed);
        self.is_zero = finished == Some(0) && self.searches >= SMALL_BATCH;
        let Some(finished) = finished.filter(|finished| *finished > 0) else {
            return;
        };
        let finished = finished.min(self.searches);
        // Later than that: the count did not move evenly.
        self.latest = self.latest.filter(|latest| elapsed <= latest.mul_f64(1.02));
        if finished <= self.finished {
            self.pattern = Pattern::Jumpy;
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "an estimate of a time")]
        let whole = (self.searches as f64 / finished as f64).min(1e4);
        let end = elapsed.mul_f64(whole);
        // Small counts are too coarse to compare.
        if let Some(before) = self.end
            && self.finished * 20 >= self.searches
            && end.abs_diff(before) > before.mul_f64(0.03)
        {
            self.pattern = Pattern::Jumpy;
        }
        let latest = self.latest.map_or(end, |latest| latest.min(end));
        self.latest = Some(latest);
        self.end = Some(match self.pattern {
            Pattern::Even => end,
            // It jumped at an unknown time between two polls.
            Pattern::Jumpy => ((asked + elapsed) / 2).mul_f64(whole).min(latest),
        });
        self.finished = finished;
        self.moved = elapsed;
    }

    /// How long to wait before the next poll, `elapsed` after the batch began.
    ///
    /// Part of the way to the expected end while that is far, all the way once it is near. Small steps around it if the
    /// count jumps, and behind it. Never longer than the time that has passed, because the count may stall and then jump.
    pub fn wait(&self, elapsed: Duration) -> Duration {
        let share = |share: f64| elapsed.mul_f64(share);
        let Some(end) = self.end else {
            let wait = if self.is_zero { WAIT_WHILE_ZERO } else { WAIT_WITHOUT_COUNT };
            return share(wait).clamp(FLOOR, CEILING);
        };
        let remaining = end.saturating_sub(elapsed);
        if remaining.is_zero() {
            let floor = share(0.1).clamp(FLOOR, ALLOWED_DELAY);
            return share(STEP).max(floor).min(CEILING);
        }
        let wait = match self.pattern {
            Pattern::Even if remaining <= share(FINAL_APPROACH).max(FLOOR * 2) => remaining,
            Pattern::Even => remaining.mul_f64(APPROACH),
            Pattern::Jumpy => {
                let step = share(STEP).max(ALLOWED_DELAY);
                if elapsed.saturating_sub(self.moved) > share(STALLED) {
                    // The count has stalled, so it does not show the end: poll only after the estimate.
                    remaining.max(step)
                } else if remaining <= step.mul_f64(1.5) {
                    remaining
                } else if remaining <= share(STEP_WINDOW) {
                    step
                } else {
                    remaining.saturating_sub(share(STEP_WINDOW)).mul_f64(APPROACH).max(step)
                }
            }
        };
        wait.clamp(FLOOR, CEILING.min(elapsed.max(ALLOWED_DELAY)))
    }
}

/// Fewer searches than this finish all at once: a count of zero says nothing.
const SMALL_BATCH: usize = 20;
/// Share of the elapsed time to wait while no count is known.
const WAIT_WITHOUT_COUNT: f64 = 0.08;
/// Share of the elapsed time to wait while the count is zero: the end is far.
const WAIT_WHILE_ZERO: f64 = 0.35;
/// Share of the remaining time to wait while the end is far.
const APPROACH: f64 = 0.6;
/// An expected end within this share of the elapsed time is waited for at once.
const FINAL_APPROACH: f64 = 0.06;
/// If the count jumps, steps begin this share of the elapsed time before the expected end.
const STEP_WINDOW: f64 = 0.08;
/// The steps: an end is noticed within this share of the batch's duration.
const STEP: f64 = 0.03;
/// A count that has not moved for this share of the elapsed time has stalled.
const STALLED: f64 = 0.2;

#[cfg(test)]
mod tests {
    use super::*;

    /// Polls a batch that is done after `duration`; answers how late that was noticed and with how many polls.
    fn follow(duration: Duration, finished: impl Fn(f64) -> f64) -> (Duration, u32) {
        let searches = 3000;
        let mut schedule = PollSchedule::new(searches);
        let (mut now, mut polls) = (Duration::ZERO, 0);
        loop {
            now += schedule.wait(now);
            polls += 1;
            if now >= duration {
                return (now.saturating_sub(duration), polls);
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of 3,000"
            )]
            let count = (finished(now.as_secs_f64() / duration.as_secs_f64()) * 3000.0) as usize;
            schedule.observe(Some(count), now);
        }
    }

    fn bar(duration: Duration) -> Duration {
        Duration::from_secs(1).max(duration.mul_f64(0.03))
    }

    /// Checks that batches around each duration are noticed in time, and how many polls one of just that duration takes.
    fn assert_followed(bars: [(u64, u32); 4], finished: fn(f64) -> f64) {
        for (seconds, most) in bars {
            let nominal = Duration::from_secs(seconds);
            let (_, polls) = follow(nominal, finished);
            assert!(polls <= most, "{seconds} s: {polls} polls");
            for percent in 80..=120 {
                let duration = nominal * percent / 100;
                let (late, _) = follow(duration, finished);
                assert!(late <= bar(duration), "{duration:?}: {late:?} late");
            }
        }
    }

    #[test]
    fn a_steady_batch_is_noticed_in_time_with_few_polls() {
        assert_followed([(1, 4), (20, 16), (120, 28), (600, 40)], |share| share);
    }

    #[test]
    fn a_batch_whose_count_jumps_is_noticed_in_time_with_few_polls() {
        assert_followed([(1, 4), (20, 16), (120, 28), (600, 40)], |share| {
            (share * 10.0).floor() / 10.0
        });
    }

    #[test]
    fn a_batch_whose_count_stands_still_is_noticed_in_time_with_few_polls() {
        assert_followed([(1, 4), (20, 16), (120, 38), (600, 40)], |share| (share * 2.0).min(0.6));
    }

    #[test]
    fn one_search_is_not_given_up_because_none_is_finished() {
        let mut schedule = PollSchedule::new(1);
        schedule.observe(Some(0), Duration::from_secs(10));
        assert_eq!(schedule.wait(Duration::from_secs(10)), Duration::from_millis(800));
    }

    #[test]
    fn a_wait_stays_between_floor_and_ceiling() {
        for seconds in [0, 1, 10, 1000, 100_000] {
            for finished in [0, 1, 1500, 2999, 3000, 4000] {
                let elapsed = Duration::from_secs(seconds);
                let mut schedule = PollSchedule::new(3000);
                schedule.observe(Some(finished), elapsed / 2);
                let wait = schedule.wait(elapsed);
                assert!((FLOOR..=CEILING).contains(&wait), "{seconds} {finished}: {wait:?}");
            }
        }
    }
}
