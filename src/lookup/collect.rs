//! Following batches until everybody in them is answered, and recording what each look shows.

use super::matching::{self, Matched, SearchOutcome, Sent};
use super::poll::{Look, PollTarget, shown};
use super::run_state::{RunningBatch, SentBy};
use super::{Engine, Error, Notice};
use crate::enrow::{
    BatchReport, FetchError, Qualification, RetryPolicy, SearchResult, Stage, Stats,
};
use crate::ledger::{BatchLook, BatchRecord, Hole, LookRecorded, LookStage, LookTime};
use crate::people::Answer;
use crate::timer::sleep;
use crate::units::{Credits, Moment};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

/// How long a run keeps looking at a completed batch in which somebody has no answer. Later runs look again.
pub(super) const UNFINISHED_RETRY: Duration = Duration::from_mins(1);

/// How long a batch may be missing before a run stops following it. Right after a batch was accepted that is usual.
pub(super) const MISSING_RETRY: Duration = Duration::from_mins(3);

/// A batch that was accepted a moment ago is first looked at after this time.
const FIRST_LOOK: Duration = Duration::from_millis(500);

/// What a look added to the ledger.
pub(super) struct RecordedLook {
    pub ledger: LookRecorded,
    /// Numbers that the results of the batch have, recorded now or before.
    pub found: usize,
    /// Credits that Enrow states it gave back.
    pub refunded: Option<Credits>,
}

impl Engine {
    /// Follows a batch in its own task until it is settled, or until more looks cannot help for now.
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
            split: batch.split.unwrap_or_default(),
            sent_by,
        };
        self.run_state.started(batch.batch, running);
        let engine = Rc::clone(self);
        self.tasks.borrow_mut().spawn_local(async move {
            let target = PollTarget { id: &id, known: Some(&batch) };
            if target.age() <= FIRST_LOOK * 4 {
                sleep(FIRST_LOOK).await;
            }
            let mut is_missing = batch.missing_since.is_some();
            engine
                .poll_until_done(target, async |look| {
                    engine.collect(&batch, look, &mut is_missing).await
                })
                .await
        });
    }

    /// What one look at a followed batch leads to.
    async fn collect(
        &self,
        batch: &BatchRecord,
        look: Look,
        is_missing: &mut bool,
    ) -> Result<ControlFlow<()>, Error> {
        match look {
            Look::Ongoing { stats, served } => {
                if std::mem::take(is_missing) {
                    self.ledger.record(batch.batch, nothing_new(served)).await?;
                }
                self.run_state.finished(batch.batch, stats.finished.unwrap_or(0));
                Ok(ControlFlow::Continue(()))
            }
            Look::Ended { report, lasts } => {
                *is_missing = false;
                let recorded = self.record_report(batch, report).await?;
                let open = recorded.ledger.open;
                // Earlier runs have waited as well.
                let lasts =
                    batch.done_since.map_or(lasts, |since| lasts.max(Moment::now().since(since)));
                self.run_state.finished(batch.batch, batch.searches.saturating_sub(open));
                if open == 0 {
                    let refunded = recorded.refunded.unwrap_or_default();
                    self.run_state.settled(batch.batch, recorded.found, refunded);
                } else if lasts < UNFINISHED_RETRY {
                    return Ok(ControlFlow::Continue(()));
                } else {
                    self.run_state.stop_following(batch.batch, recorded.found);
                    self.notify(Notice::ResultsMissing { id: batch.id.clone(), people: open });
                }
                Ok(ControlFlow::Break(()))
            }
            Look::NotShown { error, lasts } => {
                if let FetchError::UnknownId { served, .. } = error {
                    *is_missing = true;
                    let time = LookTime { at: Moment::now(), server: served };
                    if self.ledger.record_missing(batch.batch, time).await?.open == 0 {
                        self.run_state.settled(batch.batch, 0, Credits::ZERO);
                        return Ok(ControlFlow::Break(()));
                    }
                }
                if lasts < MISSING_RETRY {
                    self.run_state.trouble(error.to_string(), None);
                    return Ok(ControlFlow::Continue(()));
                }
                self.run_state.stop_following(batch.batch, 0);
                self.notify(Notice::NotShown { id: batch.id.clone(), people: batch.searches });
                Ok(ControlFlow::Break(()))
            }
        }
    }

    /// Looks once at a batch that no row of this run waits for, and records the result. Nothing in this run depends
    /// on it.
    pub(super) fn look_once(self: &Rc<Self>, batch: BatchRecord) {
        let engine = Rc::clone(self);
        self.tasks.borrow_mut().spawn_local(async move {
            let Some(id) = &batch.id else { return Ok(()) };
            match engine.poll(PollTarget { id, known: Some(&batch) }, RetryPolicy::Tries(3)).await {
                Ok(report) => {
                    engine.record_report(&batch, report).await?;
                }
                Err(FetchError::UnknownId { served, .. }) => {
                    let time = LookTime { at: Moment::now(), server: served };
                    engine.ledger.record_missing(batch.batch, time).await?;
                }
                Err(error) => tracing::info!(id = %shown(batch.id.as_ref()), %error, "not shown"),
            }
            Ok(())
        });
    }

    /// Records what a report proves, person by person. A person whom the report does not mention gets no answer.
    pub(super) async fn record_report(
        &self,
        batch: &BatchRecord,
        report: BatchReport,
    ) -> Result<RecordedLook, Error> {
        let BatchReport { nonce, served, stage, stats, .. } = report;
        let (stage, results) = match stage {
            Stage::Ongoing => (LookStage::Ongoing, Vec::new()),
            Stage::Completed(results) => (LookStage::Completed, results),
            Stage::Failed => (LookStage::Failed, Vec::new()),
        };
        let members = self.ledger.members(batch.batch).await?;
        let matched = matching::match_results(
            Sent {
                members: &members,
                searches: batch.searches,
                nonce: &batch.nonce,
                nonce_came_back: nonce.as_deref() == Some(batch.nonce.as_str()),
            },
            &results,
        );
        if matched.unmatched > 0 {
            tracing::warn!(unmatched = matched.unmatched, id = %shown(batch.id.as_ref()), "results that belong to nobody in the batch");
        }
        let refunded = refund(batch, &results, stats);
        let (found, look) = look_of(matched, stats, served, stage);
        let look = BatchLook { refunded, ..look };
        let ledger = self.ledger.record(batch.batch, look).await?;
        tracing::info!(
            id = %shown(batch.id.as_ref()), searches = batch.searches, found, answered = ledger.answered,
            open = ledger.open, refunded = refunded.unwrap_or_default().0, "batch looked at"
        );
        Ok(RecordedLook { ledger, found, refunded })
    }
}

/// A look that shows nothing.
pub(super) fn nothing_new(served: Option<Moment>) -> BatchLook {
    BatchLook {
        time: LookTime { at: Moment::now(), server: served },
        stage: LookStage::Ongoing,
        refunded: None,
        stated_found: None,
        answers: Vec::new(),
        holes: Vec::new(),
        unproven: Vec::new(),
    }
}

/// What matching made, for the ledger; and how many numbers are among the answers.
fn look_of(
    matched: Matched,
    stats: Stats,
    served: Option<Moment>,
    stage: LookStage,
) -> (usize, BatchLook) {
    let (mut answers, mut holes) = (Vec::new(), Vec::new());
    for (person, outcome) in matched.members {
        match outcome {
            SearchOutcome::Answered(answer) => answers.push((person, answer)),
            SearchOutcome::Unproven(_) => holes.push((person, Hole::NotProven)),
            SearchOutcome::Open(hole) if stage == LookStage::Completed => {
                holes.push((person, hole));
            }
            SearchOutcome::Open(_) => {}
        }
    }
    let found = answers.iter().filter(|(_, answer)| matches!(answer, Answer::Found { .. })).count();
    let look = BatchLook {
        stage,
        stated_found: stats.found,
        answers,
        holes,
        unproven: matched.unproven,
        ..nothing_new(served)
    };
    (found, look)
}

/// What Enrow gave back. The endpoint for one person does not state it, but the contract does: credits are charged
/// only for phones found (Enrow API, rules of conduct).
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

#[cfg(test)]
mod tests {
    use super::super::poll::tests::running;
    use super::*;
    use crate::ledger::{Doubt, PersonId, UnprovenNumber};
    use crate::people::PhoneNumber;

    #[tokio::test]
    async fn a_refund_is_what_is_stated_or_what_one_search_did_not_cost() {
        let stated = Stats { refunded: Some(Credits(7)), ..Stats::default() };
        let bulk = BatchRecord { reserved: Some(Credits(40)), ..running().await };
        let single = BatchRecord { single: true, ..bulk.clone() };
        for (qualification, refunded) in [
            (Qualification::Found, Some(Credits::ZERO)),
            (Qualification::NotFound, Some(Credits(40))),
            (Qualification::Ongoing, None),
            (Qualification::Other("odd".to_owned()), None),
        ] {
            let results = [SearchResult {
                index: None,
                qualification,
                number: None,
                country: None,
                params: None,
                custom: None,
            }];
            assert_eq!(refund(&single, &results, stated), refunded, "{results:?}");
            assert_eq!(refund(&bulk, &results, stated), Some(Credits(7)));
        }
        assert_eq!(refund(&single, &[], stated), Some(Credits(7)));
    }

    #[test]
    fn who_has_no_answer_is_a_hole_only_in_what_is_completed() {
        let number = PhoneNumber::parse("+12025550123").unwrap();
        let found = Answer::Found { number, country: None };
        let outcomes = [
            SearchOutcome::Answered(found.clone()),
            SearchOutcome::Answered(Answer::NotFound),
            SearchOutcome::Unproven(Doubt::OnlyIndex),
            SearchOutcome::Open(Hole::Ongoing),
        ];
        let members = (1..).map(PersonId::of_number).zip(outcomes).collect();
        let kept = UnprovenNumber {
            person: Some(PersonId::of_number(3)),
            position: Some(2),
            number: "+12025550199".to_owned(),
            country: None,
            doubt: Doubt::OnlyIndex,
        };
        let matched = Matched { members, unproven: vec![kept.clone()], ..Matched::default() };
        let [one, two, three, four] = [1, 2, 3, 4].map(PersonId::of_number);
        let stats = Stats { found: Some(9), ..Stats::default() };
        for (stage, holes) in [
            (LookStage::Completed, vec![(three, Hole::NotProven), (four, Hole::Ongoing)]),
            (LookStage::Failed, vec![(three, Hole::NotProven)]),
        ] {
            let (numbers, look) = look_of(matched.clone(), stats, Some(Moment(5)), stage);
            assert_eq!((numbers, look.stated_found, look.stage), (1, Some(9), stage));
            assert_eq!(look.answers, [(one, found.clone()), (two, Answer::NotFound)]);
            assert_eq!((look.holes, look.time.server), (holes, Some(Moment(5))));
            assert_eq!(look.unproven, std::slice::from_ref(&kept));
        }
    }
}
