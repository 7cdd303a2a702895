//! What is unclear, for the person who decides: listed, settled by a number that is accepted, or asked for again.

use super::collect::nothing_new;
use super::poll::PollTarget;
use super::{Engine, Error};
use crate::batch::BatchId;
use crate::enrow::RetryPolicy;
use crate::ledger::{
    BalanceReading, BatchLook, BatchNo, BatchRecord, BatchState, Doubt, LookStage, Owner, PersonId,
    PersonRecord, StoredAnswer, UnprovenNumber, Which,
};
use crate::people::{Answer, PhoneNumber};
use crate::units::{Credits, HIGHEST_KNOWN_PRICE, Moment};
use std::collections::HashSet;
use std::rc::Rc;

/// A batch about which a person has to decide.
#[derive(Debug, Clone)]
pub(crate) struct Unclear {
    pub batch: BatchRecord,
    /// Who may have been paid for without a usable answer.
    pub people: Vec<PersonId>,
    /// Numbers that came for some of them and are not believed.
    pub numbers: Vec<UnprovenNumber>,
    /// What one search costs.
    pub price: Credits,
    /// What the balance was after the answer to its POST was lost.
    pub readings: Vec<BalanceReading>,
    pub resubmitted: Resubmitted,
}

/// So many milliseconds after its last moment a POST may leave that was held up just before it.
const STANDSTILL: i64 = 600_000;

/// How often a user had people asked for again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Resubmitted {
    pub people: usize,
    pub times: usize,
}

impl Unclear {
    /// The handle by which a command names the batch.
    pub(crate) fn handle(&self) -> BatchId {
        self.batch.handle()
    }

    /// What its people may have cost, and at most cost again.
    pub(crate) fn credits(&self) -> Credits {
        self.price.saturating_mul(self.people.len())
    }

    /// Whether `--accept` takes any of the numbers without naming it.
    pub(crate) fn has_takeable(&self) -> bool {
        self.numbers.iter().any(|number| {
            number.person.is_some()
                && PhoneNumber::parse(&number.number).is_some()
                && !speaks_against(number.doubt)
        })
    }

    /// Until when its POST may still be sent by a run that was paused: nobody is asked for again before then.
    pub(crate) fn may_be_sent_until(&self, now: Moment) -> Option<Moment> {
        let BatchRecord { state, owner, send_by, .. } = self.batch;
        let until = Moment(send_by.0.saturating_add(STANDSTILL));
        (state == BatchState::Unknown && owner != Owner::Dead && now < until).then_some(until)
    }

    /// Since when it is unclear.
    pub(crate) fn since(&self) -> Moment {
        let BatchRecord { claimed, done_since, ended, lost, .. } = self.batch;
        lost.or(done_since).or(ended).unwrap_or(claimed)
    }
}

/// Which numbers a person accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Accept {
    /// All numbers of a batch without a contradiction: no echo, index or other number says that they belong to
    /// somebody else.
    All,
    Number(PhoneNumber),
}

/// What came of accepting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// People who have their number now.
    pub people: usize,
    /// Numbers that still wait, and why they were not taken.
    pub left: Vec<(UnprovenNumber, NotAccepted)>,
}

/// Why a number was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAccepted {
    /// Something says that it is somebody else's: it is accepted only if it is named.
    MustBeNamed,
    /// It points to nobody in the batch.
    Nobody,
    /// Another one was named.
    NotNamed,
    /// It cannot be dialled from everywhere.
    NotInternational,
    /// It is also the number of somebody else in the batch, or would be.
    OfAnother,
    /// Another number came for the same person.
    OneOfSeveral,
}

impl Engine {
    /// Everything that is unclear, of all keys, oldest first; or of one batch, by its id or its handle. Each person stands
    /// in one batch, the newest. Needs no network.
    pub(crate) async fn unclear(&self, only: Option<&BatchId>) -> Result<Vec<Unclear>, Error> {
        self.recover_interrupted().await?;
        let which = match only.map(|id| (id, BatchNo::of_handle(id))) {
            None => Which::Unclear,
            Some((_, Some(batch))) => Which::Number(batch),
            Some((id, None)) => Which::Ids(vec![id.clone()]),
        };
        let mut listed = HashSet::new();
        let mut all = Vec::new();
        for batch in self.ledger.batches(which).await?.into_iter().rev() {
            let unclear = self.unclear_batch(batch, &mut listed).await?;
            if !unclear.people.is_empty() || !unclear.numbers.is_empty() {
                all.push(unclear);
            }
        }
        all.reverse();
        Ok(all)
    }

    async fn unclear_batch(
        &self,
        batch: BatchRecord,
        listed: &mut HashSet<PersonId>,
    ) -> Result<Unclear, Error> {
        let records = self.records(&batch).await?;
        let mut numbers = self.ledger.unproven(batch.batch).await?;
        numbers.retain(|number| waits(number, &records));
        let with_number: HashSet<_> = numbers.iter().filter_map(|number| number.person).collect();
        let is_lost = batch.state == BatchState::Unknown;
        let mut resubmitted = Resubmitted::default();
        let mut people = Vec::new();
        for (person, record) in &records {
            let is_unclear = is_lost || with_number.contains(person) || is_unusable(record);
            if is_unclear && listed.insert(*person) {
                people.push(*person);
                resubmitted.people += usize::from(record.resubmitted > 0);
                resubmitted.times += record.resubmitted;
            }
        }
        let price = self.ledger.account_state(batch.account).await?.price;
        let readings = self.ledger.readings(batch.batch).await?;
        let price = price.unwrap_or(HIGHEST_KNOWN_PRICE);
        Ok(Unclear { batch, people, numbers, price, readings, resubmitted })
    }

    async fn records(&self, batch: &BatchRecord) -> Result<Vec<(PersonId, PersonRecord)>, Error> {
        let members = self.ledger.members(batch.batch).await?;
        let people: Vec<PersonId> = members.iter().map(|member| member.person).collect();
        let records = self.ledger.person_records(people.clone()).await?;
        Ok(people.into_iter().zip(records).collect())
    }

    /// Records numbers that are not believed as answers, because a person says so. A number that could be two people's is
    /// taken for nobody. `None` where the ledger does not know the batch.
    pub(crate) async fn accept_unproven(
        &self,
        id: &BatchId,
        accept: &Accept,
    ) -> Result<Option<Accepted>, Error> {
        let batch = self.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop();
        let Some(batch) = batch else { return Ok(None) };
        let records = self.records(&batch).await?;
        let mut waiting = self.ledger.unproven(batch.batch).await?;
        waiting.retain(|number| waits(number, &records));
        let mut accepted = Accepted::default();
        let mut answers = Vec::new();
        for number in &waiting {
            match judge(number, &waiting, &records, accept) {
                Ok((person, answer)) => answers.push((person, answer)),
                Err(why) => accepted.left.push((number.clone(), why)),
            }
        }
        if !answers.is_empty() {
            let look = BatchLook { stage: LookStage::NotAsked, answers, ..nothing_new(None) };
            accepted.people = self.ledger.record(batch.batch, look).await?.answered;
        }
        Ok(Some(accepted))
    }

    /// Reads these batches once more, so that nobody is asked for again whose answer is there by now. Answers which could
    /// not be read.
    pub(crate) async fn read_again(&self, unclear: &[Unclear]) -> Result<Vec<BatchId>, Error> {
        let mut unread = Vec::new();
        for Unclear { batch, .. } in unclear {
            let Some(id) = &batch.id else { continue };
            match self.poll(PollTarget { id, known: Some(batch) }, RetryPolicy::Tries(2)).await {
                Ok(report) => {
                    self.record_report(batch, report).await?;
                }
                Err(error) => {
                    tracing::info!(%id, %error, "not read again");
                    unread.push(id.clone());
                }
            }
        }
        Ok(unread)
    }

    /// Opens everybody in these batches again who has no usable answer: the next run asks for them, and pays a second time
    /// if the first was paid. Answers how many people that are: who was answered while a person thought about it stays so.
    pub(crate) async fn resubmit(self: &Rc<Self>, unclear: &[Unclear]) -> Result<usize, Error> {
        let mut people = 0;
        for Unclear { batch, .. } in unclear {
            people += self.ledger.resubmit(batch.batch, Moment::now()).await?;
        }
        Ok(people)
    }
}

/// Whether a number needs a user's decision: its person has none, or it may be anybody's.
fn waits(number: &UnprovenNumber, records: &[(PersonId, PersonRecord)]) -> bool {
    let is_open = |record: &PersonRecord| match &record.recorded {
        Some(
            StoredAnswer::Suppressed | StoredAnswer::Answer { answer: Answer::Found { .. }, .. },
        ) => false,
        Some(StoredAnswer::Answer { .. }) | None => true,
    };
    match number.person {
        Some(person) => record_of(person, records).is_some_and(is_open),
        None => records.iter().any(|(_, record)| record.claim.is_some() || is_unusable(record)),
    }
}

fn record_of(person: PersonId, records: &[(PersonId, PersonRecord)]) -> Option<&PersonRecord> {
    records.iter().find(|(other, _)| *other == person).map(|(_, record)| record)
}

fn is_unusable(record: &PersonRecord) -> bool {
    let is_unusable = |stored: &StoredAnswer| {
        matches!(stored, StoredAnswer::Answer { answer: Answer::Unusable(_), .. })
    };
    record.claim.is_none() && record.recorded.as_ref().is_some_and(is_unusable)
}

/// The answer that a number becomes, or why it becomes none.
fn judge(
    kept: &UnprovenNumber,
    waiting: &[UnprovenNumber],
    records: &[(PersonId, PersonRecord)],
    accept: &Accept,
) -> Result<(PersonId, Answer), NotAccepted> {
    let parsed = PhoneNumber::parse(&kept.number);
    let person = kept.person.ok_or(NotAccepted::Nobody)?;
    let number = parsed.ok_or(NotAccepted::NotInternational)?;
    match accept {
        Accept::Number(named) if *named != number => return Err(NotAccepted::NotNamed),
        Accept::Number(_) => {}
        Accept::All if speaks_against(kept.doubt) => return Err(NotAccepted::MustBeNamed),
        Accept::All => {
            let is_other = |other: &&UnprovenNumber| {
                other.person == kept.person
                    && PhoneNumber::parse(&other.number).as_ref() != Some(&number)
            };
            if waiting.iter().any(|other| is_other(&other)) {
                return Err(NotAccepted::OneOfSeveral);
            }
        }
    }
    let is_of = |record: &PersonRecord| {
        matches!(&record.recorded, Some(StoredAnswer::Answer { answer: Answer::Found { number: other, .. }, .. })
            if *other == number)
    };
    let is_of_another = records.iter().any(|(other, record)| *other != person && is_of(record))
        || waiting.iter().any(|other| {
            other.person != kept.person
                && PhoneNumber::parse(&other.number).as_ref() == Some(&number)
        });
    if is_of_another {
        return Err(NotAccepted::OfAnother);
    }
    Ok((person, Answer::Found { number, country: kept.country }))
}

/// Whether something in the answer says that the number is not this person's.
fn speaks_against(doubt: Doubt) -> bool {
    match doubt {
        Doubt::Contradicted | Doubt::IndexDisagrees | Doubt::NamesSomebodyElse => true,
        // The others say too little.
        Doubt::Nobody | Doubt::NotCalledFound | Doubt::NotInternational | Doubt::OnlyIndex => false,
    }
}

#[cfg(test)]
mod tests;
