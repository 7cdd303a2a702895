//! Recording what a look at a batch shows.

use super::accounts;
use super::actor::FileLedger;
use super::give_up;
use super::looked_at::LookedAt;
use super::members;
use super::moments;
use super::readings;
use super::unproven;
use crate::ledger::codes::{
    FAILED, FOUND, SUPPRESSED, UNUSABLE, answer_code, answer_note, hole_code,
};
use crate::ledger::error::Result;
use crate::ledger::types::{BatchLook, BatchNo, Hole, LookRecorded, LookStage, LookTime, PersonId};
use crate::people::{Answer, Country};
use crate::units::Moment;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn record(
        &self,
        batch: BatchNo,
        look: BatchLook,
    ) -> Result<LookRecorded> {
        self.write(move |c| {
            let Some(known) = LookedAt::read(c, batch)? else { return Ok(LookRecorded::default()) };
            record(c, &known, &look)
        })
        .await
    }

    pub(in crate::ledger) async fn record_missing(
        &self,
        batch: BatchNo,
        time: LookTime,
    ) -> Result<LookRecorded> {
        self.write(move |c| {
            let Some(known) = LookedAt::read(c, batch)? else { return Ok(LookRecorded::default()) };
            record_missing(c, &known, time)
        })
        .await
    }
}

fn record(c: &Connection, known: &LookedAt, look: &BatchLook) -> rusqlite::Result<LookRecorded> {
    let now = moments::recorded_at(c, look.time.at)?;
    let (batch, before) = (known.batch, known.stated_refund);
    let written = record_answers(c, batch, &look.answers, now)?;
    unproven::add(c, batch, &look.unproven)?;
    record_holes(c, batch, &look.holes)?;
    let mut known = LookedAt {
        stated_refund: look.refunded.or(known.stated_refund),
        found: known.found.saturating_add(written.found),
        open: known.open.saturating_sub(written.claimed),
        id: known.id.clone(),
        ..*known
    };
    let mut given_up = 0;
    if known.open != 0 {
        given_up = match look.stage {
            LookStage::Ongoing | LookStage::NotAsked => 0,
            LookStage::Completed => {
                let since = *known.done_since.get_or_insert(look.time);
                if look.time.ends_a_day_since(&since) { give_up::holes(c, &known, now)? } else { 0 }
            }
            LookStage::Failed => give_up::failed(c, &known, now)?,
        };
        known.open = known.open.saturating_sub(given_up);
    }
    if look.stage != LookStage::NotAsked {
        known.missing_since = None;
    }
    save_look(c, &known, look.time, look.stated_found)?;
    let is_news = written.answered() != 0 || known.stated_refund != before;
    // A running batch for which nobody waits may still bring answers that were paid for.
    let settled = look.stage != LookStage::Ongoing && settle_if_done(c, &known, look.stage, now)?;
    if settled || is_news {
        accounts::bump_revision(c, known.account)?;
    }
    Ok(LookRecorded {
        answered: written.answered(),
        found: written.found,
        given_up,
        open: known.open,
        settled,
    })
}

fn record_missing(
    c: &Connection,
    known: &LookedAt,
    time: LookTime,
) -> rusqlite::Result<LookRecorded> {
    let now = moments::recorded_at(c, time.at)?;
    let since = known.missing_since.unwrap_or(time);
    let mut known = LookedAt { missing_since: Some(since), id: known.id.clone(), ..*known };
    let mut given_up = 0;
    let is_over = time.ends_a_day_since(&since);
    if known.open != 0 && is_over {
        given_up = give_up::missing(c, &known, now)?;
        known.open = known.open.saturating_sub(given_up);
    }
    save_look(c, &known, time, None)?;
    // A batch for which nobody waits may still bring answers that were paid for.
    let settled = is_over && settle_if_done(c, &known, LookStage::Failed, now)?;
    if settled {
        accounts::bump_revision(c, known.account)?;
    }
    Ok(LookRecorded { given_up, open: known.open, settled, ..LookRecorded::default() })
}

fn save_look(
    c: &Connection,
    known: &LookedAt,
    time: LookTime,
    stated_found: Option<usize>,
) -> rusqlite::Result<()> {
    let at = |time: Option<LookTime>| time.map(|time| time.at.0);
    let server = |time: Option<LookTime>| time.and_then(|time| time.server).map(|server| server.0);
    c.prepare_cached(
        "UPDATE batches SET looks = looks + 1, last_look_at = ?2, done_since = ?3, done_since_server = ?4,
             missing_since = ?5, missing_since_server = ?6, stated_refund = ?7,
             stated_found = coalesce(?8, stated_found), open = ?9, found = ?10
         WHERE id = ?1",
    )?
    .execute((
        known.batch.0,
        time.at.0,
        at(known.done_since),
        server(known.done_since),
        at(known.missing_since),
        server(known.missing_since),
        known.stated_refund.map(|credits| credits.0),
        stated_found,
        known.open,
        known.found,
    ))
    .map(drop)
}

/// So many people do not wait for a batch any more.
pub(super) fn leave(
    c: &Connection,
    batch: BatchNo,
    people: usize,
    now: Moment,
) -> rusqlite::Result<()> {
    c.prepare_cached("UPDATE batches SET open = max(open - ?2, 0) WHERE id = ?1")?
        .execute((batch.0, people))?;
    let Some(known) = LookedAt::read(c, batch)? else { return Ok(()) };
    let now = moments::recorded_at(c, now)?;
    settle_if_done(c, &known, LookStage::NotAsked, now)?;
    accounts::bump_revision(c, known.account)
}

/// Keeps why these people have no answer.
fn record_holes(
    c: &Connection,
    batch: BatchNo,
    holes: &[(PersonId, Hole)],
) -> rusqlite::Result<()> {
    let mut keep = c.prepare_cached(
        "UPDATE people SET hole = ?3 WHERE id = ?1 AND batch = ?2 AND hole IS NOT ?3",
    )?;
    holes.iter().try_for_each(|(person, hole)| {
        keep.execute((person.0, batch.0, hole_code(*hole))).map(drop)
    })
}

/// Settles a batch for which nobody waits any more.
fn settle_if_done(
    c: &Connection,
    known: &LookedAt,
    stage: LookStage,
    now: Moment,
) -> rusqlite::Result<bool> {
    if known.open > 0 || known.settled {
        return Ok(false);
    }
    let code = match stage {
        // Everybody is answered, or was erased: there is nothing to wait for.
        LookStage::Ongoing | LookStage::Completed | LookStage::NotAsked => "completed",
        LookStage::Failed => "failed",
    };
    c.prepare_cached(
        "UPDATE batches SET state = ?2, ended_at = ?3, refunded = stated_refund, answer = NULL, answer_status = NULL
         WHERE id = ?1",
    )?
    .execute((known.batch.0, code, now.0))?;
    readings::forget(c, known.batch)?;
    members::clear_if_answered(c, known.batch)?;
    if known.stated_refund.is_none() {
        accounts::clear_baseline(c, known.account)?;
    }
    Ok(true)
}

/// How many answers were written.
#[derive(Default)]
struct AnswerCounts {
    /// For people who waited for this batch.
    claimed: usize,
    /// For people who did not wait for it any more.
    late: usize,
    /// Numbers among both.
    found: usize,
}

impl AnswerCounts {
    fn answered(&self) -> usize {
        self.claimed + self.late
    }
}

fn record_answers(
    c: &Connection,
    batch: BatchNo,
    answers: &[(PersonId, Answer)],
    now: Moment,
) -> rusqlite::Result<AnswerCounts> {
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
    let mut written = AnswerCounts::default();
    let mut late = Vec::new();
    for (person, answer) in answers {
        let code = answer_code(answer);
        let changed = if let Answer::Found { number, country } = answer {
            let country = country.as_ref().map(Country::as_str);
            let changed =
                found.execute((person.0, batch.0, code, now.0, number.as_str(), country))?;
            written.found += changed;
            changed
        } else {
            other.execute((person.0, batch.0, code, now.0, answer_note(answer), FOUND))?
        };
        written.claimed += changed;
        if changed == 0 {
            late.push((*person, answer));
        }
    }
    if !late.is_empty() {
        record_late_answers(c, batch, &late, now, &mut written)?;
    }
    Ok(written)
}

/// Answers for members of the batch who no longer wait for it. A number replaces everything except another number,
/// also while another batch holds the person. A `not_found` replaces only a missing or unusable answer.
fn record_late_answers(
    c: &Connection,
    batch: BatchNo,
    answers: &[(PersonId, &Answer)],
    now: Moment,
    written: &mut AnswerCounts,
) -> rusqlite::Result<()> {
    let ranges = members::id_ranges(c, batch)?;
    let is_member = |person: PersonId| {
        ranges.iter().any(|range| (range.first..=range.last).contains(&person.number()))
    };
    let mut found = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET status = ?2, answered_at = ?3, asked_at = ?3, number = ?4, country = ?5, note = NULL
         WHERE id = ?1 AND (status IS NULL OR status NOT IN (?2, ?6))",
    )?;
    let mut not_found = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET status = ?2, answered_at = ?3, asked_at = ?3, note = NULL
         WHERE id = ?1 AND batch IS NULL AND (status IS NULL OR status IN (?4, ?5))",
    )?;
    for (person, answer) in answers.iter().filter(|(person, _)| is_member(*person)) {
        let code = answer_code(answer);
        match answer {
            Answer::Found { number, country } => {
                let country = country.as_ref().map(Country::as_str);
                let (number, now) = (number.as_str(), now.0);
                let changed = found.execute((person.0, code, now, number, country, SUPPRESSED))?;
                written.found += changed;
                written.late += changed;
            }
            Answer::NotFound => {
                written.late += not_found.execute((person.0, code, now.0, FAILED, UNUSABLE))?;
            }
            Answer::Invalid(_) | Answer::Failed(_) | Answer::Unusable(_) => {}
        }
    }
    Ok(())
}
