//! Refreshes that are not finished.

use super::actor::FileLedger;
use crate::ledger::error::Result;
use crate::ledger::types::ListScope;
use crate::units::Moment;

impl FileLedger {
    pub(in crate::ledger) async fn begin_refresh(
        &self,
        list: ListScope,
        now: Moment,
    ) -> Result<Moment> {
        self.write(move |c| {
            c.prepare_cached(
                "INSERT INTO refreshes (scope, began_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute((list.0, now.0))?;
            c.prepare_cached("SELECT began_at FROM refreshes WHERE scope = ?1")?
                .query_row([list.0], |row| row.get(0).map(Moment))
        })
        .await
    }

    pub(in crate::ledger) async fn end_refresh(&self, list: ListScope) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("DELETE FROM refreshes WHERE scope = ?1")?.execute([list.0]).map(drop)
        })
        .await
    }
}
