//! The suite, asked of ledgers on a server.

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

/// A ledger of its own. Where this machine has no PostgreSQL, which is said once, it is one in a file.
fn ledger() -> Ledger {
    postgres::ledger().unwrap_or_else(super::on_file::ledger)
}

/// How many cases of a property are tried. Each has a database of its own.
const fn cases(cases: u32) -> u32 {
    cases / 16
}

/// How many random sequences are taken where nobody says how many.
const SEQUENCES: u64 = 40;
