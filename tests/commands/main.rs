//! Every command but `bulk`: the real binary against a sandbox.

mod account;
mod desk;
mod packaging;
mod status;
