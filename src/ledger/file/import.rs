//! Answers that came without a claim: another tool asked, or another machine, and the batch was fetched here.

use super::actor::FileLedger;
use super::keys;
use super::moments;
use crate::ledger::codes::{FAILED, FOUND, NOT_FOUND, SUPPRESSED, UNUSABLE};
use crate::ledger::error::Result;
use crate::ledger::types::Imported;
use crate::people::{Answer, Country, PersonKey};
use crate::units::Moment;
use rusqlite::{Connection, OptionalExtension};

impl FileLedger {
    pub(in crate::ledger) async fn import_answers(
        &self,
        answers: Vec<(PersonKey, Answer)>,
        now: Moment,
    ) -> Result<Imported> {
        self.write(move |c| {
            let now = moments::recorded_at(c, now)?;
            let mut imported = Imported::default();
            for (key, answer) in &answers {
                match import_answer(c, *key, answer, now)? {
                    ImportOutcome::Recorded => imported.recorded += 1,
                    ImportOutcome::Suppressed => imported.suppressed.push(*key),
                    ImportOutcome::NothingNew => {}
                }
            }
            Ok(imported)
        })
        .await
    }
}

enum ImportOutcome {
    NothingNew,
    Recorded,
    Suppressed,
}

fn import_answer(
    c: &Connection,
    key: PersonKey,
    answer: &Answer,
    now: Moment,
) -> rusqlite::Result<ImportOutcome> {
    let person = keys::find(c, key)?;
    let known: Option<(Option<i64>, Option<i64>)> = match person {
        None => None,
        Some(person) => c
            .prepare_cached("SELECT status, batch FROM people WHERE id = ?1")?
            .query_row([person.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    let status = match known {
        Some((Some(SUPPRESSED), _)) => return Ok(ImportOutcome::Suppressed),
        Some((_, Some(_))) => return Ok(ImportOutcome::NothingNew),
        Some((status, None)) => status,
        None => None,
    };
    let (new, number, country) = match (answer, status) {
        (Answer::Found { number, country }, status) if status != Some(FOUND) => {
            let country = country.as_ref().map(Country::as_str);
            (FOUND, Some(number.as_str()), country)
        }
        (Answer::NotFound, None | Some(FAILED | UNUSABLE)) => (NOT_FOUND, None, None),
        (
            Answer::Found { .. }
            | Answer::NotFound
            | Answer::Invalid(_)
            | Answer::Failed(_)
            | Answer::Unusable(_),
            _,
        ) => {
            return Ok(ImportOutcome::NothingNew);
        }
    };
    let person = person.map_or_else(|| keys::add(c, key), Ok)?;
    c.prepare_cached(
        "UPDATE people SET status = ?2, answered_at = ?3, asked_at = ?3, number = ?4, country = ?5, note = NULL
         WHERE id = ?1",
    )?
    .execute((person.0, new, now.0, number, country))?;
    Ok(ImportOutcome::Recorded)
}
