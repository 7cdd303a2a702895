//! The real binary against a sandbox, one module per capability. All of them share the harness in [`support`].
#![expect(clippy::unwrap_used, reason = "a test panics when something is missing")]

mod architecture;
mod bulk;
mod commands;
mod environment;
mod exports;
mod faults;
mod field_cases;
mod files;
mod filled;
mod help;
mod hostile;
mod jsonl;
mod kill;
#[cfg(unix)] // The system's own words in a message are different on Windows.
mod later;
mod ledger;
mod messages;
mod money;
mod not_a_ledger;
mod overlap;
#[cfg(unix)] // Its blocks are shell scripts.
mod readme;
#[cfg(unix)] // A recipe is a shell script.
mod recipes;
mod recover;
mod refresh;
mod report;
mod sandbox;
mod support;
#[cfg(all(unix, feature = "postgres"))]
mod team;
#[cfg(unix)]
mod terminal;
#[cfg(unix)] // Commands are stopped and continued by signals.
mod walk;
mod workbook;
