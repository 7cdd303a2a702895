//! What was asked, paid and answered.
//!
//! [`Ledger`] is the face: its methods and their promises, grouped by topic, are the same for every backend. `file` is the
//! backend that keeps the ledger in one SQLite file.

mod accounts;
mod address_source;
mod attempts;
mod batches;
mod budget;
mod codes;
mod copy;
mod error;
mod experiment;
mod file;
mod file_system;
mod handle;
mod history;
mod info;
mod location;
mod notes;
mod people;
mod resolver;
#[cfg(feature = "postgres")]
mod seen;
#[cfg(feature = "postgres")]
mod server;
mod temporary;
mod transfer;
mod types;

pub(crate) use address_source::AddressSource;
pub(crate) use error::{LedgerError, LedgerErrorKind, Result};
pub use handle::Ledger;
pub use location::LedgerLocation;
pub(crate) use transfer::{MoveReport, Moved};
pub use types::{
    Acceptance, BatchLook, BatchNo, ClaimedSearch, Freshness, LookStage, LookTime, NewBatch,
    PersonId, PostOutcome, Reserved,
};
pub(crate) use types::{
    AccountActivity, AccountState, Alias, AnsweredKind, AskedBy, BalanceReading, BatchRecord,
    BatchState, Claim, EraseMode, Erased, ExperimentEnd, KeptNumber, ListCosts, ListScope, Member,
    Owner, PersonRecord, PersonStatus, Readmitted, Recorded, Refresh, Rewind, SavedResponse,
    Savings, Status, StoredAnswer, Suppressed, Totals, UsageSlice, Which,
};
pub(crate) use types::{Allowance, Budget, BudgetRequest, Per};
pub(crate) use types::{FilledRow, FoundBy};
pub(crate) use types::{Health, LedgerInfo, MovedTo};

pub(crate) use types::{Doubt, Hole, LookRecorded, UnprovenNumber};

#[cfg(test)]
pub(crate) mod tests;
