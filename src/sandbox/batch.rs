//! A batch the sandbox took, from acceptance to its end: its time and its credits.

use super::faults::{Delay, Effects, RefundTime, Since};
use super::search::Search;
use super::types::Kind;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// A batch, or a single search, which is a batch of one under another address.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(super) account: usize,
    pub(super) accepted: Instant,
    /// The body of the POST, byte for byte.
    pub body: Vec<u8>,
    pub(super) course: Course,
    pub custom: Option<Map<String, Value>>,
    pub(super) faults: Effects,
    /// How often its results were fetched.
    pub(super) fetches: usize,
    /// When a poll was first told about it, and which poll that was.
    pub(super) first_seen: Option<(Instant, usize)>,
    /// How many of its searches find a number.
    pub found: usize,
    pub(super) found_percent: u8,
    pub id: String,
    pub(super) kind: Kind,
    pub polls: usize,
    pub(super) price: u64,
    pub requested: usize,
    pub searches: Vec<Search>,
    /// `settings.webhook`.
    pub webhook: Option<Url>,
}

/// How a batch moves towards its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Held { finished: usize },
    Released(Instant),
    Timed { takes: Duration },
}

impl Batch {
    /// Whether it is over, and so refunded.
    pub fn is_over(&self, now: Instant) -> bool {
        self.ends().is_some_and(|end| end <= now)
    }

    /// When the batch is over, where that is known.
    pub(super) fn ends(&self) -> Option<Instant> {
        match self.course {
            Course::Held { .. } => None,
            Course::Released(when) => Some(when),
            Course::Timed { takes } => Some(self.accepted + takes),
        }
    }

    /// When it pays and gives the rest back, where that is known.
    pub(super) fn refunded_at(&self) -> Option<Instant> {
        let ends = self.ends();
        match self.faults.refund {
            None | Some(RefundTime::Never) => ends,
            Some(RefundTime::AtOnce) => Some(self.accepted),
            Some(RefundTime::Early(time)) => {
                ends.map(|end| end.checked_sub(time).unwrap_or(self.accepted).max(self.accepted))
            }
            Some(RefundTime::Late(time)) => ends.map(|end| end + time),
        }
    }

    /// Whether its id is not to be known.
    pub(super) fn is_hidden(&self, now: Instant) -> bool {
        self.faults.hidden.iter().any(|(since, delay)| {
            let (start, polls) = match (since, self.first_seen) {
                (Since::Acceptance, _) => (self.accepted, 0),
                (Since::FirstPoll, Some(seen)) => seen,
                (Since::FirstPoll, None) => return false,
            };
            lasts(*delay, start, self.polls - polls, now)
        })
    }

    /// How many searches are finished.
    pub(super) fn finished(&self, now: Instant) -> usize {
        match self.course {
            Course::Held { finished } => finished,
            Course::Released(_) => self.requested,
            Course::Timed { takes } => {
                let elapsed = now.saturating_duration_since(self.accepted).min(takes);
                let done = self.requested as u128 * elapsed.as_micros();
                let done = done.checked_div(takes.as_micros()).map(usize::try_from);
                done.and_then(Result::ok).unwrap_or(self.requested)
            }
        }
    }

    /// A guess for the sender, in minutes, as the API gives one.
    pub(super) fn estimated_minutes(&self) -> u64 {
        match self.course {
            Course::Held { .. } | Course::Released(_) => 1,
            Course::Timed { takes } => takes.as_secs().div_ceil(60).max(1),
        }
    }

    /// What was reserved when the batch was accepted.
    pub(super) fn reserved(&self) -> u64 {
        self.price * count(self.requested)
    }

    /// What its numbers cost, or a failed batch that is refunded or not.
    pub(super) fn stated_charge(&self) -> u64 {
        match self.faults.failed {
            Some(true) => 0,
            Some(false) => self.reserved(),
            None => self.price * count(self.found),
        }
    }

    /// What the batch takes from the account in the end.
    pub(super) fn charge(&self) -> u64 {
        let is_kept = self.faults.refund == Some(RefundTime::Never);
        if is_kept { self.reserved() } else { self.stated_charge() }
    }
}

/// Whether something that began at `start` and was met by `polls` polls, this one included, is not over.
pub(super) fn lasts(delay: Option<Delay>, start: Instant, polls: usize, now: Instant) -> bool {
    match delay {
        None => true,
        Some(Delay::For(time)) => now < start + time,
        Some(Delay::Polls(last)) => polls <= last,
    }
}

/// How many of `searches` are found.
pub(super) fn found_among(searches: &[Search], found_percent: u8) -> usize {
    let is_found = |search: &&Search| search.person().is_found(found_percent);
    searches.iter().filter(is_found).count()
}

fn count(searches: usize) -> u64 {
    u64::try_from(searches).expect("a batch fits in memory")
}
