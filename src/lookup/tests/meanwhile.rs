//! What others do while a run goes on: another run, a person, the account's owner.

use super::world::{World, faulty};
use super::{play, until};
use crate::batch::BatchId;
use crate::ledger::{LookTime, PersonId, PostOutcome, SavedResponse, Which};
use crate::lookup::balances::LostBatch;
use crate::lookup::run::Waited;
use crate::lookup::{Cancel, EndReason, WaitFor, WhileRunning};
use crate::sandbox::{self, Control, Endpoint, Pace};
use crate::units::{Credits, Moment};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;

#[tokio::test]
async fn two_runs_on_one_ledger_share_their_answers() {
    let mut world = World::new(sandbox::Settings {
        pace: Pace::Takes(Duration::from_millis(80)),
        ..faulty("")
    });
    world.settings.batch_size = 2;
    let (first, second) = (world.open(), world.open());
    let late = async {
        until(|| world.control.posts() > 0).await;
        second.run(2..6).await
    };
    let both = async { tokio::join!(Box::pin(first.run(0..4)), Box::pin(late)) };
    let (one, two) = Box::pin(LocalSet::new().run_until(both)).await;
    for (session, outcome) in [(&first, one), (&second, two)] {
        let sent = session.engine.run_state().receipt().searches;
        assert!(sent >= 2, "{sent}");
        assert_eq!(outcome.unwrap().end, None);
        let people = world.people(session, 0..6).await;
        world.say(people);
    }
    assert_eq!(world.control.searched_twice(), []);
    world.expect(
        "NNFFFN
        NNFFFN",
    );
}

/// The account's owner adds or spends credits while a lost answer is doubted. Only a balance that says just what it must
/// say proves anything.
#[tokio::test]
async fn a_balance_that_changes_for_another_reason_proves_nothing() {
    // A top-up of just what the batch would hold, a renewal, and somebody else's search.
    let changes: [fn(&Control); 3] = [
        |control| control.add_credits(120),
        |control| control.add_credits(36_000),
        |control| control.spend_credits(40),
    ];
    let scenario = |faults: &'static str, change: fn(&Control)| async move {
        let mut world = World::of(faults);
        world.settings.doubt_wait = Duration::from_secs(10);
        let control = world.control.clone();
        let beside = async move {
            until(|| control.posts() > 0).await;
            let read = control.count(Endpoint::Account);
            until(|| control.count(Endpoint::Account) > read).await;
            change(&control);
        };
        world.run_beside(0..3, beside).await;
        let seen = world.seen_so_far();
        let end = "Doubt 3; NothingProven { people: 3, end: Contradicted } | posts 1";
        assert!(seen.starts_with("run: done, uuu doubted 150") && seen.contains(end), "{seen}");
    };
    play(
        ["post:1=reset", "post:1=reset-after"]
            .into_iter()
            .flat_map(|faults| changes.into_iter().map(move |change| scenario(faults, change))),
    )
    .await;
}

/// The run that lost an answer does not ask again for whom a person has settled, whichever way.
#[tokio::test]
async fn what_a_person_settles_is_no_longer_doubted() {
    for (find, recovers, expected) in [
        (false, true, "run: done, NNN doubted 150"),
        (false, false, "run: done, --- doubted 150"),
        (true, false, "find: done -, - doubted 50"),
    ] {
        let mut world = World::of("post:1=reset-after");
        world.settings.doubt_wait = Duration::from_secs(10);
        // The balance must not contradict before the person does.
        world.control.change(|sandbox| sandbox.found_percent = 0);
        let (control, person) = (world.control.clone(), world.open());
        let beside = async move {
            until(|| control.posts() > 0).await;
            let lost = loop {
                match person.ledger.batches(Which::WithoutId).await.unwrap().pop() {
                    Some(lost) => break lost,
                    None => tokio::task::yield_now().await,
                }
            };
            if recovers {
                let id = BatchId::parse(&control.batches()[0].id).unwrap();
                person.engine.recover(&id).await.unwrap();
            } else {
                person.ledger.resubmit(lost.batch, Moment::now()).await.unwrap();
            }
        };
        if find {
            let local = LocalSet::new();
            local.spawn_local(beside);
            local.run_until(world.find(1)).await;
        } else {
            world.run_beside(0..3, beside).await;
        }
        let seen = world.seen_so_far();
        assert!(seen.starts_with(expected), "{seen}");
        assert!(seen.contains("| posts 1 taken 1") && !seen.contains("NothingProven"), "{seen}");
    }
}

/// The proof that a batch was not taken comes while the run waits for what else it sent, or looks whether somebody has
/// settled the batch.
#[tokio::test]
async fn whom_a_proof_opens_while_the_run_waits_is_asked_for_again() {
    for (faults, is_held, expected) in [
        (
            "post:1=reset",
            true,
            "run: LimitReached, NNFF- batches 2 searches 4 reserved 160 refunded 80 found 2 (4/4); Doubt 2; NotTaken { people: 2 } | posts 3 taken 2 charged 80 no baseline",
        ),
        (
            "post:1-2=reset",
            false,
            "run: LimitReached, NNFF- batches 2 searches 4 reserved 160 refunded 80 found 2 (4/4); Doubt 2; Doubt 2; NotTaken { people: 4 } | posts 4 taken 2 charged 80 no baseline",
        ),
    ] {
        let pace = if is_held { Pace::Held } else { Pace::INSTANT };
        let mut world = World::new(sandbox::Settings { pace, ..faulty(faults) });
        world.settings.batch_size = 2;
        world.settings.doubt_wait = Duration::from_secs(20);
        world.settings.limit = Some(4);
        let (session, control) = (world.open(), world.control.clone());
        let (engine, ledger) = (Rc::clone(&session.engine), Rc::clone(&session.ledger));
        let beside = async move {
            until(|| control.posts() > 1 && !engine.balances.is_sending.get()).await;
            // A reading that proves it takes its turn from before the ledger is told until the run is.
            let turn = engine.balances.turn.lock().await;
            for lost in engine.balances.lost_numbers() {
                assert!(ledger.resubmit(lost, Moment::now()).await.unwrap() > 0);
            }
            engine.balances.changed.notify_waiters();
            // The ledger answers in the order in which it is asked.
            for _ in 0..5 {
                ledger.heartbeat(Moment::now()).await.unwrap();
            }
            engine.release();
            drop(turn);
            control.change(|sandbox| sandbox.pace = Pace::INSTANT);
            control.release();
        };
        let local = LocalSet::new();
        local.spawn_local(beside);
        let outcome = Box::pin(local.run_until(session.run(0..5))).await;
        world.seen(&session, 0..5, outcome).await;
        world.expect_in(faults, expected);
    }
}

/// The answers to two POSTs are lost, or a reading comes, while the end of the experiment is recorded.
#[tokio::test]
async fn that_nothing_can_be_proven_is_said_once() {
    let mut world = World::of("");
    let session = world.open();
    let [first, second] = [session.claim(0..1).await, session.claim(1..2).await].map(|batch| {
        let people = vec![PersonId::of_number(1)];
        session.engine.watch_lost(LostBatch { batch, people, reserved: Credits(50) })
    });
    let (first, second) = tokio::join!(first, second);
    first.and(second).unwrap();
    // Of both together, or of each where the ledger answered in between.
    let said = world.notices();
    assert!(said.contains("end: NoBaseline") && !said.contains("people: 0"), "{said}");
}

/// A wait for other runs' batches of which one has ended before it began, and one is left to a person.
#[tokio::test]
async fn what_ends_beside_a_wait_is_looked_at_once_more() {
    let world = World::of("");
    let (session, other) = (world.open(), world.open());
    let (ended, _of_others) = (other.claim(0..1).await, other.claim(1..2).await);
    other.ledger.release(ended).await.unwrap();
    let mut gone = BTreeSet::new();
    for expected in [Waited::Changed, Waited::NothingLeft] {
        let waited = session.engine.wait(&BTreeSet::from([ended]), &mut gone).await.unwrap();
        assert_eq!(waited, expected);
    }
    let lost = other.claim(2..3).await;
    let (state, claimed_in) = (session.engine.run_state(), BTreeSet::from([lost]));
    let beside = async {
        until(|| state.snapshot().wait == Some(WaitFor::OtherRun)).await;
        other.ledger.record_post(lost, PostOutcome::Unclear, None, Moment::now()).await.unwrap();
    };
    let (waited, ()) = tokio::join!(session.engine.wait(&claimed_in, &mut gone), beside);
    assert_eq!(waited.unwrap(), Waited::Changed);
}

/// A batch is given up, or its people are asked for again, while its POST is on the way, and taken all the same.
#[tokio::test]
async fn what_is_taken_after_it_was_given_up_is_said_and_collected() {
    for (resubmit, expected) in [
        (false, "run: TakenLate, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3); Readmitted 3 0 true Some(Credits(120)) | posts 1 taken 1 charged 40 no baseline
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline"),
        (true, "run: TakenLate, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3); Readmitted 3 3 true Some(Credits(120)) | posts 1 taken 1 charged 40 no baseline
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline"),
    ] {
        let mut world = World::of("post:1=slow/800ms");
        let (control, person) = (world.control.clone(), world.open());
        let beside = async move {
            until(|| control.posts() > 0).await;
            let batch = person.ledger.batches(Which::Unsettled).await.unwrap()[0].batch;
            if resubmit {
                // For a run that stands still others call it lost in the end.
                let later = Moment(Moment::now().0 + 1_000_000);
                person.ledger.reap_dead_runs(later).await.unwrap();
                person.ledger.resubmit(batch, later).await.unwrap();
            } else {
                assert!(person.ledger.release(batch).await.unwrap());
            }
        };
        world.run_beside(0..3, beside).await;
        world.run(0..3).await.expect_in(&format!("{resubmit}"), expected);
    }
}

/// Another run claims the same people between this one's look and its claim, and gives them back.
#[tokio::test]
async fn whom_another_run_claims_first_is_waited_for_and_taken_over() {
    let mut world = World::of("");
    let (session, other) = (world.open(), world.open());
    let later = Moment(Moment::now().0 + 30_000);
    other.ledger.delay_posts(other.engine.account, later).await.unwrap();
    let state = session.engine.run_state();
    let beside = async move {
        until(|| state.snapshot().wait == Some(WaitFor::Turn)).await;
        let batch = other.claim(0..2).await;
        until(|| state.snapshot().wait == Some(WaitFor::OtherRun)).await;
        other.ledger.release(batch).await.unwrap();
    };
    let local = LocalSet::new();
    local.spawn_local(beside);
    let outcome = Box::pin(local.run_until(session.run(0..2))).await;
    world.seen(&session, 0..2, outcome).await;
    world.expect(
        "run: done, NN batches 1 searches 2 reserved 80 refunded 80 (2/2) | posts 1 taken 1",
    );
}

/// The answer to a POST was kept and says more than its run understood.
#[tokio::test]
async fn an_answer_that_was_kept_is_read_by_the_next_run() {
    let mut world = World::of("");
    world.settings.detach = true;
    world.run(0..3).await;
    let id = world.id(0);
    let sent = world.open().ledger.batches(Which::Ids(vec![id.clone()])).await.unwrap().remove(0);
    for (status, body) in [
        (201, format!("{{\"id\":\"{}\",\"credits_used\":120}}", id.as_str())),
        (201, "{}".to_owned()),
        (500, format!("{{\"id\":\"{}\"}}", id.as_str())),
    ] {
        world.forget_ledger();
        let session = world.open();
        let batch = session.claim_as(sent.nonce.clone(), 0..3).await;
        let saved = Some(SavedResponse { status, body: body.into_bytes() });
        let now = Moment::now();
        session.ledger.record_post(batch, PostOutcome::Unclear, saved, now).await.unwrap();
        drop(session);
        world.settings.detach = false;
        world.run(0..3).await;
    }
    world.expect(
        "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: done, NNF refunded earlier 80 found 1 (3/3); Adopted { batches: 1 } | posts 1 taken 1 charged 40 no baseline
        run: done, uuu (0/0) | posts 1 taken 1 charged 40 no baseline
        run: done, uuu (0/0) | posts 1 taken 1 charged 40 no baseline",
    );
}

/// Another run's lock cannot be looked at, and its process cannot be seen.
#[tokio::test]
async fn a_lock_that_cannot_be_looked_at_is_named_while_its_run_is_waited_for() {
    for (find, expected) in [
        (false, "run: done, NN (0/0); OwnerUnclear 2 | posts 1 taken 1"),
        (true, "find: done earlier N, N (0/0); OwnerUnclear 2 | posts 1 taken 1"),
    ] {
        let mut world = World::new(sandbox::Settings { pace: Pace::Held, ..faulty("") });
        let (owner, local) = (world.open(), LocalSet::new());
        let owner = local.spawn_local(async move { owner.run(0..2).await.map(drop) });
        local.run_until(until(|| world.control.polls() > 0)).await;
        world.hide_runs();
        let (control, unclear) = (world.control.clone(), world.has_unclear_owner());
        local.spawn_local(async move {
            until(unclear).await;
            control.release();
        });
        let both = async {
            if find {
                world.find(1).await
            } else {
                world.run(0..2).await
            };
            owner.await.unwrap().unwrap();
        };
        local.run_until(both).await;
        world.expect_in(&format!("{find}"), expected);
    }
}

/// The run is interrupted before its batch is claimed, or before its first byte leaves.
#[tokio::test]
async fn a_run_that_is_interrupted_before_it_sends_sends_nothing() {
    // Time enough to write before the run does.
    let mut world = World::of("account=slow/100ms");
    world.cancel.cancel(EndReason::Interrupted);
    world.run(0..3).await;
    world.cancel = Cancel::new();
    let seen = world.seen_so_far();
    assert!(seen.starts_with("run: Interrupted, ---") && seen.ends_with("| posts 0\n"), "{seen}");

    // Another program writes the ledger meanwhile.
    let (cancel, control, database) =
        (world.cancel.clone(), world.control.clone(), world.database());
    let read = control.count(Endpoint::Account);
    let beside = async move {
        until(|| control.count(Endpoint::Account) > read).await;
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        cancel.cancel(EndReason::Interrupted);
        database.execute_batch("COMMIT").unwrap();
    };
    world.run_beside(0..3, beside).await;
    let seen = world.seen_so_far();
    assert!(seen.starts_with("run: Interrupted, ---") && seen.ends_with("| posts 0\n"), "{seen}");
    world.run(0..3).await.expect("run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40");
}

/// Of a batch that another ledger of the account sent, all is recorded that names somebody.
#[tokio::test]
async fn a_batch_of_another_ledger_is_fetched_like_ones_own() {
    let mut world = World::of("");
    world.settings.detach = true;
    world.run(0..3).await;
    let id = world.id(0);
    world.forget_ledger();
    world.fetch(&id, WhileRunning::Wait, 0..3).await;
    world.fetch(&id, WhileRunning::Wait, 0..3).await;
    world.settings.detach = false;
    world.run(0..4).await.expect(
        "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        fetch: nnf recorded 3 missing 0 (0/0), NNF
        fetch: nnf recorded 0 missing 0 (0/0), NNF
        run: done, NNFF batches 1 searches 1 reserved 40 found 1 (1/1) | posts 2 taken 2 charged 80",
    );
}

/// Looked for in vain for more than a day, and there all the same.
#[tokio::test]
async fn a_batch_that_was_given_up_is_fetched_when_it_is_shown() {
    let mut world = World::of("batch:1=gone/2");
    world.settings.detach = true;
    world.run(0..3).await;
    let session = world.open();
    let batch = session.ledger.batches(Which::Unsettled).await.unwrap()[0].batch;
    for hours in [0, 12, 30, 50] {
        let at = Moment(Moment::now().0 + hours * 3_600_000);
        session.ledger.record_missing(batch, LookTime { at, server: None }).await.unwrap();
    }
    drop(session);
    world.settings.detach = false;
    world.run(0..3).await;
    let id = world.id(0);
    world.fetch(&id, WhileRunning::Wait, 0..3).await;
    world.run(0..3).await.expect(
        "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: BalanceUnknown, UUU (0/0) | posts 1 taken 1 charged 40 no baseline
        fetch: nnf recorded 3 missing 0 (0/0), NNF
        run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline",
    );
}
