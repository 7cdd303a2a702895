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
