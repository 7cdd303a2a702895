//! Erasure: what is erased leaves no bytes behind.

use super::people::{self, SUPPRESSED};
use super::types::BatchNo;
use super::{Ledger, Result};
use crate::people::PersonKey;
use crate::units::Moment;

/// What becomes of people who are erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseMode {
    /// Nothing stays.
    Erase,
    /// Only the digest stays, so that they are never searched for again.
    Suppress,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// How many of the people were in the ledger.
    pub known: usize,
    /// Batches under way that one of them was in: their answers, when they come, are not recorded for them.
    pub under_way: Vec<BatchNo>,
}

impl Ledger {
    /// Removes answer and claim of these people, and their bytes from the database files.
    ///
    /// # Errors
    /// Where the ledger cannot be written, or another program reads it so that its journal cannot be emptied.
    pub async fn forget(
        &self,
        keys: Vec<PersonKey>,
        mode: EraseMode,
        now: Moment,
    ) -> Result<Erased> {
        self.ask(move |store| {
            let erased = store.write(|t| {
                let mut erased = Erased::default();
                for key in &keys {
                    if let Some(person) = people::find(t, *key)? {
                        let batch: Option<i64> = t
                            .prepare_cached("SELECT batch FROM people WHERE id = ?1")?
                            .query_row([person.number()], |row| row.get(0))?;
                        erased.known += 1;
                        erased.under_way.extend(batch.map(BatchNo));
                        people::remove(t, person, *key)?;
                    }
                    if mode == EraseMode::Suppress {
                        let person = people::add(t, *key)?;
                        t.execute(
                            "UPDATE people SET status = ?2, asked_at = ?3 WHERE id = ?1",
                            (person.number(), SUPPRESSED, now.0),
                        )?;
                    }
                }
                Ok(erased)
            })?;
            scrub(store)?;
            Ok(erased)
        })
        .await
    }

    /// Removes every person and every settled batch. Batches under way or in doubt stay, without their people, so that
    /// what they hold of the credits is still known.
    ///
    /// # Errors
    /// As [`Ledger::forget`].
    pub async fn forget_all(&self) -> Result<Erased> {
        self.ask(|store| {
            let erased = store.write(|t| {
                let under_way = t
                    .prepare("SELECT DISTINCT batch FROM people WHERE batch IS NOT NULL")?
                    .query_map([], |row| Ok(BatchNo(row.get(0)?)))?
                    .collect::<rusqlite::Result<_>>()?;
                let known = t.execute("DELETE FROM people", [])?;
                t.execute_batch("DELETE FROM keys; DELETE FROM members")?;
                t.execute("DELETE FROM batches WHERE state IN ('completed', 'failed')", [])?;
                t.execute("UPDATE accounts SET baseline = NULL, revision = revision + 1", [])?;
                Ok(Erased { known, under_way })
            })?;
            scrub(store)?;
            Ok(erased)
        })
        .await
    }
}

/// Rewrites the database and empties its journal: `secure_delete` alone leaves copies where pages were once split.
fn scrub(store: &mut super::store::Store) -> Result<()> {
    let busy: i64 = store.without_transaction(|connection| {
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
    })?;
    if busy != 0 {
        return Err(super::LedgerError::Locked { path: store.path().to_owned() });
    }
    Ok(())
}
