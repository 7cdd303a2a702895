//! The Enrow API: one function per endpoint, its JSON shapes, its errors. The contract is the provider's public
//! reference (docs.enrow.io); where its pages of different dates disagree, both forms are read and the newest is sent.
//!
//! Requests that may be paid are sent exactly once and say what is known afterwards ([`Delivery`], [`Submission`]).
//! Requests that are free are repeated until they are answered.

mod account_info;
mod api_key;
mod base_url;
mod body;
mod client;
mod error;
mod get;
mod json;
mod message;
mod proxy;
mod refusal;
mod report;
mod request;
mod response;
mod result;
mod submission;
mod transport;
mod webhook;

pub(crate) use account_info::AccountInfo;
pub(crate) use api_key::{ApiKey, NotAKey};
pub(crate) use base_url::BaseUrl;
pub(crate) use body::SendGate;
pub(crate) use client::{Client, Delivery};
pub(crate) use error::{FetchError, RetryCause};
pub(crate) use get::RetryPolicy;
pub(crate) use proxy::malformed_proxy;
pub(crate) use refusal::Refusal;
pub(crate) use report::{BatchReport, Stage, Stats};
pub(crate) use request::{bulk_body, search_json, single_body};
pub(crate) use response::HttpResponse;
pub(crate) use result::{EchoedSearch, Qualification, SearchResult};
pub(crate) use submission::{LostAnswer, Submission, Taken};
pub(crate) use webhook::Webhook;
