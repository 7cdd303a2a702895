//! What comes back, to this run and to the next.

use super::world::{World, faulty};
use super::{as_usual, each, runs, until};
use crate::lookup::EndReason;
use crate::sandbox::{self, Pace};
use std::time::Duration;

#[tokio::test]
async fn results_are_believed_person_by_person() {
    runs(&[
        ("batch=results-late/1", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=partial/1", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=holes/3", 4, as_usual, "run: done, NNrF batches 1 searches 4 reserved 160 found 1 (3/4); ResultsMissing 1 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=ongoing", 4, as_usual, "run: done, NNrF batches 1 searches 4 reserved 160 found 1 (3/4); ResultsMissing 1 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=late/1", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=unknown", 3, as_usual, "run: done, rrr batches 1 searches 3 reserved 120 (0/3); NotShown 3 | posts 1 taken 1 charged 40 off by -80"),
        ("batch=gone/2", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40"),
        ("batch=failed", 3, as_usual, "run: done, XXX batches 1 searches 3 reserved 120 refunded 120 (3/3) | posts 1 taken 1"),
        ("batch=failed-kept", 3, as_usual, "run: done, UUU batches 1 searches 3 reserved 120 (3/3) | posts 1 taken 1 charged 120"),
        ("batch=strangers/3", 4, as_usual, "run: done, NNr*F batches 1 searches 4 reserved 160 found 1 (3/4); ResultsMissing 1 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=misnumbered", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=contradicted/3", 4, as_usual, "run: done, NNr*F batches 1 searches 4 reserved 160 found 1 (3/4); ResultsMissing 1 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=bad-number/1", 4, as_usual, "run: done, NNr*r* batches 1 searches 4 reserved 160 (2/4); ResultsMissing 2 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=no-params, batch=no-index", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=no-params, batch=no-custom", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=no-params, batch=no-custom, batch=no-nonce", 4, as_usual, "run: done, rrr*r* batches 1 searches 4 reserved 160 (0/4); ResultsMissing 4 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=numbered-not-found/1", 4, as_usual, "run: done, NNr*r* batches 1 searches 4 reserved 160 (2/4); ResultsMissing 2 | posts 1 taken 1 charged 80 off by -80"),
        ("batch=odd-null/2, batch=odd-stats", 4, as_usual, "run: done, NrFr batches 1 searches 4 reserved 160 found 1 (2/4); ResultsMissing 2 | posts 1 taken 1 charged 80 off by -80"),
        ("get:1=401", 3, as_usual, "run: error Fetch(Key, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80"),
        ("get:1-2=503", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40"),
        ("get:1=404", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40"),
    ])
    .await;
}

#[tokio::test]
async fn the_next_run_collects_and_asks_nobody_twice() {
    each(&[
        ("", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NFFF batches 1 searches 2 reserved 80 refunded earlier 80 found 3 (5/5); Adopted { batches: 1 } | posts 2 taken 2 charged 120
            run: BalanceUnknown, NFFF (0/0) | posts 2 taken 2 charged 120"),
        ("batch:1=unknown", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, rrFF batches 1 searches 2 reserved 80 found 2 (2/5); Adopted { batches: 1 }; NotShown 3 | posts 2 taken 2 charged 120 off by -80
            run: done, rrFF (0/3); Adopted { batches: 1 }; NotShown 3 | posts 2 taken 2 charged 120 off by -80"),
        ("post:1=reset-after", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuFF batches 1 searches 2 reserved 80 found 2 (2/4) | posts 2 taken 2 charged 120 off by 40
            run: done, uuFF (0/0) | posts 2 taken 2 charged 120 off by 40"),
        ("batch:1=failed", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 off by -120
            run: done, XXFF batches 1 searches 2 reserved 80 refunded earlier 120 found 2 (5/5); Adopted { batches: 1 } | posts 2 taken 2 charged 80
            run: done, NFFF batches 1 searches 2 reserved 80 refunded 40 found 1 (2/2) | posts 3 taken 3 charged 120 searched twice 2"),
        ("batch:1=gone/5", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NFFF batches 1 searches 2 reserved 80 refunded earlier 80 found 3 (5/5); Adopted { batches: 1 } | posts 2 taken 2 charged 120
            run: BalanceUnknown, NFFF (0/0) | posts 2 taken 2 charged 120"),
    ], |mut world| async move {
        world.settings.detach = true;
        world.run(0..3).await;
        world.settings.detach = false;
        world.run(1..5).await.run(1..5).await;
        world
    })
    .await;
}

#[tokio::test]
async fn a_dead_run_leaves_nothing_that_is_paid_for_again() {
    // Its batch runs; the one that follows it has other people, and looks once.
    let mut world = World::new(sandbox::Settings { pace: Pace::Held, ..faulty("") });
    world.settings.detach = true;
    world.run(0..3).await;
    world.control.release();
    world.control.change(|sandbox| sandbox.pace = Pace::INSTANT);
    world.settings.detach = false;
    world.run(5..6).await.run(0..3).await.expect(
        "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 held 120
        run: done, N batches 1 searches 1 reserved 40 refunded 40 (1/1) | posts 2 taken 2 charged 40
        run: BalanceUnknown, NNF (0/0) | posts 2 taken 2 charged 40",
    );

    // Ended by the time limit while its batch runs.
    let mut world = World::new(sandbox::Settings { pace: Pace::Held, ..faulty("") });
    let (cancel, control) = (world.cancel.clone(), world.control.clone());
    let limit = async move {
        until(|| control.polls() > 0).await;
        control.advance(2);
        let polled = control.polls();
        until(|| control.polls() > polled + 1).await;
        cancel.cancel_after(Duration::from_millis(5));
    };
    world.run_beside(0..3, limit).await;
    world.control.release();
    world.run(0..3).await.expect("run: TimedOut, rrr batches 1 searches 3 reserved 120 (2/3) | posts 1 taken 1 held 120
        run: done, NNF refunded earlier 80 found 1 (3/3); Adopted { batches: 1 } | posts 1 taken 1 charged 40");

    // Interrupted while its POST is on the way.
    each(&[
        ("post:1=hang-after", "run: Interrupted, uuu doubted 150 (0/0); Doubt 3; GracePeriod | posts 1 taken 1 charged 40 off by 40
            run: done, uuuF batches 1 searches 1 reserved 40 found 1 (1/4) | posts 2 taken 2 charged 80 off by 40"),
        ("post:1=hang", "run: Interrupted, uuu doubted 150 (0/0); Doubt 3; GracePeriod | posts 1
            run: done, uuuF batches 1 searches 1 reserved 40 found 1 (1/4) | posts 2 taken 1 charged 40"),
    ], |mut world| async move {
        let (cancel, control) = (world.cancel.clone(), world.control.clone());
        let interrupt = async move {
            until(|| control.posts() > 0).await;
            cancel.cancel(EndReason::Interrupted);
        };
        world.run_beside(0..3, interrupt).await;
        world.run(0..4).await;
        world
    })
    .await;
}

#[tokio::test]
async fn one_person_is_found_with_the_same_care() {
    each(&[
        ("", "find: done F, F batches 1 searches 1 reserved 40 found 1 (1/1) | posts 1 taken 1 charged 40
            find: done F, F (0/0) | posts 1 taken 1 charged 40"),
        ("post:1=402", "find: CreditsRanOut -, - (0/1) | posts 1
            find: done F, F batches 1 searches 1 reserved 40 found 1 (1/1) | posts 2 taken 1 charged 40"),
        ("post:1=reset", "find: done F, F batches 1 searches 1 reserved 40 found 1 (1/1); Doubt 1; NotTaken { people: 1 } | posts 2 taken 1 charged 40
            find: done F, F (0/0) | posts 2 taken 1 charged 40"),
        ("post:1=reset-after", "find: done u, u doubted 50 (0/0); Doubt 1; NothingProven { people: 1, end: Contradicted } | posts 1 taken 1 charged 40 off by 40
            find: done earlier u, u (0/0) | posts 1 taken 1 charged 40 off by 40"),
        ("search:p-2-=poison", "find: RequestRefused -, - (0/1) | posts 1
            find: RequestRefused -, - (0/1) | posts 2"),
        ("batch=unknown", "find: done r, r batches 1 searches 1 reserved 40 (0/1); NotShown 1 | posts 1 taken 1 charged 40
            find: done earlier r, r (0/1); Adopted { batches: 1 }; NotShown 1 | posts 1 taken 1 charged 40"),
        ("batch=ongoing/2", "find: done F, F batches 1 searches 1 reserved 40 found 1 (1/1) | posts 1 taken 1 charged 40
            find: done F, F (0/0) | posts 1 taken 1 charged 40"),
        ("account:1=401", "find: error Fetch(Key, - (0/0) | posts 0 no baseline
            find: done F, F batches 1 searches 1 reserved 40 found 1 (1/1) | posts 1 taken 1 charged 40"),
    ], |mut world| async move {
        world.find(2).await.find(2).await;
        world
    })
    .await;
    // Somebody who waits in a batch of an earlier run.
    let mut world = World::of("");
    world.settings.detach = true;
    world.run(0..3).await;
    world.settings.detach = false;
    world.find(1).await.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        find: done earlier N, N refunded earlier 80 found 1 (3/3); Adopted { batches: 1 } | posts 1 taken 1 charged 40");
}
