//! Following batches until they are done, and recording what they answered.

use super::poll_schedule::PollSchedule;
use super::run_state::Running;
use super::{Engine, Notice, matching};
use crate::batch::BatchId;
use crate::enrow::{
    BatchReport, FetchError, Qualification, RetryPolicy, SearchResult, Stage, Stats,
};
use crate::ledger::{BatchRecord, BatchResult, FinalState, PersonId};
use crate::people::Answer;
use crate::units::{Credits, Moment};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long an id is believed in against all answers that it is unknown. A provider in trouble says so, too, and what is
/// written off is not collected any more; on the endpoint for one person every 500 means it as well.
const WRITE_OFF_AFTER: Duration = Duration::from_hours(24);

/// How long an id may be unknown without a break before it is not waited for any more: right after it was taken that
/// is usual.
const VISIBLE_WITHIN: Duration = Duration::from_mins(3);

/// How long results that are not there are asked for again: they may come a moment after the word that all is done.
pub(super) const MISSING_RETRY: Duration = Duration::from_secs(3);

/// How long a completed batch is asked again for searches that it calls unfinished.
pub(super) const UNFINISHED_RETRY: Duration = Duration::from_mins(1);

impl Engine {
    /// Follows a batch in a task of its own until it is settled.
    pub(super) fn follow(self: &Rc<Self>, batch: BatchRecord, ours: bool) {
        let Some(id) = batch.id.clone() else { return };
        if self.run_state.follows(batch.batch) {
            return;
        }
        let reserved = batch.reserved.unwrap_or_default();
        self.run_state.started(
            batch.batch,
            Running { id, searches: batch.searches, finished: 0, reserved, ours },
        );
        let engine = Rc::clone(self);
        self.tasks.borrow_mut().spawn_local(async move {
            match engine.collect(&batch).await {
                Ok(()) => {}
                Err(error) => engine.fail(error),
            }
        });
    }

    async fn collect(&self, batch: &BatchRecord) -> anyhow::Result<()> {
        // Batches of earlier runs are asked about at once; how long they have run is known.
        let age = batch.accepted.map_or(Duration::ZERO, |at| Moment::now().since(at));
        let began = Instant::now();
        let elapsed = || age + began.elapsed();
        let mut schedule = PollSchedule::new(batch.searches);
        let mut first = age > Duration::from_secs(2);
        let mut done_since: Option<Instant> = None;
        let mut unknown_since = UnknownSince::default();
        loop {
            if !first {
                tokio::time::sleep(schedule.wait(elapsed())).await;
            }
            first = false;
            let report = match self.poll(batch).await {
                Ok(report) => {
                    unknown_since = UnknownSince::default();
                    report
                }
                Err(FetchError::UnknownId { message, .. }) => {
                    let absent = unknown_since.lasts(began.elapsed());
                    match UnknownIdPolicy::of(absent, elapsed(), batch.single) {
                        UnknownIdPolicy::AskAgain => {
                            self.run_state.trouble(Some(message));
                            schedule.observe(None, elapsed());
                            continue;
                        }
                        UnknownIdPolicy::LeaveIt => {
                            self.run_state.stop_following(batch.batch);
                            (self.notice)(Notice::NotShown {
                                id: shown(batch.id.as_ref()).to_owned(),
                                people: batch.searches,
                            });
                        }
                        UnknownIdPolicy::WriteOff => {
                            let why =
                                format!("Enrow does not know its batch any more: \"{message}\"");
                            let answers = self.all_of(batch, Answer::Unusable(why)).await?;
                            self.end(batch, FinalState::Failed, None, answers).await?;
                        }
                    }
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            match &report.stage {
                Stage::Ongoing => {
                    self.run_state.finished(batch.batch, report.stats.finished.unwrap_or(0));
                    schedule.observe(report.stats.finished, elapsed());
                }
                Stage::Completed(_) | Stage::Failed => {
                    let since = done_since.get_or_insert_with(Instant::now).elapsed();
                    if (report.lacks_results(batch) && since < MISSING_RETRY)
                        || (since < UNFINISHED_RETRY && self.unfinished(batch, &report).await? > 0)
                    {
                        schedule.observe(None, elapsed());
                        continue;
                    }
                    self.record_if_done(batch, report).await?;
                    return Ok(());
                }
            }
        }
    }

    /// Asks how a batch stands. A few at once at most: a full batch's results are a megabyte.
    pub(super) async fn poll(&self, batch: &BatchRecord) -> Result<BatchReport, FetchError> {
        let Some(id) = &batch.id else {
            return Err(FetchError::UnknownId { status: 0, message: "it has no id".to_owned() });
        };
        let _permit = self.polls.acquire().await.expect("the semaphore is never closed");
        self.run_state.polled();
        let trouble = |trouble: &_| self.trouble(trouble);
        let report = if batch.single {
            self.client.single(id, RetryPolicy::Endless, &trouble).await
        } else {
            self.client.batch(id, RetryPolicy::Endless, &trouble).await
        };
        self.run_state.trouble(None);
        Ok(report?.of(batch))
    }

    async fn unfinished(&self, batch: &BatchRecord, report: &BatchReport) -> anyhow::Result<usize> {
        match &report.stage {
            Stage::Completed(results)
                if results.iter().any(|r| r.qualification == Qualification::Ongoing) =>
            {
                let members = self.ledger.members(batch.batch).await?;
                Ok(matching::match_results(&members, results).unfinished)
            }
            Stage::Completed(_) | Stage::Ongoing | Stage::Failed => Ok(0),
        }
    }

    /// Records a batch that ended; one that goes on is left alone. `false` where nothing was recorded, as by another
    /// run that was faster.
    pub(super) async fn record_if_done(
        &self,
        batch: &BatchRecord,
        report: BatchReport,
    ) -> anyhow::Result<bool> {
        let BatchReport { stage, stats, .. } = report;
        match stage {
            Stage::Ongoing => Ok(false),
            Stage::Completed(results) => {
                let refunded = refund(batch, &results, stats);
                let members = self.ledger.members(batch.batch).await?;
                let mut matched = matching::match_results(&members, &results);
                if matched.unmatched > 0 {
                    tracing::warn!(unmatched = matched.unmatched, id = %shown(batch.id.as_ref()), "results that belong to nobody in the batch");
                }
                if is_charged_beyond(batch, refunded, &matched.answers) {
                    mark_paid_unusable(&mut matched.answers);
                }
                self.end(batch, FinalState::Completed, refunded, matched.answers).await
            }
            Stage::Failed => {
                let why = format!("Enrow reported that batch {} failed", shown(batch.id.as_ref()));
                let mut answers = self.all_of(batch, Answer::Failed(why)).await?;
                // A batch that fails is not charged, unless Enrow says that it was.
                if stats.refunded.is_some() && is_charged_beyond(batch, stats.refunded, &answers) {
                    mark_paid_unusable(&mut answers);
                }
                self.end(batch, FinalState::Failed, stats.refunded, answers).await
            }
        }
    }

    /// The same answer for everybody in a batch.
    async fn all_of(
        &self,
        batch: &BatchRecord,
        answer: Answer,
    ) -> anyhow::Result<Vec<(PersonId, Answer)>> {
        let members = self.ledger.members(batch.batch).await?;
        let people = members.into_iter().map(|member| member.person);
        Ok(people.map(|person| (person, answer.clone())).collect())
    }

    async fn end(
        &self,
        batch: &BatchRecord,
        outcome: FinalState,
        refunded: Option<Credits>,
        answers: Vec<(PersonId, Answer)>,
    ) -> anyhow::Result<bool> {
        let found =
            answers.iter().filter(|(_, answer)| matches!(answer, Answer::Found { .. })).count();
        // What Enrow does not state is not assumed to have come back.
        let back = refunded.unwrap_or_default();
        let recorded = self
            .ledger
            .record(batch.batch, BatchResult { outcome, refunded, answers }, Moment::now())
            .await?;
        tracing::info!(id = %shown(batch.id.as_ref()), searches = batch.searches, found, refunded = back.0, recorded, "batch ended");
        self.run_state.settled(batch.batch, found, back);
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
    let found = answers.iter().filter(|(_, answer)| matches!(answer, Answer::Found { .. }));
    reserved.saturating_sub(refunded) > price.saturating_mul(found.count())
}

/// Keeps those without an answer from being asked for, and paid for, again.
fn mark_paid_unusable(answers: &mut [(PersonId, Answer)]) {
    for (_, answer) in answers {
        if let Answer::Failed(why) = answer {
            *answer = Answer::Unusable(std::mem::take(why));
        }
    }
}

/// What to do about a batch that Enrow took and does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnknownIdPolicy {
    AskAgain,
    /// It keeps its claim, and a later run looks for it again.
    LeaveIt,
    WriteOff,
}

impl UnknownIdPolicy {
    /// Of a batch of this age that has been unknown for so long. On the endpoint for one person every 500 says that, of
    /// an Enrow in trouble as well.
    fn of(absent: Duration, age: Duration, single: bool) -> Self {
        match (absent >= VISIBLE_WITHIN, age >= WRITE_OFF_AFTER) {
            (true, true) => Self::WriteOff,
            (true, false) if !single => Self::LeaveIt,
            (true, false) | (false, _) => Self::AskAgain,
        }
    }
}

/// How long an id has been unknown to the API without a break: one such answer among others is a mishap of Enrow's, not
/// the end of what was paid for.
#[derive(Debug, Default)]
struct UnknownSince(Option<Duration>);

impl UnknownSince {
    /// Takes note that it is unknown `now`, on any clock.
    fn lasts(&mut self, now: Duration) -> Duration {
        now.saturating_sub(*self.0.get_or_insert(now))
    }
}

impl BatchReport {
    /// Whether a batch that calls itself completed has fewer results than searches: what is recorded like that is lost.
    pub(super) fn lacks_results(&self, batch: &BatchRecord) -> bool {
        matches!(&self.stage, Stage::Completed(results) if results.len() < batch.searches)
    }

    /// Whether a batch that calls itself completed has results that are not there yet, or are not finished.
    pub(super) fn is_partial(&self, batch: &BatchRecord) -> bool {
        let Stage::Completed(results) = &self.stage else {
            return false;
        };
        let ongoing = |result: &SearchResult| result.qualification == Qualification::Ongoing;
        self.lacks_results(batch) || results.iter().any(ongoing)
    }

    /// This report, if it is about `batch`; else as if that one still ran. An answer meant for somebody else (a cache,
    /// a mix-up) says nothing of ours, and where it echoes no searches its numbers would land on our people.
    pub(super) fn of(self, batch: &BatchRecord) -> Self {
        let ours = match (&self.nonce, &self.id, &batch.id) {
            (Some(nonce), _, _) => nonce == batch.nonce.as_str(),
            (None, Some(id), Some(ours)) => id.as_str().eq_ignore_ascii_case(ours.as_str()),
            (None, _, _) => true,
        };
        if ours {
            return self;
        }
        tracing::warn!(id = %shown(batch.id.as_ref()), "Enrow answered about another batch");
        Self { stage: Stage::Ongoing, stats: Stats::default(), ..self }
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

fn shown(id: Option<&BatchId>) -> &str {
    id.map_or("without id", BatchId::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{AccountId, Nonce};
    use crate::ledger::{BatchNo, BatchState, Ledger, LedgerLocation, NewBatch, Owner};
    use crate::people::{Identity, Profile};

    #[test]
    fn an_id_is_given_up_for_how_long_it_is_unknown_and_not_for_how_long_it_is_followed() {
        let mut unknown_since = UnknownSince::default();
        assert_eq!(unknown_since.lasts(Duration::from_mins(10)), Duration::ZERO);
        assert_eq!(unknown_since.lasts(Duration::from_mins(11)), Duration::from_mins(1));
    }

    #[test]
    fn a_young_batch_is_never_written_off() {
        let (min, hour) = (Duration::from_mins, Duration::from_hours);
        for (absent, age, single, then) in [
            (min(2), min(2), false, UnknownIdPolicy::AskAgain),
            (min(3), min(3), false, UnknownIdPolicy::LeaveIt),
            (min(3), hour(23), false, UnknownIdPolicy::LeaveIt),
            (min(2), hour(25), false, UnknownIdPolicy::AskAgain),
            (min(3), hour(25), false, UnknownIdPolicy::WriteOff),
            (hour(20), hour(20), true, UnknownIdPolicy::AskAgain),
            (min(3), hour(25), true, UnknownIdPolicy::WriteOff),
        ] {
            assert_eq!(UnknownIdPolicy::of(absent, age, single), then, "{absent:?} {age:?}");
        }
    }

    /// A running batch of one.
    async fn running() -> BatchRecord {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let freshness = crate::lookup::Settings::default().freshness;
        let key = Identity::Profile(Profile::parse_handle("ada-example").unwrap()).key();
        let person = ledger.upsert_people(vec![key], freshness).await.unwrap()[0].person;
        let new = NewBatch {
            account: AccountId::of_key("key"),
            nonce: Nonce::random(),
            single: false,
            people: vec![person],
            freshness,
            now: Moment::now(),
        };
        let batch: BatchNo = ledger.claim(new).await.unwrap().unwrap().batch;
        let held = ledger.batch(batch).await.unwrap().unwrap();
        BatchRecord {
            id: BatchId::parse("b-1"),
            state: BatchState::Running,
            owner: Owner::Us,
            ..held
        }
    }

    #[tokio::test]
    async fn results_that_are_not_there_yet_are_no_whole_answer() {
        let batch = running().await;
        let result = |qualification| SearchResult {
            index: Some(0),
            qualification,
            number: None,
            country: None,
            params: None,
            custom: None,
        };
        for (results, partial) in [
            (vec![], true),
            (vec![result(Qualification::Ongoing)], true),
            (vec![result(Qualification::NotFound)], false),
        ] {
            let report = BatchReport {
                id: None,
                nonce: None,
                stage: Stage::Completed(results),
                stats: Stats::default(),
            };
            assert_eq!(report.is_partial(&batch), partial);
        }
    }

    #[tokio::test]
    async fn a_report_about_another_batch_ends_nothing() {
        let batch = running().await;
        let ours = batch.nonce.as_str();
        for (id, nonce, ends) in [
            (Some("b-1"), Some(ours), true),
            // Proven by the word alone, whatever the id looks like.
            (Some("other-form"), Some(ours), true),
            (None, Some(ours), true),
            (Some("B-1"), None, true),
            (None, None, true),
            (Some("b-1"), Some("another word"), false),
            (Some("b-2"), None, false),
        ] {
            let report = BatchReport {
                id: id.and_then(BatchId::parse),
                nonce: nonce.map(str::to_owned),
                stage: Stage::Completed(Vec::new()),
                stats: Stats::default(),
            };
            let ended = report.of(&batch).stage != Stage::Ongoing;
            assert_eq!(ended, ends, "{id:?} {nonce:?}");
        }
    }
}
