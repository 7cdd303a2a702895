//! How the sandbox misbehaves.
//!
//! A [`Fault`] says what goes wrong and when, by number: the third POST, every GET from the fifth on, the second batch.
//! Faults are values in tests and text on the command line ([`Fault::catalogue`]). Nothing in them is random: the same
//! faults on the same requests do the same.

mod batch_fault;
mod catalogue;
mod not_a_fault;
mod parse;
mod selector;

pub use batch_fault::{BatchFault, Delay};
pub use catalogue::FaultInfo;
pub use not_a_fault::NotAFault;
pub use selector::Selector;

use super::log::Endpoint;
use super::refusal::{Asked, Refusal};
use super::search::Search;
use axum::http::StatusCode;
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// With GET /account/info.
    Account(Selector, RequestFault),
    /// With an accepted batch or single search.
    Batch(Selector, BatchFault),
    /// With a GET for the state of a search.
    Get(Selector, RequestFault),
    /// With the size of batches: from these POSTs no more searches than this are taken.
    Limit(Selector, usize),
    /// With a POST for a search.
    Post(Selector, RequestFault),
    /// With every search that contains this text in some field: the batch is refused, whether it names the search
    /// or not.
    Search(Box<str>, SearchFault),
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestFault {
    /// Its answer is lost or spoilt.
    Lost(Phase, ResponseFault),
    /// Nothing listens for this long, from the arrival of the request before it.
    Refused(Duration),
    /// It is acted upon and answered, but this much later.
    Slow(Duration),
    /// Before it is looked at, somebody else spends so many credits of the account.
    Spend(u64),
}

/// When an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The request was acted upon: a batch is taken and its credits are reserved.
    After,
    /// The request was read to its end, but nothing was done.
    Before,
}

/// What the caller gets in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseFault {
    /// The connection is closed in good order, without a byte.
    Close,
    /// The right status with a body that is not JSON.
    Garbage,
    /// Nothing, and the connection stays open.
    Hang,
    /// A page for people, as a proxy gives it.
    Html(StatusCode),
    /// A redirect to a path of the sandbox that does not exist.
    Redirect(StatusCode),
    /// A TCP reset.
    Reset,
    /// The head and half of the body; then nothing, and the connection stays open.
    Stall,
    /// An error, with `Retry-After` where it is given.
    Status(StatusCode, Option<Duration>),
    /// The head and half of the body; then the connection is closed.
    Truncate,
}

/// How a batch is refused for one of its searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchFault {
    /// `Missing mandatory property on search n°8 of 50`
    Named,
    /// `Invalid linkedin_url`, which does not say where.
    Unnamed,
}

/// Everything that goes wrong in a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

/// What awaits one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RequestFaults {
    pub(super) limit: Option<usize>,
    pub(super) lost: Option<(Phase, ResponseFault)>,
    pub(super) slow: Duration,
    pub(super) spend: u64,
}

impl Faults {
    /// Adds a fault. Where two of them apply the same answer, the first one does.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What awaits the `number`th request of its kind, from 1.
    pub(super) fn request_faults(&self, endpoint: Endpoint, number: usize) -> RequestFaults {
        let mut request_faults = RequestFaults::default();
        for mishap in self.mishaps(endpoint, number) {
            match mishap {
                RequestFault::Lost(moment, response_fault) => {
                    request_faults.lost.get_or_insert((moment, response_fault));
                }
                // Whoever was to be refused and came all the same found the door open again.
                RequestFault::Refused(_) => {}
                RequestFault::Slow(time) => request_faults.slow += time,
                RequestFault::Spend(credits) => request_faults.spend += credits,
            }
        }
        if endpoint.is_post() {
            request_faults.limit = self.0.iter().find_map(|fault| match fault {
                Fault::Limit(selector, limit) if selector.includes(number) => Some(*limit),
                _ => None,
            });
        }
        request_faults
    }

    /// For how long nothing listens before the `number`th request of its kind.
    pub(super) fn refusal(&self, endpoint: Endpoint, number: usize) -> Option<Duration> {
        self.mishaps(endpoint, number).find_map(|mishap| match mishap {
            RequestFault::Refused(time) => Some(time),
            RequestFault::Lost(..) | RequestFault::Slow(_) | RequestFault::Spend(_) => None,
        })
    }

    /// What is wrong with the `number`th batch, from 1.
    pub(super) fn faults(&self, number: usize) -> Vec<BatchFault> {
        let batch_fault = |fault: &Fault| match fault {
            Fault::Batch(selector, batch_fault) if selector.includes(number) => Some(*batch_fault),
            _ => None,
        };
        self.0.iter().filter_map(batch_fault).collect()
    }

    /// The refusal for a poisoned search.
    pub(super) fn poisoned(&self, kind: Asked, searches: &[Search]) -> Option<Refusal> {
        let poisons: Vec<_> = self.0.iter().filter_map(Fault::poison).collect();
        if poisons.is_empty() {
            return None;
        }
        searches.iter().enumerate().find_map(|(index, search)| {
            let text = search.texts().collect::<Vec<_>>().join("\n").to_lowercase();
            let (_, poison) = poisons.iter().find(|(needle, _)| text.contains(needle))?;
            Some(match (poison, kind) {
                (SearchFault::Named, Asked::Bulk) => {
                    Refusal::MissingProperty { number: index + 1, of: searches.len() }
                }
                (SearchFault::Named, Asked::Single) => Refusal::MissingPropertyOfOne,
                (SearchFault::Unnamed, _) => Refusal::InvalidProfile,
            })
        })
    }

    fn mishaps(&self, endpoint: Endpoint, number: usize) -> impl Iterator<Item = RequestFault> {
        self.0.iter().filter_map(move |fault| {
            let (selector, mishap) = match fault {
                Fault::Account(selector, mishap) if endpoint == Endpoint::Account => {
                    (selector, mishap)
                }
                Fault::Get(selector, mishap) if endpoint.is_poll() => (selector, mishap),
                Fault::Post(selector, mishap) if endpoint.is_post() => (selector, mishap),
                _ => return None,
            };
            selector.includes(number).then_some(*mishap)
        })
    }
}

impl Fault {
    /// The text that poisons a search, folded.
    fn poison(&self) -> Option<(String, SearchFault)> {
        match self {
            Self::Search(text, poison) => Some((text.to_lowercase(), *poison)),
            _ => None,
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(faults.into_iter().collect())
    }
}
