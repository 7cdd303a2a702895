//! Batches: from the claim to the recorded result.

use super::asked_by::AskedBy;
use super::batch_state::{BatchNo, BatchState};
use super::experiment::ExperimentEnd;
use super::person::{Freshness, PersonId};
use crate::batch::{AccountId, BatchId, CreditSplit, Nonce};
use crate::people::PersonKey;
use crate::units::{Credits, Moment};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::time::Duration;

/// A batch to claim people for.
#[derive(Debug, Clone)]
pub struct NewBatch {
    pub account: AccountId,
    /// The nonce, which proves later that the batch is ours.
    pub nonce: Nonce,
    /// Whether it goes through the endpoint for one person.
    pub single: bool,
    /// The people, in the order of the request.
    pub people: Vec<ClaimedSearch>,
    /// Which list they are of, where that is known.
    pub scope: Option<ListScope>,
    /// By what people know that list: its file's name, or what they chose.
    pub label: Option<String>,
    /// When the refresh of this list began. It begins with its first claim.
    pub refresh: Option<Moment>,
    /// Which answers still count.
    pub freshness: Freshness,
    pub now: Moment,
    /// How long after now the first byte of the POST may still leave.
    pub send_within: Duration,
}

/// One person of a batch, and what is sent for them: enough to know a result again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedSearch {
    pub person: PersonId,
    /// The digest of the search that is sent. It may be an alias of the person.
    pub key: PersonKey,
    /// A digest of both names; none where a profile is searched.
    pub names: Option<u32>,
    /// A digest of the `custom` that the user gave; none where our own proof is sent.
    pub custom: Option<u64>,
}

/// Names a list of people, so that an unfinished refresh of it is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListScope(pub [u8; 16]);

impl ListScope {
    /// The list of this name, of which only a digest is kept.
    pub(crate) fn of_name(name: &[u8]) -> Self {
        let digest = Sha256::digest(name);
        Self(digest[..16].try_into().expect("a digest has 32 bytes"))
    }
}

/// A refresh of a list: everybody is to be asked again once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refresh {
    /// Who was asked since then has been asked for it.
    pub since: Moment,
    /// Whether an earlier run began it and nobody has finished it.
    pub is_continued: bool,
}

/// A claim that is durable on disk: its batch may now be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBatch {
    pub batch: BatchNo,
    /// After this moment the POST must not begin.
    pub send_by: Moment,
    /// The people who were claimed, by their position in the request. Another run has claimed or answered the others in
    /// the meantime.
    pub positions: Vec<usize>,
}

/// Whether the run that sent a batch is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    Us,
    /// Another run, which is alive.
    Alive,
    /// Another run, and nobody can tell whether it is alive: see [`BatchRecord::owner_lock`].
    Unclear,
    /// A run that has ended.
    Dead,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those with these ids of Enrow's, oldest first.
    Ids(Vec<BatchId>),
    /// The one with this nonce.
    Nonce(Nonce),
    /// The one of this number.
    Number(BatchNo),
    /// The newest that have ended, at most so many, newest first.
    RecentlyEnded(usize),
    /// Those that are not settled, of all accounts, oldest first.
    Unsettled,
    /// Those about which a person may have to decide, oldest first: nobody can tell whether Enrow took them, or numbers
    /// came that are not believed, or they are settled and somebody has no usable answer.
    Unclear,
    /// Those whose answer was lost, oldest first: also those whose people were opened again on a person's word.
    WithoutId,
}

/// The answer to a POST as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedResponse {
    pub status: u16,
    pub body: Vec<u8>,
}

/// One batch as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    pub batch: BatchNo,
    pub state: BatchState,
    /// Whose key sent it.
    pub account: AccountId,
    pub id: Option<BatchId>,
    /// The nonce, which proves it ours.
    pub nonce: Nonce,
    /// Who sent it.
    pub asked_by: AskedBy,
    /// Of which list it is.
    pub label: Option<String>,
    /// Whether it went through the endpoint for one person.
    pub single: bool,
    /// How many people it has.
    pub searches: usize,
    pub claimed: Moment,
    /// When Enrow took it.
    pub accepted: Option<Moment>,
    pub ended: Option<Moment>,
    /// After this moment its POST must not have begun.
    pub send_by: Moment,
    /// When the answer to its POST was lost.
    pub lost: Option<Moment>,
    /// Why no balance can prove any more that it was not taken.
    pub experiment: Option<ExperimentEnd>,
    pub reserved: Option<Credits>,
    /// Where the reserved credits come from.
    pub split: Option<CreditSplit>,
    /// Credits given back, as Enrow stated when it ended.
    pub refunded: Option<Credits>,
    /// Credits given back, as the newest look stated.
    pub stated_refund: Option<Credits>,
    pub found: Option<usize>,
    /// People who wait for an answer.
    pub open: usize,
    /// Numbers that came and are not believed.
    pub unproven: usize,
    /// How often it was looked at since it was accepted.
    pub looks: usize,
    /// Since when Enrow says that it is done, though people wait.
    pub done_since: Option<Moment>,
    /// Since when Enrow does not show it.
    pub missing_since: Option<Moment>,
    /// What the balance must have been just before the batch was sent.
    pub balance_before: Option<Credits>,
    /// An answer to its POST that was kept and does not say what came of it.
    pub saved: Option<SavedResponse>,
    pub owner: Owner,
    /// When the run that sent it last said that it is alive.
    pub owner_seen: Option<Moment>,
    /// The lock that cannot be looked at, where it is unclear whether the owner is alive.
    pub owner_lock: Option<PathBuf>,
}

impl BatchRecord {
    /// By what a command names it.
    pub(crate) fn handle(&self) -> BatchId {
        self.id.clone().unwrap_or_else(|| self.batch.handle())
    }
}

/// One person in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub person: PersonId,
    /// The position in the request, from 0.
    pub position: u32,
    /// The digest of the search that was sent: a result's echo must agree with it.
    pub key: PersonKey,
    /// A digest of both names; none where a profile was searched.
    pub names: Option<u32>,
    /// A digest of the `custom` that the user gave; none where our own proof was sent.
    pub custom: Option<u64>,
}
