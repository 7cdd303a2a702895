//! What only a ledger on a server can be asked.

use super::postgres::{location, own_server, server};
use super::*;
use crate::ledger::{LedgerError, LedgerErrorKind as Kind, Owner, Status};
use crate::people::Answer;

fn open(address: &str) -> Result<Ledger, LedgerError> {
    Ledger::open(location(address))
}

#[track_caller]
fn assert_refused(address: &str, expected: impl FnOnce(&Kind) -> bool) {
    let error = open(address).unwrap_err();
    assert!(expected(error.kind()), "{error}");
}

#[test]
fn programs_that_begin_at_once_make_one_ledger() {
    let Some(server) = server() else { return };
    let address = server.address(&server.new_database("template1"));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| drop(open(&address).unwrap()));
        }
    });
}

#[test]
fn a_ledger_of_another_api_or_a_later_release_is_refused() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let address = server.address(&name);
    drop(open(&address).unwrap());
    let set = |name_of: &str, value: &str| {
        let row = format!("INSERT INTO enrow_phone.meta VALUES ('{name_of}', '{value}')");
        server.sql(&name, &format!("{row} ON CONFLICT (name) DO UPDATE SET value = '{value}'"));
    };
    // A later release that only added something does not mind.
    set("version", "9");
    set("oldest", "1");
    drop(open(&address).unwrap());
    set("oldest", "9");
    assert_refused(&address, |kind| matches!(kind, Kind::Newer { found: 9, .. }));
    set("oldest", "1");
    set("api", "elsewhere");
    assert_refused(&address, |kind| matches!(kind, Kind::OtherApi { .. }));
}

#[tokio::test]
async fn a_user_without_rights_is_told_so_and_one_with_rights_need_not_own_it() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    server.sql(&name, "CREATE ROLE colleague LOGIN");
    let as_colleague = server.address_as("colleague", &name);
    assert_refused(&as_colleague, |kind| matches!(kind, Kind::Rights(_)));
    drop(open(&server.address(&name)).unwrap());
    assert_refused(&as_colleague, |kind| matches!(kind, Kind::Rights(_)));
    server.sql(
        &name,
        "GRANT USAGE ON SCHEMA enrow_phone TO colleague;
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA enrow_phone TO colleague;
         GRANT SELECT, USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA enrow_phone TO colleague",
    );
    let ledger = open(&as_colleague).unwrap();
    let people = add(&ledger, &["ada", "ben"]).await;
    let batch = claim(&ledger, &people).await;
    accept(&ledger, batch, "b-1").await;
    let answers = vec![(people[0], Answer::NotFound)];
    ledger.record(batch, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
}

/// The server has been told to wait ten seconds before it writes what nobody waits for.
#[tokio::test]
async fn a_claim_outlives_a_crash_whatever_the_role_says_and_so_does_the_run() {
    let Some(server) = own_server("crash", "-c wal_writer_delay=10s") else { return };
    let name = server.new_database("template1");
    server.sql(&name, "CREATE ROLE hasty LOGIN SUPERUSER");
    server.sql(&name, "ALTER ROLE hasty SET synchronous_commit = off");
    let ledger = open(&server.address_as("hasty", &name)).unwrap();
    let people = add(&ledger, &["ada", "ben"]).await;
    let batch = claim(&ledger, &people[..1]).await;
    server.crash();
    server.run();
    // The same run goes on, on a new connection.
    let statuses = ledger.person_statuses(people.clone(), ANY_AGE).await.unwrap();
    let known: Vec<Status> = statuses.iter().map(|status| status.status).collect();
    assert_eq!(known, [Status::Claimed(batch), Status::Open]);
    assert_eq!(batch_record(&ledger, batch).await.owner, Owner::Us);
    // What is released is released for good.
    assert!(ledger.release(batch).await.unwrap());
    server.crash();
    server.run();
    let statuses = ledger.person_statuses(people, ANY_AGE).await.unwrap();
    assert!(statuses.iter().all(|status| status.status == Status::Open));
}

#[test]
fn a_server_that_may_forget_or_that_only_reads_is_refused() {
    let Some(server) = own_server("forgetful", "-c fsync=off") else { return };
    assert_refused(&server.address("postgres"), |kind| *kind == Kind::Forgetful);
    let Some(server) = own_server("reader", "-c default_transaction_read_only=on") else { return };
    assert_refused(&server.address("postgres"), |kind| *kind == Kind::Standby);
}

#[test]
fn a_ledger_of_the_first_version_becomes_one_of_today() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let address = server.address(&name);
    drop(open(&address).unwrap());
    for table in ["batches", "savings"] {
        server.sql(
            &name,
            &format!("ALTER TABLE enrow_phone.{table} DROP COLUMN host, DROP COLUMN username"),
        );
    }
    server.sql(&name, "UPDATE enrow_phone.meta SET value = '1' WHERE name = 'version'");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(open(&address).unwrap()));
        }
    });
    assert_eq!(server.sql(&name, "SELECT value FROM enrow_phone.meta WHERE name = 'version'"), "2");
}
