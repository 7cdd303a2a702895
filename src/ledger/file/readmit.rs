//! A batch that was given up, or lost, and is asserted again.

use super::accounts;
use super::actor::FileLedger;
use super::batches;
use super::claim;
use super::members;
use super::post;
use super::store::Operation;
use crate::ledger::error::Result;
use crate::ledger::types::{
    Acceptance, Attempt, BatchNo, ClaimedSearch, PersonId, Readmitted, SavedResponse,
};
use crate::units::Moment;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn readmit(
        &self,
        attempt: Attempt,
        people: Vec<Option<ClaimedSearch>>,
        acceptance: Option<Acceptance>,
        response: Option<SavedResponse>,
        now: Moment,
    ) -> Result<Option<Readmitted>> {
        self.write(move |c| {
            let exists = |sql: &str| -> rusqlite::Result<bool> {
                c.prepare_cached(sql)?.query_row([attempt.nonce.as_str()], |row| row.get(0))
            };
            let was_given_up = exists("SELECT EXISTS (SELECT 1 FROM released WHERE nonce = ?1)")?;
            let is_there = exists("SELECT EXISTS (SELECT 1 FROM batches WHERE nonce = ?1)")?;
            let is_known = match &acceptance {
                Some(acceptance) => post::batch_with_id(c, &acceptance.id)?.is_some(),
                None => was_given_up,
            };
            if is_there || is_known {
                return Ok(None);
            }
            let batch = insert(c, &attempt, now)?;
            let mut free = 0;
            for (position, search) in people.iter().enumerate() {
                let Some(search) = search else { continue };
                members::add(c, batch, position, &[search.person])?;
                if take(c, batch, search.person, attempt.claimed)? {
                    claim::keep_what_is_sent(c, std::iter::once(search))?;
                    free += 1;
                }
            }
            c.prepare_cached("UPDATE batches SET open = ?2 WHERE id = ?1")?
                .execute((batch.0, free))?;
            if let Some(acceptance) = &acceptance {
                post::record_acceptance(c, batch, acceptance, response.as_ref(), now)?;
            }
            let batch = Box::new(batches::one(c, batch)?);
            let elsewhere = people.iter().flatten().count() - free;
            Ok(Some(Readmitted { batch, elsewhere, was_given_up }))
        })
        .await
    }
}

/// An unclear batch.
fn insert(c: &Operation<'_>, attempt: &Attempt, now: Moment) -> rusqlite::Result<BatchNo> {
    let account = accounts::upsert(c, attempt.account)?;
    // The baseline was read without this batch.
    accounts::clear_baseline(c, account)?;
    accounts::bump_revision(c, account)?;
    c.prepare_cached(
        "INSERT INTO batches (account, owner, state, single, nonce, searches, open, claimed_at, send_by, lost_at, scope,
             label, host, username)
         VALUES (?1, ?2, 'unknown', ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9, ?10,
             (SELECT host FROM runs WHERE id = ?2), (SELECT username FROM runs WHERE id = ?2))",
    )?
    .execute((
        account,
        c.run,
        attempt.single,
        attempt.nonce.as_str(),
        attempt.people.len(),
        attempt.claimed.0,
        attempt.send_by.0,
        now.0,
        attempt.scope.map(|scope| scope.0),
        &attempt.label,
    ))?;
    Ok(BatchNo(c.last_insert_rowid()))
}

/// Takes somebody whom nobody else has claimed, and who was not answered for since.
fn take(
    c: &Connection,
    batch: BatchNo,
    person: PersonId,
    claimed: Moment,
) -> rusqlite::Result<bool> {
    let taken = c
        .prepare_cached(
            "UPDATE OR ROLLBACK people SET batch = ?1, sent_key = NULL, names = NULL, custom = NULL, hole = NULL
             WHERE id = ?2 AND batch IS NULL AND status IS NOT 5 AND (asked_at IS NULL OR asked_at < ?3)",
        )?
        .execute((batch.0, person.0, claimed.0))?;
    Ok(taken == 1)
}
