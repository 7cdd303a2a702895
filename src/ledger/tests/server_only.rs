//! What only a ledger on a server can be asked.

use super::postgres::{location, own_server, server};
use super::*;
use crate::ledger::{
    BatchState, EraseMode, LedgerError, LedgerErrorKind as Kind, Owner, SavedResponse, Status,
};
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
    server.sql(
        &name,
        "DROP TABLE enrow_phone.released, enrow_phone.budgets, enrow_phone.reservations;
         ALTER TABLE enrow_phone.runs RENAME COLUMN username TO person;
         ALTER TABLE enrow_phone.runs ADD COLUMN label text;
         ALTER TABLE enrow_phone.batches DROP CONSTRAINT batches_state_check, ADD CONSTRAINT batches_state_check
             CHECK (state IN ('sending', 'running', 'completed', 'failed', 'unknown'))",
    );
    server.sql(&name, "UPDATE enrow_phone.meta SET value = '1' WHERE name = 'version'");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(open(&address).unwrap()));
        }
    });
    let version = server.sql(&name, "SELECT value FROM enrow_phone.meta WHERE name = 'version'");
    assert_eq!(version, "4");
}

/// What a fail-over to a server that is behind does to the newest claims.
fn lose_batches(server: &super::postgres::Server, name: &str) {
    server.sql(
        name,
        "UPDATE enrow_phone.people SET batch = NULL; DELETE FROM enrow_phone.batches;
         ALTER TABLE enrow_phone.batches ALTER id RESTART; DELETE FROM enrow_phone.people; DELETE FROM enrow_phone.keys",
    );
}

#[tokio::test]
async fn a_claim_that_the_server_forgot_is_asserted_again_by_its_live_owner() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let (ledger, other) =
        (open(&server.address(&name)).unwrap(), open(&server.address(&name)).unwrap());
    let people = add(&ledger, &["ada", "ben"]).await;
    let lost = claim_as(&ledger, &people, &["ada", "ben"]).await;
    lose_batches(server, &name);
    // Another run gets the same number meanwhile, and one of the people.
    let again = add(&other, &["ben", "cleo"]).await;
    let theirs = claim(&other, &again[..1]).await;
    assert_eq!(theirs, lost);
    // What our run says is about its own batch, whatever that number is now.
    assert!(!ledger.release(lost).await.unwrap());
    assert_eq!(batch_record(&other, theirs).await.state, BatchState::Sending);
    let (ledger, other) = (open(&server.address(&name)).unwrap(), other);
    let people = add(&ledger, &["dan", "eve"]).await;
    let lost = claim_as(&ledger, &people, &["dan", "eve"]).await;
    lose_batches(server, &name);
    let eve = add(&other, &["eve"]).await;
    let theirs = claim(&other, &eve).await;
    let said = accepted("b-1", Reserved::Stated(Credits(80)));
    let recorded = ledger.record_post(lost, said, None, NOW).await.unwrap();
    let Recorded::Readmitted(again) = recorded else { panic!("{recorded:?}") };
    assert_eq!((again.elsewhere, again.was_given_up, again.batch.open), (1, false, 1));
    assert_eq!(again.batch.id, BatchId::parse("b-1"));
    assert_eq!(batch_record(&other, theirs).await.id, None);
}

#[tokio::test]
async fn what_nobody_heard_of_and_the_server_forgot_is_unknown_again() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let ledger = open(&server.address(&name)).unwrap();
    let people = add(&ledger, &["ada"]).await;
    let lost = claim(&ledger, &people).await;
    lose_batches(server, &name);
    let recorded = ledger.record_post(lost, PostOutcome::Unclear, None, NOW).await.unwrap();
    let Recorded::Readmitted(again) = recorded else { panic!("{recorded:?}") };
    assert_eq!((again.batch.state, again.batch.open), (BatchState::Unknown, 1));
}

/// A program that another test starts holds the lock of the dead run as well, until it runs.
fn left_by_a_dead_run(ledger: &Ledger) -> crate::ledger::attempts::Spooled {
    let looks = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        ledger.left_behind().pop()
    });
    looks.take(500).flatten().next().unwrap()
}

#[tokio::test]
async fn the_spool_of_a_machine_carries_an_answer_over_the_end_of_its_run() {
    use std::os::unix::fs::PermissionsExt;
    let Some(server) = server() else { return };
    let address = server.address(&server.new_database("template1"));
    let state = tempfile::tempdir().unwrap();
    let run = || {
        let place = location(&address).remembered_in(Some(state.path().to_owned()));
        Ledger::open(place).unwrap()
    };
    let spool = || -> Vec<_> {
        let files = std::fs::read_dir(state.path().join("spool")).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    };
    let (dying, next) = (run(), run());
    let people = add(&dying, &["ada", "ben"]).await;
    let batch = claim(&dying, &people).await;
    let kept = spool().pop().unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&kept), mode(kept.parent().unwrap())), (0o600, 0o700));
    // Nobody else touches it while its run is alive.
    assert!(next.left_behind().is_empty());
    let answer = SavedResponse { status: 201, body: b"{\"id\":\"b-1\"}".to_vec() };
    dying.attempts.answered(batch, &answer);
    drop(dying);
    let left = left_by_a_dead_run(&next);
    assert_eq!((left.answer(), left.searches()), (Some(answer), 2));
    let PostOutcome::Accepted(acceptance) = accepted("b-1", Reserved::Stated(Credits(80))) else {
        unreachable!()
    };
    let again = next.take_over(left, Some(acceptance), NOW).await.unwrap();
    assert_eq!(again, None, "the ledger had it");
    let record = batch_record(&next, batch).await;
    assert_eq!((record.state, record.id), (BatchState::Running, BatchId::parse("b-1")));
    assert!(spool().is_empty());
    // What is told to the ledger is in no spool.
    let person = add(&next, &["cleo"]).await;
    let batch = claim(&next, &person).await;
    assert_eq!(spool().len(), 1);
    accept(&next, batch, "b-2").await;
    assert!(spool().is_empty());
}

#[tokio::test]
async fn a_forgotten_person_leaves_the_spool_and_blocks_nobody() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let state = tempfile::tempdir().unwrap();
    let run = || {
        let place = location(&server.address(&name)).remembered_in(Some(state.path().to_owned()));
        Ledger::open(place).unwrap()
    };
    let (dying, next) = (run(), run());
    let people = add(&dying, &["ada", "ben"]).await;
    claim_as(&dying, &people, &["ada", "ben"]).await;
    let kept = || {
        let file = std::fs::read_dir(state.path().join("spool")).unwrap().next().unwrap().unwrap();
        std::fs::read_to_string(file.path()).unwrap()
    };
    let digest = serde_json::to_string(key("ada").as_bytes()).unwrap();
    assert!(kept().contains(&digest));
    next.forget(vec![key("ada")], EraseMode::Erase, NOW).await.unwrap();
    assert!(!kept().contains(&digest));
    drop(dying);
    lose_batches(server, &name);
    let left = left_by_a_dead_run(&next);
    let again = next.take_over(left, None, NOW).await.unwrap().unwrap();
    let members = next.members(again.batch.batch).await.unwrap();
    assert_eq!(members.iter().map(|member| member.position).collect::<Vec<_>>(), [1]);
}

/// A statement about people: its types, values for a thousand of them, how many look-ups it has, and above which cost a
/// plan counts as compiled.
type Asked = (&'static str, &'static str, String, usize, u32);

fn asked_of_a_thousand_people(server: &crate::ledger::tests::postgres::Server) -> [Asked; 6] {
    let list = |of: &str| {
        server.sql("postgres", &format!("SELECT array_agg({of}) FROM generate_series(1, 1000) g"))
    };
    let [ids, keys, nulls] = ["g", "md5(g::text)", "NULL::int"].map(list);
    let (now, uuid) = ("1800000000000", "'00000000-0000-0000-0000-000000000001'");
    let claim = format!(
        "'{ids}', '{keys}', '{nulls}', '{nulls}', {now}, {now}, {now}, {uuid}, {uuid}, 1, 'x', false, NULL, {now}, {now}, 1, \
         NULL, NULL"
    );
    let record = format!(
        "1, {now}, {now}, 'completed', 0, 0, '{ids}', '{ids}', '{nulls}', '{nulls}', '{nulls}', '{{}}', '{{}}', '{{}}', '{{}}', \
         '{{}}', '{{}}', 1, '{{}}', '{{}}'"
    );
    // A list of a thousand would cost 8,000 if its length were seen, and one of a chunk a hundred times as much.
    // PostgreSQL compiles from 100,000 on.
    [
        (
            include_str!("../server/sql/claim.sql"),
            "bigint[], uuid[], bigint[], bigint[], bigint, bigint, bigint, uuid, uuid, bigint, text, boolean, uuid, \
                 bigint, bigint, bigint, text, bigint",
            claim,
            2,
            100_000,
        ),
        (
            include_str!("../server/sql/record.sql"),
            "bigint, bigint, bigint, text, bigint, bigint, bigint[], bigint[], text[], text[], text[], bigint[], \
                 bigint[], text[], text[], bigint[], text[], bigint, bigint[], bigint[]",
            record,
            2,
            100_000,
        ),
        (include_str!("../server/sql/find_people.sql"), "uuid[]", format!("'{keys}'"), 1, 5_000),
        (include_str!("../server/sql/read_keys.sql"), "uuid[]", format!("'{keys}'"), 1, 100_000),
        (include_str!("../server/sql/statuses.sql"), "bigint[]", format!("'{ids}'"), 1, 5_000),
        (include_str!("../server/sql/records.sql"), "bigint[]", format!("'{ids}'"), 1, 5_000),
    ]
}

/// A plan that reads the table, or that is compiled first, is fast on a small ledger and slow on a large one. Before
/// the first ANALYZE nothing is known of a table.
#[test]
fn people_are_looked_up_by_index_and_no_plan_is_compiled_whatever_is_known_of_the_table() {
    let Some(server) = server() else { return };
    for people in [0, 300_000] {
        let name = server.new_database("template1");
        drop(open(&server.address(&name)).unwrap());
        server.sql(
            &name,
            &format!(
                "ALTER TABLE enrow_phone.people SET (autovacuum_enabled = off);
                 ALTER TABLE enrow_phone.keys SET (autovacuum_enabled = off);
                 INSERT INTO enrow_phone.people (id, key) SELECT g, md5(g::text)::uuid FROM generate_series(1, {people}) g;
                 INSERT INTO enrow_phone.keys SELECT key, id, true FROM enrow_phone.people"
            ),
        );
        for (sql, types, values, lookups, compiled_above) in asked_of_a_thousand_people(server) {
            let plan = server.sql(
                &name,
                &format!(
                    "SET plan_cache_mode = force_custom_plan; SET jit_above_cost = {compiled_above};
                     PREPARE asked ({types}) AS {sql};
                     EXPLAIN EXECUTE asked ({values})"
                ),
            );
            let found = plan.matches("Index Scan using people_pkey on people").count();
            // What is updated may be read from end to end while it is a page or two.
            assert!(found >= if people == 0 { 1 } else { lookups }, "{people} people: {plan}");
            for wrong in ["Seq Scan on people", "Seq Scan on keys", "JIT:"] {
                let is_wrong = plan.contains(wrong) && (people > 0 || wrong == "JIT:");
                assert!(!is_wrong, "{wrong}, {people} people: {plan}");
            }
        }
    }
}
