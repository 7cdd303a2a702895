//! Everything that can go wrong between the tool and Enrow, one after the other.

mod connection;
mod disk;
mod lost;
mod network;
mod refusals;
mod results;
#[expect(dead_code, reason = "each file of tests uses a part of it")]
#[path = "../support/mod.rs"]
mod support;
