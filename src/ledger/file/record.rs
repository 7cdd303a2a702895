//! Recording how a batch ended.

use super::accounts;
use super::actor::FileLedger;
use super::members::{self, IdRange};
use crate::ledger::codes::{FAILED, FOUND, answer_code, answer_note};
use crate::ledger::error::Result;
use crate::ledger::types::{BatchNo, BatchResult, FinalState, PersonId};
use crate::people::{Answer, Country};
use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn record(
        &self,
        batch: BatchNo,
        result: BatchResult,
        now: Moment,
    ) -> Result<bool> {
        self.write(move |c| record(c, batch, &result, now)).await
    }
}

fn record(
    c: &Connection,
    batch: BatchNo,
    result: &BatchResult,
    now: Moment,
) -> rusqlite::Result<bool> {
    let account: Option<i64> = c
        .prepare_cached("SELECT account FROM batches WHERE id = ?1 AND state = 'running'")?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    let Some(account) = account else { return Ok(false) };
    let found = record_answers(c, batch, &result.answers, now)?;
    fail_the_rest(c, batch, now)?;
    members::clear(c, batch)?;
    let state = match result.outcome {
        FinalState::Completed => "completed",
        FinalState::Failed => "failed",
    };
    c.prepare_cached(
        "UPDATE batches SET state = ?2, ended_at = ?3, refunded = ?4, found = ?5 WHERE id = ?1",
    )?
    .execute((batch.0, state, now.0, result.refunded.map(|credits| credits.0), found))?;
    if result.refunded.is_none() {
        accounts::clear_baseline(c, account)?;
    }
    accounts::bump_revision(c, account)?;
    Ok(true)
}

/// Records answers for people of the batch; returns how many numbers were written.
fn record_answers(
    c: &Connection,
    batch: BatchNo,
    answers: &[(PersonId, Answer)],
    now: Moment,
) -> rusqlite::Result<usize> {
    let mut found = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL, status = ?3, answered_at = ?4, asked_at = ?4, number = ?5,
             country = ?6, note = NULL
         WHERE id = ?1 AND batch = ?2",
    )?;
    // A number that was paid for is never lost to a later search that finds nothing or fails.
    let mut other = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL,
             status = CASE WHEN status = ?6 THEN status ELSE ?3 END,
             answered_at = CASE WHEN status = ?6 THEN answered_at ELSE ?4 END,
             note = CASE WHEN status = ?6 THEN note ELSE ?5 END,
             asked_at = ?4
         WHERE id = ?1 AND batch = ?2",
    )?;
    let mut numbers = 0;
    for (person, answer) in answers {
        let code = answer_code(answer);
        if let Answer::Found { number, country } = answer {
            let country = country.as_ref().map(Country::as_str);
            numbers += found.execute((person.0, batch.0, code, now.0, number.as_str(), country))?;
        } else {
            other.execute((person.0, batch.0, code, now.0, answer_note(answer), FOUND))?;
        }
    }
    Ok(numbers)
}

/// People of the batch who got no answer. A number that is on record stays.
fn fail_the_rest(c: &Connection, batch: BatchNo, now: Moment) -> rusqlite::Result<()> {
    let mut fail = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL,
             status = CASE WHEN status = ?4 THEN status ELSE ?2 END,
             note = CASE WHEN status = ?4 THEN note ELSE 'the batch ended without an answer for this person' END,
             asked_at = ?3
         WHERE id BETWEEN ?5 AND ?6 AND batch = ?1",
    )?;
    for IdRange { first, last, .. } in members::id_ranges(c, batch)? {
        fail.execute((batch.0, FAILED, now.0, FOUND, first, last))?;
    }
    Ok(())
}
