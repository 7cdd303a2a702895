//! Giving people up for whom no answer came. Only what Enrow states says whether they were paid for.

use super::looked_at::LookedAt;
use super::members::{self, IdRange};
use crate::batch::BatchId;
use crate::ledger::codes::{FAILED, FOUND, UNUSABLE};
use crate::ledger::notes;
use crate::units::{Credits, Moment};
use rusqlite::Connection;

/// People without an answer in a batch that has been done for a day. What it cost is explained by a number for each person
/// who has one and for each for whom one waits: two for one person were paid once, and one that points to nobody may be
/// anybody's.
pub(super) fn holes(c: &Connection, batch: &LookedAt, now: Moment) -> rusqlite::Result<usize> {
    let id = shown(batch);
    // Somebody paid for these numbers: their people are not asked for again until a person says so.
    let doubtful = give_up(c, batch, Who::WithNumber, UNUSABLE, &notes::doubtful(id), now)?;
    let others = if is_covered(batch, batch.found.saturating_add(doubtful)) {
        give_up(c, batch, Who::All, FAILED, &notes::hole(id), now)?
    } else {
        give_up(c, batch, Who::All, UNUSABLE, &notes::paid_hole(id), now)?
    };
    Ok(doubtful + others)
}

/// People of a batch that failed. Nothing was paid only if Enrow states that it gave everything back.
pub(super) fn failed(c: &Connection, batch: &LookedAt, now: Moment) -> rusqlite::Result<usize> {
    let id = shown(batch);
    if batch.stated_refund.is_some_and(|refund| refund >= batch.reserved) {
        give_up(c, batch, Who::All, FAILED, &notes::failed(id), now)
    } else {
        give_up(c, batch, Who::All, UNUSABLE, &notes::paid_failed(id), now)
    }
}

/// People of a batch that Enrow has not shown for a day.
pub(super) fn missing(c: &Connection, batch: &LookedAt, now: Moment) -> rusqlite::Result<usize> {
    give_up(c, batch, Who::All, UNUSABLE, &notes::missing(shown(batch)), now)
}

/// Whether the numbers that came cost as much as the batch is stated to have cost. Without a statement nothing is.
fn is_covered(batch: &LookedAt, numbers: usize) -> bool {
    let Some(refund) = batch.stated_refund else { return false };
    let price = Credits(batch.reserved.0 / batch.searches.max(1) as u64);
    batch.reserved.saturating_sub(refund) <= price.saturating_mul(numbers)
}

fn shown(batch: &LookedAt) -> &str {
    batch.id.as_ref().map_or("without id", BatchId::as_str)
}

/// Who of those that still wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    All,
    /// Those for whom a number came that is not believed.
    WithNumber,
}

/// Ends the wait of everybody who still waits. A number that is on record stays.
fn give_up(
    c: &Connection,
    batch: &LookedAt,
    who: Who,
    status: i64,
    note: &str,
    now: Moment,
) -> rusqlite::Result<usize> {
    let mut update = c.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL,
             status = CASE WHEN status = ?4 THEN status ELSE ?2 END,
             answered_at = CASE WHEN status = ?4 THEN answered_at ELSE ?3 END,
             note = CASE WHEN status = ?4 THEN note ELSE ?7 END,
             asked_at = ?3
         WHERE id BETWEEN ?5 AND ?6 AND batch = ?1
             AND (?8 OR id IN (SELECT person FROM unproven WHERE batch = ?1))",
    )?;
    let mut given_up = 0;
    for IdRange { first, last, .. } in members::id_ranges(c, batch.batch)? {
        let all = who == Who::All;
        given_up +=
            update.execute((batch.batch.0, status, now.0, FOUND, first, last, note, all))?;
    }
    Ok(given_up)
}
