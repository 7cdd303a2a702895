//! From a row to a person we can search for: LinkedIn profiles, names, companies, identity keys, answers.
//!
//! Everything here is pure: no file, no network, no clock. [`sheet`](crate::sheet) reads rows into these types,
//! [`ledger`](crate::ledger) remembers people by [`Key`], [`enrow`](crate::enrow) sends an [`Identity`].

mod answer;
mod cell;
mod clues;
mod company;
mod domain;
mod echo;
mod identity;
mod key;
mod name;
mod profile;
mod row;

pub use answer::{Answer, Country, PhoneNumber};
pub(crate) use cell::filled;
pub(crate) use clues::Clues;
pub(crate) use domain::Domain;
pub(crate) use echo::Echo;
pub(crate) use identity::Named;
pub use identity::{Employer, Identity};
pub use key::Key;
pub(crate) use name::Order;
pub(crate) use profile::NotAProfile;
pub use profile::Profile;
pub use row::Row;
pub(crate) use row::{Search, Unsearchable};
