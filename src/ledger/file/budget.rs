//! Budgets. What counts is read from the batches themselves, so a budget that is set in the middle of a day counts all
//! of it.

use super::actor::FileLedger;
use super::moments;
use super::rows::unreadable;
use super::store::Operation;
use crate::batch::{AccountId, Nonce};
use crate::ledger::error::Result;
use crate::ledger::types::{ALL_KEYS, Allowance, AskedBy, Budget, BudgetRequest, Per, Spender};
use crate::units::{Credits, HIGHEST_KNOWN_PRICE, Moment};
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn set_budget(
        &self,
        account: Option<AccountId>,
        per: Per,
        cap: Option<Credits>,
    ) -> Result<()> {
        self.write(move |c| {
            let account = account.as_ref().map_or(&ALL_KEYS, AccountId::as_bytes);
            let done = match cap {
                Some(cap) => c
                    .prepare_cached(
                        "INSERT INTO budgets (account, per, credits) VALUES (?1, ?2, ?3)
                         ON CONFLICT (account, per) DO UPDATE SET credits = excluded.credits",
                    )?
                    .execute((account, per.word(), cap.0)),
                None => c
                    .prepare_cached("DELETE FROM budgets WHERE account = ?1 AND per = ?2")?
                    .execute((account, per.word())),
            };
            done.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn budgets(&self, now: Moment) -> Result<Vec<Budget>> {
        self.read(move |c| {
            let now = moments::latest(c, now)?;
            let mut budgets = standing(c, None, now, "")?;
            for budget in &mut budgets {
                budget.spenders = spenders(c, budget)?;
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
        self.write(move |c| reserve(c, &request)).await
    }

    pub(in crate::ledger) async fn return_budget(&self, nonce: Nonce) -> Result<()> {
        self.write(move |c| give_back(c, nonce.as_str())).await
    }
}

fn reserve(c: &Operation<'_>, request: &BudgetRequest) -> rusqlite::Result<Option<Allowance>> {
    let BudgetRequest { account, nonce, least, most, price, label, now } = request;
    let now = moments::latest(c, *now)?;
    let budgets = standing(c, Some(*account), now, nonce.as_str())?;
    let left = budgets.iter().map(|budget| budget.cap.saturating_sub(budget.spent));
    let Some(left) = left.min() else { return Ok(Some(Allowance::Unlimited)) };
    let searches = left.affordable_searches(*price).min(*most);
    if searches < (*least).max(1) {
        return Ok(None);
    }
    let at = moments::recorded_at(c, now)?;
    c.prepare_cached(
        "INSERT INTO reservations (nonce, account, at, searches, price, label, host, username)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT host FROM runs WHERE id = ?7), (SELECT username FROM runs WHERE id = ?7))",
    )?
    .execute((nonce.as_str(), account.as_bytes(), at.0, searches, price.0, label, c.run))?;
    Ok(Some(Allowance::Searches(searches)))
}

/// A reservation ends without a batch where that was certainly not taken.
pub(super) fn give_back(c: &Connection, nonce: &str) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM reservations WHERE nonce = ?1")?.execute([nonce]).map(drop)
}

/// What counts in a budget since a moment (?1), of one account (?2) or of all (16 zero bytes), without one reservation
/// (?3). A batch counts in the period in which it was reserved. It counts what it cost, holds, or may hold at most.
macro_rules! costs {
    ($select:literal) => {
        concat!(
            $select,
            " FROM (
                SELECT b.host, b.username, b.label, CASE
                    WHEN b.state IN ('completed', 'failed') THEN max(b.reserved - coalesce(b.refunded, 0), 0)
                    WHEN b.state = 'running' THEN max(b.reserved - coalesce(b.stated_refund, 0), 0)
                    ELSE b.searches * coalesce(r.price, max(coalesce(a.price, 0), ?4)) END AS credits
                FROM batches b JOIN accounts a ON a.id = b.account LEFT JOIN reservations r ON r.nonce = b.nonce
                WHERE coalesce(r.at, b.claimed_at) >= ?1 AND (?2 = zeroblob(16) OR a.digest = ?2)
                UNION ALL
                SELECT host, username, label, searches * price FROM reservations
                WHERE at >= ?1 AND (?2 = zeroblob(16) OR account = ?2) AND nonce != ?3
                    AND nonce NOT IN (SELECT nonce FROM batches))"
        )
    };
}

/// The budgets of an account, or all of them, as they stand without this reservation.
fn standing(
    c: &Connection,
    account: Option<AccountId>,
    now: Moment,
    nonce: &str,
) -> rusqlite::Result<Vec<Budget>> {
    let mut budgets = c.prepare_cached(
        "SELECT account, per, credits,
             unixepoch(?2 / 1000, 'unixepoch', 'start of ' || per) * 1000,
             unixepoch(?2 / 1000, 'unixepoch', 'start of ' || per, '+1 ' || per) * 1000
         FROM budgets WHERE ?1 IS NULL OR account IN (?1, zeroblob(16)) ORDER BY account, per",
    )?;
    let mut spent = c.prepare_cached(costs!("SELECT coalesce(sum(credits), 0)"))?;
    let ours = account.as_ref().map(AccountId::as_bytes);
    budgets
        .query_map((ours, now.0), |row| {
            let account: [u8; 16] = row.get(0)?;
            let began = Moment(row.get(3)?);
            let per = Per::of_word(row.get_ref(1)?.as_str()?);
            let spent = spent
                .query_row((began.0, account, nonce, HIGHEST_KNOWN_PRICE.0), |row| {
                    row.get(0).map(Credits)
                })?;
            Ok(Budget {
                account: (account != ALL_KEYS).then(|| AccountId::from_bytes(account)),
                per: per.ok_or_else(|| unreadable(1, "a period"))?,
                cap: Credits(row.get(2)?),
                spent,
                began,
                ends: Moment(row.get(4)?),
                spenders: Vec::new(),
            })
        })?
        .collect()
}

fn spenders(c: &Connection, budget: &Budget) -> rusqlite::Result<Vec<Spender>> {
    let account = budget.account.as_ref().map_or(&ALL_KEYS, AccountId::as_bytes);
    c.prepare_cached(concat!(
        costs!("SELECT host, username, label, sum(credits) AS spent"),
        " GROUP BY host, username, label HAVING sum(credits) > 0 ORDER BY spent DESC, host, username, label"
    ))?
    .query_map((budget.began.0, account, "", HIGHEST_KNOWN_PRICE.0), |row| {
        Ok(Spender {
            asked_by: AskedBy::new(row.get(0)?, row.get(1)?),
            label: row.get(2)?,
            credits: Credits(row.get(3)?),
        })
    })?
    .collect()
}
