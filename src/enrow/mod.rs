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

pub(crate) use answer::HttpAnswer;
pub use client::{Client, Delivery};
pub use endpoint::{ApiKey, Endpoint};
pub use fetch::Patience;
pub(crate) use fetch::{AccountInfo, FetchError, Trouble};
pub(crate) use request::{Webhook, bulk_body, single_body};
pub(crate) use results::{BatchReport, Echoed, Qualification, SearchResult, Stage, Stats};
pub(crate) use submission::{LostAnswer, Refusal, Submission, Taken};
