//! Recording what a look at a batch shows.

use super::actor::ServerLedger;
use super::error::{Outcome, count, get};
use super::params::params;
use super::session::ServerSession;
use crate::ledger::codes::{answer_code, answer_note, doubt_code, hole_code};
use crate::ledger::error::Result;
use crate::ledger::notes;
use crate::ledger::types::{
    BatchLook, BatchNo, LAST_LOOK_AFTER, LookRecorded, LookStage, LookTime, UnprovenNumber, millis,
};
use crate::people::{Answer, Country};

impl ServerLedger {
    pub(in crate::ledger) async fn record(
        &self,
        batch: BatchNo,
        look: BatchLook,
    ) -> Result<LookRecorded> {
        let stage = match look.stage {
            LookStage::Ongoing => "ongoing",
            LookStage::Completed => "completed",
            LookStage::Failed => "failed",
            LookStage::NotAsked => "not_asked",
        };
        self.ask(async move |session| record(session, batch, &look, stage).await).await
    }

    pub(in crate::ledger) async fn record_missing(
        &self,
        batch: BatchNo,
        time: LookTime,
    ) -> Result<LookRecorded> {
        let look = BatchLook {
            time,
            stage: LookStage::Ongoing,
            refunded: None,
            stated_found: None,
            answers: Vec::new(),
            holes: Vec::new(),
            unproven: Vec::new(),
        };
        self.ask(async move |session| record(session, batch, &look, "missing").await).await
    }
}

/// In the order in which the statement counts them.
fn notes_for_those_given_up() -> Vec<String> {
    let id = "{id}";
    vec![
        notes::hole(id),
        notes::paid_hole(id),
        notes::failed(id),
        notes::paid_failed(id),
        notes::missing(id),
        notes::doubtful(id),
    ]
}

async fn record(
    session: &mut ServerSession,
    batch: BatchNo,
    look: &BatchLook,
    stage: &str,
) -> Outcome<LookRecorded> {
    let answers = Answers::of(look);
    let doubted = Doubted::of(&look.unproven);
    let at = session.to_server(look.time.at);
    let by_enrow = look.time.server.map(|server| server.0);
    let refunded = look.refunded.map(|credits| credits.0.cast_signed());
    let stated_found = look.stated_found.and_then(|found| i64::try_from(found).ok());
    let without: Vec<i64> = look.holes.iter().map(|(person, _)| person.0).collect();
    let holes: Vec<i64> = look.holes.iter().map(|(_, hole)| hole_code(*hole)).collect();
    let (notes, day) = (notes_for_those_given_up(), millis(LAST_LOOK_AFTER));
    let params = params![batch.0 => INT8, at => INT8, by_enrow => INT8, stage => TEXT, refunded => INT8,
        stated_found => INT8, answers.people => INT8_ARRAY, answers.statuses => INT8_ARRAY, answers.numbers => TEXT_ARRAY,
        answers.countries => TEXT_ARRAY, answers.notes => TEXT_ARRAY, doubted.people => INT8_ARRAY,
        doubted.positions => INT8_ARRAY, doubted.numbers => TEXT_ARRAY, doubted.countries => TEXT_ARRAY,
        doubted.doubts => INT8_ARRAY, notes => TEXT_ARRAY, day => INT8,
        without => INT8_ARRAY, holes => INT8_ARRAY];
    let row = session.maybe_one(include_str!("sql/record.sql"), params).await?;
    let Some(row) = row else { return Ok(LookRecorded::default()) };
    Ok(LookRecorded {
        answered: count(&row, "answered")?,
        found: count(&row, "found")?,
        given_up: count(&row, "given")?,
        open: count(&row, "left")?,
        settled: get(&row, "settles")?,
    })
}

/// Answers by columns, as the statement takes them.
#[derive(Default)]
pub(super) struct Answers<'a> {
    pub(super) people: Vec<i64>,
    pub(super) statuses: Vec<i64>,
    pub(super) numbers: Vec<Option<&'a str>>,
    pub(super) countries: Vec<Option<&'a str>>,
    notes: Vec<Option<&'a str>>,
}

impl<'a> Answers<'a> {
    fn of(look: &'a BatchLook) -> Self {
        let mut columns = Self::default();
        for (person, answer) in &look.answers {
            columns.push(person.0, answer);
        }
        columns
    }

    pub(super) fn push(&mut self, person: i64, answer: &'a Answer) {
        let (number, country) = match answer {
            Answer::Found { number, country } => {
                (Some(number.as_str()), country.as_ref().map(Country::as_str))
            }
            Answer::NotFound | Answer::Invalid(_) | Answer::Failed(_) | Answer::Unusable(_) => {
                (None, None)
            }
        };
        self.people.push(person);
        self.statuses.push(answer_code(answer));
        self.numbers.push(number);
        self.countries.push(country);
        self.notes.push(answer_note(answer));
    }
}

/// Numbers that are not believed, by columns.
struct Doubted<'a> {
    people: Vec<Option<i64>>,
    positions: Vec<Option<i64>>,
    numbers: Vec<&'a str>,
    countries: Vec<Option<&'a str>>,
    doubts: Vec<i64>,
}

impl<'a> Doubted<'a> {
    fn of(numbers: &'a [UnprovenNumber]) -> Self {
        let each = || numbers.iter();
        Self {
            people: each().map(|number| number.person.map(|person| person.0)).collect(),
            positions: each().map(|number| number.position.map(i64::from)).collect(),
            numbers: each().map(|number| number.number.as_str()).collect(),
            countries: each().map(|number| number.country.as_ref().map(Country::as_str)).collect(),
            doubts: each().map(|number| doubt_code(number.doubt)).collect(),
        }
    }
}
