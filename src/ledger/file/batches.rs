//! Listing batches, and finding out who owns them.

use super::actor::FileLedger;
use super::rows::{batch_id, batch_state, credits, moment};
use super::runs::{self, Run};
use super::store::Operation;
use crate::batch::{AccountId, CreditSplit, Nonce};
use crate::ledger::error::Result;
use crate::ledger::types::{
    AskedBy, BatchNo, BatchRecord, BatchState, ExperimentEnd, Owner, POST_OVERDUE, SavedResponse,
    Which, millis,
};
use crate::units::{Credits, Moment};
use rusqlite::{Params, Row};
use std::collections::HashMap;

impl FileLedger {
    pub(in crate::ledger) async fn batches(&self, which: Which) -> Result<Vec<BatchRecord>> {
        self.read(move |c| match &which {
            Which::Ids(ids) => {
                let mut batches = Vec::with_capacity(ids.len());
                for id in ids {
                    batches.extend(list(c, BY_ID, [id.as_str()])?);
                }
                batches.sort_by_key(|batch| batch.batch);
                Ok(batches)
            }
            Which::Nonce(nonce) => list(c, BY_NONCE, [nonce.as_str()]),
            Which::Number(batch) => list(c, BY_NUMBER, [batch.0]),
            Which::RecentlyEnded(most) => {
                let mut batches = list(c, RECENTLY_ENDED, [most])?;
                batches.reverse();
                Ok(batches)
            }
            Which::Unclear => list(c, UNCLEAR, []),
            Which::Unsettled => list(c, UNSETTLED, []),
            Which::WithoutId => list(c, WITHOUT_ID, []),
        })
        .await
    }

    pub(in crate::ledger) async fn reap_dead_runs(&self, now: Moment) -> Result<Vec<BatchRecord>> {
        self.write(move |c| {
            runs::reap(c, c.file)?;
            let overdue = now.0.saturating_sub(millis(POST_OVERDUE));
            c.prepare_cached(
                "UPDATE batches SET state = 'unknown', lost_at = ?3
                 WHERE state = 'sending' AND owner != ?1
                     AND (owner NOT IN (SELECT id FROM runs) OR send_by < ?2)",
            )?
            .execute((c.run, overdue, now.0))?;
            list(c, WITHOUT_ID_WITH_ANSWER, [])
        })
        .await
    }
}

/// The batches that fulfil a condition, oldest first.
macro_rules! select_batches {
    ($condition:literal) => {
        concat!(
            "SELECT b.id, b.state, a.digest, b.enrow_id, b.nonce, b.single, b.searches, b.claimed_at, b.accepted_at,
                 b.ended_at, b.reserved, b.refunded, b.found, b.balance_before, b.answer, b.answer_status, b.owner,
                 r.token, r.pid, r.started, r.seen_at, b.send_by, b.lost_at, b.from_sub, b.from_paygo, b.stated_refund, b.open,
                 b.looks, b.done_since, b.missing_since, (SELECT count(*) FROM unproven u WHERE u.batch = b.id),
                 b.experiment, b.label, b.host, b.username
             FROM batches b JOIN accounts a ON a.id = b.account LEFT JOIN runs r ON r.id = b.owner
             WHERE ",
            $condition,
            " ORDER BY b.id"
        )
    };
}

const BY_ID: &str = select_batches!("b.enrow_id = ?1");
const BY_NONCE: &str = select_batches!("b.nonce = ?1");
const BY_NUMBER: &str = select_batches!("b.id = ?1");
const RECENTLY_ENDED: &str = select_batches!(
    "b.id IN (SELECT id FROM batches WHERE state IN ('completed', 'failed') ORDER BY id DESC LIMIT ?1)"
);
const WITHOUT_ID: &str = select_batches!("b.state IN ('unknown', 'resubmitted')");
const WITHOUT_ID_WITH_ANSWER: &str =
    select_batches!("b.state IN ('unknown', 'resubmitted') AND b.answer IS NOT NULL");
const UNSETTLED: &str = select_batches!("b.state IN ('sending', 'running', 'unknown')");
/// The members of a settled batch are kept only while somebody has no usable answer.
const UNCLEAR: &str = select_batches!(
    "b.state = 'unknown' OR b.id IN (SELECT batch FROM unproven)
         OR (b.state IN ('completed', 'failed') AND b.id IN (SELECT batch FROM members))"
);

pub(super) fn one(c: &Operation<'_>, batch: BatchNo) -> rusqlite::Result<BatchRecord> {
    list(c, BY_NUMBER, [batch.0])?.pop().ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn list(
    c: &Operation<'_>,
    select: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<BatchRecord>> {
    let mut select = c.prepare_cached(select)?;
    let mut rows = select.query(params)?;
    let mut batches = Vec::new();
    let mut owners = HashMap::new();
    while let Some(row) = rows.next()? {
        let mut batch = read(row)?;
        let number: i64 = row.get(16)?;
        let run = Run::read(row, 17)?;
        batch.owner = match batch.state {
            _ if number == c.run => Owner::Us,
            BatchState::Sending | BatchState::Running | BatchState::Unknown => {
                *owners.entry(number).or_insert_with(|| run.state(c.file))
            }
            BatchState::Completed | BatchState::Failed | BatchState::Resubmitted => Owner::Dead,
        };
        if batch.owner == Owner::Unclear {
            batch.owner_lock = run.token.map(|token| token.lock_path(c.file));
        }
        batches.push(batch);
    }
    Ok(batches)
}

fn read(row: &Row<'_>) -> rusqlite::Result<BatchRecord> {
    let saved = match (row.get::<_, Option<Vec<u8>>>(14)?, row.get(15)?) {
        (Some(body), Some(status)) => Some(SavedResponse { status, body }),
        _ => None,
    };
    let balance_before = row.get::<_, Option<i64>>(13)?;
    Ok(BatchRecord {
        batch: BatchNo(row.get(0)?),
        state: batch_state(row, 1)?,
        account: AccountId::from_bytes(row.get(2)?),
        id: batch_id(row, 3)?,
        nonce: Nonce::from_text(row.get(4)?),
        label: row.get(32)?,
        asked_by: AskedBy::new(row.get(33)?, row.get(34)?),
        single: row.get(5)?,
        searches: row.get(6)?,
        claimed: Moment(row.get(7)?),
        accepted: moment(row, 8)?,
        ended: moment(row, 9)?,
        reserved: credits(row, 10)?,
        refunded: credits(row, 11)?,
        found: row.get(12)?,
        balance_before: balance_before.and_then(|b| u64::try_from(b).ok()).map(Credits),
        saved,
        owner: Owner::Dead,
        owner_seen: moment(row, 20)?,
        owner_lock: None,
        send_by: Moment(row.get(21)?),
        lost: moment(row, 22)?,
        experiment: row.get_ref(31)?.as_str_or_null()?.and_then(ExperimentEnd::of_word),
        split: credits(row, 23)?
            .zip(credits(row, 24)?)
            .map(|(subscription, pay_as_you_go)| CreditSplit { subscription, pay_as_you_go }),
        stated_refund: credits(row, 25)?,
        open: row.get(26)?,
        looks: row.get(27)?,
        done_since: moment(row, 28)?,
        missing_since: moment(row, 29)?,
        unproven: row.get(30)?,
    })
}
