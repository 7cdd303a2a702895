//! The words in which the ledger is asked and answers.

use super::owner::Owner;
use crate::batch::{AccountId, BatchId, Nonce};
use crate::people::{Answer, PersonKey};
use crate::units::{Credits, HIGHEST_KNOWN_PRICE, Moment};

/// A person in the ledger. Never given to another person, not even after `forget`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub(super) i64);

impl PersonId {
    /// The number under which the ledger keeps this person; positive.
    pub fn number(self) -> i64 {
        self.0
    }

    /// A person by a number that came from [`PersonId::number`].
    pub fn of_number(number: i64) -> Self {
        Self(number)
    }
}

/// A batch in the ledger, before and after Enrow gave it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNo(pub(super) i64);

/// Which answers count as answers: people asked about before these moments may be asked about again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// For numbers that were found and paid, and for answers that were paid and cannot be used.
    pub found: Moment,
    /// For people Enrow had no number for, or whose search it refused.
    pub not_found: Moment,
    /// For searches that got no usable answer.
    pub failed: Moment,
}

impl Freshness {
    /// Whether an answer of this kind, last asked for at `asked`, still counts.
    pub fn counts(&self, kind: AnsweredKind, asked: Moment) -> bool {
        match kind {
            AnsweredKind::Found | AnsweredKind::Unusable => asked >= self.found,
            AnsweredKind::NotFound | AnsweredKind::Invalid => asked >= self.not_found,
            AnsweredKind::Failed => asked >= self.failed,
            AnsweredKind::Suppressed => true,
        }
    }
}

/// What sort of answer the ledger holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnsweredKind {
    /// A number.
    Found,
    /// None to be had.
    NotFound,
    /// Refused by the API for what is in it.
    Invalid,
    /// No usable answer.
    Failed,
    /// This person asked not to be searched for (`forget --suppress`).
    Suppressed,
    /// None that can be used, though it was paid for, or may be.
    Unusable,
}

/// What planning needs to know of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonStatus {
    /// Who.
    pub person: PersonId,
    /// What is known.
    pub status: Status,
}

/// What the ledger says of a person under the asked-for [`Freshness`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing that counts: may be claimed.
    Open,
    /// An answer that counts.
    Answered(AnsweredKind),
    /// In a batch that is not settled.
    Claimed(BatchNo),
}

/// All that a row can be told about its person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRecord {
    /// The answer on record, however old.
    pub recorded: Option<StoredAnswer>,
    /// The batch this person is in at the moment.
    pub claim: Option<Claim>,
}

/// An answer and its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAnswer {
    /// Enrow answered.
    Answer {
        /// What.
        answer: Answer,
        /// When this was learned.
        answered: Moment,
        /// When Enrow was last asked; later than `answered` where a newer search found nothing and the paid number
        /// was kept.
        asked: Moment,
    },
    /// Not to be searched for.
    Suppressed,
}

/// A person's place in an unsettled batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub batch: BatchNo,
    /// How it stands.
    pub state: BatchState,
    /// Whose key sent it.
    pub account: AccountId,
    /// Enrow's id, once it has one.
    pub id: Option<BatchId>,
}

/// The life of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchState {
    /// Claimed; its POST is about to leave or on its way.
    Sending,
    /// Taken by Enrow, not finished.
    Running,
    /// Finished, its answers are recorded.
    Completed,
    /// Ended by Enrow without answers.
    Failed,
    /// Perhaps taken, perhaps paid: nobody can tell.
    Unknown,
}

/// A claim that is durable on disk: its batch may now be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBatch {
    /// The batch.
    pub batch: BatchNo,
    /// Which of the asked-for people were claimed, by their place in the request. The others were claimed or answered
    /// by another run in the meantime.
    pub positions: Vec<usize>,
}

/// The answer to a POST as it arrived, kept before anything is read out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedResponse {
    /// HTTP status.
    pub status: u16,
    /// The bytes.
    pub body: Vec<u8>,
}

/// What Enrow said when it took a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Its id.
    pub id: BatchId,
    /// Credits reserved.
    pub reserved: Reserved,
}

/// What a batch holds of the credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Reckoned here, because Enrow did not say. It teaches no price, and no balance is compared with it.
    Assumed(Credits),
    /// As Enrow said.
    Stated(Credits),
}

impl Reserved {
    /// What Enrow said, or what `searches` hold at the learned price, or at the highest documented one.
    pub fn of(stated: Option<Credits>, price: Option<Credits>, searches: usize) -> Self {
        let assumed =
            || Self::Assumed(price.unwrap_or(HIGHEST_KNOWN_PRICE).saturating_mul(searches));
        stated.map_or_else(assumed, Self::Stated)
    }

    /// The amount.
    pub fn credits(self) -> Credits {
        match self {
            Self::Assumed(credits) | Self::Stated(credits) => credits,
        }
    }
}

/// One person's place in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// The digest of who it is: what a result's echo must agree with.
    pub key: PersonKey,
    /// The place in the request, from 0.
    pub position: u32,
}

/// How a batch ended, as Enrow reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchResult {
    /// Completed or failed.
    pub outcome: FinalState,
    /// Credits given back, where Enrow said so.
    pub refunded: Option<Credits>,
    /// An answer for people of the batch; those not named are recorded as failed.
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

/// One batch as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    /// Its number here.
    pub batch: BatchNo,
    /// How it stands.
    pub state: BatchState,
    /// Whose key sent it.
    pub account: AccountId,
    /// Enrow's id.
    pub id: Option<BatchId>,
    /// The word that proves it ours.
    pub nonce: Nonce,
    /// Sent through which endpoint.
    pub single: bool,
    /// How many people.
    pub searches: usize,
    /// When it was claimed.
    pub claimed: Moment,
    /// When Enrow took it.
    pub accepted: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Credits reserved.
    pub reserved: Option<Credits>,
    /// Credits given back.
    pub refunded: Option<Credits>,
    /// Numbers found.
    pub found: Option<usize>,
    /// What the balance must have been just before it was sent.
    pub balance_before: Option<Credits>,
    /// An answer to its POST that was kept but not understood, or not yet.
    pub answer: Option<SavedResponse>,
    /// Whether the run that sent it is alive.
    pub owner: Owner,
}

/// An account's books: what must be in the balance if everything on record is all that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountState {
    /// Credits one search reserves, once learned.
    pub price: Option<Credits>,
    /// What our settled and running batches hold or cost, batches in doubt not counted.
    pub spent: i64,
    /// Balance plus `spent`, when it was last read with nothing in doubt. It does not change by anything we do.
    pub baseline: Option<i64>,
    /// Batches under way, as far as known.
    pub running: usize,
    /// Batches being sent at this moment by any living run.
    pub sending: usize,
    /// Batches in doubt.
    pub unknown: usize,
    /// When the newest batch ended whose refund may still be on its way into the balance.
    pub last_refund: Option<Moment>,
    /// Counts everything that changes the books: two equal counts mean nothing happened in between.
    pub revision: i64,
}

impl AccountState {
    /// What the balance must be now, had none of the batches in doubt been taken.
    pub fn expected_balance(&self) -> Option<i64> {
        self.baseline.map(|baseline| baseline - self.spent)
    }
}

/// What the balance proves about the batches in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// None of them was taken.
    NotTaken,
    /// Nothing is proven.
    Open,
}

/// All that was ever asked through this ledger, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// People with an answer that was ever asked for.
    pub people: u64,
    /// Of them, with a number.
    pub found: u64,
    /// Of them, without.
    pub not_found: u64,
    /// What numbers from the ledger would have cost, had they been asked for again (see
    /// [`Ledger::add_savings`](super::Ledger::add_savings)).
    pub saved: Credits,
    /// Credits that found numbers cost.
    pub spent: Credits,
    /// Batches that ended.
    pub batches: u64,
}

impl Totals {
    /// The share of answered people who have a number, where enough were asked to tell.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn found_rate(&self) -> Option<f64> {
        let answered = self.found + self.not_found;
        (answered >= 20).then(|| self.found as f64 / answered as f64)
    }
}
