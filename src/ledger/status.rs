//! What the ledger holds, in numbers.

use super::people::{FOUND, NOT_FOUND, UNUSABLE};
use super::types::Totals;
use super::{Ledger, Result};
use crate::units::Credits;
use rusqlite::{OptionalExtension, Transaction};

impl Ledger {
    /// The totals over everything that was ever asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn totals(&self) -> Result<Totals> {
        self.ask(|store| {
            store.read(|t| {
                let (people, found, not_found) = t.query_row(
                    "SELECT count(status), coalesce(sum(status = ?1), 0), coalesce(sum(status = ?2), 0) FROM people",
                    (FOUND, NOT_FOUND),
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )?;
                let (spent, batches) = t.query_row(
                    "SELECT coalesce(sum(reserved - coalesce(refunded, 0)), 0), count(*) FROM batches
                     WHERE state IN ('completed', 'failed')",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?;
                let saved = saved(t)?;
                Ok(Totals { people, found, not_found, saved, spent: Credits(spent), batches })
            })
        })
        .await
    }

    /// How many people's answers were paid for, or may be, and cannot be used.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn unusable(&self) -> Result<usize> {
        self.ask(|store| {
            store.read(|t| {
                t.query_row(
                    "SELECT count(*) FROM people WHERE status = ?1 AND batch IS NULL",
                    [UNUSABLE],
                    |row| row.get(0),
                )
            })
        })
        .await
    }

    /// Forgets the answers that were paid for and cannot be used: these people are asked for again, on a person's word.
    /// Answers how many they are.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn reopen_unusable(&self) -> Result<usize> {
        self.ask(|store| {
            store.write(|t| {
                t.execute(
                    "UPDATE people SET status = NULL, answered_at = NULL, asked_at = NULL, note = NULL
                     WHERE status = ?1 AND batch IS NULL",
                    [UNUSABLE],
                )
            })
        })
        .await
    }

    /// Counts numbers that a run took from the ledger instead of paying for them again, at the lowest price any account
    /// is known to pay; nothing is counted while none is known.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub async fn add_savings(&self, numbers: usize) -> Result<()> {
        self.ask(move |store| {
            store.write(|t| {
                let price: Option<u64> =
                    t.query_row("SELECT min(price) FROM accounts", [], |row| row.get(0))?;
                let Some(price) = price else { return Ok(()) };
                let saved = saved(t)?.saturating_add(Credits(price).saturating_mul(numbers));
                t.execute(
                    "INSERT INTO meta (name, value) VALUES ('saved', ?1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    [saved.0.to_string()],
                )
                .map(drop)
            })
        })
        .await
    }

    /// The share of people with a number among those a batch answered; cheaper than [`Ledger::totals`], and `None`
    /// until at least twenty were answered.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub async fn found_rate(&self) -> Result<Option<f64>> {
        self.ask(|store| {
            store.read(|t| {
                let (searches, found): (u64, u64) = t.query_row(
                    "SELECT coalesce(sum(searches), 0), coalesce(sum(found), 0) FROM batches WHERE state = 'completed'",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?;
                Ok((searches >= 20).then(|| found as f64 / searches as f64))
            })
        })
        .await
    }
}

fn saved(t: &Transaction<'_>) -> rusqlite::Result<Credits> {
    let saved: Option<String> = t
        .query_row("SELECT value FROM meta WHERE name = 'saved'", [], |row| row.get(0))
        .optional()?;
    Ok(Credits(saved.and_then(|saved| saved.parse().ok()).unwrap_or(0)))
}
