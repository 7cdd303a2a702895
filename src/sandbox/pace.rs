//! How long batches take.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Until it is released through the [`Control`](super::Control).
    Held,
    /// For a time that may grow with the number of searches. They are finished one by one.
    Takes { base: Duration, each: Duration },
}

impl Pace {
    /// A batch is done when it is accepted.
    pub const INSTANT: Self = Self::fixed(Duration::ZERO);

    /// Slow enough to be watched, fast enough not to bore: 2 s a batch and 2 ms a search.
    pub const WATCHABLE: Self =
        Self::Takes { base: Duration::from_secs(2), each: Duration::from_millis(2) };

    /// Every batch takes `time`, however large it is.
    pub const fn fixed(time: Duration) -> Self {
        Self::Takes { base: time, each: Duration::ZERO }
    }
}
