//! What faults do. `table.rs` says which fault does what.

use serde_json::Value;
use std::time::Duration;

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

/// What goes wrong with one request, with one batch or at one time.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Effects {
    // A request.
    pub(in crate::sandbox) balance: Option<Value>,
    /// The clock of the `Date` header is wrong by so many seconds.
    pub(in crate::sandbox) clock: Option<i64>,
    pub(in crate::sandbox) limit: Option<usize>,
    pub(in crate::sandbox) lost: Option<(Phase, ResponseFault)>,
    /// Nothing listens for this long, from the arrival of the request before it.
    pub(in crate::sandbox) refused: Option<Duration>,
    pub(in crate::sandbox) slow: Duration,
    pub(in crate::sandbox) spend: u64,
    pub(in crate::sandbox) stale: Option<(Duration, Staleness)>,
    /// It is acted upon only so much later, whether the caller waits or not.
    pub(in crate::sandbox) taken_late: Duration,

    // A batch.
    /// How its answers are changed; every so-manyth result; and until when, where not for ever.
    pub(in crate::sandbox) changes: Vec<(Change, usize, Option<Delay>)>,
    pub(in crate::sandbox) credits_used: Option<CreditsUsed>,
    /// Whether it is refunded when it fails.
    pub(in crate::sandbox) failed: Option<bool>,
    /// Its id is unknown, for a while or always.
    pub(in crate::sandbox) hidden: Vec<(Since, Option<Delay>)>,
    /// So many of its credits were bought apart.
    pub(in crate::sandbox) paygo: Option<u64>,
    pub(in crate::sandbox) price: Option<u64>,
    /// Credits come back at another time than its end.
    pub(in crate::sandbox) refund: Option<RefundTime>,
    pub(in crate::sandbox) stuck: bool,

    // A time, and a search.
    pub(super) event: Option<Event>,
    /// The refusal of a batch says which search it is for.
    pub(super) names_poison: bool,
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
