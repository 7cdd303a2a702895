//! The balance experiment.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{OperationError, get};
use super::params::params;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AccountActivity, BalanceReading, BatchNo, ExperimentEnd, MOST_READINGS, UNSTATED_REFUND_DELAY,
};
use crate::units::{HIGHEST_KNOWN_PRICE, Moment};
use std::time::Duration;

impl ServerLedger {
    pub(in crate::ledger) async fn account_activity(
        &self,
        account: AccountId,
        since: Moment,
        now: Moment,
        silence: Duration,
    ) -> Result<AccountActivity> {
        self.ask(async move |session| {
            let account = Digest::from(account);
            let since = session.to_server(since);
            let settled = session.to_server(now.saturating_sub(silence));
            let unstated = session.to_server(now.saturating_sub(UNSTATED_REFUND_DELAY));
            let price = HIGHEST_KNOWN_PRICE.0.cast_signed();
            let params = params![account => UUID, since => INT8, settled => INT8, unstated => INT8, price => INT8];
            let row = session.one(include_str!("sql/activity.sql"), params).await?;
            Ok(AccountActivity {
                revision: get(&row, "revision")?,
                active: get(&row, "active")?,
                settled: get(&row, "settled")?,
                spent_at_least: get(&row, "spent_at_least")?,
                spent_at_most: get(&row, "spent_at_most")?,
            })
        })
        .await
    }

    pub(in crate::ledger) async fn save_reading(
        &self,
        batches: Vec<BatchNo>,
        reading: BalanceReading,
    ) -> Result<()> {
        self.ask(async move |session| {
            let (batches, at) = (numbers(&batches), session.to_server(reading.at));
            let params = params![batches => INT8_ARRAY, at => INT8, reading.balance => INT8, MOST_READINGS => INT8];
            session.query(include_str!("sql/save_reading.sql"), params).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn readings(&self, batch: BatchNo) -> Result<Vec<BalanceReading>> {
        self.ask(async move |session| {
            let params = params![batch.0 => INT8];
            let rows = session.query(include_str!("sql/readings.sql"), params).await?;
            let reading = |row| {
                Ok(BalanceReading {
                    at: session.to_local(get(row, "at")?),
                    balance: get(row, "balance")?,
                })
            };
            rows.iter().map(reading).collect()
        })
        .await
    }

    pub(in crate::ledger) async fn end_experiment(
        &self,
        batches: Vec<BatchNo>,
        end: ExperimentEnd,
    ) -> Result<()> {
        self.ask(async move |session| {
            let batches = numbers(&batches);
            let params = params![batches => INT8_ARRAY, end.word() => TEXT];
            session.query(include_str!("sql/end_experiment.sql"), params).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn release_untaken(
        &self,
        batches: Vec<BatchNo>,
        revision: i64,
    ) -> Result<bool> {
        self.ask(async move |session| {
            let (numbers, run) = (numbers(&batches), session.run);
            let params = params![numbers => INT8_ARRAY, revision => INT8, run => INT8];
            match session.query(include_str!("sql/release_untaken.sql"), params).await {
                Ok(_) => Ok(true),
                // Sent twice, and gone the second time: the first did it.
                Err(OperationError::Raced) if session.repeated => {
                    let left = session
                        .query(include_str!("sql/are_left.sql"), params![numbers => INT8_ARRAY])
                        .await?;
                    Ok(left.is_empty())
                }
                Err(OperationError::Raced) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }
}

fn numbers(batches: &[BatchNo]) -> Vec<i64> {
    batches.iter().map(|batch| batch.0).collect()
}
