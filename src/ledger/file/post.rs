//! What came of a POST.

use super::accounts;
use super::actor::FileLedger;
use super::batches;
use super::claim;
use super::store::Operation;
use crate::batch::BatchId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    Acceptance, BatchNo, LONGEST_SAVED, PostOutcome, Recorded, Reserved, SavedResponse,
};
use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn record_post(
        &self,
        batch: BatchNo,
        outcome: PostOutcome,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Recorded> {
        self.write(move |c| match &outcome {
            PostOutcome::Accepted(_) | PostOutcome::Unclear if !is_there(c, batch)? => {
                Ok(Recorded::Gone)
            }
            PostOutcome::Accepted(acceptance) => {
                record_acceptance(c, batch, acceptance, response.as_ref(), now)
            }
            PostOutcome::NotTaken => {
                claim::release(c, batch)?;
                Ok(Recorded::Released)
            }
            PostOutcome::Unclear => {
                save_response(c, batch, response.as_ref())?;
                mark_unknown(c, batch, now)?;
                Ok(Recorded::Unknown)
            }
        })
        .await
    }
}

fn is_there(c: &Connection, batch: BatchNo) -> rusqlite::Result<bool> {
    c.prepare_cached("SELECT EXISTS (SELECT 1 FROM batches WHERE id = ?1)")?
        .query_row([batch.0], |row| row.get(0))
}

pub(super) fn record_acceptance(
    c: &Operation<'_>,
    batch: BatchNo,
    acceptance: &Acceptance,
    response: Option<&SavedResponse>,
    now: Moment,
) -> rusqlite::Result<Recorded> {
    save_response(c, batch, response)?;
    let running = match batch_with_id(c, &acceptance.id)? {
        None => accept(c, batch, acceptance, now)?,
        // Another run has learned the same of the same batch.
        Some(known) => known == batch,
    };
    if running {
        Ok(Recorded::Running(Box::new(batches::one(c, batch)?)))
    } else {
        mark_unknown(c, batch, now)?;
        Ok(Recorded::Conflict)
    }
}

pub(super) fn batch_with_id(c: &Connection, id: &BatchId) -> rusqlite::Result<Option<BatchNo>> {
    c.prepare_cached("SELECT id FROM batches WHERE enrow_id = ?1")?
        .query_row([id.as_str()], |row| row.get(0).map(BatchNo))
        .optional()
}

/// Gives the batch its id. `false` where it has another one already.
fn accept(
    c: &Connection,
    batch: BatchNo,
    acceptance: &Acceptance,
    now: Moment,
) -> rusqlite::Result<bool> {
    let Acceptance { id, reserved, split } = acceptance;
    let accepted: Option<(i64, u64)> = c
        .prepare_cached(
            "UPDATE batches SET state = 'running', enrow_id = ?2, reserved = ?3, accepted_at = ?4, from_sub = ?5,
                 from_paygo = ?6, estimated = ?7
             WHERE id = ?1 AND state IN ('sending', 'unknown', 'resubmitted') RETURNING account, searches",
        )?
        .query_row(
            (
                batch.0,
                id.as_str(),
                reserved.credits().0,
                now.0,
                split.map(|split| split.subscription.0),
                split.map(|split| split.pay_as_you_go.0),
                matches!(reserved, Reserved::Assumed(_)),
            ),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((account, searches)) = accepted else { return Ok(false) };
    match reserved {
        // A price is learned only from what Enrow said that it reserved.
        Reserved::Stated(credits) => {
            if let Some(price) = credits.0.checked_div(searches).filter(|price| *price > 0) {
                c.prepare_cached("UPDATE accounts SET price = ?2 WHERE id = ?1")?
                    .execute((account, price))?;
            }
        }
        // The account's state is off by as much as the estimate is: no balance proves anything with it.
        Reserved::Assumed(_) => accounts::clear_baseline(c, account)?,
    }
    accounts::bump_revision(c, account)?;
    Ok(true)
}

fn save_response(
    c: &Connection,
    batch: BatchNo,
    response: Option<&SavedResponse>,
) -> rusqlite::Result<()> {
    let Some(SavedResponse { status, body }) = response else { return Ok(()) };
    let body = &body[..body.len().min(LONGEST_SAVED)];
    c.prepare_cached("UPDATE batches SET answer = ?2, answer_status = ?3 WHERE id = ?1")?
        .execute((batch.0, body, status))
        .map(drop)
}

fn mark_unknown(c: &Connection, batch: BatchNo, now: Moment) -> rusqlite::Result<()> {
    let account: Option<i64> = c
        .prepare_cached(
            "UPDATE batches SET state = 'unknown', lost_at = ?2 WHERE id = ?1 AND state = 'sending' RETURNING account",
        )?
        .query_row((batch.0, now.0), |row| row.get(0))
        .optional()?;
    account.map_or(Ok(()), |account| accounts::bump_revision(c, account))
}
