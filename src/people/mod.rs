//! People: LinkedIn profiles, names, companies, the keys that identify a person, and answers.
//!
//! Everything here is pure: no file, no network, no clock. [`sheet`](crate::sheet) reads rows into these types,
//! [`ledger`](crate::ledger) remembers people by [`PersonKey`], [`enrow`](crate::enrow) sends an [`Identity`].

mod answer;
mod cell;
mod company;
mod domain;
mod echo;
mod identity;
mod kept;
mod keys;
mod name;
mod person_fields;
mod person_key;
mod profile;
mod result;
mod row;
mod unsearchable;

pub use answer::{Answer, Country, PhoneNumber};
pub(crate) use cell::non_blank;
pub(crate) use domain::Domain;
pub(crate) use echo::{Echo, names_digest};
pub(crate) use identity::Employer;
pub use identity::Identity;
pub(crate) use identity::Named;
pub(crate) use keys::PersonKeys;
pub(crate) use name::{Distinction, Order};
pub(crate) use person_fields::{Person, PersonFields};
pub(crate) use person_key::KeyKind;
pub use person_key::PersonKey;
pub use profile::Profile;
pub(crate) use profile::ProfileError;
pub(crate) use result::{MADE_UP, OfResults, Remark, ResultColumn};
pub use result::{RowAnswer, RowStatus};
pub use row::Row;
pub(crate) use row::{FilledIn, Search};
pub(crate) use unsearchable::Unsearchable;
