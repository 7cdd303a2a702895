//! What only a ledger in a file can be asked: it looks into the file and beside it.

use super::on_file::ledger;
use super::*;
use crate::ledger::types::AccountState;
use crate::ledger::{BatchState, Owner};

#[tokio::test]
async fn reading_the_state_of_an_unknown_account_writes_nothing() {
    let ledger = ledger();
    let holder = rusqlite::Connection::open(ledger.location().file().unwrap()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let state = ledger.account_state(account()).await.unwrap();
    assert_eq!(state, AccountState::default());
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
