//! A file that somebody else made: it can lie about answers, and do nothing more.

use super::*;
use crate::ledger::{LedgerError, LedgerErrorKind};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn open(path: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(LedgerLocation::at(path.to_owned(), "test".to_owned()))
}

/// A folder with a sound ledger that nobody uses.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(open(&path).unwrap());
    (folder, path)
}

fn edit(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[track_caller]
fn assert_refused(path: &Path, why: &str) {
    let error = open(path).unwrap_err();
    assert_eq!(*error.kind(), LedgerErrorKind::Io(why.to_owned()));
}

#[test]
fn a_run_token_never_becomes_the_name_of_a_file_elsewhere() {
    let (folder, path) = folder();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let inner_path = inner.join("ledger.db");
    fs::rename(&path, &inner_path).unwrap();
    fs::create_dir(inner.join("ledger.db-run-")).unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for token in ["/../../victim", "0123456789ABCDEF", "", "0123456789abcdef0"] {
        edit(&inner_path, &format!("INSERT INTO runs (token) VALUES ('{token}')"));
    }
    drop(open(&inner_path).unwrap());
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    let ledger = rusqlite::Connection::open(&inner_path).unwrap();
    let runs: i64 = ledger.query_row("SELECT count(*) FROM runs", [], |row| row.get(0)).unwrap();
    assert_eq!(runs, 0);
}

#[test]
fn its_triggers_and_views_do_not_run() {
    let (_folder, path) = folder();
    edit(
        &path,
        "CREATE TRIGGER greedy AFTER INSERT ON runs BEGIN DELETE FROM meta; END;
         ALTER TABLE keys RENAME TO hidden;
         CREATE VIEW keys AS SELECT * FROM hidden;",
    );
    let ledger = open(&path).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found =
        runtime.block_on(ledger.forget(vec![key("ada")], crate::ledger::EraseMode::Erase, NOW));
    assert!(found.is_err(), "a view was read");
    drop(ledger);
    let ledger = rusqlite::Connection::open(&path).unwrap();
    let api: String = ledger
        .query_row("SELECT value FROM meta WHERE name = 'api'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(api, "test");
}

/// Of another program, of another version, or of another API.
#[test]
fn a_database_that_is_not_ours_is_refused() {
    for (sql, why) in [
        ("PRAGMA application_id = 1", "Damaged(\"it is a database of another program\")"),
        ("PRAGMA user_version = -1", "Damaged(\"it has no version\")"),
        ("PRAGMA user_version = 9999", "Newer { found: 9999,"),
        ("UPDATE meta SET value = 'other' WHERE name = 'api'", "OtherApi { theirs: \"other\","),
    ] {
        let (_folder, path) = folder();
        edit(&path, sql);
        let error = open(&path).unwrap_err();
        assert!(format!("{:?}", error.kind()).starts_with(why), "{error:?}");
    }
    let (folder, path) = folder();
    fs::create_dir(folder.path().join("ledger.db-wal")).unwrap();
    assert_refused(
        &path,
        "it stands beside the ledger with the name of a part of it, and is not a regular file",
    );
    // A name without a folder.
    let error = open(Path::new("Cargo.toml")).unwrap_err();
    assert_eq!(*error.kind(), LedgerErrorKind::Damaged("it is not a database".to_owned()));
    let new = folder.path().join("new.db");
    for (text, is_refused) in [("notes", true), ("", false)] {
        fs::write(&new, text).unwrap();
        assert_eq!(open(&new).is_err(), is_refused, "{text:?}");
    }
}

/// Power may fail at any time, and others may look.
#[cfg(unix)]
#[test]
fn a_ledger_is_closed_to_others_and_keeps_a_journal() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = folder();
    for (before, after) in [(0o644, 0o600), (0o700, 0o700)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
        drop(open(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, after);
    }
    let file = rusqlite::Connection::open(&path).unwrap();
    let mode: String = file.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn what_is_not_the_path_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:ledger.db?mode=memory"] {
        assert_refused(Path::new(name), "it is not the path of a file");
    }
    fs::create_dir(folder.path().join("folder.db")).unwrap();
    assert_refused(&folder.path().join("folder.db"), "it is not a regular file");
}

#[cfg(unix)]
#[test]
fn devices_pipes_and_links_are_refused_and_a_link_to_the_folder_is_not() {
    let (folder, path) = folder();
    assert_refused(Path::new("/dev/null"), "it is not a regular file");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert_refused(&pipe, "it is not a regular file");
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_refused(&link, "it is a symbolic link; name the file that it leads to");

    let elsewhere = tempfile::tempdir().unwrap();
    let linked = elsewhere.path().join("state");
    std::os::unix::fs::symlink(folder.path(), &linked).unwrap();
    let (first, second) = (open(&path).unwrap(), open(&linked.join("ledger.db")).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let people = add(&first, &["ada"]).await;
        claim(&first, &people).await;
        let seen = second.batches(Which::Unsettled).await.unwrap();
        assert_eq!(seen[0].owner, crate::ledger::Owner::Alive);
    });
}

#[cfg(unix)]
#[test]
fn a_ledger_with_a_second_name_is_refused() {
    let (folder, path) = folder();
    fs::hard_link(&path, folder.path().join("second.db")).unwrap();
    assert_refused(
        &path,
        "it has a second name (a hard link), and runs that use the other one would not be seen",
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_in_use_by_nobody_who_is_seen_is_refused() {
    let (_folder, path) = folder();
    // As a run that came by another mount holds it.
    let holder = fs::File::open(&path).unwrap();
    holder.lock_shared().unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(*error.kind(), LedgerErrorKind::OpenElsewhere);
    // It is waited for where it ends in time.
    let ends = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(holder);
    });
    let first = open(&path).unwrap();
    ends.join().unwrap();
    // And runs beside each other see each other.
    let many: Vec<Ledger> = (0..4).map(|_| open(&path).unwrap()).collect();
    drop(first);
    drop(many);
    open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("songs.db");
    edit(&path, "CREATE TABLE songs (name TEXT)");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let before = fs::read(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error.kind(), LedgerErrorKind::Damaged(_)), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
}

/// The columns of numbers, and what they hold at worst.
const NUMBERS: [&str; 33] = [
    "accounts.revision", "accounts.next_post", "accounts.price", "accounts.baseline",
    "accounts.baseline_at", "batches.searches", "batches.claimed_at", "batches.balance_before",
    "batches.answer_status", "batches.accepted_at", "batches.reserved", "batches.ended_at",
    "batches.refunded", "batches.found", "batches.owner", "batches.send_by", "batches.open",
    "batches.lost_at", "batches.looks", "batches.done_since", "batches.missing_since_server",
    "batches.stated_refund", "batches.from_sub", "people.names", "people.custom",
    "people.resubmitted", "people.batch", "people.answered_at", "people.asked_at",
    "members.position", "members.person", "members.people", "meta.value",
];

fn extremes() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(i64::MIN),
        Just(i64::MAX),
        Just(-1),
        Just(0),
        Just(1),
        Just(i64::MAX - 1),
        Just(1 << 33),
        any::<i64>(),
    ]
}

/// Every operation once. Errors are fine; a thread that panicked is not.
async fn use_everything(ledger: &Ledger) {
    use crate::ledger::types::ListScope;
    use crate::ledger::{EraseMode, Savings};
    fn check<T>(result: Result<T, LedgerError>) -> Option<T> {
        result
            .inspect_err(|error| assert_ne!(*error.kind(), LedgerErrorKind::Stopped, "{error}"))
            .ok()
    }
    let keys = vec![key("ada"), key("ben"), key("new")];
    let statuses =
        check(ledger.upsert_people(keys.clone(), Vec::new(), ANY_AGE).await).unwrap_or_default();
    let people: Vec<PersonId> = statuses.iter().map(|status| status.person).collect();
    check(ledger.person_statuses(people.clone(), ANY_AGE).await);
    check(ledger.person_records(people.clone()).await);
    let state = check(ledger.account_state(account()).await);
    if let Some(state) = state {
        let _ = state.expected_balance();
        check(ledger.note_balance(account(), Credits(u64::MAX), state, NOW).await);
    }
    check(ledger.reserve_post(account(), NOW).await);
    check(ledger.totals().await);
    check(ledger.found_rate().await);
    let savings = Savings { numbers: 3, account: Some(account()), label: None, now: NOW };
    check(ledger.add_savings(savings).await);
    check(ledger.usage(Moment::NEVER).await);
    check(ledger.list_costs(ListScope([7; 16])).await);
    check(ledger.reap_dead_runs(NOW).await);
    for which in [Which::Unsettled, Which::RecentlyEnded(9)] {
        for batch in check(ledger.batches(which).await).unwrap_or_default() {
            check(ledger.members(batch.batch).await);
            for moment in [Some(batch.claimed), batch.accepted, batch.ended].into_iter().flatten() {
                let _ = (moment.rfc3339(), NOW.since(moment), moment.since(NOW));
            }
            let outcome = accepted("b-9", Reserved::Stated(Credits(1)));
            check(ledger.record_post(batch.batch, outcome, None, NOW).await);
            let answers = people.iter().map(|&p| (p, crate::people::Answer::NotFound)).collect();
            let completed = BatchLook { answers, ..look(LookStage::Completed) };
            check(ledger.record(batch.batch, completed).await);
            check(ledger.record_missing(batch.batch, LookTime { at: NOW, server: None }).await);
            check(ledger.unproven(batch.batch).await);
            check(ledger.release(batch.batch).await);
        }
    }
    let new = new_batch(&people);
    check(ledger.claim(new).await);
    check(ledger.forget(keys, EraseMode::Suppress, NOW).await);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn numbers_out_of_range_are_errors_and_never_a_panic(
        lies in proptest::collection::vec((0..NUMBERS.len(), extremes()), 1..4)
    ) {
        let (_folder, path) = folder();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sound = open(&path).unwrap();
        runtime.block_on(fill(&sound));
        drop(sound);
        for (column, value) in lies {
            let (table, column) = NUMBERS[column].split_once('.').unwrap();
            let mut value = value.to_string();
            let mut condition = String::new();
            if table == "meta" {
                value = format!("'{value}'");
                condition = " WHERE name != 'api'".to_owned();
            }
            edit(&path, &format!(
                "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;
                 UPDATE OR IGNORE {table} SET {column} = {value}{condition};"
            ));
        }
        if let Ok(ledger) = open(&path) {
            runtime.block_on(use_everything(&ledger));
        }
    }
}
