//! Everything that can go wrong between the tool and Enrow, one after the other.

mod disk;
mod liberties;
mod lost;
mod network;
mod refusals;
mod results;
