//! The real engine against the sandbox, on a real ledger file: what stands where when all is over.

mod world;

use crate::batch::BatchId;
use crate::enrow::RetryPolicy;
use crate::ledger::Which;
use crate::lookup::{Accept, EndReason, WhileRunning};
use crate::sandbox::{self, Pace};
use crate::units::Credits;
use std::time::Duration;
use tokio::task::LocalSet;
use world::{World, faulty};

type Case<'a> = (&'a str, usize, fn(&mut World), &'a str);

/// One run for so many people, with these faults and settings.
async fn runs(table: &[Case<'_>]) {
    for (faults, people, set, expected) in table {
        let mut world = World::of(faults);
        set(&mut world);
        world.run(0..*people).await.expect_in(faults, expected);
    }
}

fn as_usual(_: &mut World) {}

fn twos(world: &mut World) {
    world.settings.batch_size = 2;
}

fn budget(world: &mut World) {
    world.settings.max_credits = Some(Credits(160));
}

fn without_patience(world: &mut World) {
    world.settings.doubt_wait = Duration::from_millis(1);
    world.patience = Duration::from_millis(100);
}

#[tokio::test]
async fn a_refused_batch_is_sent_again_or_ends_the_run() {
    runs(&[
        ("", 5, as_usual, "run: done, NNFFF batches 1 searches 5 reserved 200 refunded 80 found 3 (5/5) | posts 1 taken 1 charged 120"),
        ("post:1=402", 1, as_usual, "run: CreditsRanOut, - (0/0) | posts 1"),
        ("post:1-2=402", 3, as_usual, "run: CreditsRanOut, --- (0/0) | posts 2"),
        ("post=402", 3, as_usual, "run: CreditsRanOut, --- (0/0) | posts 2"),
        ("post:1=429/1", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 2 taken 1 charged 40"),
        ("post:1=401", 3, as_usual, "run: KeyRefused, --- (0/0) | posts 1"),
        ("post:1=400", 3, as_usual, "run: done, NNF batches 3 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 4 taken 3 charged 40"),
        ("post:1-2=400", 3, as_usual, "run: done, INF batches 2 searches 2 reserved 80 refunded 40 found 1 (2/2); SearchRefused | posts 4 taken 2 charged 40"),
        ("post:2=400", 4, twos, "run: done, NNFF batches 3 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 4 taken 3 charged 80"),
        ("post:1=limit/2", 5, as_usual, "run: done, NNFFF batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5); SmallerBatches { limit: 2 } | posts 4 taken 3 charged 120"),
        ("search:p-1-=poison", 3, as_usual, "run: done, NIF batches 1 searches 2 reserved 80 refunded 40 found 1 (2/2); SearchRefused | posts 2 taken 1 charged 40"),
        ("search:p-1-=poison-unnamed", 5, as_usual, "run: done, NIFFF batches 2 searches 4 reserved 160 refunded 40 found 3 (4/4); SearchRefused | posts 5 taken 2 charged 120"),
        ("search:p-0-=poison-unnamed", 1, as_usual, "run: done, I (0/0); SearchRefused | posts 1"),
        ("search:p-0-=poison-unnamed, search:p-4-=poison-unnamed", 5, as_usual, "run: done, INFFI batches 3 searches 3 reserved 120 refunded 40 found 2 (3/3); SearchRefused; SearchRefused | posts 9 taken 3 charged 80"),
        ("search:p-3-=poison-unnamed", 5, twos, "run: done, NNFIF batches 3 searches 4 reserved 160 refunded 80 found 2 (4/4); SearchRefused | posts 5 taken 3 charged 80"),
    ])
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_doubted_until_the_balance_shows_that_it_was_not_taken() {
    runs(&[
        ("post:1=500", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3); Doubt 3; NotTaken { people: 3 } | posts 2 taken 1 charged 40"),
        ("post:1=reset", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3); Doubt 3; NotTaken { people: 3 } | posts 2 taken 1 charged 40"),
        ("post:1=hang", 3, without_patience, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3); Doubt 3; NotTaken { people: 3 } | posts 2 taken 1 charged 40"),
        ("post:1=504-after", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: Contradicted } | posts 1 taken 1 charged 40 off by 40"),
        ("post:1=reset-after", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: Contradicted } | posts 1 taken 1 charged 40 off by 40"),
        ("post:1=garbage", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: Contradicted } | posts 1 taken 1 charged 40 off by 40"),
        ("post:1-2=reset", 5, twos, "run: done, NNFFF batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5); Doubt 2; Doubt 2; NotTaken { people: 4 } | posts 5 taken 3 charged 120"),
        ("post:1=reset, account:3-=503", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: NeverSettled } | posts 1"),
        ("account=stale-age/1s, post:1=reset", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: NoBaseline } | posts 1"),
        ("post=reset", 3, as_usual, "run: AnswersLost, --- (0/0); Doubt 3; Doubt 3; Doubt 3; Doubt 3; Doubt 3; Doubt 3; NotTaken { people: 3 }; NotTaken { people: 3 }; NotTaken { people: 3 }; NotTaken { people: 3 }; NotTaken { people: 3 }; NotTaken { people: 3 } | posts 6"),
    ])
    .await;
}

#[tokio::test]
async fn credits_and_budgets_are_never_passed() {
    fn poor(world: &mut World) {
        world.control.spend_credits(1_000_000 - 130);
    }
    fn limit(world: &mut World) {
        world.settings.limit = Some(2);
    }
    fn detach(world: &mut World) {
        world.settings.detach = true;
    }
    runs(&[
        ("", 6, poor, "run: CreditsRanOut, NNFFF- batches 2 searches 5 reserved 200 refunded 80 found 3 (5/5) | posts 2 taken 2 charged 120"),
        ("", 8, |world| world.control.spend_credits(1_000_000), "run: CreditsRanOut, -------- (0/0) | posts 0"),
        ("", 9, budget, "run: BudgetReached, NNFFF---- batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5) | posts 3 taken 3 charged 120"),
        ("batch=price/50", 9, budget, "run: BudgetReached, NNFFF---- batches 3 searches 5 reserved 250 refunded 100 found 3 (5/5) | posts 3 taken 3 charged 150"),
        ("batch=credits-used/half", 9, budget, "run: BudgetReached, NNFFF---- batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5) | posts 3 taken 3 charged 120"),
        ("batch=credits-used/0", 9, budget, "run: BudgetReached, NNFFF---- batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5) | posts 3 taken 3 charged 120"),
        ("batch=refund-never", 9, budget, "run: BudgetReached, NNFFFNNF- batches 5 searches 8 reserved 320 refunded 160 found 4 (8/8) | posts 5 taken 5 charged 320 off by 160"),
        ("batch=paygo/40", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40"),
        ("", 4, limit, "run: LimitReached, NN-- batches 1 searches 2 reserved 80 refunded 80 (2/2) | posts 1 taken 1"),
        ("", 2, limit, "run: done, NN batches 1 searches 2 reserved 80 refunded 80 (2/2) | posts 1 taken 1"),
        ("", 7, detach, "run: done, rrrrrrr batches 1 searches 7 reserved 280 (0/7) | posts 1 taken 1 charged 120 off by -160"),
        ("account=credits/\"36000\"", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40 off by -964000"),
        ("account=500", 3, as_usual, "run: BalanceUnknown, --- (0/0) | posts 0 no baseline"),
        ("account:2-=credits/-40", 9, budget, "run: BalanceUnknown, N-------- batches 1 searches 1 reserved 40 refunded 40 (1/1) | posts 1 taken 1"),
        ("account=401", 3, as_usual, "run: error Fetch(Key, --- (0/0) | posts 0 no baseline"),
    ])
    .await;
}

#[tokio::test]
async fn results_are_believed_person_by_person() {
    runs(&[
        ("batch=results-late/1", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
        ("batch=partial/2", 4, as_usual, "run: done, NNFF batches 1 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 1 taken 1 charged 80"),
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
    for (faults, expected) in [
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
    ] {
        let mut world = World::of(faults);
        world.settings.detach = true;
        world.run(0..3).await;
        world.settings.detach = false;
        world.run(1..5).await.run(1..5).await.expect_in(faults, expected);
    }
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
    for (faults, expected) in [
        ("post:1=hang-after", "run: Interrupted, uuu doubted 150 (0/0); Doubt 3; GracePeriod | posts 1 taken 1 charged 40 off by 40
            run: done, uuuF batches 1 searches 1 reserved 40 found 1 (1/4) | posts 2 taken 2 charged 80 off by 40"),
        ("post:1=hang", "run: Interrupted, uuu doubted 150 (0/0); Doubt 3; GracePeriod | posts 1
            run: done, uuuF batches 1 searches 1 reserved 40 found 1 (1/4) | posts 2 taken 1 charged 40"),
    ] {
        let mut world = World::of(faults);
        let (cancel, control) = (world.cancel.clone(), world.control.clone());
        let interrupt = async move {
            until(|| control.posts() > 0).await;
            cancel.cancel(EndReason::Interrupted);
        };
        world.run_beside(0..3, interrupt).await;
        world.run(0..4).await.expect_in(faults, expected);
    }
}

async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn two_runs_on_one_ledger_share_their_answers() {
    let mut world = World::new(sandbox::Settings {
        pace: Pace::fixed(Duration::from_millis(80)),
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

#[tokio::test]
async fn one_person_is_found_with_the_same_care() {
    for (faults, expected) in [
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
    ] {
        let mut world = World::of(faults);
        world.find(2).await.find(2).await.expect_in(faults, expected);
    }
    // Somebody who waits in a batch of an earlier run.
    let mut world = World::of("");
    world.settings.detach = true;
    world.run(0..3).await;
    world.settings.detach = false;
    world.find(1).await.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        find: done earlier N, N refunded earlier 80 found 1 (3/3); Adopted { batches: 1 } | posts 1 taken 1 charged 40");
}

#[tokio::test]
async fn any_batch_is_fetched_as_often_as_one_likes() {
    for (faults, expected) in [
        ("", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nnf recorded 3 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=ongoing/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nnp recorded 2 missing 0 (0/0), NNr
            fetch: nnf recorded 1 missing 0 (0/3), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=holes/3", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nn recorded 2 missing 1 (0/0), NNr
            fetch: nn recorded 0 missing 1 (0/3), NNr
            fetch: nn recorded 0 missing 1 (0/3), NNr"),
        ("batch=failed", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 off by -120
            fetch: Failed (0/0), XXX
            fetch: Failed (0/0), XXX
            fetch: Failed (0/0), XXX"),
        ("batch=late/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: error Fetch(UnknownId (0/0), rrr
            fetch: nnf recorded 3 missing 0 (0/1), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=contradicted/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nff recorded 2 missing 0 (0/0), Nr*F
            fetch: nff recorded 0 missing 0 (0/0), Nr*F
            fetch: nff recorded 0 missing 0 (0/0), Nr*F"),
        ("post:1=reset-after", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu"),
    ] {
        let mut world = World::of(faults);
        world.settings.detach = true;
        world.run(0..3).await;
        let id = world.id(0);
        world.fetch(&id, WhileRunning::AskOnce, 0..3).await;
        world.fetch(&id, WhileRunning::Wait, 0..3).await;
        world.fetch(&id, WhileRunning::Wait, 0..3).await;
        world.expect_in(faults, expected);
    }
    let mut world = World::of("");
    world.fetch(&BatchId::parse("b-1").unwrap(), WhileRunning::Wait, 0..0).await;
    world.expect("fetch: error Fetch(UnknownId (0/0),");
}

/// What came back, and what a person sees and does about it.
const UNCLEAR: &[(&str, &str)] = &[
        ("post:1=reset-after", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuu (0/0) | posts 1 taken 1 charged 40 off by 40
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            accept: unknown batch, uuu
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: error NothingUnclear(BatchId(\"b-1\")), NNF
            unclear:
            resubmit: 0 unread 0, NNF
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline
            unclear:"),
        ("post:1=reset-after, batch=no-nonce", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuu (0/0) | posts 1 taken 1 charged 40 off by 40
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            accept: unknown batch, uuu
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: error NothingUnclear(BatchId(\"b-1\")), NNF
            unclear:
            resubmit: 0 unread 0, NNF
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline
            unclear:"),
        ("post:1=reset-after, batch=ongoing", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuu (0/0) | posts 1 taken 1 charged 40 off by 40
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            accept: unknown batch, uuu
            recover: Partly { people: 3, found: 0, open: 1 }, NNr
            recover: Partly { people: 3, found: 0, open: 1 }, NNr
            recover: error NothingUnclear(BatchId(\"b-1\")), NNr
            unclear:
            resubmit: 0 unread 0, NNr
            run: done, NNr (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 no baseline
            unclear:"),
        ("post:1=reset", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1
            run: done, uuu (0/0) | posts 1
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            recover: error Fetch(UnknownId, uuu
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            resubmit: 3 unread 0, ---
            run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 2 taken 1 charged 40
            unclear:"),
        ("batch=misnumbered, batch=no-params", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, rrr* (0/3); Adopted { batches: 1 }; ResultsMissing 3 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            accept: 0 left [MustBeNamed], rrr*
            recover: Partly { people: 3, found: 0, open: 3 }, rrr*
            recover: Partly { people: 3, found: 0, open: 3 }, rrr*
            recover: error NothingUnclear(BatchId(\"b-1\")), rrr*
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            resubmit: 1 unread 0, rr-*
            run: done, rrr* batches 1 searches 1 reserved 40 (1/4); Adopted { batches: 1 }; ResultsMissing 1; ResultsMissing 2 | posts 2 taken 2 charged 80 searched twice 1 PAID TWICE 1 off by -80
            unclear: [running people 0 numbers 1 credits 0 resubmitted 0/0] [running people 1 numbers 1 credits 40 resubmitted 1/1]"),
        ("batch=bad-number/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NNr* (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            accept: 0 left [NotInternational], NNr*
            recover: Partly { people: 3, found: 0, open: 1 }, NNr*
            recover: Partly { people: 3, found: 0, open: 1 }, NNr*
            recover: error NothingUnclear(BatchId(\"b-1\")), NNr*
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            resubmit: 1 unread 0, NN-*
            run: done, NNr* batches 1 searches 1 reserved 40 (0/1); ResultsMissing 1 | posts 2 taken 2 charged 80 searched twice 1 PAID TWICE 1
            unclear: [completed people 0 numbers 1 credits 0 resubmitted 0/0] [running people 1 numbers 1 credits 40 resubmitted 1/1]"),
        ("batch=contradicted/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, r*r*r* (0/3); Adopted { batches: 1 }; ResultsMissing 3 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 3 numbers 4 credits 120 resubmitted 0/0]
            accept: 0 left [MustBeNamed, MustBeNamed, MustBeNamed, MustBeNamed], r*r*r*
            recover: Partly { people: 3, found: 0, open: 3 }, r*r*r*
            recover: Partly { people: 3, found: 0, open: 3 }, r*r*r*
            recover: error NothingUnclear(BatchId(\"b-1\")), r*r*r*
            unclear: [running people 3 numbers 4 credits 120 resubmitted 0/0]
            resubmit: 3 unread 0, -*-*-*
            run: done, r*r*r* batches 1 searches 3 reserved 120 (0/3); ResultsMissing 3 | posts 2 taken 2 charged 80 searched twice 3 PAID TWICE 1 off by -80
            unclear: [completed people 0 numbers 4 credits 0 resubmitted 0/0] [running people 3 numbers 4 credits 120 resubmitted 3/3]"),
        ("batch=numbered-not-found/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NNr* (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0 takeable]
            accept: 1 left [], NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: error NothingUnclear(BatchId(\"b-1\")), NNF
            unclear:
            resubmit: 0 unread 0, NNF
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40
            unclear:"),
];

#[tokio::test]
async fn a_person_settles_what_is_unclear() {
    for (faults, expected) in UNCLEAR {
        let mut world = World::of(faults);
        world.settings.detach = true;
        world.run(0..3).await;
        world.settings.detach = false;
        world.run(0..3).await;
        let unclear = world.unclear().await;
        if world.control.taken() > 0 {
            let id = world.id(0);
            world.accept(&id, Accept::All, 0..3).await;
            world.recover(&id, 0..3).await;
            world.recover(&id, 0..3).await;
        }
        let other = BatchId::parse("b-1").unwrap();
        world.recover(&other, 0..3).await;
        world.unclear().await;
        world.resubmit(&unclear, 0..3).await;
        world.run(0..3).await.unclear().await;
        world.expect_in(faults, expected);
    }
}

#[tokio::test]
async fn a_new_key_collects_what_the_old_one_sent() {
    let mut world = World::of("batch:1=ongoing/200");
    world.settings.detach = true;
    world.run(0..3).await;
    world.control.replace_key("second-key");
    world.settings.detach = false;
    world.run(0..3).await;
    world.key = "second-key";
    world.run(0..4).await;
    let id = world.id(0);
    world.fetch(&id, WhileRunning::AskOnce, 0..4).await;
    world.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: error Fetch(Key, rrr (0/0) | posts 1 taken 1 charged 40 off by -80
        run: done, NNrF batches 1 searches 1 reserved 40 found 1 (3/4); Adopted { batches: 1 }; ResultsMissing 1 | posts 2 taken 2 charged 80 no baseline
        fetch: nnp recorded 0 missing 0 (0/0), NNrF");
}

#[tokio::test]
async fn a_balance_is_taken_into_the_books() {
    let world = World::of("");
    let session = world.open();
    let balance = session.engine.balance(RetryPolicy::Tries(1)).await.unwrap();
    assert_eq!(balance, Credits(1_000_000));
    assert_eq!(session.engine.expected_balance().await.unwrap(), Some(1_000_000));
    assert_eq!(session.ledger.batches(Which::Unsettled).await.unwrap(), []);
}
