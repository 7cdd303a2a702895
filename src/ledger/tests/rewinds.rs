//! What a machine remembers of a ledger on a server, and when that is no alarm.

use super::postgres::{location, server};
use super::*;
use crate::ledger::seen::SeenFile;
use crate::ledger::{EraseMode, LedgerErrorKind, Per, Rewind, Status, Suppressed};
use crate::people::Answer;
use crate::units::Credits;
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
        // No batch is missing, only who is not to be searched for, or a budget.
        "UPDATE enrow_phone.meta SET value = value::bigint - 1 WHERE name = 'changes'".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let ledger = run(&address, state.path());
        let people = add(&ledger, &[&format!("person-{n}")]).await;
        let batch = claim(&ledger, &people).await;
        accept(&ledger, batch, &format!("b-{n}")).await;
        ledger.forget(vec![key("ben")], EraseMode::Suppress, NOW).await.unwrap();
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
    let believed = || server.sql(&name, "SELECT value FROM enrow_phone.meta WHERE name = 'server'");
    let of_told = believed();
    // The first one to open it may have been told nothing.
    server.sql(&name, "DELETE FROM enrow_phone.meta WHERE name = 'server'");
    for (address, is_told) in [(&untold, false), (&told, true), (&untold, true)] {
        assert_eq!(Ledger::open(location(address)).unwrap().rewind().await.unwrap(), None);
        assert_eq!(believed() == of_told, is_told, "{}", believed());
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

/// What each change of these is worth is told by the next machine that looks.
#[tokio::test]
async fn people_who_were_forgotten_and_budgets_count_in_what_was_seen() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let (address, state) = (server.address(&name), tempfile::tempdir().unwrap());
    let changes = || server.sql(&name, "SELECT value FROM enrow_phone.meta WHERE name = 'changes'");
    let ledger = run(&address, state.path());
    ledger.set_budget(None, Per::Day, Some(Credits(10))).await.unwrap();
    assert_eq!(changes(), "1");
    ledger.set_budget(None, Per::Day, None).await.unwrap();
    ledger.forget(vec![key("ada")], EraseMode::Suppress, NOW).await.unwrap();
    ledger.forget(vec![key("ben")], EraseMode::Erase, NOW).await.unwrap();
    assert_eq!(changes(), "4");
    let source = on_file::ledger();
    source.forget(vec![key("cleo")], EraseMode::Suppress, NOW).await.unwrap();
    source.move_to(&ledger).await.unwrap();
    assert_eq!(changes(), "5");
    drop(ledger);
    let backup = server.new_database(&name);
    let ledger = run(&address, state.path());
    ledger.forget(vec![key("dora")], EraseMode::Suppress, NOW).await.unwrap();
    drop(ledger);
    server.drop_database(&name);
    server.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {backup}"));
    let told = run(&address, state.path()).rewind().await.unwrap();
    assert!(matches!(told, Some(Rewind::Proven { .. })), "{told:?}");
}

/// Behind a pooler a server is replaced while the connection stays. Whether this machine keeps anything is all the same.
#[tokio::test]
async fn a_run_that_is_alive_sees_that_its_server_has_less_than_before() {
    let Some(server) = server() else { return };
    let less = "UPDATE enrow_phone.accounts SET revision = revision - 1";
    let forgets = "UPDATE enrow_phone.meta SET value = '0' WHERE name = 'changes'";
    for keeps in [true, false] {
        let state = tempfile::tempdir().unwrap();
        for (lost, is_claim) in [(less, true), (less, false), (forgets, false)] {
            let name = server.new_database("template1");
            let folder = keeps.then(|| state.path().to_owned());
            let ledger =
                Ledger::open(location(&server.address(&name)).remembered_in(folder)).unwrap();
            ledger.set_budget(None, Per::Day, Some(Credits(10_000))).await.unwrap();
            let people = add(&ledger, &["ada", "ben"]).await;
            claim(&ledger, &people[..1]).await;
            ledger.heartbeat(NOW).await.unwrap();
            assert_eq!(ledger.rewind().await.unwrap(), None);
            server.sql(&name, lost);
            if is_claim {
                let error = ledger.claim(new_batch(&people[1..])).await.unwrap_err();
                assert!(matches!(error.kind(), LedgerErrorKind::Rewound(_)), "{error}");
                // It was not sent.
                let free = ledger.person_statuses(people[1..].to_vec(), ANY_AGE).await.unwrap();
                assert_eq!(free[0].status, Status::Open);
            } else {
                ledger.heartbeat(NOW).await.unwrap();
            }
            let told = ledger.rewind().await.unwrap();
            assert!(matches!(told, Some(Rewind::Proven { .. })), "{lost} {is_claim}: {told:?}");
            // All others are told.
            let other = Ledger::open(location(&server.address(&name))).unwrap();
            assert!(other.rewind().await.unwrap().is_some(), "{lost} {is_claim}");
        }
    }
}

/// Two states that were lost may have had as many generations.
#[tokio::test]
async fn what_was_seen_of_one_lost_state_is_no_measure_of_another() {
    let Some(server) = server() else { return };
    let name = server.new_database("template1");
    let (address, states) = (server.address(&name), [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let ledger = run(&address, states[0].path());
    claim(&ledger, &add(&ledger, &["ada"]).await).await;
    drop(ledger);
    let backup = server.new_database(&name);
    let ledger = run(&address, states[1].path());
    ledger.forget_all(Suppressed::Erase).await.unwrap();
    drop(ledger);
    let restore = || {
        server.drop_database(&name);
        server.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {backup}"));
    };
    restore();
    // This machine knows nothing of the generation that was lost, and the other one is satisfied, too.
    run(&address, states[0].path()).accept_rewind().await.unwrap();
    for state in &states {
        assert_eq!(run(&address, state.path()).rewind().await.unwrap(), None);
    }
    restore();
    for state in &states {
        assert!(run(&address, state.path()).rewind().await.unwrap().is_some());
    }
}

#[test]
fn a_machine_that_cannot_remember_says_so_and_a_lock_that_is_held_is_not_waited_for_long() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("seen"), "no folder").unwrap();
    let memory = SeenFile::of(Some(state.path()), "a-ledger");
    memory.takes_the_place_of_another("here").unwrap_err();
    memory.note(|seen| seen.learn(1, &[("a".to_owned(), 7)].into()));
    assert_eq!(memory.recall().revisions["a"], 7);
    assert!(!SeenFile::of(None, "a-ledger").takes_the_place_of_another("here").unwrap());

    let state = tempfile::tempdir().unwrap();
    let memory = SeenFile::of(Some(state.path()), "a-ledger");
    memory.note(|seen| seen.learn(0, &[("a".to_owned(), 7)].into()));
    let lock = std::fs::File::open(state.path().join("seen/lock")).unwrap();
    lock.lock().unwrap();
    memory.note(|seen| seen.learn(0, &[("a".to_owned(), 8)].into()));
    let file = state.path().join("seen/a-ledger.json");
    assert!(std::fs::read_to_string(&file).unwrap().contains(":8"));
    // What another run overwrote is back with the next note.
    std::fs::remove_file(&file).unwrap();
    memory.note(|seen| seen.learn(0, &[("b".to_owned(), 1)].into()));
    let seen = SeenFile::of(Some(state.path()), "a-ledger").recall();
    assert_eq!((seen.revisions["a"], seen.revisions["b"]), (8, 1));
}

#[test]
fn runs_that_remember_at_once_forget_nothing() {
    let state = tempfile::tempdir().unwrap();
    let memories = [(); 4].map(|()| SeenFile::of(Some(state.path()), "../a-ledger"));
    std::thread::scope(|scope| {
        for (run, memory) in (1..).zip(&memories) {
            scope.spawn(move || {
                for n in 0..10 {
                    let revisions = [("a".to_owned(), n * run), (format!("of-{run}"), n)].into();
                    memory.note(|seen| seen.learn(0, &revisions));
                }
            });
        }
    });
    // On a machine so busy that the lock is not waited for, the next note brings back what was overwritten.
    for memory in &memories {
        memory.note(|_| {});
    }
    let memory = SeenFile::of(Some(state.path()), "a-ledger");
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
