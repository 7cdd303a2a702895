//! What the result columns of a row say: the answer, or why there is none.

use crate::batch::{AccountId, BatchId};
use crate::ledger::{
    AnsweredKind, BatchState, Claim, Freshness, Hole, KeptNumber, PersonRecord, StoredAnswer,
};
use crate::lookup::SkipReason;
use crate::people::{Answer, PhoneNumber, RowAnswer, RowStatus, Unsearchable};

fn skip_note(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Balance => "not searched: Enrow gave no balance",
        SkipReason::Budget => "not searched: `--max-credits` was reached",
        SkipReason::Credits => "not searched: the credits ran out",
        SkipReason::Doubt => "not searched: the answers to earlier batches were lost",
        SkipReason::LedgerBudget => "not searched: the ledger's budget was spent",
        SkipReason::LedgerGone => "not searched: the ledger was removed or replaced",
        SkipReason::LedgerRewound => "not searched: the ledger may have gone back in time",
        SkipReason::Limit => "not searched: `--limit` was reached",
        SkipReason::Stopped => "not searched: the run ended first",
    }
}

/// The result columns of a row that cannot be searched. `not_understood` names the columns that may hold what is
/// missing.
pub(crate) fn invalid(reason: Unsearchable, not_understood: Option<&str>) -> RowAnswer {
    let note = match not_understood {
        Some(columns) => format!("{reason}; not understood: {columns} (see `--map`)"),
        None => reason.to_string(),
    };
    RowAnswer::without(RowStatus::Invalid, note)
}

/// The result columns of a row whose person has this record. `ours` is the account of this run, if it has one.
pub(crate) fn answer_of(
    record: PersonRecord,
    freshness: Freshness,
    ours: Option<AccountId>,
    skip_reason: SkipReason,
) -> RowAnswer {
    let PersonRecord { recorded, claim, hole, resubmitted: _, unproven } = record;
    match (recorded, claim) {
        // A number that was paid for is shown, whatever a new search found.
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
        (_, Some(claim)) => of_claim(&claim, hole, &unproven, ours),
        (Some(StoredAnswer::Suppressed), None) => RowAnswer::suppressed(),
        (Some(StoredAnswer::Answer { answer, asked, .. }), None) => match answer {
            // The answer is too old, and the person was not asked for again.
            Answer::NotFound | Answer::Invalid(_)
                if !freshness.counts(AnsweredKind::NotFound, asked) =>
            {
                RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason))
            }
            Answer::NotFound => RowAnswer::without(RowStatus::NotFound, ""),
            Answer::Invalid(message) => RowAnswer::without(RowStatus::Invalid, message),
            // It failed in this run. An older failure means that the person was not asked for again.
            Answer::Failed(why) if asked >= freshness.failed => {
                RowAnswer::without(RowStatus::Failed, with_hole(why, hole))
            }
            Answer::Unusable(why) if freshness.counts(AnsweredKind::Unusable, asked) => {
                let why = with_hole(why, hole);
                let note = not_proven(&unproven).unwrap_or_else(|| {
                    format!("may have been paid: {why}; see `enrow-phone recover`")
                });
                RowAnswer::without(RowStatus::Unknown, note)
            }
            Answer::Failed(_) | Answer::Found { .. } | Answer::Unusable(_) => {
                RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason))
            }
        },
        (None, None) => RowAnswer::without(RowStatus::NotSubmitted, skip_note(skip_reason)),
    }
}

fn of_claim(
    claim: &Claim,
    hole: Option<Hole>,
    unproven: &[KeptNumber],
    ours: Option<AccountId>,
) -> RowAnswer {
    let theirs = ours.is_some_and(|ours| claim.account != ours);
    let mut of_key = if theirs { format!(" of API key {}", claim.account) } else { String::new() };
    if let Some(name) = claim.asked_by.name() {
        of_key += &format!(", sent by {name}");
    }
    let batch = claim.handle();
    let pending = |what: String| {
        let again = if theirs { "again, with a key of that account" } else { "again" };
        RowAnswer::without(RowStatus::Pending, format!("{what}: run the same command {again}"))
    };
    match claim.state {
        BatchState::Unknown => {
            let when =
                claim.lost.map_or_else(String::new, |lost| format!(" at {}", lost.rfc3339()));
            let note = format!(
                "may have been paid: the answer to batch {batch}{of_key} was lost{when}; see `enrow-phone recover`"
            );
            RowAnswer::without(RowStatus::Unknown, note)
        }
        BatchState::Sending => pending(format!("in a batch{of_key} that is being sent")),
        BatchState::Running
        | BatchState::Completed
        | BatchState::Failed
        | BatchState::Resubmitted => {
            if let Some(note) = not_proven(unproven) {
                return RowAnswer::without(RowStatus::Unknown, note);
            }
            pending(match (claim.missing_since, claim.done_since, hole) {
                (Some(since), _, _) => {
                    format!("Enrow has not shown batch {batch}{of_key} since {}", since.rfc3339())
                }
                (None, Some(_), Some(hole)) => {
                    format!("batch {batch}{of_key} is done, but {}", words(hole))
                }
                (None, Some(_) | None, _) => {
                    format!("in batch {batch}{of_key}, which continues at Enrow")
                }
            })
        }
    }
}

/// Says that numbers came that are not proven, and how to accept them.
fn not_proven(unproven: &[KeptNumber]) -> Option<String> {
    let KeptNumber { batch, .. } = unproven.last()?;
    // Named, a number is accepted even where something says that it is somebody else's.
    let which = match unproven {
        [kept] => PhoneNumber::parse(&kept.number).map(|number| number.as_str().to_owned()),
        _ => Some("NUMBER".to_owned()),
    };
    let numbers: Vec<&str> = unproven.iter().map(|kept| kept.number.as_str()).collect();
    let numbers = numbers.join(" and ");
    let batch = batch.as_ref().map_or("", BatchId::as_str);
    let hint = match which {
        Some(which) => {
            format!("if it is, `enrow-phone recover {batch} --accept={which}` takes it")
        }
        None => "see `enrow-phone recover`".to_owned(),
    };
    Some(format!("paid, but not proven to be this person's: {numbers}; {hint}"))
}

fn with_hole(why: String, hole: Option<Hole>) -> String {
    match hole {
        Some(hole) => format!("{why} ({})", words(hole)),
        None => why,
    }
}

/// Why a batch that is done has no answer for a person.
fn words(hole: Hole) -> &'static str {
    match hole {
        Hole::Contradicted => "Enrow gives answers that contradict each other",
        Hole::NoResult => "Enrow gives no result for this person",
        Hole::NotProven => "what Enrow gives is not proven to be this person's",
        Hole::NumberMissing => "Enrow calls this person found and gives no number",
        Hole::Ongoing => "Enrow still calls this search `ongoing`",
        Hole::UnknownWord => "Enrow answers with a word that is not in its contract",
    }
}
