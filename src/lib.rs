//! Batch phone lookups from CSV through the Enrow API, without ever paying twice.
//!
//! The folders are the design: `commands -> lookup -> {ledger, enrow} -> people`, `sheet -> people`.

pub mod people;
pub mod sandbox;
