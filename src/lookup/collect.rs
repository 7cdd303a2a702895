//! Following batches until they are done, and recording what they answered.

use super::matching::{self, Matched};
use super::poll::{Look, PollTarget, shown};
use super::run_state::{RunningBatch, SentBy};
use super::{Engine, Error, Notice, Through};
use crate::enrow::{BatchReport, FetchError, Qualification, SearchResult, Stage, Stats};
use crate::ledger::{BatchLook, BatchRecord, LookStage, LookTime, PersonId};
use crate::people::Answer;
use crate::units::{Credits, Moment};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

/// Keep retrying an unknown id this long before its batch is written off. The API also answers "unknown" during
/// outages, and on the endpoint for one person every 500 means it.
const WRITE_OFF_AFTER: Duration = Duration::from_hours(24);

/// How long an id may be unknown without a break before this run stops following it. Right after a batch was accepted
/// that is usual.
pub(super) const VISIBLE_WITHIN: Duration = Duration::from_mins(3);

/// A batch that was accepted a moment ago is first looked at after this time.
const FIRST_LOOK: Duration = Duration::from_millis(500);

impl Engine {
    /// Follows a batch in a task of its own until it is settled.
    pub(super) fn follow(self: &Rc<Self>, batch: BatchRecord, sent_by: SentBy) {
        let Some(id) = batch.id.clone() else { return };
        if self.run_state.follows(batch.batch) {
            return;
        }
        let reserved = batch.reserved.unwrap_or_default();
        let running = RunningBatch {
            id: id.clone(),
            searches: batch.searches,
            finished: 0,
            reserved,
            sent_by,
        };
        self.run_state.started(batch.batch, running);
        let engine = Rc::clone(self);
        self.tasks.borrow_mut().spawn_local(async move {
            let target = PollTarget { id: &id, known: Some(&batch) };
            if target.age() <= FIRST_LOOK * 4 {
                tokio::time::sleep(FIRST_LOOK).await;
            }
            engine
                .poll_until_done(target, async |look| engine.collect(target, &batch, look).await)
                .await
        });
    }

    /// What one look at a followed batch leads to.
    async fn collect(
        &self,
        target: PollTarget<'_>,
        batch: &BatchRecord,
        look: Look,
    ) -> Result<ControlFlow<()>, Error> {
        match look {
            Look::Ongoing(stats) => {
                self.run_state.finished(batch.batch, stats.finished.unwrap_or(0));
                Ok(ControlFlow::Continue(()))
            }
            Look::Ended { report, lasts } if report.may_grow(Some(batch), lasts) => {
                Ok(ControlFlow::Continue(()))
            }
            Look::Ended { report, .. } => {
                self.record_if_done(batch, report).await?;
                Ok(ControlFlow::Break(()))
            }
            Look::UnknownId { error, lasts } => {
                match UnknownIdPolicy::of(lasts, target.age(), through(batch)) {
                    UnknownIdPolicy::AskAgain => {
                        self.run_state.trouble(Some(words_of(&error)));
                        return Ok(ControlFlow::Continue(()));
                    }
                    UnknownIdPolicy::StopFollowing => {
                        self.run_state.stop_following(batch.batch);
                        let notice =
                            Notice::NotShown { id: batch.id.clone(), people: batch.searches };
                        self.notify(notice);
                    }
                    UnknownIdPolicy::WriteOff => {
                        let why = format!(
                            "Enrow does not know its batch any more: \"{}\"",
                            words_of(&error)
                        );
                        let answers = self.same_for_all(batch, Answer::Unusable(why)).await?;
                        self.end(batch, LookStage::Failed, None, answers).await?;
                    }
                }
                Ok(ControlFlow::Break(()))
            }
        }
    }

    /// Records a batch that ended; one that goes on is left alone. `false` where nothing was recorded, as when
    /// another run was faster.
    pub(super) async fn record_if_done(
        &self,
        batch: &BatchRecord,
        report: BatchReport,
    ) -> Result<bool, Error> {
        let BatchReport { stage, stats, .. } = report;
        match stage {
            Stage::Ongoing => Ok(false),
            Stage::Completed(results) => {
                let members = self.ledger.members(batch.batch).await?;
                let matched = matching::match_results(&members, &results);
                self.record_completed(batch, matched, refund(batch, &results, stats)).await
            }
            Stage::Failed => {
                let id = shown(batch.id.as_ref());
                let why = format!("Enrow reported that batch {id} failed");
                let mut answers = self.same_for_all(batch, Answer::Failed(why)).await?;
                // A batch that fails is not charged, unless Enrow says that it was.
                if stats.refunded.is_some() && is_charged_beyond(batch, stats.refunded, &answers) {
                    mark_paid_unusable(&mut answers);
                }
                self.end(batch, LookStage::Failed, stats.refunded, answers).await
            }
        }
    }

    async fn record_completed(
        &self,
        batch: &BatchRecord,
        matched: Matched,
        refunded: Option<Credits>,
    ) -> Result<bool, Error> {
        let Matched { mut answers, unmatched, .. } = matched;
        if unmatched > 0 {
            tracing::warn!(unmatched, id = %shown(batch.id.as_ref()), "results that belong to nobody in the batch");
        }
        if is_charged_beyond(batch, refunded, &answers) {
            mark_paid_unusable(&mut answers);
        }
        self.end(batch, LookStage::Completed, refunded, answers).await
    }

    async fn same_for_all(
        &self,
        batch: &BatchRecord,
        answer: Answer,
    ) -> Result<Vec<(PersonId, Answer)>, Error> {
        let members = self.ledger.members(batch.batch).await?;
        let people = members.into_iter().map(|member| member.person);
        Ok(people.map(|person| (person, answer.clone())).collect())
    }

    async fn end(
        &self,
        batch: &BatchRecord,
        stage: LookStage,
        stated_refund: Option<Credits>,
        answers: Vec<(PersonId, Answer)>,
    ) -> Result<bool, Error> {
        let found = found(&answers);
        // What Enrow does not state is not assumed to have come back.
        let refunded = stated_refund.unwrap_or_default();
        let look = BatchLook {
            time: LookTime { at: Moment::now(), server: None },
            stage,
            refunded: stated_refund,
            stated_found: None,
            answers,
            unproven: Vec::new(),
        };
        let recorded = self.ledger.record(batch.batch, look).await?.settled;
        tracing::info!(id = %shown(batch.id.as_ref()), searches = batch.searches, found, refunded = refunded.0, recorded, "batch ended");
        self.run_state.settled(batch.batch, found, refunded);
        Ok(recorded)
    }
}

/// Whether a batch cost more than the numbers that came out of it, or may have: then somebody without a number was paid
/// for, and nobody can tell who.
fn is_charged_beyond(
    batch: &BatchRecord,
    refunded: Option<Credits>,
    answers: &[(PersonId, Answer)],
) -> bool {
    let (Some(reserved), Some(refunded)) = (batch.reserved, refunded) else {
        return true;
    };
    let price = Credits(reserved.0 / batch.searches.max(1) as u64);
    reserved.saturating_sub(refunded) > price.saturating_mul(found(answers))
}

fn found(answers: &[(PersonId, Answer)]) -> usize {
    answers.iter().filter(|(_, answer)| matches!(answer, Answer::Found { .. })).count()
}

/// Keeps those without an answer from being asked for, and paid for, again.
fn mark_paid_unusable(answers: &mut [(PersonId, Answer)]) {
    for (_, answer) in answers {
        if let Answer::Failed(why) = answer {
            *answer = Answer::Unusable(std::mem::take(why));
        }
    }
}

/// What Enrow gave back. The endpoint for one person does not state it; there the rule of its price does: credits are
/// charged only for phones found (Enrow API, rules of conduct).
fn refund(batch: &BatchRecord, results: &[SearchResult], stats: Stats) -> Option<Credits> {
    match results {
        [only] if batch.single => match only.qualification {
            Qualification::Found => Some(Credits::ZERO),
            Qualification::NotFound => batch.reserved,
            Qualification::Ongoing | Qualification::Other(_) => None,
        },
        _ => stats.refunded,
    }
}

/// What to do about a batch that Enrow accepted and does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnknownIdPolicy {
    AskAgain,
    /// Its people stay claimed, and a later run looks for it again.
    StopFollowing,
    WriteOff,
}

impl UnknownIdPolicy {
    fn of(unknown_for: Duration, age: Duration, through: Through) -> Self {
        match (unknown_for >= VISIBLE_WITHIN, age >= WRITE_OFF_AFTER) {
            (true, true) => Self::WriteOff,
            // On the endpoint for one person an Enrow in trouble says the same.
            (true, false) if through == Through::Bulk => Self::StopFollowing,
            (true, false) | (false, _) => Self::AskAgain,
        }
    }
}

fn words_of(error: &FetchError) -> String {
    match error {
        FetchError::UnknownId { message, .. } => message.clone(),
        FetchError::Key { .. }
        | FetchError::Refused { .. }
        | FetchError::NoAnswer(_)
        | FetchError::UnreadableBalance => error.to_string(),
    }
}

fn through(batch: &BatchRecord) -> Through {
    if batch.single { Through::Single } else { Through::Bulk }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_young_batch_is_never_written_off() {
        use Through::{Bulk, Single};
        let (min, hour) = (Duration::from_mins, Duration::from_hours);
        for (unknown_for, age, through, then) in [
            (min(2), min(2), Bulk, UnknownIdPolicy::AskAgain),
            (min(3), min(3), Bulk, UnknownIdPolicy::StopFollowing),
            (min(3), hour(23), Bulk, UnknownIdPolicy::StopFollowing),
            (min(2), hour(25), Bulk, UnknownIdPolicy::AskAgain),
            (min(3), hour(25), Bulk, UnknownIdPolicy::WriteOff),
            (hour(20), hour(20), Single, UnknownIdPolicy::AskAgain),
            (min(3), hour(25), Single, UnknownIdPolicy::WriteOff),
        ] {
            assert_eq!(
                UnknownIdPolicy::of(unknown_for, age, through),
                then,
                "{unknown_for:?} {age:?}"
            );
        }
    }
}
