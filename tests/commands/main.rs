//! Every command but `bulk`: the real binary against a sandbox.
#![expect(clippy::unwrap_used, reason = "a test panics when something is missing")]

mod account;
mod config;
mod desk;
mod fetch;
mod find;
mod log;
mod login;
mod packaging;
mod status;
