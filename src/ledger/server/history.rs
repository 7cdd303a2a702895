//! Totals, answers from elsewhere, refreshes, and erasure.

use super::actor::ServerLedger;
use super::batches::asked_by;
use super::digest::Digest;
use super::error::{Outcome, StatementError, count, get, unreadable};
use super::params::params;
use super::record::Answers;
use super::session::ServerSession;
use super::upsert::upsert;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{
    BatchNo, EraseMode, Erased, Freshness, Imported, ListCosts, ListScope, Refresh, Savings,
    Suppressed, Totals, UsageSlice,
};
use crate::people::{Answer, PersonKey};
use crate::units::{Credits, Moment};
use tokio_postgres::Row;

impl ServerLedger {
    pub(in crate::ledger) async fn totals(&self) -> Result<Totals> {
        self.ask(async |session| {
            let row = session.one(include_str!("sql/totals.sql"), &[]).await?;
            Ok(Totals {
                people: count(&row, "people")?,
                found: count(&row, "found")?,
                not_found: count(&row, "not_found")?,
                unusable: count(&row, "unusable")?,
                resubmitted: count(&row, "resubmitted")?,
                saved: Credits(count(&row, "saved")?),
                spent: Credits(count(&row, "spent")?),
                batches: count(&row, "batches")?,
            })
        })
        .await
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub(in crate::ledger) async fn found_rate(&self) -> Result<Option<f64>> {
        self.ask(async |session| {
            let row = session.one(include_str!("sql/found_rate.sql"), &[]).await?;
            let (searches, found): (u64, u64) = (count(&row, "searches")?, count(&row, "found")?);
            Ok((searches >= 20).then(|| found as f64 / searches as f64))
        })
        .await
    }

    pub(in crate::ledger) async fn add_savings(&self, savings: Savings) -> Result<()> {
        self.ask(async move |session| {
            let numbers = i64::try_from(savings.numbers).unwrap_or(i64::MAX);
            let account = savings.account.map(Digest::from);
            let (now, run) = (session.to_server(savings.now), session.run);
            let params =
                params![numbers => INT8, account => UUID, savings.label => TEXT, now => INT8, run => INT8];
            match session.query_once(include_str!("sql/add_savings.sql"), params).await {
                // A sum for people to read is not worth counting twice.
                Ok(_) | Err(StatementError::Broken(_) | StatementError::Again) => Ok(()),
                Err(StatementError::Final(error)) => Err(error),
            }
        })
        .await
    }

    pub(in crate::ledger) async fn list_costs(&self, list: ListScope) -> Result<ListCosts> {
        self.ask(async move |session| {
            let scope = Digest::from(list);
            let params = params![scope => UUID];
            let row = session.one(include_str!("sql/list_costs.sql"), params).await?;
            Ok(ListCosts {
                searched: count(&row, "searched")?,
                found: count(&row, "found")?,
                spent: Credits(count(&row, "spent")?),
                held: Credits(count(&row, "held")?),
                refunded: Credits(count(&row, "refunded")?),
                unclear: count(&row, "unclear")?,
            })
        })
        .await
    }

    pub(in crate::ledger) async fn usage(&self, since: Moment) -> Result<Vec<UsageSlice>> {
        self.ask(async move |session| {
            let since = session.to_server(since);
            let params = params![since => INT8];
            let rows = session.query(include_str!("sql/usage.sql"), params).await?;
            rows.iter().map(|row| slice(session, row)).collect()
        })
        .await
    }

    pub(in crate::ledger) async fn import_answers(
        &self,
        answers: Vec<(PersonKey, Answer)>,
        now: Moment,
    ) -> Result<Imported> {
        self.ask(async move |session| import(session, &answers, now).await).await
    }

    pub(in crate::ledger) async fn refresh_of(
        &self,
        list: ListScope,
        now: Moment,
    ) -> Result<Refresh> {
        self.ask(async move |session| {
            let (scope, now) = (Digest::from(list), session.to_server(now));
            let params = params![scope => UUID, now => INT8];
            let row = session.one(include_str!("sql/refresh_of.sql"), params).await?;
            Ok(Refresh {
                since: session.to_local(get(&row, "since")?),
                is_continued: get(&row, "is_continued")?,
            })
        })
        .await
    }

    pub(in crate::ledger) async fn end_refresh(&self, list: ListScope) -> Result<()> {
        self.ask(async move |session| {
            let scope = Digest::from(list);
            let params = params![scope => UUID];
            session.query(include_str!("sql/end_refresh.sql"), params).await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn forget(
        &self,
        keys: Vec<PersonKey>,
        mode: EraseMode,
        now: Moment,
    ) -> Result<Erased> {
        self.ask(async move |session| {
            let keys: Vec<Digest> = keys.into_iter().map(Digest::from).collect();
            let suppresses = match mode {
                EraseMode::Erase => false,
                EraseMode::Suppress => true,
            };
            let now = session.to_server(now);
            let params = params![keys => UUID_ARRAY, suppresses => BOOL, now => INT8];
            erased(&session.one(include_str!("sql/forget.sql"), params).await?)
        })
        .await
    }

    pub(in crate::ledger) async fn forget_all(&self, suppressed: Suppressed) -> Result<Erased> {
        self.ask(async move |session| {
            let keeps = match suppressed {
                Suppressed::Erase => false,
                Suppressed::Keep => true,
            };
            let params = params![keeps => BOOL];
            erased(&session.one(include_str!("sql/forget_all.sql"), params).await?)
        })
        .await
    }
}

fn slice(session: &ServerSession, row: &Row) -> Outcome<UsageSlice> {
    Ok(UsageSlice {
        at: session.to_local(get(row, "at")?),
        account: get::<Option<Digest>>(row, "account")?
            .map(|digest| AccountId::from_bytes(digest.0)),
        asked_by: asked_by(row)?,
        label: get(row, "label")?,
        searched: count(row, "searched")?,
        found: count(row, "found")?,
        spent: Credits(count(row, "spent")?),
        held: Credits(count(row, "held")?),
        saved: Credits(count(row, "saved")?),
    })
}

fn erased(row: &Row) -> Outcome<Erased> {
    let under_way: Vec<i64> = get(row, "under_way")?;
    Ok(Erased {
        known: count(row, "known")?,
        under_way: under_way.into_iter().map(BatchNo).collect(),
    })
}

async fn import(
    session: &mut ServerSession,
    answers: &[(PersonKey, Answer)],
    now: Moment,
) -> Outcome<Imported> {
    let any = Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };
    let keys: Vec<PersonKey> = answers.iter().map(|(key, _)| *key).collect();
    let people = upsert(session, &keys, &[], any).await?;
    let mut columns = Answers::default();
    for (status, (_, answer)) in people.iter().zip(answers) {
        columns.push(status.person.0, answer);
    }
    let now = session.to_server(now);
    let params = params![columns.people => INT8_ARRAY, columns.statuses => INT8_ARRAY, columns.numbers => TEXT_ARRAY,
        columns.countries => TEXT_ARRAY, now => INT8];
    let row = session.one(include_str!("sql/import.sql"), params).await?;
    let places: Vec<i64> = get(&row, "suppressed")?;
    let key = |place: i64| {
        let key = usize::try_from(place).ok().and_then(|place| keys.get(place)).copied();
        key.ok_or_else(|| unreadable("suppressed"))
    };
    Ok(Imported {
        recorded: count(&row, "recorded")?,
        suppressed: places.into_iter().map(key).collect::<Outcome<_>>()?,
    })
}
