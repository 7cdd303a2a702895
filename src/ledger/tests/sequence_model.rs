//! What the ledger must say after a sequence, and whether it does.

use super::*;

#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) id: Option<PersonId>,
    pub(super) answer: Option<AnsweredKind>,
    pub(super) number: Option<String>,
    pub(super) batch: Option<BatchNo>,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) no: BatchNo,
    pub(super) run: usize,
    pub(super) state: BatchState,
    /// Who was claimed; `None` once nothing is remembered.
    pub(super) members: Option<Vec<PersonId>>,
    pub(super) searches: usize,
    pub(super) open: usize,
    pub(super) refund: u64,
}

impl Walk {
    pub(super) fn status(&self, person: usize) -> Status {
        let Person { answer, batch, .. } = self.people[person];
        match (batch, answer) {
            (Some(batch), _) => Status::Claimed(batch),
            (None, Some(answer)) => Status::Answered(answer),
            (None, None) => Status::Open,
        }
    }

    pub(super) async fn check_people(&self, run: &Ledger) {
        let known: Vec<usize> =
            (0..PEOPLE).filter(|&person| self.people[person].id.is_some()).collect();
        let ids: Vec<PersonId> =
            known.iter().filter_map(|&person| self.people[person].id).collect();
        let statuses = run.person_statuses(ids.clone(), ANY_AGE).await.unwrap();
        let records = run.person_records(ids).await.unwrap();
        for ((&person, status), record) in known.iter().zip(statuses).zip(records) {
            let number = match record.recorded {
                Some(StoredAnswer::Answer { answer: Answer::Found { number, .. }, .. }) => {
                    Some(number.as_str().to_owned())
                }
                _ => None,
            };
            let expected = (self.status(person), self.people[person].number.clone());
            assert_eq!((status.status, number), expected, "{person} {}", self.story);
        }
        let state = run.account_state(self.account()).await.unwrap();
        let of = |state| self.batches.iter().filter(|batch| batch.state == state).count();
        let counts = [BatchState::Running, BatchState::Sending, BatchState::Unknown].map(of);
        assert_eq!([state.running, state.sending, state.unknown], counts, "{}", self.story);
        let spent: u64 = self.batches.iter().map(Batch::spent).sum();
        assert_eq!(state.spent, i64::try_from(spent).unwrap(), "{}", self.story);
    }

    pub(super) async fn check_batches(&self, run: &Ledger) {
        for batch in &self.batches {
            let stored = batch_record(run, batch.no).await;
            let expected = (batch.state, batch.open);
            assert_eq!((stored.state, stored.open), expected, "{batch:?} {}", self.story);
        }
        let Refresh { is_continued, .. } = run.refresh_of(self.list(), self.now).await.unwrap();
        assert_eq!(is_continued, self.refreshes, "{}", self.story);
    }
}

impl Batch {
    /// What it holds while it runs, and costs then.
    fn spent(&self) -> u64 {
        let reserved = PRICE * self.searches as u64;
        match self.state {
            BatchState::Running => reserved,
            BatchState::Completed | BatchState::Failed => reserved - self.refund,
            BatchState::Sending | BatchState::Unknown | BatchState::Resubmitted => 0,
        }
    }
}

impl Person {
    /// Whether an answer of a batch is news. A number stays whatever comes later; an answer of a batch that does not hold
    /// the person any more replaces only what is worse.
    pub(super) fn hears(&mut self, answer: &Answer, batch: BatchNo, held: &mut usize) -> bool {
        use AnsweredKind::{Failed, Found, NotFound, Suppressed, Unusable};
        let (kind, number) = match answer {
            Answer::Found { number, .. } => (Found, Some(number.as_str().to_owned())),
            Answer::NotFound => (NotFound, None),
            Answer::Failed(_) => (Failed, None),
            Answer::Invalid(_) | Answer::Unusable(_) => unreachable!("it is not given here"),
        };
        let is_held = self.batch == Some(batch);
        let is_news = is_held
            || kind == Found && !matches!(self.answer, Some(Found | Suppressed))
            || kind == NotFound
                && self.batch.is_none()
                && matches!(self.answer, None | Some(Failed | Unusable));
        if is_held {
            self.batch = None;
            *held += 1;
        }
        if is_news && (kind == Found || self.answer != Some(Found)) {
            self.answer = Some(kind);
            self.number = number;
        }
        is_news
    }
}

pub(super) fn some_answer(rng: &mut fastrand::Rng) -> Answer {
    match rng.u8(..4) {
        0 => Answer::NotFound,
        1 => Answer::Failed("it failed".to_owned()),
        _ => {
            let number = format!("+1202555{:04}", rng.u16(..10_000));
            Answer::Found { number: PhoneNumber::parse(&number).unwrap(), country: None }
        }
    }
}
