//! Random sequences of operations by three runs, compared with a model in memory after every step: nobody is in two
//! batches, nobody is claimed whose answer counts, the books add up, a number is never lost.
//!
//! `ENROW_PHONE_SEQUENCES=5000` takes more of them, `ENROW_PHONE_SEQUENCE_SEED=7` takes one again.

mod sequence_model;

use super::*;
use crate::ledger::types::{ListScope, LookRecorded, Refresh};
use crate::ledger::{AnsweredKind, BatchState, EraseMode, Status, StoredAnswer};
use crate::people::{Answer, PhoneNumber};
use sequence_model::{Batch, Person, some_answer};
use std::ops::Range;

const PEOPLE: usize = 7;
const STEPS: usize = 30;
const PRICE: u64 = 40;
const LATER: Moment = Moment(i64::MAX / 2);

#[tokio::test]
async fn whatever_three_runs_do_the_ledger_is_as_the_model_says() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds: Range<u64> =
        match (number("ENROW_PHONE_SEQUENCE_SEED"), number("ENROW_PHONE_SEQUENCES")) {
            (Some(seed), _) => seed..seed + 1,
            (None, Some(many)) => {
                let first = fastrand::u64(..1 << 32);
                first..first + many
            }
            (None, None) => 1..1 + SEQUENCES,
        };
    let first = ledger();
    let open = || Ledger::open(first.location().clone()).unwrap();
    let mut runs = [open(), open(), open()];
    for seed in seeds {
        let mut walk = Walk::new(seed);
        for step in 1..=STEPS {
            walk.step(&mut runs).await;
            let run = &runs[walk.rng.usize(..runs.len())];
            walk.check_people(run).await;
            if step % 5 == 0 {
                walk.check_batches(run).await;
            }
        }
    }
}

struct Walk {
    rng: fastrand::Rng,
    seed: u64,
    people: Vec<Person>,
    batches: Vec<Batch>,
    refreshes: bool,
    now: Moment,
    story: String,
}

impl Walk {
    fn new(seed: u64) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(seed),
            seed,
            people: (0..PEOPLE).map(|_| Person::default()).collect(),
            batches: Vec::new(),
            refreshes: false,
            now: NOW,
            story: format!("ENROW_PHONE_SEQUENCE_SEED={seed}"),
        }
    }

    /// No two sequences have people, batches or an account in common.
    fn key(&self, person: usize) -> PersonKey {
        key(&format!("sequence-{}-{person}", self.seed))
    }

    fn account(&self) -> AccountId {
        AccountId::of_key(&self.seed.to_string())
    }

    fn list(&self) -> ListScope {
        ListScope::of_name(&self.seed.to_le_bytes())
    }

    fn some_people(&mut self) -> Vec<usize> {
        (0..self.rng.usize(1..5)).map(|_| self.rng.usize(..PEOPLE)).collect()
    }

    /// A moment before which an answer does not count: never, or whatever it is.
    fn some_age(&mut self) -> Moment {
        if self.rng.u8(..3) == 0 { LATER } else { Moment::NEVER }
    }

    async fn step(&mut self, runs: &mut [Ledger; 3]) {
        let at = self.rng.usize(..runs.len());
        let which = (!self.batches.is_empty()).then(|| self.rng.usize(..self.batches.len()));
        self.now.0 += self.rng.i64(0..2000);
        let dice = self.rng.u8(..24);
        self.story += &format!("\n{dice}: run {at}, batch {which:?}: ");
        let run = &runs[at];
        match (dice, which) {
            (0..=3, _) => self.enter(run).await,
            (4..=9, _) => self.claim(run, at).await,
            (10..=12, Some(batch)) => self.accept(run, batch).await,
            (13, Some(batch)) => self.doubt(run, batch).await,
            (14 | 15, Some(batch)) => self.give_up(run, batch).await,
            (16..=19, Some(batch)) => self.record(run, batch).await,
            (20, _) => self.forget(run).await,
            (21, Some(batch)) => self.resubmit(run, batch).await,
            (22, _) => {
                run.end_refresh(self.list()).await.unwrap();
                self.refreshes = false;
            }
            (23, _) if self.rng.u8(..4) == 0 => self.die(runs, at).await,
            _ => {}
        }
    }

    async fn enter(&mut self, run: &Ledger) {
        let people = self.some_people();
        let keys = people.iter().map(|&person| self.key(person)).collect();
        let found = run.upsert_people(keys, Vec::new(), ANY_AGE).await.unwrap();
        for (&person, found) in people.iter().zip(found) {
            let id = *self.people[person].id.get_or_insert(found.person);
            assert_eq!((found.person, found.status), (id, self.status(person)), "{}", self.story);
        }
    }

    async fn claim(&mut self, run: &Ledger, at: usize) {
        let freshness = Freshness {
            found: self.some_age(),
            not_found: self.some_age(),
            failed: self.some_age(),
        };
        let people = self.some_people();
        let asked: Vec<usize> =
            people.into_iter().filter(|&person| self.people[person].id.is_some()).collect();
        let refresh = self.rng.bool().then_some(self.now);
        let mut expected = Vec::new();
        for (place, &person) in asked.iter().enumerate() {
            let is_open = match self.status(person) {
                Status::Open => true,
                Status::Answered(kind) => !freshness.counts(kind, self.now),
                Status::Claimed(_) => false,
            };
            if is_open && !asked[..place].contains(&person) {
                expected.push(place);
            }
        }
        let ids: Vec<PersonId> =
            asked.iter().filter_map(|&person| self.people[person].id).collect();
        let new = NewBatch {
            account: self.account(),
            freshness,
            refresh,
            scope: Some(self.list()),
            now: self.now,
            ..new_batch(&ids)
        };
        let claimed = run.claim(new).await.unwrap();
        self.story += &format!("claims {asked:?} by {freshness:?}: {claimed:?}");
        let places = claimed.as_ref().map_or(Vec::new(), |claimed| claimed.positions.clone());
        assert_eq!(places, expected, "{}", self.story);
        let Some(claimed) = claimed else { return };
        self.refreshes |= refresh.is_some();
        for &place in &expected {
            self.people[asked[place]].batch = Some(claimed.batch);
        }
        self.batches.push(Batch {
            no: claimed.batch,
            run: at,
            state: BatchState::Sending,
            members: Some(expected.iter().map(|&place| ids[place]).collect()),
            searches: expected.len(),
            open: expected.len(),
            refund: 0,
        });
    }

    async fn accept(&mut self, run: &Ledger, which: usize) {
        let batch = &mut self.batches[which];
        let id = format!("b-{}-{}", self.seed, batch.no.0);
        let reserved = Reserved::Stated(Credits(PRICE * batch.searches as u64));
        let recorded = run.record_post(batch.no, accepted(&id, reserved), None, self.now).await;
        assert!(matches!(recorded, Ok(Recorded::Running(_))), "{recorded:?} {}", self.story);
        if matches!(
            batch.state,
            BatchState::Sending | BatchState::Unknown | BatchState::Resubmitted
        ) {
            batch.state = BatchState::Running;
        }
    }

    async fn doubt(&mut self, run: &Ledger, which: usize) {
        let batch = &mut self.batches[which];
        run.record_post(batch.no, PostOutcome::Unclear, None, self.now).await.unwrap();
        if batch.state == BatchState::Sending {
            batch.state = BatchState::Unknown;
        }
    }

    async fn give_up(&mut self, run: &Ledger, which: usize) {
        let batch = self.batches[which].no;
        let expected =
            matches!(self.batches[which].state, BatchState::Sending | BatchState::Unknown);
        assert_eq!(run.release(batch).await.unwrap(), expected, "{}", self.story);
        if expected {
            self.open_members(which);
        }
    }

    /// The batch is gone.
    fn open_members(&mut self, which: usize) {
        let gone = self.batches.swap_remove(which).no;
        self.let_go(gone);
    }

    fn let_go(&mut self, batch: BatchNo) -> usize {
        let held = self.people.iter_mut().filter(|person| person.batch == Some(batch));
        held.map(|person| person.batch = None).count()
    }

    async fn record(&mut self, run: &Ledger, which: usize) {
        let Batch { no: batch, state, ref members, .. } = self.batches[which];
        let members = members.clone().unwrap_or_default();
        let rng = &mut self.rng;
        let answer = |&person| (rng.u8(..3) > 0).then(|| (person, some_answer(rng)));
        let answers: Vec<(PersonId, Answer)> = members.iter().filter_map(answer).collect();
        self.story += &format!("records {answers:?}");
        let refund = self.rng.u64(..=PRICE * self.batches[which].searches as u64);
        let refunded = Some(Credits(refund));
        let stage = if self.rng.bool() { LookStage::Completed } else { LookStage::Ongoing };
        let time = LookTime { at: self.now, server: None };
        let seen = BatchLook { answers: answers.clone(), refunded, time, ..look(stage) };
        let told = run.record(batch, seen).await.unwrap();
        if matches!(state, BatchState::Sending | BatchState::Unknown | BatchState::Resubmitted) {
            assert_eq!(told, LookRecorded::default(), "{}", self.story);
            return;
        }
        let (mut answered, mut held) = (0, 0);
        for (id, answer) in answers {
            let Some(person) = self.people.iter_mut().find(|person| person.id == Some(id)) else {
                continue;
            };
            answered += usize::from(person.hears(&answer, batch, &mut held));
        }
        let failed = |id: &PersonId| {
            let person = self.people.iter().find(|person| person.id == Some(*id));
            person.is_some_and(|person| {
                matches!(person.answer, None | Some(AnsweredKind::Failed | AnsweredKind::Unusable))
            })
        };
        let is_missing = members.iter().any(failed);
        let batch = &mut self.batches[which];
        batch.open -= held;
        let settles =
            state == BatchState::Running && batch.open == 0 && stage == LookStage::Completed;
        if settles {
            (batch.state, batch.refund) = (BatchState::Completed, refund);
            batch.members.take_if(|_| !is_missing);
        }
        assert_eq!((told.answered, told.settled), (answered, settles), "{}", self.story);
    }

    async fn forget(&mut self, run: &Ledger) {
        let person = self.rng.usize(..PEOPLE);
        let mode = if self.rng.bool() { EraseMode::Erase } else { EraseMode::Suppress };
        self.story += &format!("forgets {person}, {mode:?}");
        run.forget(vec![self.key(person)], mode, self.now).await.unwrap();
        let held = std::mem::take(&mut self.people[person]).batch;
        for batch in self.batches.iter_mut().filter(|batch| Some(batch.no) == held) {
            batch.open -= 1;
        }
        if mode == EraseMode::Suppress {
            self.people[person].answer = Some(AnsweredKind::Suppressed);
        }
    }

    async fn resubmit(&mut self, run: &Ledger, which: usize) {
        let Batch { no: batch, state, .. } = self.batches[which];
        if state == BatchState::Unknown {
            let opened = run.resubmit(batch, self.now).await.unwrap();
            assert_eq!(opened, self.let_go(batch), "{}", self.story);
            let batch = &mut self.batches[which];
            (batch.state, batch.open) = (BatchState::Resubmitted, 0);
        }
    }

    /// A run ends without a word; the next one finds what it was sending.
    async fn die(&mut self, runs: &mut [Ledger; 3], at: usize) {
        let location = runs[at].location().clone();
        runs[at] = Ledger::open(location).unwrap();
        runs[at].reap_dead_runs(self.now).await.unwrap();
        for batch in self.batches.iter_mut().filter(|batch| batch.run == at) {
            if batch.state == BatchState::Sending {
                batch.state = BatchState::Unknown;
            }
        }
    }
}
