//! The types in which the ledger is asked and answers. They are the same for every backend.

mod account;
mod asked_by;
pub(super) mod attempt;
mod batch;
mod batch_state;
mod budget;
mod experiment;
mod history;
mod hole;
mod info;
mod look;
mod person;
mod post;
mod rewind;

pub(crate) use account::AccountState;
pub(crate) use asked_by::AskedBy;
pub(crate) use attempt::Attempt;
pub(crate) use attempt::Readmitted;
pub(crate) use batch::{
    BatchRecord, ClaimedBatch, ListScope, Member, Owner, Refresh, SavedResponse, Which,
};
pub use batch::{ClaimedSearch, NewBatch};
pub use batch_state::BatchNo;
pub(crate) use batch_state::BatchState;
pub(crate) use budget::{Allowance, Budget, BudgetRequest, Per, Spender};
pub(crate) use experiment::ExperimentEnd;
pub(crate) use experiment::{AccountActivity, BalanceReading};
pub(crate) use history::{
    EraseMode, Erased, Imported, ListCosts, Savings, Suppressed, Totals, UsageSlice,
};
pub(crate) use hole::Hole;
pub(crate) use info::{Health, LedgerInfo, MovedTo};
pub use look::{BatchLook, LookStage, LookTime};
pub(crate) use look::{Doubt, LookRecorded, UnprovenNumber};
pub(crate) use person::{
    Alias, AnsweredKind, Claim, FilledRow, FoundBy, KeptNumber, PersonRecord, PersonStatus, Status,
    StoredAnswer,
};
pub use person::{Freshness, PersonId};
pub(crate) use post::Recorded;
pub use post::{Acceptance, PostOutcome, Reserved};
pub(crate) use rewind::Rewind;

pub(super) use account::{
    CAREFUL_POST_SPACING, MAX_CAUTION, MAX_QUEUE, POST_CAUTION, POST_OVERDUE, POST_SPACING,
    REFUND_DELAY, UNSTATED_REFUND_DELAY, millis,
};
pub(super) use budget::ALL_KEYS;
pub(super) use experiment::MOST_READINGS;
#[cfg(feature = "postgres")]
pub(super) use look::LAST_LOOK_AFTER;
pub(super) use post::LONGEST_SAVED;
