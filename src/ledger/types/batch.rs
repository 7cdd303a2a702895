//! Batches: from the claim to the recorded result.

use super::person::{Freshness, PersonId};
use super::post::SavedResponse;
use crate::batch::{AccountId, BatchId, Nonce};
use crate::people::{Answer, PersonKey};
use crate::units::{Credits, Moment};

/// A batch in the ledger, before and after Enrow gave it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNo(pub(in crate::ledger) i64);

/// A batch to claim people for.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Whose key sends it.
    pub account: AccountId,
    /// The word that proves later that the batch is ours.
    pub nonce: Nonce,
    /// Whether it goes through the endpoint for one person.
    pub single: bool,
    /// The people, in the order of the request.
    pub people: Vec<PersonId>,
    /// Which answers still count.
    pub freshness: Freshness,
    /// Now.
    pub now: Moment,
}

/// A claim that is durable on disk: its batch may now be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBatch {
    /// The batch.
    pub batch: BatchNo,
    /// The people who were claimed, by their position in the request. Another run has claimed or answered the others in
    /// the meantime.
    pub positions: Vec<usize>,
}

/// The life of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchState {
    /// Claimed. Its POST is about to leave or on its way.
    Sending,
    /// Enrow took it and has not finished it.
    Running,
    /// Enrow finished it, and its answers are recorded.
    Completed,
    /// Enrow ended it without answers.
    Failed,
    /// May have been taken and paid: nobody can tell.
    Unknown,
}

/// Whether the run that sent a batch is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// This run.
    Us,
    /// Another run, which is alive.
    Alive,
    /// A run that has ended.
    Dead,
}

/// Which batches to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those with these ids of Enrow's, oldest first.
    Ids(Vec<BatchId>),
    /// The one of this number.
    Number(BatchNo),
    /// The newest that have ended, at most so many, newest first.
    RecentlyEnded(usize),
    /// Those that are not settled, of all accounts, oldest first.
    Unsettled,
}

/// One batch as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    pub batch: BatchNo,
    pub state: BatchState,
    /// Whose key sent it.
    pub account: AccountId,
    /// Enrow's id.
    pub id: Option<BatchId>,
    /// The word that proves it ours.
    pub nonce: Nonce,
    /// Whether it went through the endpoint for one person.
    pub single: bool,
    /// How many people it has.
    pub searches: usize,
    pub claimed: Moment,
    /// When Enrow took it.
    pub accepted: Option<Moment>,
    pub ended: Option<Moment>,
    /// Credits reserved.
    pub reserved: Option<Credits>,
    /// Credits given back.
    pub refunded: Option<Credits>,
    /// Numbers found.
    pub found: Option<usize>,
    /// What the balance must have been just before the batch was sent.
    pub balance_before: Option<Credits>,
    /// An answer to its POST that was kept and does not say what came of it.
    pub saved: Option<SavedResponse>,
    pub owner: Owner,
}

/// One person in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub person: PersonId,
    /// The digest of who it is: a result's echo must agree with it.
    pub key: PersonKey,
    /// The position in the request, from 0.
    pub position: u32,
}

/// How a batch ended, as Enrow reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchResult {
    /// Completed or failed.
    pub outcome: FinalState,
    /// Credits given back, where Enrow said so.
    pub refunded: Option<Credits>,
    /// Answers for people of the batch. People without one are recorded as failed.
    pub answers: Vec<(PersonId, Answer)>,
}

/// The two ends of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalState {
    /// With results.
    Completed,
    /// Without.
    Failed,
}
