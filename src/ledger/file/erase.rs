//! Erasure: what is forgotten leaves no bytes behind.

use super::actor::FileLedger;
use super::keys;
use super::store::Store;
use crate::ledger::codes::SUPPRESSED;
use crate::ledger::error::Result;
use crate::ledger::types::{BatchNo, EraseMode, Erased, Suppressed};
use crate::people::PersonKey;
use crate::units::Moment;
use rusqlite::Connection;

impl FileLedger {
    pub(in crate::ledger) async fn forget(
        &self,
        keys: Vec<PersonKey>,
        mode: EraseMode,
        now: Moment,
    ) -> Result<Erased> {
        self.ask(move |store| {
            let erased = store.write(|c| {
                let mut erased = Erased::default();
                keys.iter().try_for_each(|key| forget_one(c, *key, mode, now, &mut erased))?;
                Ok(erased)
            })?;
            scrub(store)?;
            Ok(erased)
        })
        .await
    }

    pub(in crate::ledger) async fn forget_all(&self, suppressed: Suppressed) -> Result<Erased> {
        self.ask(move |store| {
            let erased = store.write(|c| {
                let under_way = c
                    .prepare("SELECT DISTINCT batch FROM people WHERE batch IS NOT NULL")?
                    .query_map([], |row| Ok(BatchNo(row.get(0)?)))?
                    .collect::<rusqlite::Result<_>>()?;
                let kept = match suppressed {
                    Suppressed::Erase => None,
                    Suppressed::Keep => Some(SUPPRESSED),
                };
                let known = c.execute("DELETE FROM people WHERE status IS NOT ?1 OR ?1 IS NULL", [kept])?;
                c.execute_batch(
                    "DELETE FROM keys WHERE key NOT IN (SELECT key FROM people)
                         AND (person IS NULL OR person NOT IN (SELECT id FROM people));
                     DELETE FROM members; DELETE FROM unproven; DELETE FROM readings; DELETE FROM savings; UPDATE batches SET open = 0",
                )?;
                c.execute("DELETE FROM batches WHERE state IN ('completed', 'failed')", [])?;
                c.execute("UPDATE accounts SET baseline = NULL, revision = revision + 1", [])?;
                Ok(Erased { known, under_way })
            })?;
            scrub(store)?;
            Ok(erased)
        })
        .await
    }
}

fn forget_one(
    c: &Connection,
    key: PersonKey,
    mode: EraseMode,
    now: Moment,
    erased: &mut Erased,
) -> rusqlite::Result<()> {
    if let Some(person) = keys::find(c, key)? {
        let batch: Option<i64> = c
            .prepare_cached("SELECT batch FROM people WHERE id = ?1")?
            .query_row([person.0], |row| row.get(0))?;
        if let Some(batch) = batch {
            c.prepare_cached("UPDATE batches SET open = max(open - 1, 0) WHERE id = ?1")?
                .execute([batch])?;
        }
        c.prepare_cached("DELETE FROM unproven WHERE person = ?1")?.execute([person.0])?;
        erased.known += 1;
        erased.under_way.extend(batch.map(BatchNo));
        keys::remove(c, person)?;
    }
    match mode {
        EraseMode::Erase => Ok(()),
        EraseMode::Suppress => {
            let person = keys::add(c, key)?;
            c.prepare_cached("UPDATE people SET status = ?2, asked_at = ?3 WHERE id = ?1")?
                .execute((person.0, SUPPRESSED, now.0))
                .map(drop)
        }
    }
}

/// Rewrites the database and empties its journal: `secure_delete` alone leaves copies where pages were once split.
fn scrub(store: &Store) -> Result<()> {
    let busy: i64 = store.without_transaction(|c| {
        c.pragma_update(None, "secure_delete", true)?;
        c.execute_batch("VACUUM")?;
        c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
    })?;
    if busy == 0 { Ok(()) } else { Err(store.locked()) }
}
