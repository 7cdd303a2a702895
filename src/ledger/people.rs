//! People: entering them, and what is known of them.

use super::types::{
    AnsweredKind, BatchNo, Claim, Freshness, Glance, Known, PersonId, Recorded, Standing,
};
use super::{Ledger, Result};
use crate::batch::Moment;
use crate::people::{Answer, Country, Key, PhoneNumber};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Transaction};
use std::collections::HashMap;

impl Ledger {
    /// Enters these people, unclaimed, where they are not known yet, and says what is known of each, in the order
    /// asked. New people get ids in that order. Meant for large chunks: 100,000 at once cost a tenth of 3,000 at
    /// a time.
    ///
    /// # Errors
    /// Where the ledger cannot be written; nobody was entered then.
    pub async fn enter(&self, keys: Vec<Key>, freshness: Freshness) -> Result<Vec<Glance>> {
        self.ask(move |store| store.write(|t| enter(t, &keys, freshness)))
            .await
    }

    /// What is known of people who were entered before, in the order asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn glances(
        &self,
        people: Vec<PersonId>,
        freshness: Freshness,
    ) -> Result<Vec<Glance>> {
        self.ask(move |store| {
            store.read(|t| {
                let mut find =
                    t.prepare_cached("SELECT status, asked_at, batch FROM people WHERE id = ?1")?;
                people
                    .iter()
                    .map(|&person| {
                        let known = find
                            .query_row([person.0], |row| known(row, 0, freshness))
                            .optional()?
                            .unwrap_or(FORGOTTEN);
                        Ok(Glance { person, known })
                    })
                    .collect()
            })
        })
        .await
    }

    /// All that rows can be told about their people, in the order asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn standings(&self, people: Vec<PersonId>) -> Result<Vec<Standing>> {
        self.ask(move |store| store.read(|t| standings(t, &people)))
            .await
    }
}

/// Somebody who was erased while this run was under way: not to be searched for by it any more.
const FORGOTTEN: Known = Known::Answered(AnsweredKind::Suppressed);

fn enter(t: &Transaction<'_>, keys: &[Key], freshness: Freshness) -> rusqlite::Result<Vec<Glance>> {
    // In key order the index is read page by page instead of all over the place.
    let mut order: Vec<u32> =
        (0..u32::try_from(keys.len()).expect("a chunk has fewer than 2^32 people")).collect();
    let at = |i: u32| keys[i as usize];
    order.sort_unstable_by_key(|&i| (at(i), i));

    let placeholder = Glance {
        person: PersonId(0),
        known: Known::Open,
    };
    let mut glances = vec![placeholder; keys.len()];
    // Of each unknown person the first place in the chunk; the later ones follow once there is an id.
    let mut new: Vec<u32> = Vec::new();
    let mut find =
        t.prepare_cached("SELECT id, status, asked_at, batch FROM people WHERE key = ?1")?;
    for same in order.chunk_by(|&a, &b| at(a) == at(b)) {
        let glance = find
            .query_row([at(same[0]).as_bytes()], |row| {
                Ok(Glance {
                    person: PersonId(row.get(0)?),
                    known: known(row, 1, freshness)?,
                })
            })
            .optional()?;
        match glance {
            Some(glance) => same.iter().for_each(|&i| glances[i as usize] = glance),
            None => new.push(same[0]),
        }
    }
    if new.is_empty() {
        return Ok(glances);
    }

    let last: i64 = t
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'people'")?
        .query_row([], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let mut by_file_order = new.clone();
    by_file_order.sort_unstable();
    for (&i, id) in by_file_order.iter().zip(last + 1..) {
        glances[i as usize].person = PersonId(id);
    }
    let mut insert = t.prepare_cached("INSERT INTO people (id, key) VALUES (?1, ?2)")?;
    for &i in &new {
        insert.execute((glances[i as usize].person.0, at(i).as_bytes()))?;
    }
    for same in order.chunk_by(|&a, &b| at(a) == at(b)) {
        let first = glances[same[0] as usize];
        for &i in same {
            glances[i as usize] = first;
        }
    }
    Ok(glances)
}

/// Reads `status, asked_at, batch` from `column` on.
fn known(row: &Row<'_>, column: usize, freshness: Freshness) -> rusqlite::Result<Known> {
    if let Some(batch) = row.get::<_, Option<i64>>(column + 2)? {
        return Ok(Known::Claimed(BatchNo(batch)));
    }
    let Some(status) = row.get::<_, Option<i64>>(column)? else {
        return Ok(Known::Open);
    };
    let kind = kind(status, column)?;
    let asked = Moment(row.get(column + 1)?);
    Ok(if freshness.counts(kind, asked) {
        Known::Answered(kind)
    } else {
        Known::Open
    })
}

fn standings(t: &Transaction<'_>, people: &[PersonId]) -> rusqlite::Result<Vec<Standing>> {
    let mut find = t.prepare_cached(
        "SELECT batch, status, answered_at, asked_at, number, country, note FROM people WHERE id = ?1",
    )?;
    let mut claims: HashMap<i64, Claim> = HashMap::new();
    people
        .iter()
        .map(|person| {
            let Some((batch, recorded)) = find
                .query_row([person.0], |row| {
                    Ok((row.get::<_, Option<i64>>(0)?, recorded(row)?))
                })
                .optional()?
            else {
                return Ok(Standing {
                    recorded: Some(Recorded::Suppressed),
                    claim: None,
                });
            };
            let claim = match batch {
                None => None,
                Some(batch) => Some(if let Some(claim) = claims.get(&batch) {
                    claim.clone()
                } else {
                    let claim = super::batches::claim_of(t, BatchNo(batch))?;
                    claims.insert(batch, claim.clone());
                    claim
                }),
            };
            Ok(Standing { recorded, claim })
        })
        .collect()
}

/// Reads `status, answered_at, asked_at, number, country, note` from column 1 on.
fn recorded(row: &Row<'_>) -> rusqlite::Result<Option<Recorded>> {
    let Some(status) = row.get::<_, Option<i64>>(1)? else {
        return Ok(None);
    };
    let note = || Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(6)?.unwrap_or_default());
    let answer = match kind(status, 1)? {
        AnsweredKind::Suppressed => return Ok(Some(Recorded::Suppressed)),
        AnsweredKind::Found => {
            let number = PhoneNumber::parse(row.get_ref(4)?.as_str()?)
                .ok_or_else(|| unreadable(4, "a number"))?;
            let country = row.get_ref(5)?.as_str_or_null()?.and_then(Country::parse);
            Answer::Found { number, country }
        }
        AnsweredKind::NotFound => Answer::NotFound,
        AnsweredKind::Invalid => Answer::Invalid(note()?),
        AnsweredKind::Failed => Answer::Failed(note()?),
    };
    let asked = Moment(row.get(3)?);
    let answered = row.get::<_, Option<i64>>(2)?.map_or(asked, Moment);
    Ok(Some(Recorded::Answer {
        answer,
        answered,
        asked,
    }))
}

/// The stored codes. They are part of the ledger's format.
pub(super) const FOUND: i64 = 1;
pub(super) const NOT_FOUND: i64 = 2;
pub(super) const INVALID: i64 = 3;
pub(super) const FAILED: i64 = 4;
pub(super) const SUPPRESSED: i64 = 5;

fn kind(status: i64, column: usize) -> rusqlite::Result<AnsweredKind> {
    Ok(match status {
        FOUND => AnsweredKind::Found,
        NOT_FOUND => AnsweredKind::NotFound,
        INVALID => AnsweredKind::Invalid,
        FAILED => AnsweredKind::Failed,
        SUPPRESSED => AnsweredKind::Suppressed,
        _ => return Err(unreadable(column, "a status")),
    })
}

fn unreadable(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Text,
        format!("not {what} this ledger can hold").into(),
    )
}
