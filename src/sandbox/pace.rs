//! How long batches take, and how they move meanwhile.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Until it is released through the [`Control`](super::Control).
    Held,
    /// For a time that may grow with the number of searches.
    Takes { base: Duration, each: Duration, rhythm: Rhythm },
}

/// How `stats.finished` moves while a batch is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// In ten jumps.
    Bursty,
    /// Fast at first, then not at all until the batch is done.
    Stalled,
    Steady,
}

impl Pace {
    /// A batch is done when it is accepted.
    pub const INSTANT: Self = Self::fixed(Duration::ZERO);

    /// Slow enough to be watched, fast enough not to bore: 2 s a batch and 2 ms a search.
    pub const WATCHABLE: Self = Self::Takes {
        base: Duration::from_secs(2),
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

    #[test]
    fn a_batch_moves_evenly_in_jumps_or_not_to_its_end() {
        let at = |rhythm: Rhythm| {
            [0, 9, 15, 50, 99, 100]
                .map(|s| rhythm.finished(3000, Duration::from_secs(s), Duration::from_secs(100)))
        };
        assert_eq!(at(Rhythm::Steady), [0, 270, 450, 1500, 2970, 3000]);
        assert_eq!(at(Rhythm::Bursty), [0, 0, 300, 1500, 2700, 3000]);
        assert_eq!(at(Rhythm::Stalled), [0, 540, 900, 1800, 1800, 1800]);
        assert_eq!(Rhythm::Steady.finished(7, Duration::ZERO, Duration::ZERO), 7);
    }
}
