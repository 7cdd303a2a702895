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
pub use cell::filled;
pub use clues::Clues;
pub use domain::Domain;
pub use echo::Echo;
pub use identity::{Employer, Identity, Named};
pub use key::Key;
pub use name::Order;
pub use profile::{NotAProfile, Profile};
pub use row::{Row, Search, Unsearchable};
