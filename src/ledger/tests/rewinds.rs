//! What a machine remembers of a ledger on a server, and when that is no alarm.

use super::postgres::{location, server};
use super::*;
use crate::ledger::seen::Memory;
use crate::ledger::{EraseMode, Rewind, Suppressed};
use crate::people::Answer;
use std::path::Path;

fn run(address: &str, state: &Path) -> Ledger {
    Ledger::open(location(address).remembered_in(Some(state.to_owned()))).unwrap()
}

#[tokio::test]
async fn nothing_that_runs_and_people_do_to_a_ledger_is_an_alarm() {
    let Some(server) = server() else { return };
    let address = server.address(&server.new_database("template1"));
    let state = tempfile::tempdir().unwrap();
    let ledger = run(&address, state.path());
    let people = add(&ledger, &["ada", "ben", "cleo"]).await;
    let first = claim(&ledger, &people[..1]).await;
    assert!(ledger.release(first).await.unwrap());
    let taken = claim(&ledger, &people[..1]).await;
    accept(&ledger, taken, "b-1").await;
    drop(ledger);
    let ledger = run(&address, state.path());
    assert_eq!(ledger.rewind().await.unwrap(), None);
    let answers = vec![(people[0], Answer::NotFound)];
    ledger.record(taken, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
    let lost = claim(&ledger, &people[1..2]).await;
    ledger.record_post(lost, PostOutcome::Unclear, None, NOW).await.unwrap();
    ledger.resubmit(lost, NOW).await.unwrap();
    drop(ledger);
    let ledger = run(&address, state.path());
    assert_eq!(ledger.rewind().await.unwrap(), None);
    ledger.forget(vec![key("ada")], EraseMode::Erase, NOW).await.unwrap();
    ledger.forget_all(Suppressed::Erase).await.unwrap();
    drop(ledger);
    assert_eq!(run(&address, state.path()).rewind().await.unwrap(), None);
}

#[tokio::test]
async fn a_ledger_that_holds_less_than_was_seen_is_an_alarm_until_it_is_accepted() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let (address, state) = (server.address(&name), tempfile::tempdir().unwrap());
    let newest =
        "DELETE FROM enrow_phone.batches WHERE id = (SELECT max(id) FROM enrow_phone.batches)";
    let ahead = "UPDATE enrow_phone.accounts SET revision = revision + 9";
    for (n, forgets) in [
        "UPDATE enrow_phone.accounts SET revision = revision - 1".to_owned(),
        // Others have gone on since.
        format!("{ahead}; {newest}"),
        format!("{ahead}; DELETE FROM enrow_phone.meta WHERE name = 'generation'"),
    ]
    .iter()
    .enumerate()
    {
        let ledger = run(&address, state.path());
        let people = add(&ledger, &[&format!("person-{n}")]).await;
        let batch = claim(&ledger, &people).await;
        accept(&ledger, batch, &format!("b-{n}")).await;
        drop(ledger);
        server.sql(&name, forgets);
        let ledger = run(&address, state.path());
        let told = ledger.rewind().await.unwrap();
        assert!(matches!(told, Some(Rewind::Proven { .. })), "{forgets}: {told:?}");
        ledger.accept_rewind().await.unwrap();
        assert_eq!(ledger.rewind().await.unwrap(), None, "{forgets}");
        drop(ledger);
        assert_eq!(run(&address, state.path()).rewind().await.unwrap(), None, "{forgets}");
    }
}

/// Some managed servers tell nobody which one they are, or only some of their users.
#[tokio::test]
async fn a_server_that_does_not_say_which_one_it_is_is_judged_by_the_rest() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let told = server.address(&name);
    let role = format!("untold_{name}");
    drop(Ledger::open(location(&told)).unwrap());
    server.sql(
        &name,
        &format!(
            "REVOKE EXECUTE ON FUNCTION pg_walfile_name FROM PUBLIC; CREATE ROLE {role} LOGIN;
             GRANT USAGE ON SCHEMA enrow_phone TO {role};
             GRANT ALL ON ALL TABLES IN SCHEMA enrow_phone TO {role};
             GRANT ALL ON ALL SEQUENCES IN SCHEMA enrow_phone TO {role}"
        ),
    );
    let untold = server.address_as(&role, &name);
    for address in [&untold, &told, &untold] {
        assert_eq!(Ledger::open(location(address)).unwrap().rewind().await.unwrap(), None);
    }
    let moved = server.new_database(&name);
    for address in [server.address(&moved), server.address_as(&role, &moved)] {
        let ledger = Ledger::open(location(&address)).unwrap();
        assert_eq!(ledger.rewind().await.unwrap(), Some(Rewind::Possible));
        let people = add(&ledger, &["ada"]).await;
        ledger.claim(new_batch(&people)).await.unwrap_err();
    }
}

/// A run that began before another machine has seen that something is missing.
#[tokio::test]
async fn a_run_that_is_alive_claims_nobody_once_somebody_has_seen_it() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let ledger = Ledger::open(location(&server.address(&name))).unwrap();
    let people = add(&ledger, &["ada"]).await;
    server.sql(&name, "INSERT INTO enrow_phone.meta VALUES ('rewound', '1000 2000')");
    assert!(ledger.claim(new_batch(&people)).await.unwrap().is_none());
    ledger.heartbeat(NOW).await.unwrap();
    let seen = Rewind::Proven { holds: Moment(1000), saw: Moment(2000) };
    assert_eq!(ledger.rewind().await.unwrap(), Some(seen));
    ledger.claim(new_batch(&people)).await.unwrap_err();
    ledger.accept_rewind().await.unwrap();
    claim(&ledger, &people).await;
}

#[test]
fn runs_that_remember_at_once_forget_nothing() {
    let state = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for run in 1..=4 {
            let memory = Memory::of(state.path(), "../a-ledger");
            scope.spawn(move || {
                for n in 0..10 {
                    let revisions = [("a".to_owned(), n * run), (format!("of-{run}"), n)].into();
                    memory.note(|seen| seen.learn(0, &revisions));
                }
            });
        }
    });
    let memory = Memory::of(state.path(), "a-ledger");
    let seen = memory.recall();
    assert_eq!((seen.revisions["a"], seen.revisions.len()), (36, 5));
    // What is no memory is none, and is written anew.
    let file = state.path().join("seen/a-ledger.json");
    assert!(file.exists());
    std::fs::write(&file, "{").unwrap();
    assert!(memory.recall().revisions.is_empty());
    memory.note(|seen| seen.newest_batch = Some("word".to_owned()));
    assert_eq!(memory.recall().newest_batch.as_deref(), Some("word"));
}
