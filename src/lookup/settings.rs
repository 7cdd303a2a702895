//! What the user decided about a run.

use crate::enrow::Webhook;
use crate::ledger::{Freshness, ListScope};
use crate::units::{Credits, Moment};
use std::time::Duration;

/// The most searches a batch may have (Enrow API, POST /phone/bulk), unless the API says fewer.
pub(crate) const LARGEST_BATCH: usize = 3000;

/// How long `not_found` counts as an answer.
const NOT_FOUND_COUNTS: Duration = Duration::from_hours(720);

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Searches in a batch, at most.
    pub batch_size: usize,
    /// Submit, do not wait.
    pub detach: bool,
    /// How long the balance must stand still to prove that a lost batch was not taken.
    pub doubt_wait: Duration,
    /// Which answers count.
    pub freshness: Freshness,
    /// By what people know the list: kept with its batches.
    pub label: Option<String>,
    /// Which list is worked on.
    pub list: Option<ListScope>,
    /// New people to search for, at most.
    pub limit: Option<usize>,
    /// Credits this run may reserve and pay, at most, at every instant.
    pub max_credits: Option<Credits>,
    /// When the refresh of the list began.
    pub refresh: Option<Moment>,
    pub through: Through,
    /// Enrow tells this address when a batch is done.
    pub webhook: Option<Webhook>,
}

/// Nothing decided: whole batches, waited for, every answer counts.
impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_size: LARGEST_BATCH,
            detach: false,
            doubt_wait: Duration::from_mins(10),
            freshness: Freshness {
                found: Moment::NEVER,
                not_found: Moment::NEVER,
                failed: Moment::NEVER,
            },
            label: None,
            limit: None,
            list: None,
            max_credits: None,
            refresh: None,
            through: Through::Bulk,
            webhook: None,
        }
    }
}

/// The two endpoints that take people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    /// POST /phone/bulk
    Bulk,
    /// POST /phone/single, one at a time.
    Single,
}

/// Which answers count in a run that begins `now`. `refresh` is the moment since which everybody is to be asked again.
pub(crate) fn freshness(
    now: Moment,
    refresh: Option<Moment>,
    max_age: Option<Duration>,
) -> Freshness {
    if let Some(since) = refresh {
        return Freshness { found: since, not_found: since, failed: now };
    }
    Freshness {
        found: max_age.map_or(Moment::NEVER, |age| now.saturating_sub(age)),
        not_found: now
            .saturating_sub(max_age.map_or(NOT_FOUND_COUNTS, |age| age.min(NOT_FOUND_COUNTS))),
        failed: now,
    }
}
