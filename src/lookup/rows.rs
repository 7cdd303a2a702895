//! What a row is told: its answer, or why there is none.

use crate::batch::AccountId;
use crate::ledger::{AnsweredKind, BatchState, Claim, Freshness, PersonRecord, StoredAnswer};
use crate::people::{Answer, Country, PhoneNumber};
use std::borrow::Cow;

/// The statuses a row can have. Their names are a public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RowStatus {
    /// Answered, with a number.
    Found,
    /// Answered, without.
    NotFound,
    /// Names nobody who can be searched for, or the API refused it; nothing was paid.
    Invalid,
    /// Submitted, not finished when the run stopped waiting.
    Pending,
    /// Credits, `--max-credits` or `--limit` ended first.
    NotSubmitted,
    /// The API gave no usable answer; the next run asks again.
    Failed,
    /// May have been taken and paid, and there is no answer to show for it.
    Unknown,
}

impl RowStatus {
    /// The word in the `phone_status` column.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Pending => "pending",
            Self::NotSubmitted => "not_submitted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether another run may still change it.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Found | Self::NotFound | Self::Invalid => false,
            Self::Pending | Self::NotSubmitted | Self::Failed | Self::Unknown => true,
        }
    }
}

/// Why people who could have been asked for were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SkipReason {
    /// `--max-credits`.
    Budget,
    /// The account's credits.
    Credits,
    /// Lost answers: every further batch could be paid for and lost as well.
    Doubt,
    /// `--limit`.
    Limit,
    /// The run ended before it came to them.
    Stopped,
}

impl SkipReason {
    fn note(self) -> &'static str {
        match self {
            Self::Budget => "not asked for: `--max-credits` was reached",
            Self::Credits => "not asked for: the credits ran out",
            Self::Doubt => "not asked for: Enrow's answers to earlier batches were lost",
            Self::Limit => "not asked for: `--limit` was reached",
            Self::Stopped => "not asked for: the run ended first",
        }
    }
}

/// The four columns of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowAnswer {
    /// `phone_status`
    pub status: RowStatus,
    /// `phone_number`
    pub number: Option<PhoneNumber>,
    /// `phone_country`
    pub country: Option<Country>,
    /// `phone_note`
    pub note: Cow<'static, str>,
    /// Whether it is an answer older than this run wanted, which was to be asked for again and is not there yet.
    pub is_stale: bool,
}

impl RowAnswer {
    /// What a row of a person with this record is told.
    pub(crate) fn of(
        record: PersonRecord,
        freshness: Freshness,
        ours: AccountId,
        skip_reason: SkipReason,
    ) -> Self {
        let PersonRecord { recorded, claim } = record;
        match (recorded, claim) {
            // A number that was paid for is shown, whatever became of asking again.
            (
                Some(StoredAnswer::Answer {
                    answer: Answer::Found { number, country },
                    answered,
                    asked,
                }),
                claim,
            ) => {
                let is_stale = !freshness.counts(AnsweredKind::Found, asked);
                let note = match claim {
                    Some(_) => "asked for again; the answer is not there yet".into(),
                    None if is_stale => format!("an earlier answer; {}", skip_reason.note()).into(),
                    None if asked > answered => {
                        "an earlier answer: asked for again, nothing newer was found".into()
                    }
                    None => "".into(),
                };
                Self { status: RowStatus::Found, number: Some(number), country, note, is_stale }
            }
            (_, Some(claim)) => Self::of_claim(&claim, ours),
            (Some(StoredAnswer::Suppressed), None) => Self::suppressed(),
            (Some(StoredAnswer::Answer { answer, asked, .. }), None) => match answer {
                // Too old to count, and not asked for again.
                Answer::NotFound | Answer::Invalid(_)
                    if !freshness.counts(AnsweredKind::NotFound, asked) =>
                {
                    Self::without(RowStatus::NotSubmitted, skip_reason.note())
                }
                Answer::NotFound => Self::without(RowStatus::NotFound, ""),
                Answer::Invalid(message) => Self::without(RowStatus::Invalid, message),
                // What failed in this run; an older failure is somebody who was not asked again.
                Answer::Failed(why) if asked >= freshness.failed => {
                    Self::without(RowStatus::Failed, why)
                }
                Answer::Unusable(why) if freshness.counts(AnsweredKind::Unusable, asked) => {
                    Self::without(
                        RowStatus::Unknown,
                        format!("may have been paid: {why}; see `enrow-phone recover`"),
                    )
                }
                Answer::Failed(_) | Answer::Found { .. } | Answer::Unusable(_) => {
                    Self::without(RowStatus::NotSubmitted, skip_reason.note())
                }
            },
            (None, None) => Self::without(RowStatus::NotSubmitted, skip_reason.note()),
        }
    }

    fn of_claim(claim: &Claim, ours: AccountId) -> Self {
        let theirs = claim.account != ours;
        let id = claim.id.as_ref().map_or("", |id| id.as_str());
        match claim.state {
            BatchState::Unknown => Self::without(
                RowStatus::Unknown,
                if theirs {
                    format!(
                        "may have been taken and paid with API key {}; see `enrow-phone recover`",
                        claim.account
                    )
                } else {
                    "may have been taken and paid; see `enrow-phone recover`".to_owned()
                },
            ),
            BatchState::Sending
            | BatchState::Running
            | BatchState::Completed
            | BatchState::Failed => Self::without(
                RowStatus::Pending,
                if theirs {
                    format!(
                        "in batch {id} of API key {}: run it again with that key",
                        claim.account
                    )
                } else {
                    format!("in batch {id}, which goes on at Enrow: run the same command again")
                },
            ),
        }
    }

    /// A row of somebody who is not to be searched for.
    pub(crate) fn suppressed() -> Self {
        Self::without(
            RowStatus::Invalid,
            "suppressed or forgotten: this person is not to be searched for",
        )
    }

    /// A row without a number.
    pub(crate) fn without(status: RowStatus, note: impl Into<Cow<'static, str>>) -> Self {
        Self { status, number: None, country: None, note: note.into(), is_stale: false }
    }
}
