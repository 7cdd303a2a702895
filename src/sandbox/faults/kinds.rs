//! What can go wrong, and for whom. `table.rs` says what each fault does.

use super::selector::Selector;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::search::Search;
use crate::sandbox::types::{Endpoint, Kind};
use serde_json::Value;
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub struct Fault(pub(super) Rule);

/// Everything that goes wrong in a sandbox.
#[derive(Debug, Clone, Default)]
pub struct Faults(Vec<Fault>);

/// What happens, and when.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// So long after the start.
    At(Duration, Event),
    Batch(Selector, BatchFault),
    Request(Target, Selector, RequestFault),
    /// To the batch of a search that contains this text.
    Search(String, SearchFault),
}

/// What a fault happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Account,
    At,
    Batch,
    Get,
    Post,
    Search,
}

/// What happens at a time.
#[derive(Debug, Clone)]
pub(in crate::sandbox) enum Event {
    /// This key takes the place of the first account's, which is refused from then on.
    Key(String),
    Price(u64),
    Renewal(u64),
    Spend(u64),
    TopUp(u64),
}

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(super) enum RequestFault {
    Balance(Value),
    /// The clock of the `Date` header is wrong by so many seconds.
    Clock(i64),
    Limit(usize),
    Lost(Phase, ResponseFault),
    /// Nothing listens for this long, from the arrival of the request before it.
    Refused(Duration),
    Slow(Duration),
    Spend(u64),
    Stale(Duration, Staleness),
    /// It is acted upon only so much later, whether the caller waits or not.
    TakenLate(Duration),
}

/// When an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Phase {
    /// The request was acted upon: a batch is taken and its credits are reserved.
    After,
    /// The request was read to its end, but nothing was done.
    Before,
    /// The request is acted upon so long after it was read.
    Later(Duration),
}

/// What the caller gets in place of an answer. `None` bytes are half of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum ResponseFault {
    Close,
    Garbage,
    Hang,
    Html(u16),
    Redirect(u16),
    Reset,
    Stall(Option<usize>),
    Status(u16, Option<Duration>),
    Truncate(Option<usize>),
}

/// How an old balance can be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Staleness {
    Age,
    Date,
    /// Not at all, as that of a replica.
    Silent,
}

/// What is wrong with a batch.
#[derive(Debug, Clone)]
pub(in crate::sandbox) enum BatchFault {
    /// Its answers are changed, for a while or always.
    Changed {
        change: Change,
        every: usize,
        until: Option<Delay>,
    },
    CreditsUsed(CreditsUsed),
    Failed {
        refunded: bool,
    },
    /// Its id is unknown, for a while or always.
    Hidden(Since, Option<Delay>),
    /// So many of its credits were bought apart.
    Paygo(u64),
    Price(u64),
    /// Credits come back at another time than its end.
    Refund(RefundTime),
    Stuck,
}

/// How the answer to a poll is changed.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum Change {
    /// Whatever the state, the whole body.
    Body(fn(&mut Value)),
    Bytes(fn(&mut Vec<u8>)),
    /// The whole body of a completed batch; a single search has no such body.
    Completed(fn(&mut Value)),
    /// Every so-manyth result. Its number is given, too.
    Each(fn(&mut Value, usize)),
    /// Which results there are and in which places, which makes no sense for a single search.
    List(fn(&mut Vec<Value>, usize)),
}

/// How long something is wrong with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Delay {
    For(Duration),
    Polls(usize),
}

/// From when an id is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Since {
    Acceptance,
    /// The first poll that was told about it.
    FirstPoll,
}

/// What `credits_used` says.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) enum CreditsUsed {
    Half,
    Json(Value),
}

/// When unspent credits come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum RefundTime {
    AtOnce,
    Early(Duration),
    Late(Duration),
    Never,
}

/// How a batch is refused for one of its searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchFault {
    Named,
    Unnamed,
}

/// What awaits one request.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct RequestFaults {
    pub(in crate::sandbox) balance: Option<Value>,
    pub(in crate::sandbox) clock: i64,
    pub(in crate::sandbox) limit: Option<usize>,
    pub(in crate::sandbox) lost: Option<(Phase, ResponseFault)>,
    pub(in crate::sandbox) slow: Duration,
    pub(in crate::sandbox) spend: u64,
    pub(in crate::sandbox) stale: Option<(Duration, Staleness)>,
    pub(in crate::sandbox) taken_late: Duration,
}

impl Faults {
    /// Adds a fault. Where two of them lose the same answer, the first one does.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What awaits the `number`th request of its kind, from 1.
    pub(in crate::sandbox) fn of_request(
        &self,
        endpoint: Endpoint,
        number: usize,
    ) -> RequestFaults {
        let mut faults = RequestFaults::default();
        for fault in self.request_faults(endpoint, number) {
            match fault {
                RequestFault::Balance(json) => faults.balance = Some(json.clone()),
                RequestFault::Clock(seconds) => faults.clock = *seconds,
                RequestFault::Limit(limit) => faults.limit = Some(*limit),
                RequestFault::Lost(phase, fault) => {
                    faults.lost.get_or_insert((*phase, *fault));
                }
                // A request that comes all the same finds the listener open again.
                RequestFault::Refused(_) => {}
                RequestFault::Slow(time) => faults.slow += *time,
                RequestFault::Spend(credits) => faults.spend += *credits,
                RequestFault::Stale(age, sign) => faults.stale = Some((*age, *sign)),
                RequestFault::TakenLate(time) => faults.taken_late += *time,
            }
        }
        faults
    }

    /// For how long nothing listens before the `number`th request of its kind.
    pub(in crate::sandbox) fn refusal(
        &self,
        endpoint: Endpoint,
        number: usize,
    ) -> Option<Duration> {
        self.request_faults(endpoint, number).find_map(|fault| match fault {
            RequestFault::Refused(time) => Some(*time),
            _ => None,
        })
    }

    /// What is wrong with the `number`th batch, from 1.
    pub(in crate::sandbox) fn of_batch(&self, number: usize) -> Vec<BatchFault> {
        let of_it = |fault: &Fault| match &fault.0 {
            Rule::Batch(selector, fault) if selector.includes(number) => Some(fault.clone()),
            _ => None,
        };
        self.0.iter().filter_map(of_it).collect()
    }

    /// What happens at a time, each with the time since the start.
    pub(in crate::sandbox) fn events(&self) -> impl Iterator<Item = (Duration, &Event)> {
        self.0.iter().filter_map(|fault| match &fault.0 {
            Rule::At(time, event) => Some((*time, event)),
            _ => None,
        })
    }

    /// The refusal for a search that must not be in a batch.
    pub(in crate::sandbox) fn refused_search(
        &self,
        kind: Kind,
        searches: &[Search],
    ) -> Option<Refusal> {
        let of_searches = |fault: &Fault| match &fault.0 {
            Rule::Search(text, fault) => Some((text.clone(), *fault)),
            _ => None,
        };
        let faults: Vec<_> = self.0.iter().filter_map(of_searches).collect();
        if faults.is_empty() {
            return None;
        }
        (1..).zip(searches).find_map(|(number, search)| {
            let text = search.texts().collect::<Vec<_>>().join("\n").to_lowercase();
            let (_, fault) = faults.iter().find(|(needle, _)| text.contains(needle))?;
            Some(match (fault, kind) {
                (SearchFault::Named, Kind::Bulk) => {
                    Refusal::MissingProperty { number, of: searches.len() }
                }
                (SearchFault::Named, Kind::Single) => Refusal::MissingPropertyOfOne,
                (SearchFault::Unnamed, _) => Refusal::InvalidProfile,
            })
        })
    }

    fn request_faults(
        &self,
        endpoint: Endpoint,
        number: usize,
    ) -> impl Iterator<Item = &RequestFault> {
        self.0.iter().filter_map(move |fault| match &fault.0 {
            Rule::Request(target, selector, fault) => {
                let is_it = match target {
                    Target::Account => endpoint == Endpoint::Account,
                    Target::Get => endpoint.is_poll(),
                    Target::Post => endpoint.is_post(),
                    Target::At | Target::Batch | Target::Search => false,
                };
                (is_it && selector.includes(number)).then_some(fault)
            }
            _ => None,
        })
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(faults.into_iter().collect())
    }
}
