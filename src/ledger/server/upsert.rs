//! Finding people by their keys, and adding those who are not there. It reads first: a list that is known writes
//! nothing. The decision is made here from what was read. It is written only if that is still true; otherwise it is
//! read again.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{OperationError, Outcome, get};
use super::params::params;
use super::people::{place, status};
use super::session::ServerSession;
use crate::ledger::error::Result;
use crate::ledger::resolver::{Found, KeyState, KindCounts, Resolver, Rows};
use crate::ledger::types::{Alias, FoundBy, Freshness, PersonId, PersonStatus, Status};
use crate::people::PersonKey;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;
use tokio_postgres::Row;

/// People who are not in the ledger yet have numbers from here on until it gives them theirs.
const PROVISIONAL: i64 = 1 << 62;

impl ServerLedger {
    pub(in crate::ledger) fn upsert_people(
        &self,
        keys: Vec<PersonKey>,
        aliases: Vec<Alias>,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Vec<PersonStatus>>> + use<> {
        self.ask(async move |session| upsert(session, &keys, &aliases, freshness).await)
    }
}

pub(super) async fn upsert(
    session: &mut ServerSession,
    keys: &[PersonKey],
    aliases: &[Alias],
    freshness: Freshness,
) -> Outcome<Vec<PersonStatus>> {
    let began = Instant::now();
    loop {
        let outcome = if aliases.is_empty() {
            by_own_keys(session, keys, freshness).await
        } else {
            by_all_keys(session, &Rows::new(keys, aliases), freshness).await
        };
        match outcome {
            Err(OperationError::Raced) if session.is_patient(began) => {
                ServerSession::pause(began).await;
            }
            outcome => return outcome,
        }
    }
}

fn by(row: &Row) -> Outcome<FoundBy> {
    Ok(if get(row, "own")? { FoundBy::OwnKey } else { FoundBy::Alias })
}

/// Of people without aliases only the key of their search is looked up.
async fn by_own_keys(
    session: &mut ServerSession,
    keys: &[PersonKey],
    freshness: Freshness,
) -> Outcome<Vec<PersonStatus>> {
    // In the order of the index, which is then read from one end to the other.
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by_key(|&place| keys[place]);
    let asked: Vec<Digest> = order.iter().map(|&place| keys[place].into()).collect();
    let sql = include_str!("sql/find_people.sql");
    let rows = session.query(sql, params![asked => UUID_ARRAY]).await?;
    let mut statuses: Vec<Option<PersonStatus>> = vec![None; keys.len()];
    let mut fits_two = vec![false; keys.len()];
    for row in &rows {
        let key = *place(&mut order, row)?;
        match get(row, "person")? {
            None => fits_two[key] = true,
            Some(person) => {
                let (person, found_by) = (PersonId(person), by(row)?);
                let status = status(session, row, freshness)?;
                statuses[key] = Some(PersonStatus { person, status, found_by });
            }
        }
    }
    if statuses.iter().any(Option::is_none) {
        let mut additions = Additions::default();
        let mut places: HashMap<PersonKey, PersonId> = HashMap::new();
        for (place, key) in keys.iter().enumerate() {
            if statuses[place].is_none() && !places.contains_key(key) {
                let stored = if fits_two[place] { KeyState::FitsTwo } else { KeyState::Free };
                let person = additions.person(*key);
                places.insert(*key, person);
                additions.keys.push((*key, stored, KeyState::Of(person, FoundBy::OwnKey)));
            }
        }
        let ids = additions.write(session).await?;
        for (place, key) in keys.iter().enumerate() {
            let added = || open(ids[key], FoundBy::OwnKey);
            statuses[place].get_or_insert_with(added);
        }
    }
    Ok(statuses.into_iter().map(|status| status.expect("found or added")).collect())
}

fn open(person: PersonId, found_by: FoundBy) -> PersonStatus {
    PersonStatus { person, status: Status::Open, found_by }
}

const READ_KEYS: &str = include_str!("sql/read_keys.sql");

/// With aliases all keys of a row are looked up, and all keys of the people who have one of them.
async fn by_all_keys(
    session: &mut ServerSession,
    rows: &Rows<'_>,
    freshness: Freshness,
) -> Outcome<Vec<PersonStatus>> {
    let mut resolved = vec![None; rows.keys.len()];
    let wanted = rows.wanted(&resolved);
    let asked: Vec<Digest> = wanted.keys.iter().copied().map(Digest::from).collect();
    let found = session.query(READ_KEYS, params![asked => UUID_ARRAY]).await?;
    let mut stored = vec![KeyState::Free; wanted.keys.len()];
    let mut keys_of: HashMap<PersonId, Vec<PersonKey>> = HashMap::new();
    let mut known: HashMap<PersonId, Status> = HashMap::new();
    for row in &found {
        let key = PersonKey::from_bytes(get::<Digest>(row, "key")?.0);
        let person = get::<Option<i64>>(row, "person")?.map(PersonId);
        if get(row, "is_asked")? {
            let state = match person {
                None => KeyState::FitsTwo,
                Some(person) => KeyState::Of(person, by(row)?),
            };
            if let Ok(place) = wanted.keys.binary_search(&key) {
                stored[place] = state;
            }
        } else if let Some(person) = person {
            keys_of.entry(person).or_default().push(key);
            if by(row)? == FoundBy::OwnKey {
                known.insert(person, status(session, row, freshness)?);
            }
        }
    }
    let load = |person| {
        let keys = keys_of.get(&person).into_iter().flatten().copied();
        Ok::<_, Infallible>(KindCounts::of(keys))
    };
    let mut people = Resolver::new(&wanted, stored.clone(), PROVISIONAL, load);
    let Ok(()) = people.resolve_all(rows, &mut resolved);
    let changes = people.changes();
    let mut additions = Additions::default();
    for (_, new) in changes.new_people() {
        additions.person(new.key);
    }
    for (key, state) in changes.keys() {
        additions.keys.push((wanted.keys[key], stored[key], state));
    }
    let own: Vec<PersonKey> = additions.new.clone();
    let ids = additions.write(session).await?;
    let real = |found: Found| {
        if let Ok(place) = usize::try_from(found.person.0 - PROVISIONAL - 1) {
            return open(ids[&own[place]], found.by);
        }
        let status = known.get(&found.person).copied().unwrap_or(Status::Open);
        PersonStatus { person: found.person, status, found_by: found.by }
    };
    Ok(resolved.into_iter().flatten().map(real).collect())
}

/// What is not in the ledger yet.
#[derive(Default)]
struct Additions {
    /// The keys of new people, in the order of their ids.
    new: Vec<PersonKey>,
    /// Keys, what was stored for them, and what is to be stored.
    keys: Vec<(PersonKey, KeyState, KeyState)>,
}

impl Additions {
    fn person(&mut self, key: PersonKey) -> PersonId {
        self.new.push(key);
        PersonId(PROVISIONAL.saturating_add_unsigned(self.new.len() as u64))
    }

    /// Writes all of it, or nothing where others were faster. Says which ids the new people have.
    async fn write(mut self, session: &mut ServerSession) -> Outcome<HashMap<PersonKey, PersonId>> {
        if self.keys.is_empty() {
            return Ok(HashMap::new());
        }
        self.keys.sort_unstable_by_key(|(key, ..)| *key);
        let new: Vec<Digest> = self.new.iter().copied().map(Digest::from).collect();
        let (mut added, mut changed) = (KeyColumns::default(), KeyColumns::default());
        for &(key, stored, state) in &self.keys {
            let columns = if stored == KeyState::Free { &mut added } else { &mut changed };
            columns.push(&self.new, key, stored, state);
        }
        let params = params![new => UUID_ARRAY,
            added.keys => UUID_ARRAY, added.people => INT8_ARRAY, added.of_new => UUID_ARRAY, added.own => BOOL_ARRAY,
            changed.keys => UUID_ARRAY, changed.were => INT8_ARRAY, changed.people => INT8_ARRAY,
            changed.of_new => UUID_ARRAY, changed.own => BOOL_ARRAY];
        let rows = session.query(include_str!("sql/add_people.sql"), params).await?;
        let mut ids = HashMap::with_capacity(rows.len());
        for row in &rows {
            if let Some(key) = get::<Option<Digest>>(row, "key")? {
                ids.insert(PersonKey::from_bytes(key.0), PersonId(get(row, "id")?));
            }
        }
        Ok(ids)
    }
}

/// Keys as the statement takes them.
#[derive(Default)]
struct KeyColumns {
    keys: Vec<Digest>,
    were: Vec<Option<i64>>,
    people: Vec<Option<i64>>,
    of_new: Vec<Option<Digest>>,
    own: Vec<bool>,
}

impl KeyColumns {
    fn push(&mut self, new: &[PersonKey], key: PersonKey, stored: KeyState, state: KeyState) {
        let person = |state| match state {
            KeyState::Of(person, _) => Some(person.0),
            KeyState::Free | KeyState::FitsTwo => None,
        };
        let becomes = person(state);
        let of_new = becomes.and_then(|id| usize::try_from(id - PROVISIONAL - 1).ok());
        self.keys.push(key.into());
        self.were.push(person(stored));
        self.people.push(if of_new.is_some() { None } else { becomes });
        self.of_new.push(of_new.map(|place| new[place].into()));
        self.own.push(matches!(state, KeyState::Of(_, FoundBy::OwnKey)));
    }
}
