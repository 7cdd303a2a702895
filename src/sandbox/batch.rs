//! A batch the sandbox took, from acceptance to its end: its time and its credits.

use super::faults::{Delay, Effects};
use super::search::Search;
use super::types::Kind;
use serde_json::{Map, Value};
use tokio::time::Instant;
use url::Url;

/// A batch, or a single search, which is a batch of one under another address.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(super) account: usize,
    pub(super) accepted: Instant,
    /// The body of the POST, byte for byte.
    pub body: Vec<u8>,
    pub custom: Option<Map<String, Value>>,
    /// When it is over; `None` where it is held until it is released.
    pub(super) end: Option<Instant>,
    pub(super) faults: Effects,
    /// How often its results were fetched.
    pub(super) fetches: usize,
    /// How many of its searches are finished while it is held.
    pub(super) finished: usize,
    /// When a poll first got its state, and which poll that was.
    pub(super) first_seen: Option<(Instant, usize)>,
    /// How many of its searches find a number.
    pub found: usize,
    pub(super) found_percent: u8,
    pub id: String,
    pub(super) kind: Kind,
    /// What came of calling its webhook: the status of the answer, or why there was none.
    pub notified: Option<Result<u16, String>>,
    pub polls: usize,
    pub(super) price: u64,
    pub requested: usize,
    pub searches: Vec<Search>,
    /// `settings.webhook`.
    pub webhook: Option<Url>,
}

impl Batch {
    /// Whether it is over, and so refunded.
    pub fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// When it pays and gives the rest back, where that is known.
    pub(super) fn refunded_at(&self) -> Option<Instant> {
        let (early, late) = (self.faults.refund_early, self.faults.refund_late);
        let end = self.end?.checked_sub(early).unwrap_or(self.accepted);
        Some(end.max(self.accepted) + late)
    }

    /// Whether its id is not to be known.
    pub(super) fn is_hidden(&self, now: Instant) -> bool {
        let lasts = |delay: Option<Delay>, (start, polls): (Instant, usize)| {
            delay.is_some_and(|delay| delay.lasts(start, self.polls - polls, now))
        };
        lasts(self.faults.late, (self.accepted, 0))
            || self.first_seen.is_some_and(|seen| lasts(self.faults.gone, seen))
    }

    /// How many searches are finished while it runs.
    pub(super) fn finished(&self, now: Instant) -> usize {
        let Some(end) = self.end else { return self.finished };
        let (elapsed, whole) = (now - self.accepted, end - self.accepted);
        let done = self.requested as u128 * elapsed.as_micros() / whole.as_micros().max(1);
        usize::try_from(done).unwrap_or(self.requested)
    }

    /// What was reserved when the batch was accepted.
    pub(super) fn reserved(&self) -> u64 {
        self.price * count(self.requested)
    }

    /// What so many numbers cost; of a failed batch, nothing or everything.
    pub(super) fn stated_charge(&self, found: usize) -> u64 {
        match self.faults.failed {
            Some(true) => 0,
            Some(false) => self.reserved(),
            None => self.price * count(found),
        }
    }

    /// What the batch takes from the account in the end.
    pub(super) fn charge(&self) -> u64 {
        if self.faults.refund_never { self.reserved() } else { self.stated_charge(self.found) }
    }
}

impl Delay {
    /// Whether what began at `start` and was met by `polls` polls, this one included, is not over.
    pub(super) fn lasts(self, start: Instant, polls: usize, now: Instant) -> bool {
        match self {
            Self::Ever => true,
            Self::For(time) => now < start + time,
            Self::Polls(last) => polls <= last,
        }
    }
}

fn count(searches: usize) -> u64 {
    u64::try_from(searches).expect("a batch fits in memory")
}
