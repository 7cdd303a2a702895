//! What a ledger in a file says of itself.

use super::actor::FileLedger;
use super::marks;
use super::rows::batch_state;
use crate::ledger::codes::SUPPRESSED;
use crate::ledger::error::Result;
use crate::ledger::types::{Health, LedgerInfo, MovedTo};

impl FileLedger {
    pub(in crate::ledger) async fn info(&self) -> Result<LedgerInfo> {
        self.read(|c| {
            let number = |sql| c.query_row(sql, [], |row| row.get(0));
            let problems: Vec<String> = c
                .prepare("PRAGMA quick_check")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let (people, answered, held, suppressed) = c.query_row(
                "SELECT count(*), count(status), count(batch), coalesce(sum(status = ?1), 0) FROM people",
                [SUPPRESSED],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )?;
            Ok(LedgerInfo {
                id: c.query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0))?,
                schema: c.pragma_query_value(None, "user_version", |row| row.get(0))?,
                bytes: number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
                people,
                answered,
                held,
                suppressed,
                batches: c
                    .prepare("SELECT state, count(*) FROM batches GROUP BY state ORDER BY state")?
                    .query_map([], |row| Ok((batch_state(row, 0)?, row.get(1)?)))?
                    .collect::<rusqlite::Result<_>>()?,
                // The dead were removed when it was opened.
                runs: c.query_row("SELECT count(*) FROM runs WHERE id != ?1", [c.run], |row| row.get(0))?,
                health: Health::File {
                    problems: problems.into_iter().filter(|problem| problem != "ok").collect(),
                },
                moved: MovedTo::of_mark(marks::mark(c)?),
            })
        })
        .await
    }
}
