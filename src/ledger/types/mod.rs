//! The types in which the ledger is asked and answers. They are the same for every backend.

mod account;
mod batch;
mod history;
mod person;
mod post;

pub(crate) use account::{AccountState, Verdict};
pub use batch::{BatchNo, BatchResult, FinalState, NewBatch};
pub(crate) use batch::{BatchRecord, BatchState, ClaimedBatch, Member, Owner, Which};
pub(crate) use history::{EraseMode, Erased, Imported, Totals};
pub(crate) use person::{AnsweredKind, Claim, PersonRecord, PersonStatus, Status, StoredAnswer};
pub use person::{Freshness, PersonId};
pub use post::{Acceptance, PostOutcome, Reserved};
pub(crate) use post::{Recorded, SavedResponse};

pub(super) use account::{MAX_QUEUE, POST_SPACING, REFUND_DELAY, UNSTATED_REFUND_DELAY, millis};
