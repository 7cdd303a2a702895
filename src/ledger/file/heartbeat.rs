//! A run says that it is alive.

use super::actor::FileLedger;
use crate::ledger::error::Result;
use crate::units::Moment;

impl FileLedger {
    pub(in crate::ledger) async fn heartbeat(&self, now: Moment) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("UPDATE runs SET seen_at = ?2 WHERE id = ?1")?
                .execute((c.run, now.0))
                .map(drop)
        })
        .await
    }
}
