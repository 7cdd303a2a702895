//! When a running batch is asked about again.
//!
//! A poll is free but not weightless, so the next one comes when the batch can be expected to be done, judged from how
//! many of its searches are finished: a pure function of what was seen, with no clock of its own.

use std::time::Duration;

/// The shortest wait between two polls.
const FLOOR: Duration = Duration::from_millis(500);
/// The longest.
const CEILING: Duration = Duration::from_secs(30);

/// What has been seen of one batch so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cadence {
    searches: usize,
    /// The last progress: when it was first seen, since the batch began, and how many searches were finished.
    seen: Option<Sighting>,
    polls: u32,
}

#[derive(Debug, Clone, Copy)]
struct Sighting {
    at: Duration,
    finished: usize,
}

impl Cadence {
    /// A batch of that many searches.
    pub(super) fn new(searches: usize) -> Self {
        Self {
            searches: searches.max(1),
            seen: None,
            polls: 0,
        }
    }

    /// Takes note of a poll that found the batch ongoing, `elapsed` after it began.
    pub(super) fn saw(&mut self, finished: Option<usize>, elapsed: Duration) {
        self.polls += 1;
        let Some(finished) = finished.filter(|finished| *finished > 0) else {
            return;
        };
        if self.seen.is_none_or(|seen| finished > seen.finished) {
            self.seen = Some(Sighting {
                at: elapsed,
                finished: finished.min(self.searches),
            });
        }
    }

    /// How long to wait before the next poll, `elapsed` after the batch began.
    ///
    /// Half way to the expected end while that is far, to the expected end once it is near; never longer than a share
    /// of the time that has gone by, since the count may stand still and then jump.
    pub(super) fn wait(&self, elapsed: Duration) -> Duration {
        let unknowing = elapsed.mul_f64(UNKNOWING).clamp(FLOOR, CEILING);
        let Some(seen) = self.seen else {
            return unknowing;
        };
        #[expect(clippy::cast_precision_loss, reason = "a guess at a time")]
        let left = (self.searches - seen.finished) as f64 / seen.finished as f64;
        let end = seen.at + seen.at.mul_f64(left.min(1e4));
        let remaining = end.saturating_sub(elapsed);
        // Past its expected end the count stands still, and tells nothing more.
        if remaining.is_zero() {
            return elapsed.mul_f64(OVERDUE).clamp(FLOOR, CEILING);
        }
        let near = elapsed.mul_f64(NEAR).max(FLOOR * 2);
        let wait = if remaining <= near {
            remaining
        } else {
            remaining.mul_f64(0.5)
        };
        wait.clamp(FLOOR, CEILING.min(elapsed.mul_f64(BLIND).max(FLOOR)))
    }
}

/// The share of the time gone by to wait while nothing is known.
const UNKNOWING: f64 = 0.08;
/// The share to wait once a batch is later than its count promised.
const OVERDUE: f64 = 0.04;
/// An expected end within this share of the time gone by is waited for in one go.
const NEAR: f64 = 0.06;
/// However far the expected end, it is looked again after this share of the time gone by.
const BLIND: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    /// Polls a batch that is done after `duration`; answers how late that was noticed and with how many polls.
    fn follow(duration: Duration, finished: impl Fn(f64) -> f64) -> (Duration, u32) {
        let searches = 3000;
        let mut cadence = Cadence::new(searches);
        let (mut now, mut polls) = (Duration::ZERO, 0);
        loop {
            now += cadence.wait(now);
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
            cadence.saw(Some(count), now);
        }
    }

    #[test]
    fn a_steady_batch_is_noticed_in_time_with_few_polls() {
        for (seconds, most) in [(1, 4), (20, 16), (120, 28), (600, 40), (3600, 140)] {
            let duration = Duration::from_secs(seconds);
            let (late, polls) = follow(duration, |share| share);
            assert!(
                late <= Duration::from_secs(1).max(duration.mul_f64(0.03)),
                "{seconds} s: {late:?} late"
            );
            assert!(polls <= most, "{seconds} s: {polls} polls");
        }
    }

    #[test]
    fn a_wait_stays_between_floor_and_ceiling() {
        for seconds in [0, 1, 10, 1000, 100_000] {
            for finished in [0, 1, 1500, 2999, 3000, 4000] {
                let elapsed = Duration::from_secs(seconds);
                let mut cadence = Cadence::new(3000);
                cadence.saw(Some(finished), elapsed / 2);
                let wait = cadence.wait(elapsed);
                assert!(
                    (FLOOR..=CEILING).contains(&wait),
                    "{seconds} {finished}: {wait:?}"
                );
            }
        }
    }
}
