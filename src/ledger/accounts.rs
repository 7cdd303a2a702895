//! Accounts: when the next POST may leave, what a search costs, and the books that prove whether a batch was taken.

use super::types::AccountState;
use super::{Ledger, Result};
use crate::batch::AccountId;
use crate::units::{Credits, Moment};
use rusqlite::{OptionalExtension, Transaction};
use std::time::Duration;

/// Two POSTs of one key leave at least this far apart. The API takes 10 in any one second (Enrow API, rules of
/// conduct); at 125 ms at most 9 leave in one, which leaves room for a network that delays some and not others.
pub(crate) const POST_SPACING: Duration = Duration::from_millis(125);

/// A later slot than this is a clock that was set back, not a queue. The API may ask for five minutes.
const LONGEST_QUEUE: Duration = Duration::from_mins(6);

impl Ledger {
    /// Reserves the next moment at which a POST with this key may leave, also against other runs.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn reserve_post(&self, account: AccountId, now: Moment) -> Result<Moment> {
        self.ask(move |store| {
            store.write(|t| {
                let account = upsert(t, account)?;
                let next: i64 = t
                    .prepare_cached("SELECT next_post FROM accounts WHERE id = ?1")?
                    .query_row([account], |row| row.get(0))?;
                let queued = next.saturating_sub(now.0) <= as_ms(LONGEST_QUEUE);
                let slot = if queued { next.max(now.0) } else { now.0 };
                t.prepare_cached("UPDATE accounts SET next_post = ?2 WHERE id = ?1")?
                    .execute((account, slot + as_ms(POST_SPACING)))?;
                Ok(Moment(slot))
            })
        })
        .await
    }

    /// Keeps POSTs with this key back until then: the API said it was too many.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn delay_posts(&self, account: AccountId, until: Moment) -> Result<()> {
        self.ask(move |store| {
            store.write(|t| {
                let account = upsert(t, account)?;
                t.prepare_cached(
                    "UPDATE accounts SET next_post = max(next_post, ?2) WHERE id = ?1",
                )?
                .execute((account, until.0))
                .map(drop)
            })
        })
        .await
    }

    /// The account's books at this moment.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn account_state(&self, account: AccountId) -> Result<AccountState> {
        self.ask(move |store| {
            store.write(|t| {
                let account = upsert(t, account)?;
                state(t, account)
            })
        })
        .await
    }

    /// Takes a balance into the books as the baseline for later proofs. `before` are the books as they were when the
    /// balance was asked for: where anything has happened since, or anything is under way or in doubt, the balance
    /// proves nothing and is not taken.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn note_balance(
        &self,
        account: AccountId,
        balance: Credits,
        before: AccountState,
        now: Moment,
    ) -> Result<()> {
        self.ask(move |store| {
            store.write(|t| {
                let account = upsert(t, account)?;
                let state = state(t, account)?;
                // A running batch may have ended unseen, and its refund be in the balance but not in the state.
                let quiet = state.running == 0
                    && state.sending == 0
                    && state.unknown == 0
                    && state.revision == before.revision;
                let baseline =
                    i64::try_from(balance.0).unwrap_or(i64::MAX).saturating_add(state.spent);
                // A refund that was announced but is not in the balance yet would make the baseline too low, and a
                // batch of just that price could then pass for one that was not taken.
                let settled = state.last_refund.is_none_or(|at| now.since(at) >= REFUND_SETTLES);
                if quiet && settled {
                    t.prepare_cached(
                        "UPDATE accounts SET baseline = ?2, baseline_at = ?3 WHERE id = ?1",
                    )?
                    .execute((account, baseline, now.0))?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// How long an announced refund may take to show in the balance before that counts as a fact.
const REFUND_SETTLES: Duration = Duration::from_mins(1);

/// How long a batch that ended without a word about its refund keeps balances from being believed.
const SILENT_REFUND: Duration = Duration::from_hours(24);

pub(super) fn find(t: &Transaction<'_>, account: AccountId) -> rusqlite::Result<Option<i64>> {
    t.prepare_cached("SELECT id FROM accounts WHERE digest = ?1")?
        .query_row([account.as_bytes()], |row| row.get(0))
        .optional()
}

pub(super) fn upsert(t: &Transaction<'_>, account: AccountId) -> rusqlite::Result<i64> {
    if let Some(id) = find(t, account)? {
        return Ok(id);
    }
    t.prepare_cached("INSERT INTO accounts (digest) VALUES (?1)")?.execute([account.as_bytes()])?;
    Ok(t.last_insert_rowid())
}

/// Forgets the balance that proofs compare with. What came back for a batch is not known, so the balance is higher than
/// the books by a guess, and a batch of just that price could pass for one that was not taken.
pub(super) fn clear_baseline(t: &Transaction<'_>, account: i64) -> rusqlite::Result<()> {
    t.prepare_cached("UPDATE accounts SET baseline = NULL, baseline_at = NULL WHERE id = ?1")?
        .execute([account])
        .map(drop)
}

/// Counts something that changes the state.
pub(super) fn bump_revision(t: &Transaction<'_>, account: i64) -> rusqlite::Result<()> {
    t.prepare_cached("UPDATE accounts SET revision = revision + 1 WHERE id = ?1")?
        .execute([account])
        .map(drop)
}

pub(super) fn state(t: &Transaction<'_>, account: i64) -> rusqlite::Result<AccountState> {
    // Two keys may share the credits of one account: what another key has, or had, under way since the balance was read
    // moves it unseen by this key's state.
    let (price, baseline, revision): (Option<u64>, Option<i64>, i64) = t
        .prepare_cached(
            "SELECT price,
                 CASE WHEN NOT EXISTS (
                     SELECT 1 FROM batches WHERE account != ?1
                     AND (state IN ('sending', 'running', 'unknown') OR ended_at + ?2 >= baseline_at)
                 ) THEN baseline END,
                 revision
             FROM accounts WHERE id = ?1",
        )?
        .query_row((account, as_ms(REFUND_SETTLES)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    t.prepare_cached(
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
    .query_row((account, as_ms(SILENT_REFUND)), |row| {
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

fn as_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{BatchId, Nonce};
    use crate::ledger::{
        Acceptance, BatchResult, FinalState, Freshness, LedgerLocation, NewBatch, Reserved,
    };
    use crate::people::{Identity, Profile};

    const NOW: Moment = Moment(1_000_000_000_000);

    /// The books after a batch of one that ended with this refund, and a balance that was read a minute later.
    async fn state_after(
        outcome: FinalState,
        refunded: Option<Credits>,
    ) -> (AccountState, AccountState) {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let account = AccountId::of_key("key");
        let before = ledger.account_state(account).await.unwrap();
        let balance = Credits(1000);
        let noted = ledger.note_balance(account, balance, before, NOW).await;
        noted.unwrap();
        let freshness = Freshness { found: NOW, not_found: NOW, failed: NOW };
        let key = Identity::Profile(Profile::parse_handle("ada-example").unwrap()).key();
        let person = ledger.upsert_people(vec![key], freshness).await.unwrap()[0].person;
        let new = NewBatch {
            account,
            nonce: Nonce::random(),
            single: false,
            people: vec![person],
            freshness,
            now: NOW,
        };
        let batch = ledger.claim(new).await.unwrap().unwrap().batch;
        let acceptance = Acceptance {
            id: BatchId::parse("b-1").unwrap(),
            reserved: Reserved::Stated(Credits(40)),
        };
        ledger.accepted(batch, acceptance, NOW).await.unwrap();
        let result = BatchResult { outcome, refunded, answers: Vec::new() };
        assert!(ledger.record(batch, result, NOW).await.unwrap());
        let ended = ledger.account_state(account).await.unwrap();
        let later = Moment(NOW.0 + as_ms(REFUND_SETTLES));
        let noted = ledger.note_balance(account, balance, ended, later).await;
        noted.unwrap();
        (ended, ledger.account_state(account).await.unwrap())
    }

    #[tokio::test]
    async fn a_reservation_that_is_only_assumed_teaches_nothing_and_proves_nothing() {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let account = AccountId::of_key("key");
        let before = ledger.account_state(account).await.unwrap();
        let noted = ledger.note_balance(account, Credits(1000), before, NOW).await;
        noted.unwrap();
        let (assumed, stated) = (Reserved::Assumed(Credits(50)), Reserved::Stated(Credits(40)));
        let learned = Some(Credits(40));
        for (id, reserved, price) in
            [("b-1", assumed, None), ("b-2", stated, learned), ("b-3", assumed, learned)]
        {
            let freshness = Freshness { found: NOW, not_found: NOW, failed: NOW };
            let key = Identity::Profile(Profile::parse_handle(id).unwrap()).key();
            let person = ledger.upsert_people(vec![key], freshness).await.unwrap()[0].person;
            let new = NewBatch {
                account,
                nonce: Nonce::random(),
                single: false,
                people: vec![person],
                freshness,
                now: NOW,
            };
            let batch = ledger.claim(new).await.unwrap().unwrap().batch;
            let id = BatchId::parse(id).unwrap();
            let accepted = ledger.accepted(batch, Acceptance { id, reserved }, NOW).await;
            accepted.unwrap();
            let state = ledger.account_state(account).await.unwrap();
            assert_eq!(state.price, price, "{reserved:?}");
            assert_eq!(state.expected_balance(), None, "{reserved:?}");
        }
    }

    #[tokio::test]
    async fn a_pause_that_the_api_asked_for_holds_for_every_run() {
        let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
        let account = AccountId::of_key("key");
        let until = Moment(NOW.0 + as_ms(Duration::from_mins(5)));
        ledger.delay_posts(account, until).await.unwrap();
        let slot = ledger.reserve_post(account, NOW).await.unwrap();
        assert_eq!(slot, until);
    }

    #[tokio::test]
    async fn a_refund_that_is_stated_keeps_the_reference() {
        let (ended, later) = state_after(FinalState::Completed, Some(Credits(40))).await;
        assert_eq!(ended.expected_balance(), Some(1000));
        assert_eq!(later.expected_balance(), Some(1000));
    }

    #[tokio::test]
    async fn a_refund_that_was_just_announced_is_waited_for_whatever_the_batch_came_to() {
        for outcome in [FinalState::Completed, FinalState::Failed] {
            let (ended, _) = state_after(outcome, Some(Credits(40))).await;
            assert_eq!(ended.last_refund, Some(NOW), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_refund_that_is_not_stated_leaves_nothing_to_prove_with() {
        for outcome in [FinalState::Completed, FinalState::Failed] {
            let (ended, later) = state_after(outcome, None).await;
            assert_eq!(ended.expected_balance(), None, "{outcome:?}");
            assert_eq!(later.expected_balance(), None, "{outcome:?}");
        }
    }
}
