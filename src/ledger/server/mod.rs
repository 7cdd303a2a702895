//! The backend that keeps the ledger of a team in a PostgreSQL database. No type of the driver leaves this folder.
//!
//! **Operations.** One operation is one statement (`sql/`, one file each) and one round trip: it is atomic, needs no
//! session and so works through every pooler, and a connection may be dropped and made anew between any two. Every one
//! names what it changes and the state that it expects, so that it can be repeated where its answer was lost. A claim
//! is not repeated: it is made impossible by a tombstone, or found and given up, and then made anew.
//!
//! **Durability.** Each statement that must not be lost sets `synchronous_commit` for its own transaction, whatever the
//! role, the database or the server say. A server with `fsync` off and a standby are refused.
//!
//! **Concurrency.** One row of `people` holds claim and answer; a claim takes the rows that nobody else is at (`SKIP
//! LOCKED`). Rows are locked in one order: keys, batches, people by id, accounts.
//!
//! **Time** is the server's: what callers say in local time is translated, and what they are told is translated back.
//!
//! **Owners.** Nobody can see whether a run on another machine is alive. It says so while it works; silence opens its
//! batches to being looked at by others, and never to being given up.

mod accounts;
mod actor;
mod address;
mod batches;
mod budget;
mod claim;
mod columns;
mod connect;
mod digest;
mod error;
mod experiment;
mod history;
mod info;
mod marks;
mod moving;
mod params;
mod password;
mod people;
mod post;
mod readmit;
mod record;
mod rewind;
mod schema;
mod session;
mod standing;
mod tls;
mod upsert;

pub(super) use actor::ServerLedger;
pub(super) use address::ServerAddress;
pub(super) use password::unused_file as unused_password_file;
