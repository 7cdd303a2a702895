//! How long batches take, and how they move meanwhile.

use std::time::Duration;

/// How long a batch is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Until it is released through the [`Control`](super::Control).
    Held,
    /// For a time that may grow with the number of searches.
    Takes {
        /// For the batch as a whole.
        base: Duration,
        /// For each search.
        each: Duration,
        /// How `stats.finished` moves meanwhile.
        rhythm: Rhythm,
    },
}

/// How `stats.finished` moves while a batch is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// In ten jumps.
    Bursty,
    /// Fast at first, then not at all until the batch is done.
    Stalled,
    /// Evenly.
    Steady,
}

impl Pace {
    /// A batch is done when it is accepted.
    pub const INSTANT: Self = Self::fixed(Duration::ZERO);

    /// Slow enough to be watched, fast enough not to bore: 6 s a batch and 2 ms a search.
    pub const WATCHABLE: Self = Self::Takes {
        base: Duration::from_secs(6),
        each: Duration::from_millis(2),
        rhythm: Rhythm::Steady,
    };

    /// Every batch takes `time`, however large it is.
    pub const fn fixed(time: Duration) -> Self {
        Self::Takes { base: time, each: Duration::ZERO, rhythm: Rhythm::Steady }
    }
}

impl Rhythm {
    /// How many of `requested` searches are finished once `elapsed` of `total` is over.
    pub(super) fn finished(self, requested: usize, elapsed: Duration, total: Duration) -> usize {
        const WHOLE: u128 = 1000;
        let share = match total.as_micros() {
            0 => WHOLE,
            total => (elapsed.as_micros() * WHOLE / total).min(WHOLE),
        };
        let share = match self {
            Self::Bursty => share / 100 * 100,
            Self::Stalled => (share * 2).min(600),
            Self::Steady => share,
        };
        let share = usize::try_from(share).expect("a share is at most 1000");
        requested * share / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rhythm: Rhythm, seconds: u64) -> usize {
        rhythm.finished(3000, Duration::from_secs(seconds), Duration::from_secs(100))
    }

    #[test]
    fn a_steady_batch_moves_evenly() {
        assert_eq!(
            [0, 25, 50, 99, 100, 500].map(|s| at(Rhythm::Steady, s)),
            [0, 750, 1500, 2970, 3000, 3000]
        );
    }

    #[test]
    fn a_bursty_batch_jumps() {
        assert_eq!(
            [0, 9, 10, 19, 20, 99].map(|s| at(Rhythm::Bursty, s)),
            [0, 0, 300, 300, 600, 2700]
        );
    }

    #[test]
    fn a_stalled_batch_stops_short_of_its_end() {
        assert_eq!([0, 15, 30, 60, 99].map(|s| at(Rhythm::Stalled, s)), [0, 900, 1800, 1800, 1800]);
    }

    #[test]
    fn a_batch_of_no_duration_is_finished() {
        assert_eq!(Rhythm::Steady.finished(7, Duration::ZERO, Duration::ZERO), 7);
    }
}
