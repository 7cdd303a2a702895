//! Listing batches, and who owns them.

use super::actor::ServerLedger;
use super::columns::{country, maybe_moment};
use super::digest::Digest;
use super::error::{Outcome, count, get, maybe_count, unreadable};
use super::marks;
use super::params::{Param, params};
use super::session::ServerSession;
use super::standing::seen;
use crate::batch::{AccountId, BatchId, CreditSplit, Nonce};
use crate::ledger::codes;
use crate::ledger::error::Result;
use crate::ledger::types::{
    AskedBy, BatchNo, BatchRecord, ExperimentEnd, Member, Owner, POST_OVERDUE, PersonId,
    SavedResponse, UnprovenNumber, Which,
};
use crate::people::PersonKey;
use crate::units::{Credits, Moment};
use tokio_postgres::Row;

/// A statement whose last part lists batches.
macro_rules! listed {
    ($name:literal) => {
        concat!(include_str!(concat!("sql/", $name, ".sql")), include_str!("sql/batch_columns.sql"))
    };
}
pub(super) use listed;

impl ServerLedger {
    pub(in crate::ledger) async fn batches(&self, which: Which) -> Result<Vec<BatchRecord>> {
        self.ask(async move |session| match which {
            Which::Ids(ids) => {
                let ids: Vec<&str> = ids.iter().map(BatchId::as_str).collect();
                list(session, listed!("batches_by_id"), params![ids => TEXT_ARRAY]).await
            }
            Which::Nonce(nonce) => {
                let nonce = nonce.as_str();
                list(session, listed!("batches_by_nonce"), params![nonce => TEXT]).await
            }
            Which::Number(batch) => {
                list(session, listed!("batches_by_number"), params![batch.0 => INT8]).await
            }
            Which::RecentlyEnded(most) => {
                let most = i64::try_from(most).unwrap_or(i64::MAX);
                let ended = listed!("batches_ended");
                let mut batches = list(session, ended, params![most => INT8]).await?;
                batches.reverse();
                Ok(batches)
            }
            Which::Unsettled => list(session, listed!("batches_unsettled"), &[]).await,
            Which::Unclear => list(session, listed!("batches_unclear"), &[]).await,
            Which::WithoutId => list(session, listed!("batches_without_id"), &[]).await,
        })
        .await
    }

    pub(in crate::ledger) async fn reap_dead_runs(&self, now: Moment) -> Result<Vec<BatchRecord>> {
        self.ask(async move |session| {
            let overdue = session.to_server(now.saturating_sub(POST_OVERDUE));
            let (run, now) = (session.run, session.to_server(now));
            let params = params![run => INT8, overdue => INT8, now => INT8];
            list(session, listed!("reap"), params).await
        })
        .await
    }

    /// Says that the run is dead that sent a batch.
    pub(in crate::ledger) async fn end_owner(&self, nonce: Nonce) -> Result<()> {
        self.ask(async move |session| {
            let nonce = nonce.as_str();
            session.query(include_str!("sql/end_owner.sql"), params![nonce => TEXT]).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn heartbeat(&self, now: Moment) -> Result<()> {
        self.ask(async move |session| {
            let (run, seen) = (session.run, session.to_server(now));
            let (asked, before) = (Moment::now(), session.recall());
            let params = params![run => INT8, seen => INT8];
            let row = session.maybe_one(seen!("heartbeat"), params).await?;
            if let Some(row) = row {
                session.learn(&row, &before).await?;
                session.set_clock(asked, Moment(get(&row, "now")?));
                if let Some(mark) = marks::mark(&row)? {
                    return Err(mark.into());
                }
            }
            Ok(())
        })
        .await
    }

    pub(in crate::ledger) async fn members(&self, batch: BatchNo) -> Result<Vec<Member>> {
        self.ask(async move |session| {
            let params = params![batch.0 => INT8];
            let rows = session.query(include_str!("sql/members.sql"), params).await?;
            rows.iter().map(member).collect()
        })
        .await
    }

    pub(in crate::ledger) async fn unproven(&self, batch: BatchNo) -> Result<Vec<UnprovenNumber>> {
        self.ask(async move |session| {
            let params = params![batch.0 => INT8];
            let rows = session.query(include_str!("sql/unproven.sql"), params).await?;
            rows.iter().map(unproven).collect()
        })
        .await
    }
}

fn member(row: &Row) -> Outcome<Member> {
    Ok(Member {
        person: PersonId(get(row, "id")?),
        position: count(row, "place")?,
        key: PersonKey::from_bytes(get::<Digest>(row, "key")?.0),
        names: maybe_count(row, "names")?,
        custom: get::<Option<i64>>(row, "custom")?.map(i64::cast_unsigned),
    })
}

fn unproven(row: &Row) -> Outcome<UnprovenNumber> {
    Ok(UnprovenNumber {
        person: get::<Option<i64>>(row, "person")?.map(PersonId),
        position: maybe_count(row, "position")?,
        number: get(row, "number")?,
        country: country(row)?,
        doubt: codes::doubt(get(row, "doubt")?).ok_or_else(|| unreadable("doubt"))?,
    })
}

pub(super) async fn list(
    session: &mut ServerSession,
    sql: &str,
    params: &[Param<'_>],
) -> Outcome<Vec<BatchRecord>> {
    let rows = session.query(sql, params).await?;
    rows.iter().map(|row| read(session, row)).collect()
}

/// Reads the columns of `batch_columns.sql`.
pub(super) fn read(session: &ServerSession, row: &Row) -> Outcome<BatchRecord> {
    let moment = |column| maybe_moment(session, row, column);
    let credits = |column| Outcome::Ok(maybe_count(row, column)?.map(Credits));
    let saved = match (get(row, "answer")?, maybe_count(row, "answer_status")?) {
        (Some(body), Some(status)) => Some(SavedResponse { status, body }),
        (None, _) | (_, None) => None,
    };
    let balance_before = get::<Option<i64>>(row, "balance_before")?;
    let experiment: Option<&str> = get(row, "experiment")?;
    let split = (credits("from_sub")?, credits("from_paygo")?);
    Ok(BatchRecord {
        batch: BatchNo(get(row, "id")?),
        state: codes::batch_state(get(row, "state")?).ok_or_else(|| unreadable("state"))?,
        account: AccountId::from_bytes(get::<Digest>(row, "account")?.0),
        id: get::<Option<&str>>(row, "enrow_id")?.and_then(BatchId::parse),
        nonce: Nonce::from_text(get(row, "nonce")?),
        label: get(row, "label")?,
        asked_by: asked_by(row)?,
        single: get(row, "single")?,
        searches: count(row, "searches")?,
        claimed: session.to_local(get(row, "claimed_at")?),
        accepted: moment("accepted_at")?,
        ended: moment("ended_at")?,
        reserved: credits("reserved")?,
        refunded: credits("refunded")?,
        found: maybe_count(row, "found")?,
        balance_before: balance_before.and_then(|b| u64::try_from(b).ok()).map(Credits),
        saved,
        owner: owner(session, row)?,
        owner_seen: moment("seen_at")?,
        owner_lock: None,
        send_by: session.to_local(get(row, "send_by")?),
        lost: moment("lost_at")?,
        experiment: experiment.and_then(ExperimentEnd::of_word),
        split: split
            .0
            .zip(split.1)
            .map(|(subscription, pay_as_you_go)| CreditSplit { subscription, pay_as_you_go }),
        stated_refund: credits("stated_refund")?,
        open: count(row, "open")?,
        looks: count(row, "looks")?,
        done_since: moment("done_since")?,
        missing_since: moment("missing_since")?,
        unproven: count(row, "unproven")?,
    })
}

/// Reads `host` and `username`.
pub(super) fn asked_by(row: &Row) -> Outcome<AskedBy> {
    Ok(AskedBy::new(get(row, "host")?, get(row, "username")?))
}

/// Whether the run that sent a batch is alive, as far as that can be seen from another machine: it says so, or has ended.
fn owner(session: &ServerSession, row: &Row) -> Outcome<Owner> {
    let is_us = get::<i64>(row, "owner")? == session.run;
    Ok(match (get(row, "ended")?, get(row, "is_fresh")?) {
        _ if is_us => Owner::Us,
        (Some(false), Some(true)) => Owner::Alive,
        (Some(false), Some(false) | None) => Owner::Unclear,
        (Some(true) | None, _) => Owner::Dead,
    })
}
