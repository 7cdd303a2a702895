//! People: entering them, and what is known of them.

use super::types::{
    AnsweredKind, BatchNo, Claim, Freshness, PersonId, PersonRecord, PersonStatus, Status,
    StoredAnswer,
};
use super::{Ledger, Result};
use crate::people::{Answer, Country, PersonKey, PhoneNumber};
use crate::units::Moment;
use rusqlite::types::Type;
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction};
use std::collections::HashMap;

impl Ledger {
    /// Enters these people, unclaimed, where they are not known yet, and says what is known of each, in the order
    /// asked. New people get ids in that order. Meant for large chunks: 100,000 at once cost a tenth of 3,000 at
    /// a time.
    ///
    /// # Errors
    /// Where the ledger cannot be written; nobody was entered then.
    pub fn upsert_people(
        &self,
        keys: Vec<PersonKey>,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Vec<PersonStatus>>> + use<> {
        self.ask(move |store| store.write(|t| upsert_people(t, &keys, freshness)))
    }

    /// What is known of people who were entered before, in the order asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn person_statuses(
        &self,
        people: Vec<PersonId>,
        freshness: Freshness,
    ) -> Result<Vec<PersonStatus>> {
        self.ask(move |store| {
            store.read(|t| {
                let states = states(t, &people, freshness)?;
                let paired = |(&person, status)| PersonStatus { person, status };
                Ok(people.iter().zip(states).map(paired).collect())
            })
        })
        .await
    }

    /// All that rows can be told about their people, in the order asked.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn person_records(&self, people: Vec<PersonId>) -> Result<Vec<PersonRecord>> {
        self.ask(move |store| store.read(|t| person_records(t, &people))).await
    }
}

/// Somebody who was erased while this run was under way: not to be searched for by it any more.
const FORGOTTEN: Status = Status::Answered(AnsweredKind::Suppressed);

fn upsert_people(
    t: &Transaction<'_>,
    keys: &[PersonKey],
    freshness: Freshness,
) -> rusqlite::Result<Vec<PersonStatus>> {
    let mut ids = vec![None; keys.len()];
    let mut last = last_id(t)?;
    if last > 0 {
        match_in_order(t, keys, &mut ids)?;
    }
    // In key order the index is read and written page by page instead of all over the place.
    let mut strange: Vec<u32> = (0..u32::try_from(keys.len())
        .expect("a chunk has fewer than 2^32 people"))
        .filter(|&i| ids[i as usize].is_none())
        .collect();
    let at = |i: u32| keys[i as usize];
    strange.sort_unstable_by_key(|&i| (at(i), i));
    // Of each unknown person the first place in the chunk; the later ones follow once there is an id.
    let mut new: Vec<u32> = Vec::new();
    let mut find = t.prepare_cached(BY_KEY)?;
    for same in strange.chunk_by(|&a, &b| at(a) == at(b)) {
        let id = if last > 0 { id_of(&mut find, at(same[0]))? } else { None };
        match id {
            Some(_) => {
                for &i in same {
                    ids[i as usize] = id;
                }
            }
            None => new.push(same[0]),
        }
    }

    let known_until = last;
    let mut by_file_order = new.clone();
    by_file_order.sort_unstable();
    for &i in &by_file_order {
        last += 1;
        ids[i as usize] = Some(PersonId(last));
    }
    let entry = |i: u32| (ids[i as usize].expect("just numbered"), at(i));
    insert(t, by_file_order.into_iter().map(entry), new.iter().copied().map(entry))?;
    count(t, last)?;
    for same in strange.chunk_by(|&a, &b| at(a) == at(b)) {
        let id = ids[same[0] as usize];
        for &i in same {
            ids[i as usize] = id;
        }
    }

    let status = |id: Option<PersonId>| PersonStatus {
        person: id.expect("whoever was not known was entered"),
        status: Status::Open,
    };
    let mut statuses: Vec<PersonStatus> = ids.into_iter().map(status).collect();
    // Whoever was just entered is open.
    let old = statuses.iter().map(|status| status.person).filter(|person| person.0 <= known_until);
    let old: Vec<PersonId> = old.collect();
    let known_of_old = states(t, &old, freshness)?;
    let places = statuses.iter_mut().filter(|status| status.person.0 <= known_until);
    for (status, known) in places.zip(known_of_old) {
        status.status = known;
    }
    Ok(statuses)
}

/// Finds people by their ids alone, where the sheet has them in the order in which they were entered: an earlier
/// version of the same sheet is the usual case. Reading on along the ids costs a tenth of looking a key up.
///
/// Leaves `None` where somebody stands elsewhere, or nowhere.
fn match_in_order(
    t: &Transaction<'_>,
    keys: &[PersonKey],
    ids: &mut [Option<PersonId>],
) -> rusqlite::Result<()> {
    /// After that many rows of other people, one is looked up to find the place again.
    const LOST: usize = 16;
    let mut find = t.prepare_cached(BY_KEY)?;
    let mut read = t.prepare_cached("SELECT id, key FROM people WHERE id >= ?1 ORDER BY id")?;
    let mut i = 0;
    while i < keys.len() {
        let Some(from) = id_of(&mut find, keys[i])? else {
            // The ones behind may be new as well, and most are when one is.
            i += LOST;
            continue;
        };
        let mut rows = read.query([from.0])?;
        let mut next = rows.next()?;
        let mut strangers = 0;
        while let Some(row) = next
            && i < keys.len()
            && strangers < LOST
        {
            if row.get_ref(1)?.as_blob()? == keys[i].as_bytes() {
                ids[i] = Some(PersonId(row.get(0)?));
                strangers = 0;
                next = rows.next()?;
            } else {
                strangers += 1;
            }
            i += 1;
        }
        if next.is_none() {
            // Nobody was entered after this person: whoever follows is new, or stands further up.
            i += LOST;
        }
    }
    Ok(())
}

const BY_KEY: &str = "SELECT person FROM keys WHERE key = ?1";

fn id_of(find: &mut CachedStatement<'_>, key: PersonKey) -> rusqlite::Result<Option<PersonId>> {
    find.query_row([key.as_bytes()], |row| Ok(PersonId(row.get(0)?))).optional()
}

/// Who has this key, if anybody.
pub(super) fn find(t: &Transaction<'_>, key: PersonKey) -> rusqlite::Result<Option<PersonId>> {
    id_of(&mut t.prepare_cached(BY_KEY)?, key)
}

/// Enters one person who is not there yet.
pub(super) fn add(t: &Transaction<'_>, key: PersonKey) -> rusqlite::Result<PersonId> {
    let person = PersonId(last_id(t)? + 1);
    insert(t, [(person, key)], [(person, key)])?;
    count(t, person.0)?;
    Ok(person)
}

/// Removes a person; the number is not given to anybody else.
pub(super) fn remove(
    t: &Transaction<'_>,
    person: PersonId,
    key: PersonKey,
) -> rusqlite::Result<()> {
    t.prepare_cached("DELETE FROM people WHERE id = ?1")?.execute([person.0])?;
    t.prepare_cached("DELETE FROM keys WHERE key = ?1")?.execute([key.as_bytes()]).map(drop)
}

/// The highest id that was ever given out.
fn last_id(t: &Transaction<'_>) -> rusqlite::Result<i64> {
    let mut find = t.prepare_cached("SELECT value FROM meta WHERE name = 'last_person'")?;
    let last: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    match last.as_deref().map(str::parse) {
        None => Ok(0),
        Some(Ok(last)) => Ok(last),
        Some(Err(_)) => Err(unreadable(0, "a number of people")),
    }
}

/// Keeps ids up to this one from being given out again.
fn count(t: &Transaction<'_>, last: i64) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('last_person', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([last.to_string()])
    .map(drop)
}

/// Enters the same people by their ids and by their keys, each in its order. One row a statement: with many, SQLite keeps a copy of every page it touches so that it can take back
/// that statement alone, which costs a quarter more (measured with 400,000 people).
///
/// `OR ROLLBACK`, here and wherever many people are written, is for the same reason: a failed constraint ends the whole
/// operation, which is what [`Store::write`](super::store::Store::write) does anyway.
fn insert(
    t: &Transaction<'_>,
    by_id: impl IntoIterator<Item = (PersonId, PersonKey)>,
    by_key: impl IntoIterator<Item = (PersonId, PersonKey)>,
) -> rusqlite::Result<()> {
    let mut person =
        t.prepare_cached("INSERT OR ROLLBACK INTO people (id, key) VALUES (?1, ?2)")?;
    for (id, key) in by_id {
        person.execute((id.0, key.as_bytes()))?;
    }
    let mut owner =
        t.prepare_cached("INSERT OR ROLLBACK INTO keys (key, person) VALUES (?1, ?2)")?;
    for (id, key) in by_key {
        owner.execute((key.as_bytes(), id.0))?;
    }
    Ok(())
}

/// Reads the rows of these people in the order of their ids, which costs a fraction of as many look-ups: people of one
/// sheet stand together. `each` is told the place in `people`, once for everybody who is there; ids may repeat.
///
/// `columns` begins with the id.
fn scan_by_id(
    t: &Transaction<'_>,
    columns: &str,
    people: &[PersonId],
    mut each: impl FnMut(usize, &Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    /// The next id is read on to over at most this many others; beyond that it is looked up.
    const NEAR: i64 = 8;
    let mut order: Vec<u32> =
        (0..u32::try_from(people.len()).expect("fewer than 2^32 people are asked for")).collect();
    if !people.is_sorted() {
        order.sort_unstable_by_key(|&i| people[i as usize]);
    }
    let mut wanted =
        order.into_iter().map(|place| (place as usize, people[place as usize].0)).peekable();
    let mut read =
        t.prepare_cached(&format!("SELECT {columns} FROM people WHERE id >= ?1 ORDER BY id"))?;
    while let Some(&(_, from)) = wanted.peek() {
        let mut rows = read.query([from])?;
        loop {
            // Past the last row there is nobody any more who is asked for.
            let Some(row) = rows.next()? else {
                return Ok(());
            };
            let id: i64 = row.get(0)?;
            while wanted.next_if(|&(_, wanted)| wanted < id).is_some() {}
            while let Some((place, _)) = wanted.next_if(|&(_, wanted)| wanted == id) {
                each(place, row)?;
            }
            if wanted.peek().is_none_or(|&(_, wanted)| wanted > id + NEAR) {
                break;
            }
        }
    }
    Ok(())
}

/// What is known of each of these people.
pub(super) fn states(
    t: &Transaction<'_>,
    people: &[PersonId],
    freshness: Freshness,
) -> rusqlite::Result<Vec<Status>> {
    let mut states = vec![FORGOTTEN; people.len()];
    scan_by_id(t, "id, status, asked_at, batch", people, |place, row| {
        states[place] = known(row, 1, freshness)?;
        Ok(())
    })?;
    Ok(states)
}

/// Reads `status, asked_at, batch` from `column` on.
fn known(row: &Row<'_>, column: usize, freshness: Freshness) -> rusqlite::Result<Status> {
    if let Some(batch) = row.get::<_, Option<i64>>(column + 2)? {
        return Ok(Status::Claimed(BatchNo(batch)));
    }
    let Some(status) = row.get::<_, Option<i64>>(column)? else {
        return Ok(Status::Open);
    };
    let kind = kind(status, column)?;
    let asked = Moment(row.get(column + 1)?);
    Ok(if freshness.counts(kind, asked) { Status::Answered(kind) } else { Status::Open })
}

fn person_records(t: &Transaction<'_>, people: &[PersonId]) -> rusqlite::Result<Vec<PersonRecord>> {
    let forgotten = PersonRecord { recorded: Some(StoredAnswer::Suppressed), claim: None };
    let mut records = vec![forgotten; people.len()];
    let mut claims: HashMap<i64, Claim> = HashMap::new();
    let columns = "id, status, answered_at, asked_at, number, country, note, batch";
    scan_by_id(t, columns, people, |place, row| {
        let claim = match row.get::<_, Option<i64>>(7)? {
            None => None,
            Some(batch) => Some(if let Some(claim) = claims.get(&batch) {
                claim.clone()
            } else {
                let claim = super::batches::claim_of(t, BatchNo(batch))?;
                claims.insert(batch, claim.clone());
                claim
            }),
        };
        let recorded = recorded(row)?;
        records[place] = PersonRecord { recorded, claim };
        Ok(())
    })?;
    Ok(records)
}

/// Reads `status, answered_at, asked_at, number, country, note` from column 1 on.
fn recorded(row: &Row<'_>) -> rusqlite::Result<Option<StoredAnswer>> {
    let Some(status) = row.get::<_, Option<i64>>(1)? else {
        return Ok(None);
    };
    let note = || Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(6)?.unwrap_or_default());
    let answer = match kind(status, 1)? {
        AnsweredKind::Suppressed => return Ok(Some(StoredAnswer::Suppressed)),
        AnsweredKind::Found => {
            let number = PhoneNumber::parse(row.get_ref(4)?.as_str()?)
                .ok_or_else(|| unreadable(4, "a number"))?;
            let country = row.get_ref(5)?.as_str_or_null()?.and_then(Country::parse);
            Answer::Found { number, country }
        }
        AnsweredKind::NotFound => Answer::NotFound,
        AnsweredKind::Invalid => Answer::Invalid(note()?),
        AnsweredKind::Failed => Answer::Failed(note()?),
        AnsweredKind::Unusable => Answer::Unusable(note()?),
    };
    let asked = Moment(row.get(3)?);
    let answered = row.get::<_, Option<i64>>(2)?.map_or(asked, Moment);
    Ok(Some(StoredAnswer::Answer { answer, answered, asked }))
}

/// The stored codes. They are part of the ledger's format.
pub(super) const FOUND: i64 = 1;
pub(super) const NOT_FOUND: i64 = 2;
pub(super) const INVALID: i64 = 3;
pub(super) const FAILED: i64 = 4;
pub(super) const SUPPRESSED: i64 = 5;
pub(super) const UNUSABLE: i64 = 6;

fn kind(status: i64, column: usize) -> rusqlite::Result<AnsweredKind> {
    Ok(match status {
        FOUND => AnsweredKind::Found,
        NOT_FOUND => AnsweredKind::NotFound,
        INVALID => AnsweredKind::Invalid,
        FAILED => AnsweredKind::Failed,
        SUPPRESSED => AnsweredKind::Suppressed,
        UNUSABLE => AnsweredKind::Unusable,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{EraseMode, LedgerLocation};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const NOW: Moment = Moment(1_000);
    const FRESH: Freshness = Freshness { found: NOW, not_found: NOW, failed: NOW };

    fn key(n: u8) -> PersonKey {
        let mut bytes = [n.wrapping_mul(151); 16];
        bytes[15] = n;
        PersonKey::from_bytes(bytes)
    }

    /// A sheet as it may come: people in any order, some of them more than once.
    fn sheets() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let sheet = prop_oneof![
            (0..60_u8, 1..60_u8).prop_map(|(from, len)| (from..from.saturating_add(len)).collect()),
            proptest::collection::vec(0..90_u8, 0..80),
        ];
        proptest::collection::vec(sheet, 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However sheets overlap, are shuffled or repeat people, and whoever is forgotten in between: a person keeps
        /// one number, no two share one, and a number is never used again.
        #[test]
        fn a_person_has_one_number_for_ever(sheets in sheets(), gone in proptest::collection::vec(0..90_u8, 0..6)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
                let mut numbers: BTreeMap<u8, PersonId> = BTreeMap::new();
                let mut used: BTreeMap<PersonId, u8> = BTreeMap::new();
                for (round, sheet) in sheets.into_iter().enumerate() {
                    let keys = sheet.iter().map(|&n| key(n)).collect();
                    let statuses = ledger.upsert_people(keys, FRESH).await.unwrap();
                    prop_assert_eq!(statuses.len(), sheet.len());
                    for (n, status) in sheet.into_iter().zip(statuses) {
                        prop_assert_eq!(status.status, Status::Open);
                        prop_assert_eq!(*numbers.entry(n).or_insert(status.person), status.person);
                        prop_assert_eq!(*used.entry(status.person).or_insert(n), n);
                    }
                    if let Some(&n) = gone.get(round) {
                        ledger.forget(vec![key(n)], EraseMode::Erase, NOW).await.unwrap();
                        numbers.remove(&n);
                    }
                }
                Ok(())
            })?;
        }
    }
}
