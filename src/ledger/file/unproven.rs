//! Numbers that came and are not believed.

use super::actor::FileLedger;
use super::rows::{batch_id, unreadable};
use crate::ledger::codes;
use crate::ledger::error::Result;
use crate::ledger::types::{BatchNo, KeptNumber, PersonId, UnprovenNumber};
use crate::people::Country;
use rusqlite::Connection;
use std::collections::HashMap;

impl FileLedger {
    pub(in crate::ledger) async fn unproven(&self, batch: BatchNo) -> Result<Vec<UnprovenNumber>> {
        self.read(move |c| list(c, batch)).await
    }
}

/// Keeps numbers, each once. One that has become a person's answer is not kept any more.
pub(super) fn add(
    c: &Connection,
    batch: BatchNo,
    numbers: &[UnprovenNumber],
) -> rusqlite::Result<()> {
    let mut insert = c.prepare_cached(
        "INSERT INTO unproven (batch, person, position, number, country, doubt)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (
             SELECT 1 FROM unproven WHERE batch = ?1 AND person IS ?2 AND position IS ?3 AND number = ?4)",
    )?;
    for UnprovenNumber { person, position, number, country, doubt } in numbers {
        let person = person.map(|person| person.0);
        let country = country.as_ref().map(Country::as_str);
        let doubt = codes::doubt_code(*doubt);
        insert.execute((batch.0, person, position, number, country, doubt))?;
    }
    c.prepare_cached(
        "DELETE FROM unproven WHERE batch = ?1 AND EXISTS (
             SELECT 1 FROM people p WHERE p.id = unproven.person AND p.number = unproven.number)",
    )?
    .execute([batch.0])
    .map(drop)
}

/// The numbers that would be somebody's. There are few, whatever the size of the ledger.
pub(super) fn by_person(c: &Connection) -> rusqlite::Result<HashMap<PersonId, Vec<KeptNumber>>> {
    let mut numbers: HashMap<PersonId, Vec<KeptNumber>> = HashMap::new();
    let mut select = c.prepare_cached(
        "SELECT u.person, u.number, b.enrow_id FROM unproven u JOIN batches b ON b.id = u.batch
         WHERE u.person IS NOT NULL AND u.number != '' ORDER BY u.id",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let kept = KeptNumber { number: row.get(1)?, batch: batch_id(row, 2)? };
        numbers.entry(PersonId(row.get(0)?)).or_default().push(kept);
    }
    Ok(numbers)
}

fn list(c: &Connection, batch: BatchNo) -> rusqlite::Result<Vec<UnprovenNumber>> {
    c.prepare_cached(
        "SELECT person, position, number, country, doubt FROM unproven WHERE batch = ?1 ORDER BY id",
    )?
    .query_map([batch.0], |row| {
        Ok(UnprovenNumber {
            person: row.get::<_, Option<i64>>(0)?.map(PersonId),
            position: row.get(1)?,
            number: row.get(2)?,
            country: row.get_ref(3)?.as_str_or_null()?.and_then(Country::parse),
            doubt: codes::doubt(row.get(4)?).ok_or_else(|| unreadable(4, "a doubt"))?,
        })
    })?
    .collect()
}
