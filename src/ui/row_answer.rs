//! The result columns of a row: its answer, or why there is none.

use crate::batch::AccountId;
use crate::ledger::{AnsweredKind, BatchState, Claim, Freshness, PersonRecord, StoredAnswer};
use crate::lookup::SkipReason;
use crate::people::{Answer, RowAnswer, RowStatus};

fn skip_note(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Balance => "not searched: Enrow gave no balance",
        SkipReason::Budget => "not searched: `--max-credits` was reached",
        SkipReason::Credits => "not searched: the credits ran out",
        SkipReason::Doubt => "not searched: the answers to earlier batches were lost",
        SkipReason::Limit => "not searched: `--limit` was reached",
        SkipReason::Stopped => "not searched: the run ended first",
    }
}

/// The result columns of a row whose person has this record. `ours` is the account of this run, if it has one.
pub(crate) fn answer_of(
    record: PersonRecord,
    freshness: Freshness,
    ours: Option<AccountId>,
    skip_reason: SkipReason,
) -> RowAnswer {
    let PersonRecord { recorded, claim, hole: _, resubmitted: _, unproven: _ } = record;
    match (recorded, claim) {
        // A number that was paid for is shown, whatever the new search came to.
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
                Some(_) => "searched again; the new answer is not there yet".into(),
                None if is_stale => format!("an earlier answer; {}", skip_note(skip_reason)).into(),
                None if asked > answered => {
                    "an earlier answer: searched again, nothing newer was found".into()
                }
                None => "".into(),
            };
            RowAnswer { status: RowStatus::Found, number: Some(number), country, note, is_stale }
        }
        (_, Some(claim)) => of_claim(&claim, ours),
        (Some(StoredAnswer::Suppressed), None) => RowAnswer::suppressed(),
        (Some(StoredAnswer::Answer { answer, asked, .. }), None) => match answer {
            // Too old to count, and not asked for again.
            Answer::NotFound | Answer::Invalid(_)
                if !freshness.counts(AnsweredKind::NotFound, asked) =>
            {
                RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason))
            }
            Answer::NotFound => RowAnswer::without(RowStatus::NotFound, ""),
            Answer::Invalid(message) => RowAnswer::without(RowStatus::Invalid, message),
            // It failed in this run. After an older failure this person was not searched again.
            Answer::Failed(why) if asked >= freshness.failed => {
                RowAnswer::without(RowStatus::Failed, why)
            }
            Answer::Unusable(why) if freshness.counts(AnsweredKind::Unusable, asked) => {
                RowAnswer::without(
                    RowStatus::Unknown,
                    format!("may have been paid: {why}; see `enrow-phone recover`"),
                )
            }
            Answer::Failed(_) | Answer::Found { .. } | Answer::Unusable(_) => {
                RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason))
            }
        },
        (None, None) => RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason)),
    }
}

fn of_claim(claim: &Claim, ours: Option<AccountId>) -> RowAnswer {
    let theirs = ours.is_some_and(|ours| claim.account != ours);
    let id = claim.id.as_ref().map_or("", |id| id.as_str());
    match claim.state {
        BatchState::Unknown => RowAnswer::without(
            RowStatus::Unknown,
            if theirs {
                format!(
                    "may have been paid with API key {}; see `enrow-phone recover`",
                    claim.account
                )
            } else {
                "may have been paid; see `enrow-phone recover`".to_owned()
            },
        ),
        BatchState::Sending | BatchState::Running | BatchState::Completed | BatchState::Failed => {
            RowAnswer::without(
                RowStatus::Pending,
                if theirs {
                    format!(
                        "in batch {id} of API key {}: run the command again with that key",
                        claim.account
                    )
                } else {
                    format!("in batch {id}, which continues at Enrow: run the same command again")
                },
            )
        }
    }
}
