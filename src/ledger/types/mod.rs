//! The types in which the ledger is asked and answers. They are the same for every backend.

mod account;
mod batch;
mod experiment;
mod history;
mod look;
mod person;
mod post;

pub(crate) use account::AccountState;
pub use batch::{BatchNo, ClaimedSearch, NewBatch};
pub(crate) use batch::{BatchRecord, BatchState, ClaimedBatch, ListScope, Member, Owner, Which};
pub(crate) use experiment::ExperimentEnd;
pub(crate) use experiment::{AccountActivity, BalanceReading};
pub(crate) use history::{EraseMode, Erased, Imported, Totals};
pub use look::{BatchLook, LookStage, LookTime};
pub(crate) use look::{Doubt, LookRecorded, UnprovenNumber};
pub(crate) use person::{
    Alias, AnsweredKind, Claim, FoundBy, PersonRecord, PersonStatus, Status, StoredAnswer,
};
pub use person::{Freshness, PersonId};
pub use post::{Acceptance, PostOutcome, Reserved};
pub(crate) use post::{CreditSplit, Recorded, SavedResponse};

pub(super) use account::{
    MAX_QUEUE, POST_OVERDUE, POST_SPACING, REFUND_DELAY, UNSTATED_REFUND_DELAY, millis,
};
