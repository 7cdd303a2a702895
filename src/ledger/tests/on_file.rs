//! The suite, asked of ledgers in files.

use super::*;

#[path = "accounts.rs"]
mod accounts;
#[path = "aliases.rs"]
mod aliases;
#[path = "batches.rs"]
mod batches;
#[path = "budget.rs"]
mod budget;
#[path = "experiment.rs"]
mod experiment;
#[path = "import.rs"]
mod import;
#[path = "looks.rs"]
mod looks;
#[path = "people.rs"]
mod people;
#[path = "sequences.rs"]
mod sequences;
#[path = "usage.rs"]
mod usage;

pub(super) fn ledger() -> Ledger {
    Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap()
}

/// How many cases of a property are tried.
const fn cases(cases: u32) -> u32 {
    cases
}

/// How many random sequences are taken where nobody says how many.
const SEQUENCES: u64 = 120;
