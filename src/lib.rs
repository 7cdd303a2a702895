//! Batch phone lookups from lists of people through the Enrow API, without ever paying twice.
//!
//! The folders are the design: `commands -> lookup -> {ledger, enrow} -> people`, `sheet -> people`. Nothing here is a
//! library for others: what is public is for `main`, the tests, the benches and the fuzz targets.

mod batch;
mod cli;
mod commands;
mod enrow;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
mod ledger;
mod lookup;
mod loopback;
mod people;
#[doc(hidden)]
pub mod sandbox;
mod sheet;
mod text;
mod timer;
mod ui;
mod units;
mod word_list;

/// What `main`, the benches and the integration tests use.
#[doc(hidden)]
pub mod internal {
    pub use crate::batch::{AccountId, BatchId, Nonce};
    pub use crate::cli::{Args, CommandLine, UsageError};
    pub use crate::commands::run;
    pub use crate::ledger::{
        Acceptance, BatchLook, BatchNo, ClaimedSearch, Freshness, Ledger, LedgerLocation,
        LookStage, LookTime, NewBatch, PersonId, PostOutcome, Reserved,
    };
    pub use crate::lookup::PollSchedule;
    pub use crate::people::{
        Answer, Country, Identity, PersonKey, PhoneNumber, Profile, Row, RowAnswer, RowStatus,
    };
    pub use crate::sheet::{Input, Options, OutputFormat, Record, Sheet};
    pub use crate::ui::console::{Console, report_usage_error};
    pub use crate::ui::exit::Exit;
    pub use crate::ui::failure::Failure;
    pub use crate::units::{Credits, Moment};
}
