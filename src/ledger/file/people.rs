//! What is known about people.

use super::actor::FileLedger;
use super::moments;
use super::rows::{answered_kind, claim_of, unreadable};
use super::unproven;
use crate::ledger::codes::{self, FOUND, INVALID, SUPPRESSED};
use crate::ledger::error::Result;
use crate::ledger::types::{
    AnsweredKind, BatchNo, Claim, FoundBy, Freshness, PersonId, PersonRecord, PersonStatus, Status,
    StoredAnswer,
};
use crate::people::{Answer, Country, PhoneNumber};
use crate::units::Moment;
use rusqlite::{Connection, Row};
use std::collections::HashMap;

impl FileLedger {
    pub(in crate::ledger) async fn person_statuses(
        &self,
        people: Vec<PersonId>,
        freshness: Freshness,
    ) -> Result<Vec<PersonStatus>> {
        self.read(move |c| {
            let statuses = statuses(c, &people, freshness)?;
            let paired = |(person, status)| {
                let found_by = FoundBy::OwnKey;
                PersonStatus { person, status, found_by }
            };
            Ok(people.into_iter().zip(statuses).map(paired).collect())
        })
        .await
    }

    pub(in crate::ledger) async fn person_records(
        &self,
        people: Vec<PersonId>,
    ) -> Result<Vec<PersonRecord>> {
        self.read(move |c| records(c, &people)).await
    }

    pub(in crate::ledger) async fn mark_invalid(
        &self,
        person: PersonId,
        message: String,
        now: Moment,
    ) -> Result<()> {
        self.write(move |c| {
            let now = moments::recorded_at(c, now)?;
            c.prepare_cached(
                "UPDATE OR ROLLBACK people SET status = ?2, note = ?3, asked_at = ?4, answered_at = ?4, number = NULL,
                     country = NULL
                 WHERE id = ?1 AND batch IS NULL AND (status IS NULL OR status NOT IN (?5, ?6))",
            )?
            .execute((person.0, INVALID, &message, now.0, FOUND, SUPPRESSED))
            .map(drop)
        })
        .await
    }
}

/// What is known about each of these people. A person who was erased while this run works is not searched for by it.
pub(super) fn statuses(
    c: &Connection,
    people: &[PersonId],
    freshness: Freshness,
) -> rusqlite::Result<Vec<Status>> {
    let mut statuses = vec![Status::Answered(AnsweredKind::Suppressed); people.len()];
    let select = "SELECT id, status, asked_at, batch FROM people WHERE id >= ?1 ORDER BY id";
    scan_by_id(c, select, people, |place, row| {
        statuses[place] = status(row, freshness)?;
        Ok(())
    })?;
    Ok(statuses)
}

/// Reads `id, status, asked_at, batch`, and whatever follows.
pub(super) fn status(row: &Row<'_>, freshness: Freshness) -> rusqlite::Result<Status> {
    if let Some(batch) = row.get::<_, Option<i64>>(3)? {
        return Ok(Status::Claimed(BatchNo(batch)));
    }
    let Some(code) = row.get::<_, Option<i64>>(1)? else {
        return Ok(Status::Open);
    };
    let kind = answered_kind(code, 1)?;
    let asked = Moment(row.get(2)?);
    Ok(if freshness.counts(kind, asked) { Status::Answered(kind) } else { Status::Open })
}

fn records(c: &Connection, people: &[PersonId]) -> rusqlite::Result<Vec<PersonRecord>> {
    let erased =
        PersonRecord { recorded: Some(StoredAnswer::Suppressed), ..PersonRecord::default() };
    let unproven = unproven::by_person(c)?;
    let mut records = vec![erased; people.len()];
    let mut claims: HashMap<i64, Claim> = HashMap::new();
    let select =
        "SELECT id, status, answered_at, asked_at, number, country, note, batch, hole, resubmitted FROM people
         WHERE id >= ?1 ORDER BY id";
    scan_by_id(c, select, people, |place, row| {
        let claim = match row.get::<_, Option<i64>>(7)? {
            None => None,
            Some(batch) => Some(if let Some(claim) = claims.get(&batch) {
                claim.clone()
            } else {
                let claim = claim_of(c, BatchNo(batch))?;
                claims.insert(batch, claim.clone());
                claim
            }),
        };
        let unproven = unproven.get(&people[place]).cloned().unwrap_or_default();
        let hole = row.get::<_, Option<i64>>(8)?.and_then(codes::hole);
        let resubmitted = row.get(9)?;
        let recorded = stored_answer(row)?;
        records[place] = PersonRecord { recorded, claim, hole, resubmitted, unproven };
        Ok(())
    })?;
    Ok(records)
}

/// Reads `id, status, answered_at, asked_at, number, country, note`.
fn stored_answer(row: &Row<'_>) -> rusqlite::Result<Option<StoredAnswer>> {
    let Some(code) = row.get::<_, Option<i64>>(1)? else {
        return Ok(None);
    };
    let note = || Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(6)?.unwrap_or_default());
    let answer = match answered_kind(code, 1)? {
        AnsweredKind::Suppressed => return Ok(Some(StoredAnswer::Suppressed)),
        AnsweredKind::Found => {
            let number = PhoneNumber::parse(row.get_ref(4)?.as_str()?)
                .ok_or_else(|| unreadable(4, "a number"))?;
            let country = row.get_ref(5)?.as_str_or_null()?.and_then(Country::parse);
            Answer::Found { number, country }
        }
        AnsweredKind::NotFound => Answer::NotFound,
        AnsweredKind::Invalid => Answer::Invalid(note()?),
        AnsweredKind::Failed => Answer::Failed(note()?),
        AnsweredKind::Unusable => Answer::Unusable(note()?),
    };
    let asked = Moment(row.get(3)?);
    let answered = row.get::<_, Option<i64>>(2)?.map_or(asked, Moment);
    Ok(Some(StoredAnswer::Answer { answer, answered, asked }))
}

/// Reads the rows of these people in the order of their ids, which costs a fraction of as many look-ups: people of one
/// sheet stand together. `each` gets the place in `people`, once for every person who is there; ids may repeat.
///
/// `select` reads the id first, from `?1` on in the order of ids.
pub(super) fn scan_by_id(
    c: &Connection,
    select: &str,
    people: &[PersonId],
    mut each: impl FnMut(usize, &Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    /// The scan reads over at most this many other people to the next one; beyond that it looks the next one up.
    const MAX_GAP: i64 = 8;
    let mut order: Vec<u32> =
        (0..u32::try_from(people.len()).expect("fewer than 2^32 people are asked for")).collect();
    if !people.is_sorted() {
        order.sort_unstable_by_key(|&i| people[i as usize]);
    }
    let mut wanted =
        order.into_iter().map(|place| (place as usize, people[place as usize].0)).peekable();
    let mut read = c.prepare_cached(select)?;
    while let Some(&(_, from)) = wanted.peek() {
        let mut rows = read.query([from])?;
        loop {
            // Behind the last row there is nobody who is asked for.
            let Some(row) = rows.next()? else {
                return Ok(());
            };
            let id: i64 = row.get(0)?;
            while wanted.next_if(|&(_, wanted)| wanted < id).is_some() {}
            while let Some((place, _)) = wanted.next_if(|&(_, wanted)| wanted == id) {
                each(place, row)?;
            }
            if wanted.peek().is_none_or(|&(_, wanted)| wanted > id.saturating_add(MAX_GAP)) {
                break;
            }
        }
    }
    Ok(())
}
