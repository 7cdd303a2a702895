//! What searches cost: of one list, and over time.

use super::actor::FileLedger;
use crate::batch::AccountId;
use crate::ledger::error::Result;
use crate::ledger::types::{AskedBy, ListCosts, ListScope, UsageSlice};
use crate::units::{Credits, Moment};

/// Batches whose people are searched again: nothing was paid for them, or a user resubmitted them.
macro_rules! searched_anew {
    () => {
        "(state = 'resubmitted' OR state = 'failed' AND coalesce(refunded, 0) >= reserved)"
    };
}

impl FileLedger {
    pub(in crate::ledger) async fn list_costs(&self, list: ListScope) -> Result<ListCosts> {
        self.read(move |c| {
            c.query_row(
                concat!(
                    "SELECT coalesce(sum(CASE WHEN ", searched_anew!(), " THEN 0 ELSE searches END), 0), coalesce(sum(found), 0),
                     coalesce(sum(max(reserved - coalesce(refunded, 0), 0))
                         FILTER (WHERE state IN ('completed', 'failed')), 0),
                     coalesce(sum(max(reserved - coalesce(stated_refund, 0), 0)) FILTER (WHERE state = 'running'), 0),
                     coalesce(sum(coalesce(refunded, stated_refund, 0)), 0),
                     coalesce(sum(searches) FILTER (WHERE state = 'unknown'), 0)
                 FROM batches WHERE scope = ?1"),
                [list.0],
                |row| {
                    Ok(ListCosts {
                        searched: row.get(0)?,
                        found: row.get(1)?,
                        spent: Credits(row.get(2)?),
                        held: Credits(row.get(3)?),
                        refunded: Credits(row.get(4)?),
                        unclear: row.get(5)?,
                    })
                },
            )
        })
        .await
    }

    pub(in crate::ledger) async fn usage(&self, since: Moment) -> Result<Vec<UsageSlice>> {
        self.read(move |c| {
            c.prepare_cached(concat!(
                "SELECT at, digest, label, sum(searches), sum(found), sum(spent), sum(held), sum(saved), host, username
                 FROM (
                     SELECT claimed_at - claimed_at % 900000 AS at, account, label, host, username,
                         CASE WHEN ", searched_anew!(), " THEN 0 ELSE searches END AS searches, coalesce(found, 0) AS found,
                         CASE WHEN state IN ('completed', 'failed') THEN max(reserved - coalesce(refunded, 0), 0)
                             ELSE 0 END AS spent,
                         CASE WHEN state = 'running' THEN max(reserved - coalesce(stated_refund, 0), 0)
                             ELSE 0 END AS held,
                         0 AS saved
                     FROM batches WHERE claimed_at >= ?1
                     UNION ALL
                     SELECT at - at % 900000, account, label, host, username, 0, 0, 0, 0, credits FROM savings
                     WHERE at >= ?1
                 ) LEFT JOIN accounts ON accounts.id = account
                 GROUP BY at, account, label, host, username ORDER BY at, account, label, host, username"
            ))?
            .query_map([since.0], |row| {
                Ok(UsageSlice {
                    at: Moment(row.get(0)?),
                    account: row.get::<_, Option<[u8; 16]>>(1)?.map(AccountId::from_bytes),
                    asked_by: AskedBy::new(row.get(8)?, row.get(9)?),
                    label: row.get(2)?,
                    searched: row.get(3)?,
                    found: row.get(4)?,
                    spent: Credits(row.get(5)?),
                    held: Credits(row.get(6)?),
                    saved: Credits(row.get(7)?),
                })
            })?
            .collect()
        })
        .await
    }
}
