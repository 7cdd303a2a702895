//! Batch phone lookups from CSV through the Enrow API, without ever paying twice.
//!
//! The folders are the design: `commands -> lookup -> {ledger, enrow} -> people`, `sheet -> people`.

pub mod batch;
pub mod cli;
pub mod commands;
pub mod enrow;
pub mod ledger;
pub mod lookup;
pub mod people;
pub mod sandbox;
pub mod sheet;
