//! A batch the sandbox took, from acceptance to its results.

use super::answers::{Answer, Person};
use super::faults::{BatchFault, Delay};
use super::pace::Rhythm;
use super::refusal::Asked;
use super::search::Search;
use super::settings::Echo;
use super::shapes::{
    BulkStatus, Cost, Entry, FOUND, General, Params, STILL_ONGOING, Shapes, SingleStatus, Stats,
    Status,
};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// A batch, or a single search, which is a batch of one under another address.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) account: usize,
    pub(super) accepted: Instant,
    pub(super) faults: Vec<BatchFault>,
    pub(super) body: Vec<u8>,
    pub(super) course: Course,
    pub(super) custom: Option<Map<String, Value>>,
    /// How often its results were fetched.
    pub(super) fetches: usize,
    /// How many of the searches find a number.
    pub(super) found: usize,
    pub(super) found_percent: u8,
    pub(super) id: String,
    pub(super) kind: Asked,
    /// How often it was asked for.
    pub(super) polls: usize,
    pub(super) price: u64,
    pub(super) requested: usize,
    pub(super) searches: Vec<Search>,
    pub(super) webhook: Option<Url>,
}

/// How a batch moves towards its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Held { finished: usize },
    Released,
    Timed { takes: Duration, rhythm: Rhythm },
}

/// Where a batch is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Completed,
    Failed,
    UnderWay,
}

impl Batch {
    pub(super) fn stage(&self, now: Instant) -> Stage {
        if self.ends().is_none_or(|end| end > now) {
            Stage::UnderWay
        } else if self.faults.contains(&BatchFault::Failed) {
            Stage::Failed
        } else {
            Stage::Completed
        }
    }

    /// When the batch is over, where that is known.
    pub(super) fn ends(&self) -> Option<Instant> {
        match self.course {
            Course::Held { .. } => None,
            Course::Released => Some(self.accepted),
            Course::Timed { takes, .. } => Some(self.accepted + takes),
        }
    }

    /// Whether the batch is not to be known yet.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.faults.iter().any(|batch_fault| match batch_fault {
            BatchFault::Late(Delay::For(time)) => now < self.accepted + *time,
            BatchFault::Late(Delay::Polls(polls)) => self.polls <= *polls,
            _ => false,
        })
    }

    /// How many searches are finished.
    fn finished(&self, now: Instant) -> usize {
        match self.course {
            Course::Held { finished } => finished,
            Course::Released => self.requested,
            Course::Timed { takes, rhythm } => {
                let elapsed = now.saturating_duration_since(self.accepted);
                rhythm.finished(self.requested, elapsed, takes)
            }
        }
    }

    /// A guess for the sender, in minutes, as the API gives one.
    pub(super) fn estimated_minutes(&self) -> u64 {
        match self.course {
            Course::Held { .. } | Course::Released => 1,
            Course::Timed { takes, .. } => takes.as_secs().div_ceil(60).max(1),
        }
    }

    /// What was reserved when the batch was accepted.
    pub(super) fn reserved(&self) -> u64 {
        self.price * count(self.requested)
    }

    /// What the batch costs in the end.
    pub(super) fn charge(&self) -> u64 {
        if self.faults.contains(&BatchFault::Failed) {
            return 0;
        }
        self.price * count(self.found)
    }

    /// The answer to GET /phone/bulk.
    pub(super) fn bulk_status(&self, now: Instant, shapes: Shapes, echo: Echo) -> BulkStatus<'_> {
        let (status, results, counts) = match self.stage(now) {
            Stage::Completed => {
                let absent = self.faults.contains(&BatchFault::NoResults);
                let results = (!absent).then(|| self.entries(shapes, echo));
                (Status::Completed, results, self.stats(shapes, self.found))
            }
            Stage::Failed => (Status::Failed, None, self.stats(shapes, 0)),
            Stage::UnderWay => {
                let stats = Stats {
                    finished: Some(self.finished(now)),
                    requested: self.requested,
                    ..Stats::default()
                };
                (Status::Ongoing, None, stats)
            }
        };
        BulkStatus {
            general: General { id: &self.id, status, custom: self.custom.as_ref() },
            results,
            stats: counts,
        }
    }

    /// The answer to GET /phone/single.
    pub(super) fn single_status(&self, now: Instant, echo: Echo) -> SingleStatus<'_> {
        let entry = match self.stage(now) {
            Stage::Completed => self.entries(Shapes::Newest, echo).pop(),
            // A single search has no other word for one that came to nothing.
            Stage::Failed => Some(self.entry(0, echo, |_| Answer::NotFound)),
            Stage::UnderWay => None,
        };
        let entry = entry.unwrap_or_else(|| Entry {
            qualification: STILL_ONGOING,
            ..self.entry(0, echo, |_| Answer::NotFound)
        });
        SingleStatus {
            params: entry.params,
            custom: entry.custom,
            number: entry.number,
            country: entry.country,
            qualification: entry.qualification,
        }
    }

    /// The results, with everything that is wrong with them.
    fn entries(&self, shapes: Shapes, echo: Echo) -> Vec<Entry<'_>> {
        let answer = |person: Person| person.answer(self.found_percent);
        let mut entries: Vec<_> =
            (0..self.searches.len()).map(|index| self.entry(index, echo, answer)).collect();
        for batch_fault in &self.faults {
            if self.kind == Asked::Bulk || !batch_fault.is_about_the_list() {
                batch_fault.apply(&mut entries, self.fetches);
            }
        }
        if shapes == Shapes::Older {
            BatchFault::TextIndex.apply(&mut entries, self.fetches);
        }
        entries
    }

    fn entry(&self, index: usize, echo: Echo, answer: impl Fn(Person) -> Answer) -> Entry<'_> {
        let search = &self.searches[index];
        let entry = Entry {
            params: params(search, echo),
            custom: search.custom.as_deref(),
            ..Entry::of(index)
        };
        match answer(search.person()) {
            Answer::Found { number, country } => Entry {
                qualification: FOUND,
                number: Some(number),
                country: Some(country),
                ..entry
            },
            Answer::NotFound => entry,
        }
    }

    fn stats(&self, shapes: Shapes, found: usize) -> Stats {
        let charge = self.charge();
        let refund = self.reserved() - charge;
        let stats = Stats {
            credits_to_refund: Some(refund),
            requested: self.requested,
            ..Stats::default()
        };
        match shapes {
            Shapes::Newest => {
                Stats { credits_cost: Some(Cost::Final(charge)), found: Some(found), ..stats }
            }
            Shapes::Older => Stats {
                credits_cost: Some(Cost::Itemised {
                    initial: self.reserved(),
                    refunded: refund,
                    last: charge,
                }),
                valid: Some(found),
                ..stats
            },
        }
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

fn params(search: &Search, echo: Echo) -> Option<Params<'_>> {
    let linkedin_url = search.linkedin_url.as_deref().map(|url| match echo {
        Echo::Slashed if !url.ends_with('/') => Cow::Owned(format!("{url}/")),
        Echo::Slashed | Echo::AsSent | Echo::Absent => Cow::Borrowed(url),
    });
    (echo != Echo::Absent).then_some(Params {
        linkedin_url,
        firstname: search.firstname.as_deref(),
        lastname: search.lastname.as_deref(),
        company_domain: search.company_domain.as_deref(),
        company_name: search.company_name.as_deref(),
    })
}
