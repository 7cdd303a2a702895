//! The sandbox over real HTTP, without the client it is there to test.
#![expect(clippy::unwrap_used, reason = "a test panics when something is missing")]

mod api;
mod caller;
mod faults;
mod webhook;
