//! How the sandbox misbehaves.
//!
//! A [`Fault`] says what goes wrong and when, by number: the third POST, every GET from the fifth on, the second batch.
//! Faults are values in tests and text on the command line ([`Fault::catalogue`]). Nothing in them is random: the same
//! faults on the same requests do the same.

mod blemish;
mod catalogue;
mod not_a_fault;
mod parse;
mod which;

pub use blemish::{Blemish, Lateness};
pub use catalogue::Known;
pub use not_a_fault::NotAFault;
pub use which::Which;

use super::log::Endpoint;
use super::refusal::{Asked, Refusal};
use super::search::Search;
use axum::http::StatusCode;
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// With GET /account/info.
    Account(Which, Mishap),
    /// With an accepted batch or single search.
    Batch(Which, Blemish),
    /// With a GET for the state of a search.
    Get(Which, Mishap),
    /// With the size of batches: from these POSTs no more searches than this are taken.
    Limit(Which, usize),
    /// With a POST for a search.
    Post(Which, Mishap),
    /// With every search that contains this text in some field: the batch is refused, whether it names the search
    /// or not.
    Search(Box<str>, Poison),
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Its answer is lost or spoilt.
    Lost(Moment, Loss),
    /// Nothing listens for this long, from the arrival of the request before it.
    Refused(Duration),
    /// It is acted upon and answered, but this much later.
    Slow(Duration),
    /// Before it is looked at, somebody else spends so many credits of the account.
    Spend(u64),
}

/// When an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request was acted upon: a batch is taken and its credits are reserved.
    After,
    /// The request was read to its end, but nothing was done.
    Before,
}

/// What the caller gets in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
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
pub enum Poison {
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
pub(super) struct Ordeal {
    pub(super) limit: Option<usize>,
    pub(super) lost: Option<(Moment, Loss)>,
    pub(super) slow: Duration,
    pub(super) spend: u64,
}

impl Faults {
    /// Adds a fault. Where two of them spoil the same answer, the first one does.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What awaits the `number`th request of its kind, from 1.
    pub(super) fn ordeal(&self, endpoint: Endpoint, number: usize) -> Ordeal {
        let mut ordeal = Ordeal::default();
        for mishap in self.mishaps(endpoint, number) {
            match mishap {
                Mishap::Lost(moment, loss) => {
                    ordeal.lost.get_or_insert((moment, loss));
                }
                // Whoever was to be refused and came all the same found the door open again.
                Mishap::Refused(_) => {}
                Mishap::Slow(time) => ordeal.slow += time,
                Mishap::Spend(credits) => ordeal.spend += credits,
            }
        }
        if endpoint.is_post() {
            ordeal.limit = self.0.iter().find_map(|fault| match fault {
                Fault::Limit(which, limit) if which.includes(number) => Some(*limit),
                _ => None,
            });
        }
        ordeal
    }

    /// For how long nothing listens before the `number`th request of its kind.
    pub(super) fn refusal(&self, endpoint: Endpoint, number: usize) -> Option<Duration> {
        self.mishaps(endpoint, number).find_map(|mishap| match mishap {
            Mishap::Refused(time) => Some(time),
            Mishap::Lost(..) | Mishap::Slow(_) | Mishap::Spend(_) => None,
        })
    }

    /// What is wrong with the `number`th batch, from 1.
    pub(super) fn blemishes(&self, number: usize) -> Vec<Blemish> {
        let blemish = |fault: &Fault| match fault {
            Fault::Batch(which, blemish) if which.includes(number) => Some(*blemish),
            _ => None,
        };
        self.0.iter().filter_map(blemish).collect()
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
                (Poison::Named, Asked::Bulk) => {
                    Refusal::MissingProperty { number: index + 1, of: searches.len() }
                }
                (Poison::Named, Asked::Single) => Refusal::MissingPropertyOfOne,
                (Poison::Unnamed, _) => Refusal::InvalidProfile,
            })
        })
    }

    fn mishaps(&self, endpoint: Endpoint, number: usize) -> impl Iterator<Item = Mishap> {
        self.0.iter().filter_map(move |fault| {
            let (which, mishap) = match fault {
                Fault::Account(which, mishap) if endpoint == Endpoint::Account => (which, mishap),
                Fault::Get(which, mishap) if endpoint.is_poll() => (which, mishap),
                Fault::Post(which, mishap) if endpoint.is_post() => (which, mishap),
                _ => return None,
            };
            which.includes(number).then_some(*mishap)
        })
    }
}

impl Fault {
    /// The text that poisons a search, folded.
    fn poison(&self) -> Option<(String, Poison)> {
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
