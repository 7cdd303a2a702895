//! A local Enrow, for trying the tool and for the tests.
//!
//! It is written from the API's reference alone and shares no type with the client. It speaks on loopback only, gives
//! out fictional numbers only, and keeps its own credits: reserved when a batch is accepted, refunded for what is not
//! found when the batch is over. Answers depend on the person and on nothing else, so that [`Search::answer`] tells a test
//! what a row must hold.
//!
//! The [`Control`] shows what was asked, and changes the sandbox while it runs.

mod api;
mod batch;
mod batch_json;
mod control;
mod credits;
mod faults;
mod http;
mod listener;
mod log;
mod numbers;
mod payload;
mod search;
mod server;
mod settings;
mod state;
mod types;
mod webhook;

pub use batch::Batch;
pub use control::{Control, PersonBooks};
pub use credits::Credits;
pub use faults::{Fault, Faults, NotAFault};
pub use log::Request;
pub use search::{Answer, Search};
pub use server::Sandbox;
pub use settings::{Pace, Settings, Shapes};
pub use types::{Endpoint, Kind};
