//! What is known about people.

use super::actor::ServerLedger;
use super::batches::asked_by;
use super::columns::{country, maybe_moment};
use super::digest::Digest;
use super::error::{Outcome, count, get, maybe_count, unreadable};
use super::params::params;
use super::session::ServerSession;
use crate::batch::{AccountId, BatchId};
use crate::ledger::codes;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AnsweredKind, BatchNo, Claim, FilledRow, FoundBy, Freshness, KeptNumber, PersonId,
    PersonRecord, PersonStatus, Status, StoredAnswer,
};
use crate::people::{Answer, PhoneNumber};
use crate::units::Moment;
use tokio_postgres::Row;

impl ServerLedger {
    pub(in crate::ledger) async fn person_statuses(
        &self,
        people: Vec<PersonId>,
        freshness: Freshness,
    ) -> Result<Vec<PersonStatus>> {
        self.ask(async move |session| {
            let ids = numbers(&people);
            let rows =
                session.query(include_str!("sql/statuses.sql"), params![ids => INT8_ARRAY]).await?;
            // A person who was erased while this run works is not searched for by it.
            let erased = |person| PersonStatus {
                person,
                status: Status::Answered(AnsweredKind::Suppressed),
                found_by: FoundBy::OwnKey,
            };
            let mut statuses: Vec<PersonStatus> = people.into_iter().map(erased).collect();
            for row in &rows {
                place(&mut statuses, row)?.status = status(session, row, freshness)?;
            }
            Ok(statuses)
        })
        .await
    }

    pub(in crate::ledger) async fn person_records(
        &self,
        people: Vec<PersonId>,
    ) -> Result<Vec<PersonRecord>> {
        self.ask(async move |session| {
            let ids = numbers(&people);
            let rows =
                session.query(include_str!("sql/records.sql"), params![ids => INT8_ARRAY]).await?;
            let erased = PersonRecord {
                recorded: Some(StoredAnswer::Suppressed),
                ..PersonRecord::default()
            };
            let mut records = vec![erased; people.len()];
            for row in &rows {
                *place(&mut records, row)? = PersonRecord {
                    recorded: stored_answer(session, row)?,
                    claim: claim(session, row)?,
                    hole: get::<Option<i64>>(row, "hole")?.and_then(codes::hole),
                    resubmitted: count(row, "resubmitted")?,
                    unproven: unproven(row)?,
                };
            }
            Ok(records)
        })
        .await
    }

    pub(in crate::ledger) async fn knows_filled(&self, rows: Vec<FilledRow>) -> Result<Vec<bool>> {
        self.ask(async move |session| {
            let people: Vec<Option<i64>> =
                rows.iter().map(|row| row.person.map(|person| person.0)).collect();
            let numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
            let params = params![people => INT8_ARRAY, numbers => TEXT_ARRAY];
            let mut known = vec![false; rows.len()];
            for row in &session.query(include_str!("sql/knows_filled.sql"), params).await? {
                *place(&mut known, row)? = true;
            }
            Ok(known)
        })
        .await
    }

    pub(in crate::ledger) async fn mark_invalid(
        &self,
        person: PersonId,
        message: String,
        now: Moment,
    ) -> Result<()> {
        self.ask(async move |session| {
            let now = session.to_server(now);
            let params = params![person.number() => INT8, message => TEXT, now => INT8];
            session.query(include_str!("sql/mark_invalid.sql"), params).await.map(drop)
        })
        .await
    }
}

pub(super) fn numbers(people: &[PersonId]) -> Vec<i64> {
    people.iter().map(|person| person.0).collect()
}

/// What belongs to the row's place among those who were asked for.
pub(super) fn place<'a, T>(all: &'a mut [T], row: &Row) -> Outcome<&'a mut T> {
    let place: usize = count(row, "place")?;
    all.get_mut(place).ok_or_else(|| unreadable("place"))
}

/// Reads `status`, `asked_at` and `batch`.
pub(super) fn status(session: &ServerSession, row: &Row, freshness: Freshness) -> Outcome<Status> {
    if let Some(batch) = get(row, "batch")? {
        return Ok(Status::Claimed(BatchNo(batch)));
    }
    let Some(kind) = kind(row)? else { return Ok(Status::Open) };
    let asked = session.to_local(get(row, "asked_at")?);
    Ok(if freshness.counts(kind, asked) { Status::Answered(kind) } else { Status::Open })
}

fn kind(row: &Row) -> Outcome<Option<AnsweredKind>> {
    let code: Option<i64> = get(row, "status")?;
    code.map(|code| codes::answered_kind(code).ok_or_else(|| unreadable("status"))).transpose()
}

fn unproven(row: &Row) -> Outcome<Vec<KeptNumber>> {
    let numbers: Option<Vec<String>> = get(row, "numbers")?;
    let batches: Option<Vec<Option<&str>>> = get(row, "batches")?;
    let kept = numbers.unwrap_or_default().into_iter().zip(batches.unwrap_or_default());
    let kept =
        kept.map(|(number, batch)| KeptNumber { number, batch: batch.and_then(BatchId::parse) });
    Ok(kept.collect())
}

fn claim(session: &ServerSession, row: &Row) -> Outcome<Option<Claim>> {
    let Some(batch) = get(row, "batch")? else { return Ok(None) };
    let state = codes::batch_state(get(row, "state")?).ok_or_else(|| unreadable("state"))?;
    let account = AccountId::from_bytes(get::<Digest>(row, "account")?.0);
    let id = get::<Option<&str>>(row, "enrow_id")?.and_then(BatchId::parse);
    Ok(Some(Claim {
        batch: BatchNo(batch),
        state,
        account,
        asked_by: asked_by(row)?,
        id,
        lost: maybe_moment(session, row, "lost_at")?,
        done_since: maybe_moment(session, row, "done_since")?,
        missing_since: maybe_moment(session, row, "missing_since")?,
    }))
}

fn stored_answer(session: &ServerSession, row: &Row) -> Outcome<Option<StoredAnswer>> {
    let note = || get::<Option<String>>(row, "note").map(Option::unwrap_or_default);
    let answer = match kind(row)? {
        None => return Ok(None),
        Some(AnsweredKind::Suppressed) => return Ok(Some(StoredAnswer::Suppressed)),
        Some(AnsweredKind::Found) => Answer::Found {
            number: PhoneNumber::parse(get(row, "number")?).ok_or_else(|| unreadable("number"))?,
            country: country(row)?,
        },
        Some(AnsweredKind::NotFound) => Answer::NotFound,
        Some(AnsweredKind::Invalid) => Answer::Invalid(note()?),
        Some(AnsweredKind::Failed) => Answer::Failed(note()?),
        Some(AnsweredKind::Unusable) => Answer::Unusable(note()?),
    };
    let asked = get(row, "asked_at")?;
    let answered = maybe_count(row, "answered_at")?.unwrap_or(asked);
    let (answered, asked) = (session.to_local(answered), session.to_local(asked));
    Ok(Some(StoredAnswer::Answer { answer, answered, asked }))
}
