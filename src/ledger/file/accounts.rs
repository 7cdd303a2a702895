//! Accounts in SQL.

use super::actor::FileLedger;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AccountState, CAREFUL_POST_SPACING, MAX_CAUTION, MAX_QUEUE, POST_CAUTION, POST_SPACING,
    REFUND_DELAY, UNSTATED_REFUND_DELAY, millis,
};
use crate::units::{Credits, Moment};
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn reserve_post(
        &self,
        account: AccountId,
        now: Moment,
    ) -> Result<Moment> {
        self.write(move |c| {
            let account = upsert(c, account)?;
            let (next, careful_until): (i64, i64) = c
                .prepare_cached("SELECT next_post, careful_until FROM accounts WHERE id = ?1")?
                .query_row([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let is_careful =
                (now.0..=now.0.saturating_add(millis(MAX_CAUTION))).contains(&careful_until);
            let spacing = if is_careful { CAREFUL_POST_SPACING } else { POST_SPACING };
            let is_queue = next.saturating_sub(now.0) <= millis(MAX_QUEUE);
            let turn = if is_queue { next.max(now.0) } else { now.0 };
            c.prepare_cached("UPDATE accounts SET next_post = ?2 WHERE id = ?1")?
                .execute((account, turn.saturating_add(millis(spacing))))?;
            Ok(Moment(turn))
        })
        .await
    }

    pub(in crate::ledger) async fn delay_posts(
        &self,
        account: AccountId,
        until: Moment,
    ) -> Result<()> {
        self.write(move |c| {
            let account = upsert(c, account)?;
            let careful_until = until.0.saturating_add(millis(POST_CAUTION));
            c.prepare_cached(
                "UPDATE accounts SET next_post = max(next_post, ?2), careful_until = max(careful_until, ?3)
                 WHERE id = ?1",
            )?
            .execute((account, until.0, careful_until))
                .map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn account_state(
        &self,
        account: AccountId,
    ) -> Result<AccountState> {
        self.read(move |c| state(c, account)).await
    }

    pub(in crate::ledger) async fn note_balance(
        &self,
        account: AccountId,
        balance: Credits,
        before: AccountState,
        now: Moment,
    ) -> Result<()> {
        self.write(move |c| {
            let baseline = state(c, account)?.new_baseline(balance, &before, now);
            let Some(baseline) = baseline else { return Ok(()) };
            let account = upsert(c, account)?;
            c.prepare_cached("UPDATE accounts SET baseline = ?2, baseline_at = ?3 WHERE id = ?1")?
                .execute((account, baseline, now.0))
                .map(drop)
        })
        .await
    }
}

pub(super) fn find(c: &Connection, account: AccountId) -> rusqlite::Result<Option<i64>> {
    c.prepare_cached("SELECT id FROM accounts WHERE digest = ?1")?
        .query_row([account.as_bytes()], |row| row.get(0))
        .optional()
}

pub(super) fn upsert(c: &Connection, account: AccountId) -> rusqlite::Result<i64> {
    if let Some(id) = find(c, account)? {
        return Ok(id);
    }
    c.prepare_cached("INSERT INTO accounts (digest) VALUES (?1)")?.execute([account.as_bytes()])?;
    Ok(c.last_insert_rowid())
}

/// Forgets the balance that proofs compare with. What came back for a batch is not known, so the balance is higher than
/// the state by an unknown amount, and a batch of just that price could pass for one that was not taken.
pub(super) fn clear_baseline(c: &Connection, account: i64) -> rusqlite::Result<()> {
    c.prepare_cached("UPDATE accounts SET baseline = NULL, baseline_at = NULL WHERE id = ?1")?
        .execute([account])
        .map(drop)
}

/// Counts a change of the account's state.
pub(super) fn bump_revision(c: &Connection, account: i64) -> rusqlite::Result<()> {
    c.prepare_cached("UPDATE accounts SET revision = revision + 1 WHERE id = ?1")?
        .execute([account])
        .map(drop)
}

/// The state of an account; that of one that was never used is empty.
pub(super) fn state(c: &Connection, account: AccountId) -> rusqlite::Result<AccountState> {
    let Some(account) = find(c, account)? else { return Ok(AccountState::default()) };
    // Two keys may share the credits of one account: what another key has, or had, running since the balance was read
    // changes the balance unseen by this key's state.
    let (price, baseline, revision): (Option<u64>, Option<i64>, i64) = c
        .prepare_cached(
            "SELECT price,
                 CASE WHEN NOT EXISTS (
                     SELECT 1 FROM batches WHERE account != ?1
                     AND (state IN ('sending', 'running', 'unknown') OR ended_at + ?2 >= baseline_at)
                 ) THEN baseline END,
                 revision
             FROM accounts WHERE id = ?1",
        )?
        .query_row((account, millis(REFUND_DELAY)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    c.prepare_cached(
        "SELECT
             coalesce(sum(CASE WHEN state IN ('running', 'completed', 'failed')
                 THEN reserved - coalesce(refunded, 0) END), 0),
             coalesce(sum(state = 'running'), 0),
             coalesce(sum(state = 'sending'), 0),
             coalesce(sum(state = 'unknown'), 0),
             max(CASE WHEN state IN ('completed', 'failed') AND refunded > 0 THEN ended_at
                 WHEN state IN ('completed', 'failed') AND refunded IS NULL THEN ended_at + ?2 END)
         FROM batches WHERE account = ?1",
    )?
    .query_row((account, millis(UNSTATED_REFUND_DELAY)), |row| {
        Ok(AccountState {
            price: price.map(Credits),
            spent: row.get(0)?,
            baseline,
            running: row.get(1)?,
            sending: row.get(2)?,
            unknown: row.get(3)?,
            last_refund: row.get::<_, Option<i64>>(4)?.map(Moment),
            revision,
        })
    })
}
