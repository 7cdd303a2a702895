//! The Enrow API: one function per endpoint, its JSON shapes, its errors. The contract is the provider's public
//! reference (docs.enrow.io); where its pages of different dates disagree, both forms are read and the newest is sent.
//!
//! Requests that may be paid are sent exactly once and say what is known afterwards ([`Delivery`], [`Submission`]).
//! Requests that are free are repeated until they are answered.

mod base_url;
mod client;
mod fetch;
mod message;
mod request;
mod response;
mod results;
mod submission;

pub(crate) use base_url::{ApiKey, BaseUrl};
pub(crate) use client::{Client, Delivery};
pub(crate) use fetch::RetryPolicy;
pub(crate) use fetch::{AccountInfo, FetchError, RetryCause};
pub(crate) use request::{Webhook, bulk_body, single_body};
pub(crate) use response::HttpResponse;
pub(crate) use results::{BatchReport, EchoedSearch, Qualification, SearchResult, Stage, Stats};
pub(crate) use submission::{LostAnswer, Refusal, Submission, Taken};
