//! People: who they are in the ledger, and what it says of them.

use super::asked_by::AskedBy;
use super::batch_state::{BatchNo, BatchState};
use super::hole::Hole;
use crate::batch::{AccountId, BatchId};
use crate::people::{Answer, PersonKey, PhoneNumber};
use crate::units::Moment;

/// A person in the ledger. An id is never given to another person, not even after `forget`.
///
/// Packed: with a status beside it, it takes 12 bytes instead of 16. There may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(4))]
pub struct PersonId(pub(in crate::ledger) i64);

impl PersonId {
    /// The id as a number. It is positive.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The person of a number that [`PersonId::number`] returned.
    pub fn of_number(number: i64) -> Self {
        Self(number)
    }
}

/// How old an answer may be. People who were asked about before these moments may be asked about again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// For numbers, and for answers that were paid and cannot be used.
    pub found: Moment,
    /// For people without a number, and for searches that the API refused.
    pub not_found: Moment,
    /// For searches without a usable answer.
    pub failed: Moment,
}

impl Freshness {
    /// Whether an answer of this kind still counts if the person was last asked about at `asked`.
    pub(crate) fn counts(&self, kind: AnsweredKind, asked: Moment) -> bool {
        match kind {
            AnsweredKind::Found | AnsweredKind::Unusable => asked >= self.found,
            AnsweredKind::NotFound | AnsweredKind::Invalid => asked >= self.not_found,
            AnsweredKind::Failed => asked >= self.failed,
            AnsweredKind::Suppressed => true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AnsweredKind {
    Found,
    NotFound,
    /// The API refused the search for what is in it.
    Invalid,
    /// No usable answer, and nothing was paid.
    Failed,
    /// This person asked not to be searched for (`forget --suppress`).
    Suppressed,
    /// No usable answer, though it was paid for, or may have been.
    Unusable,
}

/// What planning needs to know about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonStatus {
    pub person: PersonId,
    pub(crate) status: Status,
    /// By which of the row's keys the person was found.
    pub(crate) found_by: FoundBy,
}

/// A row that came with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilledRow {
    /// `None` for a row that names nobody who can be searched for.
    pub person: Option<PersonId>,
    pub number: PhoneNumber,
}

/// How a row's person was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FoundBy {
    /// The person is known by another key than that of the row's search.
    Alias,
    /// By the key of the row's search, or the person is new.
    OwnKey,
}

/// Another key under which the person of a row is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias {
    /// The place of the row in its chunk.
    pub row: usize,
    pub key: PersonKey,
}

/// What the ledger says about a person under a [`Freshness`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing that counts: the person may be claimed.
    Open,
    /// An answer that counts.
    Answered(AnsweredKind),
    /// In a batch that is not settled.
    Claimed(BatchNo),
}

/// Everything a row can say about its person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRecord {
    /// The answer on record, whatever its age.
    pub recorded: Option<StoredAnswer>,
    /// The unsettled batch that holds this person.
    pub claim: Option<Claim>,
    /// Why the newest look found no answer.
    pub hole: Option<Hole>,
    /// How often somebody had this person asked for again who may have been paid for.
    pub resubmitted: usize,
    /// Numbers that came for this person and are not believed.
    pub unproven: Vec<KeptNumber>,
}

/// A number that is kept until a person decides about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNumber {
    pub number: String,
    /// The batch it came in.
    pub batch: Option<BatchId>,
}

impl PersonRecord {
    /// Whether nothing is known of this person.
    pub(crate) fn is_empty(&self) -> bool {
        self.recorded.is_none() && self.claim.is_none()
    }
}

/// An answer and its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAnswer {
    Answer {
        answer: Answer,
        /// When this answer came.
        answered: Moment,
        /// When Enrow was last asked. It is later than `answered` where a newer search found nothing: the paid number
        /// is kept.
        asked: Moment,
    },
    /// Not to be searched for.
    Suppressed,
}

/// What ties a person to an unsettled batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub batch: BatchNo,
    pub state: BatchState,
    /// Whose key sent it.
    pub account: AccountId,
    /// Who sent it, unless that is who asks.
    pub asked_by: AskedBy,
    /// Enrow's id, once it has one.
    pub id: Option<BatchId>,
    /// When the answer to its POST was lost.
    pub lost: Option<Moment>,
    /// Since when Enrow says that it is done, though people wait.
    pub done_since: Option<Moment>,
    /// Since when Enrow does not show it.
    pub missing_since: Option<Moment>,
}

impl Claim {
    /// By what a command names its batch.
    pub(crate) fn handle(&self) -> BatchId {
        self.id.clone().unwrap_or_else(|| self.batch.handle())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_from_the_moment_that_its_kind_is_asked_for() {
        use AnsweredKind::{Failed, Found, Invalid, NotFound, Suppressed, Unusable};
        let [found, not_found, failed] = [10, 20, 30].map(Moment);
        let freshness = Freshness { found, not_found, failed };
        for (kind, bar) in
            [(Found, 10), (Unusable, 10), (NotFound, 20), (Invalid, 20), (Failed, 30)]
        {
            let counts = [bar - 1, bar].map(|asked| freshness.counts(kind, Moment(asked)));
            assert_eq!(counts, [false, true], "{kind:?}");
        }
        assert!(freshness.counts(Suppressed, Moment::NEVER));
    }

    #[test]
    fn a_record_is_empty_without_an_answer_and_a_claim() {
        assert!(PersonRecord::default().is_empty());
        let recorded = Some(StoredAnswer::Suppressed);
        assert!(!PersonRecord { recorded, ..PersonRecord::default() }.is_empty());
    }
}
