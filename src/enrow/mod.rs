//! The Enrow API: one function per endpoint, its JSON shapes, its errors. The contract is the provider's public
//! reference (docs.enrow.io); where its pages of different dates disagree, both forms are read and the newest is sent.
//!
//! Requests that may be paid are sent exactly once and say what is known afterwards ([`Delivery`], [`Submission`]).
//! Requests that are free are repeated until they are answered.

mod answer;
mod client;
mod endpoint;
mod fetch;
mod request;
mod results;
mod submission;
mod words;

pub use answer::HttpAnswer;
pub use client::{Client, Delivery};
pub use endpoint::{ApiKey, Endpoint};
pub use fetch::{AccountInfo, FetchError, Patience, Trouble};
pub use request::{Webhook, bulk_body, single_body};
pub use results::{BatchReport, Echoed, Qualification, SearchResult, Stage, Stats};
pub use submission::{LostAnswer, Refusal, Submission, Taken};
pub use words::plain;
