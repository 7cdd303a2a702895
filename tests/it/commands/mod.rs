//! Every command but `bulk`.

mod account;
mod config;
mod fetch;
mod find;
mod log;
mod login;
mod packaging;
mod profiles;
mod status;
mod usage;
