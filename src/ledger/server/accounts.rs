//! Accounts.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{Outcome, count, get, maybe_count};
use super::params::params;
use super::session::ServerSession;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AccountState, CAREFUL_POST_SPACING, MAX_CAUTION, MAX_QUEUE, POST_CAUTION, POST_SPACING,
    REFUND_DELAY, UNSTATED_REFUND_DELAY, millis,
};
use crate::units::{Credits, Moment};

impl ServerLedger {
    pub(in crate::ledger) async fn reserve_post(
        &self,
        account: AccountId,
        now: Moment,
    ) -> Result<Moment> {
        self.ask(async move |session| {
            let (account, now) = (Digest::from(account), session.to_server(now));
            let (spacing, careful) = (millis(POST_SPACING), millis(CAREFUL_POST_SPACING));
            let (caution, queue) = (millis(MAX_CAUTION), millis(MAX_QUEUE));
            let params = params![account => UUID, now => INT8, spacing => INT8, careful => INT8, caution => INT8,
                queue => INT8];
            let row = session.one(include_str!("sql/reserve_post.sql"), params).await?;
            Ok(session.to_local(get(&row, "turn")?))
        })
        .await
    }

    pub(in crate::ledger) async fn delay_posts(
        &self,
        account: AccountId,
        until: Moment,
    ) -> Result<()> {
        self.ask(async move |session| {
            let (account, until) = (Digest::from(account), session.to_server(until));
            let careful = until.saturating_add(millis(POST_CAUTION));
            let params = params![account => UUID, until => INT8, careful => INT8];
            session.query(include_str!("sql/delay_posts.sql"), params).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn account_state(
        &self,
        account: AccountId,
    ) -> Result<AccountState> {
        self.ask(async move |session| state(session, account).await).await
    }

    pub(in crate::ledger) async fn note_balance(
        &self,
        account: AccountId,
        balance: Credits,
        before: AccountState,
        now: Moment,
    ) -> Result<()> {
        self.ask(async move |session| {
            // Where anything has happened since, the revision keeps it from being written.
            let Some(baseline) = before.new_baseline(balance, &before, now) else { return Ok(()) };
            let (account, now) = (Digest::from(account), session.to_server(now));
            let params =
                params![account => UUID, baseline => INT8, now => INT8, before.revision => INT8];
            session.query(include_str!("sql/set_baseline.sql"), params).await.map(drop)
        })
        .await
    }
}

/// The state of an account; that of one that was never used is empty.
async fn state(session: &mut ServerSession, account: AccountId) -> Outcome<AccountState> {
    let account = Digest::from(account);
    let (stated, unstated) = (millis(REFUND_DELAY), millis(UNSTATED_REFUND_DELAY));
    let params = params![account => UUID, stated => INT8, unstated => INT8];
    let row = session.maybe_one(include_str!("sql/account_state.sql"), params).await?;
    let Some(row) = row else { return Ok(AccountState::default()) };
    Ok(AccountState {
        price: maybe_count(&row, "price")?.map(Credits),
        spent: get(&row, "spent")?,
        baseline: get(&row, "baseline")?,
        running: count(&row, "running")?,
        sending: count(&row, "sending")?,
        unknown: count(&row, "unknown")?,
        last_refund: get::<Option<i64>>(&row, "last_refund")?.map(|at| session.to_local(at)),
        revision: get(&row, "revision")?,
    })
}
