//! The backend that keeps the ledger in one SQLite file. SQL is written here and nowhere else, and no SQLite type leaves
//! this folder.
//!
//! **Durability.** The journal is a write-ahead log with `synchronous=FULL`: a claim is on the disk, not in a cache of
//! the system, before its POST leaves. `NORMAL` would lose the last commits in a power cut, which here means paying
//! twice, and saves 4 %. WAL lets other runs read while one writes.
//!
//! **Locking.** One thread owns the connection and a channel feeds it, so that a commit never holds up polling or a
//! signal. Every operation is one transaction; writers take the lock at its start (`BEGIN IMMEDIATE`), so two runs
//! never claim one person. A run's owner is known by a file lock that the system drops when the process dies,
//! however it dies: a dead run is recognised at once and a recycled process id deceives nobody.
//!
//! **Compatibility.** `PRAGMA user_version` is the schema's version. Older ledgers are migrated, newer ones refused,
//! damaged ones never replaced.
//!
//! **Trust.** Those who can write the file can lie about answers, but not more: its triggers and views do not run, its
//! schema is not trusted, and nothing in it names a file to touch.

mod accounts;
mod actor;
mod aliases;
mod batches;
mod budget;
mod claim;
mod connect;
mod database_file;
mod database_lock;
mod erase;
mod experiment;
mod filled;
mod give_up;
mod header;
mod heartbeat;
mod import;
mod info;
mod keys;
mod looked_at;
mod marks;
mod members;
mod moments;
mod moving;
mod new_keys;
mod people;
mod post;
mod process;
mod readings;
mod readmit;
mod record;
mod refresh;
mod resubmit;
mod rows;
mod run_lock;
mod runs;
mod savings;
mod schema;
mod sql_error;
mod store;
mod totals;
mod unproven;
mod upsert;
mod usage;

pub(super) use actor::FileLedger;
