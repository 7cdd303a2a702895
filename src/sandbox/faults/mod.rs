//! How the sandbox misbehaves.
//!
//! A [`Fault`] says what goes wrong and when, by number: the third POST, every GET from the fifth on, the second batch.
//! Faults are text, in tests and on the command line: `TARGET[:WHICH]=KIND[/VALUE]`. `table.rs` is the one list of
//! them, from which parser, help and error messages come. Nothing is random: the same faults on the same requests do
//! the same.

mod kinds;
mod parse;
mod results;
mod selector;
mod table;

pub(super) use kinds::{
    BatchFault, Change, CreditsUsed, Delay, Event, Phase, RefundTime, RequestFaults, ResponseFault,
    Since, Staleness,
};
pub use kinds::{Fault, Faults};
pub use parse::NotAFault;
pub(super) use results::{picks, place_surrogates, text_index};
