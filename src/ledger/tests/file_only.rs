//! What only a ledger in a file can be asked: it looks into the file and beside it.

use super::on_file::ledger;
use super::*;
use crate::ledger::types::{AccountState, Alias};
use crate::ledger::{BatchState, Owner};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn reading_the_state_of_an_unknown_account_writes_nothing() {
    let ledger = ledger();
    let holder = rusqlite::Connection::open(ledger.location().file().unwrap()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let state = ledger.account_state(account()).await.unwrap();
    assert_eq!(state, AccountState::default());
}

/// So many at once that what the ledger does not know is not looked up.
#[tokio::test]
async fn a_long_list_finds_its_own_people_and_those_whom_another_run_adds_meanwhile() {
    let digest = |number: u32, kind: u8| {
        let mut bytes: [u8; 16] = Sha256::digest(number.to_be_bytes())[..16].try_into().unwrap();
        bytes[0] = bytes[0] & 0x3f | kind << 6;
        PersonKey::from_bytes(bytes)
    };
    let rows = async |ledger: &Ledger, numbers: Vec<u32>| {
        let keys = numbers.iter().map(|number| digest(*number, 0)).collect();
        let alias = |(row, number): (usize, &u32)| Alias { row, key: digest(*number, 2) };
        let aliases = numbers.iter().enumerate().map(alias).collect();
        let found = ledger.upsert_people(keys, aliases, ANY_AGE).await.unwrap();
        found.into_iter().map(|status| status.person.number()).collect::<Vec<_>>()
    };
    let ledger = ledger();
    let other = Ledger::open(ledger.location().clone()).unwrap();
    assert!(rows(&ledger, (0..10_000).collect()).await.into_iter().eq(1..=10_000));
    // New, and one who was there.
    assert_eq!(rows(&ledger, vec![20_001, 20_002, 7]).await, [10_001, 10_002, 8]);
    // Another key of somebody who was there: nobody is added.
    let (own, domain) = (digest(9, 0), digest(40_000, 1));
    let alias = vec![Alias { row: 0, key: domain }];
    other.upsert_people(vec![own], alias, ANY_AGE).await.unwrap();
    let alias = vec![Alias { row: 0, key: digest(40_001, 2) }];
    let found = ledger.upsert_people(vec![domain], alias, ANY_AGE).await.unwrap();
    assert_eq!(found[0].person.number(), 10);
    assert_eq!(rows(&other, vec![30_002]).await, [10_003]);
    assert_eq!(rows(&ledger, vec![30_001, 30_002, 20_002]).await, [10_004, 10_003, 10_002]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_run_whose_lock_was_removed_is_alive_as_long_as_its_process() {
    let ledger = ledger();
    let people = add(&ledger, &["ada"]).await;
    let batch = claim(&ledger, &people).await;
    let other = Ledger::open(ledger.location().clone()).unwrap();
    let path = ledger.location().file().unwrap().to_owned();
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().contains("-run-") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    other.reap_dead_runs(NOW).await.unwrap();
    let seen = batch_record(&other, batch).await;
    assert_eq!((seen.state, seen.owner), (BatchState::Sending, Owner::Alive));
    // Its number is that of another process now.
    let sql = "UPDATE runs SET started = replace(started, rtrim(started, '0123456789'), rtrim(started, '0123456789') || '9')";
    rusqlite::Connection::open(&path).unwrap().execute(sql, []).unwrap();
    other.reap_dead_runs(NOW).await.unwrap();
    let seen = batch_record(&other, batch).await;
    assert_eq!((seen.state, seen.owner), (BatchState::Unknown, Owner::Dead));
}

#[test]
fn a_ledger_of_the_first_version_becomes_one_of_today_and_gets_a_name_that_it_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let open = || drop(Ledger::open(LedgerLocation::at(path.clone(), "test".to_owned())).unwrap());
    open();
    let file = rusqlite::Connection::open(&path).unwrap();
    for table in ["runs", "batches", "savings"] {
        let sql = format!(
            "ALTER TABLE {table} DROP COLUMN host; ALTER TABLE {table} DROP COLUMN username;"
        );
        file.execute_batch(&sql).unwrap();
    }
    file.execute_batch(
        "DROP TABLE released; DROP TABLE budgets; DROP TABLE reservations; DELETE FROM meta WHERE name = 'id'; PRAGMA user_version = 1;
         ALTER TABLE people DROP COLUMN kinds; CREATE INDEX aliases ON keys (person) WHERE role = 0",
    )
    .unwrap();
    let name = || -> String {
        file.query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0)).unwrap()
    };
    open();
    let first = name();
    assert_eq!(first.len(), 32);
    open();
    assert_eq!(name(), first);
}
