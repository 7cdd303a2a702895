//! Rows that came with a number: whether the ledger has anything to say about them.

use super::actor::FileLedger;
use super::people::scan_by_id;
use crate::ledger::error::Result;
use crate::ledger::types::{FilledRow, PersonId};
use rusqlite::Connection;
use std::collections::HashMap;

impl FileLedger {
    pub(in crate::ledger) async fn knows_filled(&self, rows: Vec<FilledRow>) -> Result<Vec<bool>> {
        self.read(move |c| {
            let mut known = know_person(c, &rows)?;
            know_number(c, &rows, &mut known)?;
            Ok(known)
        })
        .await
    }
}

fn know_person(c: &Connection, rows: &[FilledRow]) -> rusqlite::Result<Vec<bool>> {
    let (places, people): (Vec<usize>, Vec<PersonId>) =
        rows.iter().enumerate().filter_map(|(place, row)| Some((place, row.person?))).unzip();
    let mut known = vec![false; rows.len()];
    let select =
        "SELECT id, status IS NOT NULL OR batch IS NOT NULL FROM people WHERE id >= ?1 ORDER BY id";
    scan_by_id(c, select, &people, |place, row| {
        known[places[place]] = row.get(1)?;
        Ok(())
    })?;
    Ok(known)
}

/// Numbers have no index: it would cost every answer that is recorded, and is asked for by few rows. All numbers are read
/// once for all of them.
fn know_number(c: &Connection, rows: &[FilledRow], known: &mut [bool]) -> rusqlite::Result<()> {
    let mut wanted: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(place, _)| !known[*place]) {
        wanted.entry(row.number.as_str()).or_default().push(place);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let mut select = c.prepare_cached("SELECT number FROM people WHERE number IS NOT NULL")?;
    let mut numbers = select.query([])?;
    while let Some(row) = numbers.next()? {
        for place in wanted.remove(row.get_ref(0)?.as_str()?).unwrap_or_default() {
            known[place] = true;
        }
    }
    Ok(())
}
