//! What faults do. `table.rs` says which fault does what.

use super::edits::Edit;
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
    /// What the `Age` header says.
    pub(in crate::sandbox) age: Option<Duration>,
    pub(in crate::sandbox) balance: Option<Value>,
    /// The clock of the `Date` header is wrong by this many seconds.
    pub(in crate::sandbox) clock: i64,
    pub(in crate::sandbox) limit: Option<usize>,
    pub(in crate::sandbox) lost: Option<Loss>,
    /// Nothing listens for this long, from the arrival of the request before it.
    pub(in crate::sandbox) refused: Option<Duration>,
    pub(in crate::sandbox) slow: Duration,
    pub(in crate::sandbox) spend: u64,
    /// The balance is as old as this.
    pub(in crate::sandbox) stale: Duration,
    /// It is acted upon this much later, whether the caller waits or not.
    pub(in crate::sandbox) taken_late: Duration,

    // A batch.
    /// What `credits_used` says; `"half"` for half of what is reserved.
    pub(in crate::sandbox) credits_used: Option<Value>,
    /// How its answers are changed; every so-manyth result; and how long, once it is over.
    pub(in crate::sandbox) edits: Vec<(Edit, usize, Delay)>,
    /// Whether it is refunded when it fails.
    pub(in crate::sandbox) failed: Option<bool>,
    /// How long its id is unknown after the first poll that got its state.
    pub(in crate::sandbox) gone: Option<Delay>,
    /// How long its id is unknown after it was taken.
    pub(in crate::sandbox) late: Option<Delay>,
    /// How many of its credits are pay-as-you-go.
    pub(in crate::sandbox) paygo: u64,
    /// Text before the JSON of its answers.
    pub(in crate::sandbox) prefix: &'static str,
    pub(in crate::sandbox) price: Option<u64>,
    pub(in crate::sandbox) refund_early: Duration,
    pub(in crate::sandbox) refund_late: Duration,
    pub(in crate::sandbox) refund_never: bool,
    /// How many percent of its results there are for how long, once it is over. `stats` count no others.
    pub(in crate::sandbox) share: Option<(usize, Delay)>,
    pub(in crate::sandbox) stuck: bool,

    // A time, and a search.
    pub(super) event: Option<Event>,
    /// The refusal of a batch says which search it is for.
    pub(super) names_search: bool,
}

/// What happens at a time.
#[derive(Debug, Clone)]
pub(in crate::sandbox) enum Event {
    /// This key takes the place of the first account's, which is refused from then on.
    Key(String),
    Price(u64),
    /// Of the batch with this number.
    Refund(usize),
    Renewal(u64),
    Spend(u64),
    TopUp(u64),
}

/// When a request is acted upon, if its answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Phase {
    /// Before: a batch is taken and its credits are reserved.
    After,
    /// Never, though it was read to its end.
    Before,
    /// So long after it was read.
    Later(Duration),
}

/// How an answer is lost: what the caller gets in its place, what becomes of the connection, and what of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) struct Loss {
    pub(in crate::sandbox) end: End,
    pub(in crate::sandbox) phase: Phase,
    pub(in crate::sandbox) sent: Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum End {
    Close,
    /// Nothing more comes until the caller leaves.
    Hang,
    /// The next request can be sent on it.
    Keep,
    Reset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Sent {
    Garbage,
    /// Half of its body.
    Half,
    Html(u16),
    Nothing,
    /// So many bytes of its body.
    Part(usize),
    Redirect(u16),
    Status(u16, Option<Duration>),
}

/// How long something is wrong with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Delay {
    Ever,
    For(Duration),
    Polls(usize),
}
