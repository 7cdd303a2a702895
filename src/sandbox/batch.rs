//! A batch the sandbox took, from acceptance to its results.

use super::answers::{Answer, Person};
use super::pace::Rhythm;
use super::refusal::Asked;
use super::settings::Echo;
use super::shapes::{
    BulkStatus, Cost, Entry, FOUND, General, Index, NOT_FOUND, Params, STILL_ONGOING, Search,
    Shapes, SingleStatus, Stats, Status,
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
    pub(super) body: Vec<u8>,
    pub(super) course: Course,
    pub(super) custom: Option<Map<String, Value>>,
    pub(super) found: usize,
    pub(super) found_percent: u8,
    pub(super) id: String,
    pub(super) kind: Asked,
    pub(super) polls: usize,
    pub(super) price: u64,
    pub(super) requested: usize,
    pub(super) searches: Vec<Search>,
    pub(super) settled: bool,
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
    UnderWay { finished: usize },
}

impl Batch {
    pub(super) fn stage(&self, now: Instant) -> Stage {
        match self.course {
            Course::Held { finished } => Stage::UnderWay { finished },
            Course::Released => Stage::Completed,
            Course::Timed { takes, rhythm } => {
                let elapsed = now.saturating_duration_since(self.accepted);
                if elapsed >= takes {
                    return Stage::Completed;
                }
                Stage::UnderWay {
                    finished: rhythm.finished(self.requested, elapsed, takes),
                }
            }
        }
    }

    /// When the batch is over, where that is settled already.
    pub(super) fn ends(&self) -> Option<Instant> {
        match self.course {
            Course::Held { .. } => None,
            Course::Released => Some(self.accepted),
            Course::Timed { takes, .. } => Some(self.accepted + takes),
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
        self.price * count(self.found)
    }

    /// The answer to GET /phone/bulk.
    pub(super) fn bulk_status(&self, now: Instant, shapes: Shapes, echo: Echo) -> BulkStatus<'_> {
        let general = |status| General {
            id: &self.id,
            status,
            custom: self.custom.as_ref(),
        };
        match self.stage(now) {
            Stage::UnderWay { finished } => BulkStatus {
                general: general(Status::Ongoing),
                results: None,
                stats: Stats {
                    finished: Some(finished),
                    requested: self.requested,
                    ..Stats::default()
                },
            },
            Stage::Completed => BulkStatus {
                general: general(Status::Completed),
                results: Some(self.entries(shapes, echo)),
                stats: self.stats(shapes, self.charge(), self.found),
            },
        }
    }

    /// The answer to GET /phone/single.
    pub(super) fn single_status(&self, now: Instant, echo: Echo) -> SingleStatus<'_> {
        let search = &self.searches[0];
        let mut single = SingleStatus {
            params: params(search, echo),
            custom: search.custom.as_deref(),
            number: None,
            country: None,
            qualification: STILL_ONGOING,
        };
        if self.stage(now) == Stage::Completed {
            (single.qualification, single.number, single.country) =
                outcome(search.person(), self.found_percent);
        }
        single
    }

    fn entries(&self, shapes: Shapes, echo: Echo) -> Vec<Entry<'_>> {
        self.searches
            .iter()
            .enumerate()
            .map(|(index, search)| {
                let (qualification, number, country) = outcome(search.person(), self.found_percent);
                Entry {
                    index: Some(match shapes {
                        Shapes::Newest => Index::Number(index),
                        Shapes::Older => Index::Text(index.to_string()),
                    }),
                    qualification,
                    number,
                    country,
                    params: params(search, echo),
                    custom: search.custom.as_deref(),
                }
            })
            .collect()
    }

    fn stats(&self, shapes: Shapes, charge: u64, found: usize) -> Stats {
        let refund = self.reserved() - charge;
        let stats = Stats {
            credits_to_refund: Some(refund),
            requested: self.requested,
            ..Stats::default()
        };
        match shapes {
            Shapes::Newest => Stats {
                credits_cost: Some(Cost::Final(charge)),
                found: Some(found),
                ..stats
            },
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

fn outcome(
    person: Person,
    found_percent: u8,
) -> (&'static str, Option<String>, Option<&'static str>) {
    match person.answer(found_percent) {
        Answer::Found { number, country } => (FOUND, Some(number), Some(country)),
        Answer::NotFound => (NOT_FOUND, None, None),
    }
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
