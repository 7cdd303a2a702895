//! What is sent, and what is paid.

use super::session::person;
use super::world::World;
use super::{as_usual, budget, ones, runs, twos, without_patience};
use crate::enrow::RetryPolicy;
use crate::ledger::{Per, Which};
use crate::lookup::RowError;
use crate::sandbox::{Endpoint, Pace};
use crate::units::Credits;
use std::cell::Cell;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

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
        ("post:1=refuse/50ms", 3, as_usual, "run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 1 taken 1 charged 40"),
        ("post:1-3=400", 3, as_usual, "run: RequestRefused, --- (0/0) | posts 3"),
        ("post:1-2=400", 3, as_usual, "run: done, INF batches 2 searches 2 reserved 80 refunded 40 found 1 (2/2); SearchRefused | posts 4 taken 2 charged 40"),
        ("post:2=400", 4, twos, "run: done, NNFF batches 3 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 4 taken 3 charged 80"),
        ("post:1=limit/2", 5, as_usual, "run: done, NNFFF batches 3 searches 5 reserved 200 refunded 80 found 3 (5/5); SmallerBatches { limit: 2 } | posts 4 taken 3 charged 120"),
        ("post:2=400", 3, ones, "run: done, NIF batches 2 searches 2 reserved 80 refunded 40 found 1 (2/2); SearchRefused | posts 3 taken 2 charged 40"),
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
        ("post:1=reset, account:3-=503", 3, |world| world.patience_for_proof = Some(Duration::from_millis(300)), "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: NeverSettled } | posts 1"),
        ("account=stale-age/1s, post:1=reset", 3, as_usual, "run: done, uuu doubted 150 (0/0); Doubt 3; NothingProven { people: 3, end: NoBaseline } | posts 1"),
        ("post=reset-after", 6, twos, "run: AnswersLost, uuuu-- doubted 200 (0/0); Doubt 2; Doubt 2; NothingProven { people: 4, end: Contradicted } | posts 2 taken 2 charged 80 off by 80"),
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
    fn held(world: &mut World) {
        world.settings.batch_size = 2;
        world.control.change(|sandbox| sandbox.pace = Pace::Held);
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
        ("post:1=reset", 4, limit, "run: LimitReached, NN-- batches 1 searches 2 reserved 80 refunded 80 (2/2); Doubt 2; NotTaken { people: 2 } | posts 2 taken 1"),
        ("post=402", 4, limit, "run: CreditsRanOut, ---- (0/0) | posts 2"),
        ("post:1=402", 4, as_usual, "run: done, NNFF batches 2 searches 4 reserved 160 refunded 80 found 2 (4/4) | posts 3 taken 2 charged 80"),
        ("post:2=401", 4, held, "run: KeyRefused, rr-- batches 1 searches 2 reserved 80 (0/2) | posts 2 taken 1 held 80"),
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
async fn a_balance_is_taken_into_the_books() {
    let world = World::of("");
    let session = world.open();
    let balance = session.engine.balance(RetryPolicy::Tries(1)).await.unwrap();
    assert_eq!(balance, Credits(1_000_000));
    assert_eq!(session.engine.expected_balance().await.unwrap(), Some(1_000_000));
    assert_eq!(session.ledger.batches(Which::Unsettled).await.unwrap(), []);
}

#[tokio::test]
async fn the_balance_is_read_now_and_then_while_nothing_is_lost() {
    let (mut world, began) = (World::of("post:1=slow/300ms"), Instant::now());
    world.run(0..2).await;
    let readings = world.control.count(Endpoint::Account) as u128;
    assert!(readings <= 2 + began.elapsed().as_millis() / 250, "{readings}");
}

/// The rows have changed, or the ledger is at odds with itself.
#[tokio::test]
async fn a_run_does_not_ask_for_ever_for_somebody_who_is_in_no_row() {
    let world = World::of("");
    let session = world.open();
    session.engine.balance(RetryPolicy::Tries(1)).await.unwrap();
    let (plan, passes) = (session.plan(0..2).await, Cell::new(0));
    let rows = || {
        passes.set(passes.get() + 1);
        std::iter::once(Ok::<_, RowError>(Some(person(0))))
    };
    let run = Box::pin(LocalSet::new().run_until(session.engine.run(&plan, rows))).await;
    // Once it sent somebody, and nine times nobody.
    assert_eq!((run.unwrap().end, passes.get()), (None, 10));
}

/// The ledger's budget holds for all its runs: what does not fit is not sent.
#[tokio::test]
async fn the_budget_of_a_ledger_is_not_passed() {
    for (faults, cap, people, expected) in [
        (
            "",
            160,
            9,
            "run: LedgerBudgetSpent(Budget, NNFFFNNF- batches 5 searches 8 reserved 320 refunded 160 found 4 (8/8) | posts 5 taken 5 charged 160",
        ),
        (
            "",
            160,
            2,
            "run: done, NN batches 2 searches 2 reserved 80 refunded 80 (2/2) | posts 2 taken 2",
        ),
        ("", 49, 2, "run: LedgerBudgetSpent(Budget, -- (0/0) | posts 0"),
        (
            "batch=price/60",
            200,
            9,
            "run: LedgerBudgetSpent(Budget, NNFFF---- batches 3 searches 5 reserved 300 refunded 120 found 3 (5/5) | posts 3 taken 3 charged 180",
        ),
    ] {
        let mut world = World::of(faults);
        let session = world.open();
        session.ledger.set_budget(None, Per::Day, Some(Credits(cap))).await.unwrap();
        drop(session);
        world.run(0..people).await.expect_in(faults, expected);
    }
}
