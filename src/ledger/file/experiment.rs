//! The balance experiment in SQL.

use super::accounts;
use super::actor::FileLedger;
use super::claim;
use super::readings;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AccountActivity, BalanceReading, BatchNo, ExperimentEnd, UNSTATED_REFUND_DELAY,
};
use crate::units::{HIGHEST_KNOWN_PRICE, Moment};
use rusqlite::Connection;
use std::time::Duration;

impl FileLedger {
    pub(in crate::ledger) async fn account_activity(
        &self,
        account: AccountId,
        since: Moment,
        now: Moment,
        silence: Duration,
    ) -> Result<AccountActivity> {
        self.read(move |c| activity(c, account, since, now, silence)).await
    }

    pub(in crate::ledger) async fn save_reading(
        &self,
        batches: Vec<BatchNo>,
        reading: BalanceReading,
    ) -> Result<()> {
        self.write(move |c| {
            for batch in batches {
                readings::save(c, batch, reading)?;
            }
            Ok(())
        })
        .await
    }

    pub(in crate::ledger) async fn readings(&self, batch: BatchNo) -> Result<Vec<BalanceReading>> {
        self.read(move |c| {
            c.prepare_cached("SELECT at, balance FROM readings WHERE batch = ?1 ORDER BY at")?
                .query_map([batch.0], |row| {
                    Ok(BalanceReading { at: Moment(row.get(0)?), balance: row.get(1)? })
                })?
                .collect()
        })
        .await
    }

    pub(in crate::ledger) async fn end_experiment(
        &self,
        batches: Vec<BatchNo>,
        end: ExperimentEnd,
    ) -> Result<()> {
        self.write(move |c| {
            let mut note = c.prepare_cached(
                "UPDATE batches SET experiment = ?2 WHERE id = ?1 AND experiment IS NULL",
            )?;
            for batch in batches {
                note.execute((batch.0, end.word()))?;
            }
            Ok(())
        })
        .await
    }

    pub(in crate::ledger) async fn release_untaken(
        &self,
        batches: Vec<BatchNo>,
        revision: i64,
    ) -> Result<bool> {
        self.write(move |c| {
            if self::revision(c)? != revision {
                return Ok(false);
            }
            for batch in &batches {
                let is_lost: bool = c
                    .prepare_cached(
                        "SELECT EXISTS (SELECT 1 FROM batches
                             WHERE id = ?1 AND state = 'unknown' AND owner = ?2 AND experiment IS NULL)",
                    )?
                    .query_row((batch.0, c.run), |row| row.get(0))?;
                if !is_lost {
                    return Ok(false);
                }
            }
            for batch in batches {
                claim::release(c, batch)?;
            }
            Ok(true)
        })
        .await
    }
}

/// The sum over all accounts: whatever happens to any of them makes it larger.
fn revision(c: &Connection) -> rusqlite::Result<i64> {
    c.prepare_cached("SELECT coalesce(sum(revision), 0) FROM accounts")?
        .query_row([], |row| row.get(0))
}

fn activity(
    c: &Connection,
    account: AccountId,
    since: Moment,
    now: Moment,
    silence: Duration,
) -> rusqlite::Result<AccountActivity> {
    let account = accounts::find(c, account)?;
    let revision = revision(c)?;
    // `least` and `most` of what one batch can have cost since then, by its state:
    // ended before: exactly what was not given back; ended since: its refund may be in the balance or not; running: so
    // may a refund that is not even stated. What was only estimated, or is being sent, may cost the highest price.
    c.prepare_cached(
        "SELECT
             coalesce(max(state IN ('sending', 'running')), 0),
             NOT coalesce(max(state = 'unknown' OR ended_at > ?3
                 OR (state IN ('completed', 'failed') AND refunded IS NULL AND ended_at > ?4)), 0),
             coalesce(sum(CASE
                 WHEN account IS NOT ?1 THEN 0
                 WHEN state IN ('completed', 'failed') AND estimated = 0 AND (refunded IS NOT NULL OR ended_at < ?2)
                     THEN reserved - coalesce(refunded, 0)
                 ELSE 0 END), 0),
             coalesce(sum(CASE
                 WHEN account IS NOT ?1 AND (state IN ('completed', 'failed') AND ended_at < ?2) THEN 0
                 WHEN state = 'unknown' THEN 0
                 WHEN state IN ('completed', 'failed') AND ended_at < ?2 AND estimated = 0
                     THEN reserved - coalesce(refunded, 0)
                 WHEN state = 'sending' OR estimated = 1 THEN max(coalesce(reserved, 0), searches * ?5)
                 ELSE reserved END), 0)
         FROM batches",
    )?
    .query_row(
        (
            account,
            since.0,
            now.saturating_sub(silence).0,
            now.saturating_sub(UNSTATED_REFUND_DELAY).0,
            HIGHEST_KNOWN_PRICE.0,
        ),
        |row| {
            Ok(AccountActivity {
                revision,
                active: row.get(0)?,
                settled: row.get(1)?,
                spent_at_least: row.get(2)?,
                spent_at_most: row.get(3)?,
            })
        },
    )
}
