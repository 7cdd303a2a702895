//! A claim whose POST may be on its way, kept so that it can be entered again.

use super::batch::{BatchRecord, ListScope, NewBatch};
use crate::batch::{AccountId, Nonce};
use crate::people::PersonKey;
use crate::units::Moment;

/// What was claimed and sent: enough to enter the claim again if the ledger loses it. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub account: AccountId,
    pub nonce: Nonce,
    pub single: bool,
    /// In the order of the request; `None` for people who were forgotten since.
    pub people: Vec<Option<SentSearch>>,
    pub scope: Option<ListScope>,
    pub label: Option<String>,
    pub claimed: Moment,
    pub send_by: Moment,
}

/// One search of it: see [`ClaimedSearch`](super::ClaimedSearch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentSearch {
    pub key: PersonKey,
    pub names: Option<u32>,
    pub custom: Option<u64>,
}

impl Attempt {
    /// `positions` are the positions in `new` of the people who were claimed.
    pub(in crate::ledger) fn of(new: &NewBatch, positions: &[usize], send_by: Moment) -> Self {
        let people = positions.iter().map(|&position| &new.people[position]);
        let search = |search: &super::ClaimedSearch| {
            let super::ClaimedSearch { key, names, custom, .. } = *search;
            Some(SentSearch { key, names, custom })
        };
        Self {
            account: new.account,
            nonce: new.nonce.clone(),
            single: new.single,
            people: people.map(search).collect(),
            scope: new.scope,
            label: new.label.clone(),
            claimed: new.now,
            send_by,
        }
    }
}

/// A batch that the ledger lost, or that was given up, and that was entered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readmitted {
    pub batch: Box<BatchRecord>,
    /// How many of its people other runs claimed, or got an answer for, in the meantime: they may be paid for twice.
    pub elsewhere: usize,
    /// Whether somebody had given it up.
    pub was_given_up: bool,
}
