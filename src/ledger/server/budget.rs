//! Budgets. What counts is read from the batches themselves, so a budget that is set in the middle of a day counts all
//! of it.

use super::actor::ServerLedger;
use super::batches::asked_by;
use super::digest::Digest;
use super::error::{OperationError, Outcome, count, get, unreadable};
use super::params::params;
use super::session::ServerSession;
use crate::batch::{AccountId, Nonce};
use crate::ledger::error::Result;
use crate::ledger::types::{ALL_KEYS, Allowance, Budget, BudgetRequest, Per, Spender};
use crate::units::{Credits, HIGHEST_KNOWN_PRICE, Moment};
use std::time::Instant;
use tokio_postgres::Row;

/// A statement over what counts in budgets.
macro_rules! costs {
    ($name:literal) => {
        concat!(include_str!("sql/budget_costs.sql"), include_str!(concat!("sql/", $name, ".sql")))
    };
}

impl ServerLedger {
    pub(in crate::ledger) async fn set_budget(
        &self,
        account: Option<AccountId>,
        per: Per,
        cap: Option<Credits>,
    ) -> Result<()> {
        self.ask(async move |session| {
            let account = account.map_or(Digest(ALL_KEYS), Digest::from);
            let cap = cap.map(|cap| cap.0.cast_signed());
            let params = params![account => UUID, per.word() => TEXT, cap => INT8];
            session.query(include_str!("sql/set_budget.sql"), params).await.map(drop)
        })
        .await
    }

    /// The moment is the server's own.
    pub(in crate::ledger) async fn budgets(&self, _now: Moment) -> Result<Vec<Budget>> {
        self.ask(async |session| {
            let (nobody, highest) = ("", HIGHEST_KNOWN_PRICE.0.cast_signed());
            let params = params![None::<Digest> => UUID, nobody => TEXT, highest => INT8];
            let rows = session.query(costs!("budgets"), params).await?;
            let mut budgets: Vec<Budget> = Vec::new();
            for row in &rows {
                let budget = budget(session, row)?;
                let is_same =
                    |last: &Budget| (last.account, last.per) == (budget.account, budget.per);
                if !budgets.last().is_some_and(is_same) {
                    budgets.push(budget);
                }
                if let (Some(last), Some(spent)) =
                    (budgets.last_mut(), get::<Option<i64>>(row, "credits")?)
                {
                    let credits = Credits(u64::try_from(spent).map_err(|_| unreadable("credits"))?);
                    last.spent = last.spent.saturating_add(credits);
                    last.spenders.push(Spender {
                        asked_by: asked_by(row)?,
                        label: get(row, "label")?,
                        credits,
                    });
                }
            }
            Ok(budgets)
        })
        .await
    }

    /// `None` where too little is left.
    pub(in crate::ledger) async fn reserve_budget(
        &self,
        request: BudgetRequest,
    ) -> Result<Option<Allowance>> {
        self.ask(async move |session| {
            let began = Instant::now();
            loop {
                match reserve(session, &request).await {
                    Err(OperationError::Raced) if session.is_patient(began) => {
                        ServerSession::pause(began).await;
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    pub(in crate::ledger) async fn return_budget(&self, nonce: Nonce) -> Result<()> {
        self.ask(async move |session| {
            let params = params![nonce.as_str() => TEXT];
            session.query(include_str!("sql/return_budget.sql"), params).await.map(drop)
        })
        .await
    }
}

fn budget(session: &ServerSession, row: &Row) -> Outcome<Budget> {
    let account = get::<Digest>(row, "budget")?.0;
    Ok(Budget {
        account: (account != ALL_KEYS).then(|| AccountId::from_bytes(account)),
        per: Per::of_word(get(row, "per")?).ok_or_else(|| unreadable("per"))?,
        cap: Credits(count(row, "cap")?),
        spent: Credits::ZERO,
        began: session.to_local(get(row, "began")?),
        ends: session.to_local(get(row, "ends")?),
        spenders: Vec::new(),
    })
}

/// Others who reserve at the same moment are not seen by the sum, but by the budget's revision: then it is done again.
async fn reserve(
    session: &mut ServerSession,
    request: &BudgetRequest,
) -> Outcome<Option<Allowance>> {
    let BudgetRequest { account, nonce, least, most, price, label, now: _ } = request;
    let (account, nonce) = (Some(Digest::from(*account)), nonce.as_str());
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (least, most) = (number((*least).max(1)), number(*most));
    let (price, highest, run) =
        (price.0.max(1).cast_signed(), HIGHEST_KNOWN_PRICE.0.cast_signed(), session.run);
    let params = params![account => UUID, nonce => TEXT, highest => INT8, least => INT8, most => INT8, price => INT8,
        label => TEXT, run => INT8];
    let row = session.one(costs!("reserve_budget"), params).await?;
    if get::<i64>(&row, "budgets")? == 0 {
        return Ok(Some(Allowance::Unlimited));
    }
    if !get::<bool>(&row, "is_sure")? {
        return Err(OperationError::Raced);
    }
    let reserved = get::<Option<i64>>(&row, "reserved")?;
    Ok(reserved.and_then(|searches| usize::try_from(searches).ok()).map(Allowance::Searches))
}
