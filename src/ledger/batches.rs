//! Batches: claiming people, and what became of a claim.
//!
//! `sending -> running -> completed | failed`, `sending -> (deleted)` when the API certainly did not take it,
//! `sending -> unknown` when nobody can tell; `unknown -> running` when its id is learned, `unknown -> (deleted)` by
//! proof or by a person's word.

use super::members::{self, IdRange};
use super::owner::{self, Owner};
use super::people::{self, FAILED, FOUND, INVALID, NOT_FOUND, SUPPRESSED, UNUSABLE};
use super::store::Store;
use super::types::{
    Acceptance, AccountState, BatchNo, BatchRecord, BatchResult, BatchState, Claim, ClaimedBatch,
    FinalState, Freshness, Member, PersonId, Reserved, SavedResponse, Status,
};
use super::{Ledger, Result, accounts};
use crate::batch::{AccountId, BatchId, Nonce};
use crate::people::Answer;
use crate::units::{Credits, Moment};
use rusqlite::{OptionalExtension, Row, Transaction};
use std::collections::HashSet;

/// A batch to claim people for.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Whose key sends it.
    pub account: AccountId,
    /// The word that will prove it ours.
    pub nonce: Nonce,
    /// Sent through the endpoint for one person.
    pub single: bool,
    /// The people, in the order in which they will be sent.
    pub people: Vec<PersonId>,
    /// Who still counts as answered.
    pub freshness: Freshness,
    /// Now.
    pub now: Moment,
}

impl Ledger {
    /// Claims people for a batch. When this returns, the claim is durable on disk and the POST may leave. `None` where
    /// other runs have claimed or answered all of them.
    ///
    /// # Errors
    /// Where the ledger cannot be written; nobody is claimed then.
    pub async fn claim(&self, new: NewBatch) -> Result<Option<ClaimedBatch>> {
        self.ask(move |store| {
            let run = store.run;
            store.write(|t| claim(t, run, &new))
        })
        .await
    }

    /// Gives a claim up: the batch was certainly not taken, or a person takes the risk. Its people are open again.
    /// `false` where its id has been learned meanwhile: it is running or done, and keeps its people.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn release(&self, batch: BatchNo) -> Result<bool> {
        self.ask(move |store| store.write(|t| release(t, batch))).await
    }

    /// Releases all batches in doubt of this account, if the books are still as they were when the balance proved that
    /// none was taken. `false` where they moved; nothing is released then.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn release_untaken(&self, account: AccountId, proven: AccountState) -> Result<bool> {
        self.ask(move |store| {
            store.write(|t| {
                let id = accounts::upsert(t, account)?;
                if accounts::state(t, id)? != proven {
                    return Ok(false);
                }
                let unknown: Vec<i64> = t
                    .prepare_cached(
                        "SELECT id FROM batches WHERE account = ?1 AND state = 'unknown'",
                    )?
                    .query_map([id], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                unknown.into_iter().try_for_each(|batch| release(t, BatchNo(batch)).map(drop))?;
                Ok(true)
            })
        })
        .await
    }

    /// Keeps the raw answer to a batch's POST, before anything is read out of it.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn keep_answer(&self, batch: BatchNo, answer: SavedResponse) -> Result<()> {
        self.ask(move |store| {
            store.write(|t| {
                t.prepare_cached(
                    "UPDATE batches SET answer = ?2, answer_status = ?3 WHERE id = ?1",
                )?
                .execute((batch.0, &answer.body, answer.status))
                .map(drop)
            })
        })
        .await
    }

    /// Records that Enrow took a batch: from now on it can be collected by any later run.
    ///
    /// # Errors
    /// Where the ledger cannot be written, or the id belongs to another batch.
    pub async fn accepted(
        &self,
        batch: BatchNo,
        acceptance: Acceptance,
        now: Moment,
    ) -> Result<()> {
        self.ask(move |store| store.write(|t| accepted(t, batch, &acceptance, now))).await
    }

    /// Records that nobody can tell whether Enrow took a batch.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn doubt(&self, batch: BatchNo) -> Result<()> {
        self.ask(move |store| store.write(|t| doubt(t, batch))).await
    }

    /// Turns what dead runs left in `sending` into `unknown`, and answers the batches among them whose POST was
    /// answered: the answer was kept, so its id is not lost.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn reap_dead_runs(&self) -> Result<Vec<BatchRecord>> {
        self.ask(|store| {
            let (run, path) = (store.run, store.path().to_owned());
            store.write(|t| {
                owner::reap_dead_runs(t, &path)?;
                t.prepare_cached(
                    "UPDATE batches SET state = 'unknown'
                     WHERE state = 'sending' AND owner != ?1 AND owner NOT IN (SELECT id FROM runs)",
                )?
                .execute([run])?;
                let unknown = list(t, run, "state = 'unknown' AND answer IS NOT NULL")?;
                Ok(unknown)
            })
        })
        .await
    }

    /// Takes over the running batches of this account that no living run polls; answers those this run now owns.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn adopt(&self, account: AccountId) -> Result<Vec<BatchRecord>> {
        self.ask(move |store| {
            let (run, path) = (store.run, store.path().to_owned());
            store.write(|t| {
                owner::reap_dead_runs(t, &path)?;
                let Some(account) = accounts::find(t, account)? else { return Ok(Vec::new()) };
                t.prepare_cached(
                    "UPDATE batches SET owner = ?1
                     WHERE state = 'running' AND account = ?2 AND owner NOT IN (SELECT id FROM runs)",
                )?
                .execute((run, account))?;
                list(t, run, &format!("state = 'running' AND account = {account} AND owner = {run}"))
            })
        })
        .await
    }

    /// The batches that are not settled, of all accounts, oldest first.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn unsettled(&self) -> Result<Vec<BatchRecord>> {
        self.ask(|store| {
            let run = store.run;
            let mut batches =
                store.read(|t| list(t, run, "state IN ('sending', 'running', 'unknown')"))?;
            find_living(store, &mut batches)?;
            Ok(batches)
        })
        .await
    }

    /// The newest of the batches that have ended, newest first.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn recent_ended(&self, most: usize) -> Result<Vec<BatchRecord>> {
        self.ask(move |store| {
            let run = store.run;
            let mut batches = store.read(|t| {
                let ended = "state IN ('completed', 'failed')";
                let newest = format!(
                    "id IN (SELECT id FROM batches WHERE {ended} ORDER BY id DESC LIMIT {most})"
                );
                list(t, run, &newest)
            })?;
            batches.reverse();
            Ok(batches)
        })
        .await
    }

    /// One batch.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn batch(&self, batch: BatchNo) -> Result<Option<BatchRecord>> {
        self.ask(move |store| {
            let run = store.run;
            let mut batches = store.read(|t| list(t, run, &format!("id = {}", batch.0)))?;
            find_living(store, &mut batches)?;
            Ok(batches.pop())
        })
        .await
    }

    /// The batch to which Enrow gave this id.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn batch_by_id(&self, id: BatchId) -> Result<Option<BatchRecord>> {
        Ok(self.batches_by_id(vec![id]).await?.pop())
    }

    /// The batches to which Enrow gave these ids, oldest first.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn batches_by_id(&self, ids: Vec<BatchId>) -> Result<Vec<BatchRecord>> {
        self.ask(move |store| {
            let run = store.run;
            let mut batches = store.read(|t| {
                let mut find = t.prepare_cached("SELECT id FROM batches WHERE enrow_id = ?1")?;
                let mut numbers: Vec<String> = Vec::with_capacity(ids.len());
                for id in &ids {
                    let number = find.query_row([id.as_str()], |row| row.get::<_, i64>(0));
                    numbers.extend(number.optional()?.map(|number| number.to_string()));
                }
                list(t, run, &format!("id IN ({})", numbers.join(", ")))
            })?;
            find_living(store, &mut batches)?;
            Ok(batches)
        })
        .await
    }

    /// The people of an unsettled batch by their place in it.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn members(&self, batch: BatchNo) -> Result<Vec<Member>> {
        self.ask(move |store| store.read(|t| members::list(t, batch))).await
    }

    /// Records how a batch ended, answers and credits in one transaction. `false` where another run has recorded it
    /// already; nothing is changed then.
    ///
    /// # Errors
    /// Where the ledger cannot be written. The batch stays `running`, so that the next run fetches its answers again.
    pub async fn record(&self, batch: BatchNo, result: BatchResult, now: Moment) -> Result<bool> {
        self.ask(move |store| store.write(|t| record(t, batch, &result, now))).await
    }

    /// Records that the API refused one person's search for what is in it, without any batch.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn mark_invalid(&self, person: PersonId, words: String, now: Moment) -> Result<()> {
        self.ask(move |store| {
            store.write(|t| {
                t.prepare_cached(
                    "UPDATE OR ROLLBACK people SET status = ?2, note = ?3, asked_at = ?4, answered_at = ?4, number = NULL, country = NULL
                     WHERE id = ?1 AND batch IS NULL AND (status IS NULL OR status NOT IN (?5, ?6))",
                )?
                .execute((person.0, INVALID, &words, now.0, FOUND, SUPPRESSED))
                .map(drop)
            })
        })
        .await
    }
}

fn claim(t: &Transaction<'_>, run: i64, new: &NewBatch) -> rusqlite::Result<Option<ClaimedBatch>> {
    let account = accounts::upsert(t, new.account)?;
    let expected = accounts::state(t, account)?.expected_balance();
    t.prepare_cached(
        "INSERT INTO batches (account, owner, state, single, nonce, searches, claimed_at, balance_before)
         VALUES (?1, ?2, 'sending', ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((account, run, new.single, new.nonce.as_str(), new.people.len(), new.now.0, expected))?;
    let batch = t.last_insert_rowid();

    // The same rule as in planning, asked again under the writer's lock: whoever was claimed or answered by another
    // run since is left out.
    let states = people::states(t, &new.people, new.freshness)?;
    let open = |(position, known)| (known == Status::Open).then_some(position);
    let mut positions: Vec<usize> = states.into_iter().enumerate().filter_map(open).collect();
    // Somebody twice in one batch would be paid twice.
    let mut seen = HashSet::with_capacity(positions.len());
    positions.retain(|&position| seen.insert(new.people[position]));
    let claimed: Vec<PersonId> = positions.iter().map(|&position| new.people[position]).collect();
    // People of one sheet stand together, so one statement takes most of a batch.
    let mut take = t.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = ?1 WHERE id BETWEEN ?2 AND ?3 AND batch IS NULL",
    )?;
    let mut position = 0;
    for run in claimed.chunk_by(|a, b| a.0 + 1 == b.0) {
        let taken = take.execute((batch, run[0].0, run[run.len() - 1].0))?;
        if taken != run.len() {
            return Err(rusqlite::Error::StatementChangedRows(taken));
        }
        members::add(t, BatchNo(batch), position, run)?;
        position += run.len();
    }
    if positions.is_empty() {
        t.execute("DELETE FROM batches WHERE id = ?1", [batch])?;
        return Ok(None);
    }
    t.prepare_cached("UPDATE batches SET searches = ?2 WHERE id = ?1")?
        .execute((batch, positions.len()))?;
    accounts::bump_revision(t, account)?;
    Ok(Some(ClaimedBatch { batch: BatchNo(batch), positions }))
}

fn release(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<bool> {
    let account: Option<i64> = t
        .prepare_cached(
            "SELECT account FROM batches WHERE id = ?1 AND state IN ('sending', 'unknown')",
        )?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    let Some(account) = account else {
        return Ok(false);
    };
    let mut open = t.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL WHERE id BETWEEN ?2 AND ?3 AND batch = ?1",
    )?;
    for IdRange { first, last, .. } in members::id_ranges(t, batch)? {
        open.execute((batch.0, first, last))?;
    }
    members::clear(t, batch)?;
    t.prepare_cached("DELETE FROM batches WHERE id = ?1")?.execute([batch.0])?;
    accounts::bump_revision(t, account)?;
    Ok(true)
}

fn accepted(
    t: &Transaction<'_>,
    batch: BatchNo,
    acceptance: &Acceptance,
    now: Moment,
) -> rusqlite::Result<()> {
    let (account, searches): (i64, u64) = t
        .prepare_cached(
            "UPDATE batches SET state = 'running', enrow_id = ?2, reserved = ?3, accepted_at = ?4, answer = NULL,
                 answer_status = NULL
             WHERE id = ?1 AND state IN ('sending', 'unknown') RETURNING account, searches",
        )?
        .query_row((batch.0, acceptance.id.as_str(), acceptance.reserved.credits().0, now.0), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    match acceptance.reserved {
        // Learned, never assumed: what one search of this batch reserved.
        Reserved::Stated(credits) => {
            if let Some(price) = credits.0.checked_div(searches).filter(|price| *price > 0) {
                t.prepare_cached("UPDATE accounts SET price = ?2 WHERE id = ?1")?
                    .execute((account, price))?;
            }
        }
        // The books are off by as much as the guess is; what was known of the balance proves nothing with them.
        Reserved::Assumed(_) => accounts::clear_baseline(t, account)?,
    }
    accounts::bump_revision(t, account)
}

fn doubt(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<()> {
    let account: Option<i64> = t
        .prepare_cached("UPDATE batches SET state = 'unknown' WHERE id = ?1 AND state = 'sending' RETURNING account")?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    account.map_or(Ok(()), |account| accounts::bump_revision(t, account))
}

fn record(
    t: &Transaction<'_>,
    batch: BatchNo,
    result: &BatchResult,
    now: Moment,
) -> rusqlite::Result<bool> {
    let state: Option<String> = t
        .prepare_cached("SELECT state FROM batches WHERE id = ?1")?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    if state.as_deref() != Some("running") {
        return Ok(false);
    }
    let mut found = t.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL, status = ?3, answered_at = ?4, asked_at = ?4, number = ?5,
             country = ?6, note = NULL
         WHERE id = ?1 AND batch = ?2",
    )?;
    // A number that was paid for is never lost to a later search that finds nothing or fails.
    let mut other = t.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL,
             status = CASE WHEN status = ?6 THEN status ELSE ?3 END,
             answered_at = CASE WHEN status = ?6 THEN answered_at ELSE ?4 END,
             note = CASE WHEN status = ?6 THEN note ELSE ?5 END,
             asked_at = ?4
         WHERE id = ?1 AND batch = ?2",
    )?;
    let mut numbers: i64 = 0;
    for (person, answer) in &result.answers {
        let (status, note) = match answer {
            Answer::Found { number, country } => {
                let country = country.as_ref().map(crate::people::Country::as_str);
                let written =
                    found.execute((person.0, batch.0, FOUND, now.0, number.as_str(), country))?;
                numbers += i64::try_from(written).unwrap_or(0);
                continue;
            }
            Answer::NotFound => (NOT_FOUND, None),
            Answer::Invalid(note) => (INVALID, Some(note)),
            Answer::Failed(note) => (FAILED, Some(note)),
            Answer::Unusable(note) => (UNUSABLE, Some(note)),
        };
        other.execute((person.0, batch.0, status, now.0, note, FOUND))?;
    }
    let mut rest = t.prepare_cached(
        "UPDATE OR ROLLBACK people SET batch = NULL,
             status = CASE WHEN status = ?4 THEN status ELSE ?2 END,
             note = CASE WHEN status = ?4 THEN note ELSE 'the batch ended without an answer for this person' END,
             asked_at = ?3
         WHERE id BETWEEN ?5 AND ?6 AND batch = ?1",
    )?;
    for IdRange { first, last, .. } in members::id_ranges(t, batch)? {
        rest.execute((batch.0, FAILED, now.0, FOUND, first, last))?;
    }
    members::clear(t, batch)?;
    let state = match result.outcome {
        FinalState::Completed => "completed",
        FinalState::Failed => "failed",
    };
    let account: i64 = t
        .prepare_cached(
            "UPDATE batches SET state = ?2, ended_at = ?3, refunded = ?4, found = ?5 WHERE id = ?1 RETURNING account",
        )?
        .query_row((batch.0, state, now.0, result.refunded.map(|credits| credits.0), numbers), |row| row.get(0))?;
    if result.refunded.is_none() {
        accounts::clear_baseline(t, account)?;
    }
    accounts::bump_revision(t, account)?;
    Ok(true)
}

pub(super) fn claim_of(t: &Transaction<'_>, batch: BatchNo) -> rusqlite::Result<Claim> {
    t.prepare_cached(
        "SELECT b.state, b.enrow_id, a.digest FROM batches b JOIN accounts a ON a.id = b.account WHERE b.id = ?1",
    )?
    .query_row([batch.0], |row| {
        Ok(Claim {
            batch,
            state: state(row, 0)?,
            account: AccountId::from_bytes(row.get(2)?),
            id: row.get::<_, Option<String>>(1)?.as_deref().and_then(BatchId::parse),
        })
    })
}

/// Lists batches, oldest first. `condition` is ours, never a person's text.
fn list(t: &Transaction<'_>, run: i64, condition: &str) -> rusqlite::Result<Vec<BatchRecord>> {
    t.prepare_cached(&format!(
        "SELECT b.id, b.state, a.digest, b.enrow_id, b.nonce, b.single, b.searches, b.claimed_at, b.accepted_at,
             b.ended_at, b.reserved, b.refunded, b.found, b.balance_before, b.answer, b.answer_status, b.owner
         FROM (SELECT * FROM batches WHERE {condition}) b JOIN accounts a ON a.id = b.account ORDER BY b.id"
    ))?
    .query_map([], |row| {
        let answer = match (row.get::<_, Option<Vec<u8>>>(14)?, row.get(15)?) {
            (Some(body), Some(status)) => Some(SavedResponse { status, body }),
            _ => None,
        };
        Ok(BatchRecord {
            batch: BatchNo(row.get(0)?),
            state: state(row, 1)?,
            account: AccountId::from_bytes(row.get(2)?),
            id: row.get::<_, Option<String>>(3)?.as_deref().and_then(BatchId::parse),
            nonce: Nonce::from_text(row.get(4)?),
            single: row.get(5)?,
            searches: row.get(6)?,
            claimed: Moment(row.get(7)?),
            accepted: row.get::<_, Option<i64>>(8)?.map(Moment),
            ended: row.get::<_, Option<i64>>(9)?.map(Moment),
            reserved: row.get::<_, Option<u64>>(10)?.map(Credits),
            refunded: row.get::<_, Option<u64>>(11)?.map(Credits),
            found: row.get(12)?,
            balance_before: row.get::<_, Option<i64>>(13)?.and_then(|b| u64::try_from(b).ok()).map(Credits),
            answer,
            owner: if row.get::<_, i64>(16)? == run { Owner::Us } else { Owner::Dead },
        })
    })?
    .collect()
}

/// Corrects `owner` of batches that other living runs hold.
fn find_living(store: &mut Store, batches: &mut [BatchRecord]) -> Result<()> {
    let (run, path) = (store.run, store.path().to_owned());
    let living: HashSet<i64> = store.read(|t| {
        let owners: Vec<(i64, i64, String)> = t
            .prepare_cached("SELECT b.id, b.owner, r.token FROM batches b JOIN runs r ON r.id = b.owner WHERE b.owner != ?1 AND b.state IN ('sending', 'running', 'unknown')")?
            .query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut lives = std::collections::HashMap::new();
        Ok(owners
            .into_iter()
            .filter(|(_, owner, token)| *lives.entry(*owner).or_insert_with(|| owner::is_alive(&path, token)))
            .map(|(batch, ..)| batch)
            .collect())
    })?;
    for batch in batches {
        if living.contains(&batch.batch.0) {
            batch.owner = Owner::Alive;
        }
    }
    Ok(())
}

fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<BatchState> {
    let text: String = row.get(column)?;
    Ok(match text.as_str() {
        "sending" => BatchState::Sending,
        "running" => BatchState::Running,
        "completed" => BatchState::Completed,
        "failed" => BatchState::Failed,
        "unknown" => BatchState::Unknown,
        _ => {
            let error = format!("no state of a batch: {text}").into();
            return Err(rusqlite::Error::FromSqlConversionFailure(
                column,
                rusqlite::types::Type::Text,
                error,
            ));
        }
    })
}

#[cfg(test)]
mod tests;
