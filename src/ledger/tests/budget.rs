//! What all runs of a ledger may spend together.

use super::*;
use crate::ledger::Savings;
use crate::ledger::types::{Allowance, Budget, BudgetRequest, Per};
use crate::people::Answer;

/// The ledger's clock: that of a server is its own.
fn clock() -> Moment {
    Moment::now()
}

async fn ask(ledger: &Ledger, most: usize) -> (Nonce, Allowance) {
    let nonce = Nonce::random();
    let request = BudgetRequest {
        account: account(),
        nonce: nonce.clone(),
        least: 1,
        most,
        price: Credits(40),
        label: Some("a.csv".to_owned()),
        now: clock(),
    };
    (nonce, ledger.reserve_budget(request).await.unwrap())
}

#[track_caller]
fn granted(allowance: &Allowance) -> usize {
    match allowance {
        Allowance::Searches(searches) => *searches,
        Allowance::Spent(_) | Allowance::Unlimited => panic!("{allowance:?}"),
    }
}

#[track_caller]
fn spent(allowance: Allowance) -> Budget {
    match allowance {
        Allowance::Spent(budget) => *budget,
        Allowance::Searches(_) | Allowance::Unlimited => panic!("{allowance:?}"),
    }
}

async fn spent_so_far(ledger: &Ledger) -> u64 {
    let budgets = ledger.budgets(clock()).await.unwrap();
    budgets[0].spent.0
}

async fn claim_with(ledger: &Ledger, nonce: Nonce, slugs: &[&str]) -> (BatchNo, Vec<PersonId>) {
    let people = add(ledger, slugs).await;
    let new = NewBatch { nonce, now: clock(), ..new_batch(&people) };
    (ledger.claim(new).await.unwrap().unwrap().batch, people)
}

#[tokio::test]
async fn without_a_budget_nothing_is_kept() {
    let ledger = ledger();
    assert_eq!(ask(&ledger, 3000).await.1, Allowance::Unlimited);
    assert_eq!(ledger.budgets(clock()).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_batch_may_cost_counts_until_it_is_known_what_it_cost() {
    let ledger = ledger();
    ledger.set_budget(None, Per::Day, Some(Credits(200))).await.unwrap();
    let (nonce, allowed) = ask(&ledger, 3).await;
    assert_eq!(granted(&allowed), 3);
    assert_eq!(spent_so_far(&ledger).await, 120, "reserved");
    // Somebody else was faster with one of three.
    let (batch, people) = claim_with(&ledger, nonce, &["ada", "ben"]).await;
    assert_eq!(spent_so_far(&ledger).await, 80, "claimed");
    let taken = accepted("b-1", Reserved::Stated(Credits(100)));
    ledger.record_post(batch, taken, None, clock()).await.unwrap();
    assert_eq!(spent_so_far(&ledger).await, 100, "it holds more than was thought");
    let number = crate::people::PhoneNumber::parse("+12025550123").unwrap();
    let answers =
        vec![(people[0], Answer::Found { number, country: None }), (people[1], Answer::NotFound)];
    let refunded = Some(Credits(50));
    ledger
        .record(batch, BatchLook { refunded, answers, ..look(LookStage::Completed) })
        .await
        .unwrap();
    assert_eq!(spent_so_far(&ledger).await, 50, "given back");
    assert_eq!(granted(&ask(&ledger, 9).await.1), 3, "what fits is granted");
    let over = spent(ask(&ledger, 1).await.1);
    assert_eq!((over.cap, over.spent, over.per), (Credits(200), Credits(170), Per::Day));
    assert!(over.began <= clock() && over.ends > clock());
    assert_eq!(over.ends.since(over.began), Duration::from_hours(24));
    let by: Vec<_> = over.spenders.iter().map(|by| (by.label.as_deref(), by.credits.0)).collect();
    assert_eq!(by, [(Some("a.csv"), 120), (None, 50)]);
}

#[tokio::test]
async fn what_was_certainly_not_taken_is_given_back_and_what_may_have_been_is_not() {
    let ledger = ledger();
    ledger.set_budget(None, Per::Month, Some(Credits(1000))).await.unwrap();
    let (nonce, _) = ask(&ledger, 2).await;
    ledger.return_budget(nonce).await.unwrap();
    assert_eq!(spent_so_far(&ledger).await, 0, "never claimed");
    let (nonce, _) = ask(&ledger, 2).await;
    let (batch, people) = claim_with(&ledger, nonce, &["ada", "ben"]).await;
    ledger.release(batch).await.unwrap();
    assert_eq!(spent_so_far(&ledger).await, 0, "refused");
    let (nonce, _) = ask(&ledger, 2).await;
    let (batch, _) = claim_with(&ledger, nonce, &["ada", "ben"]).await;
    ledger.record_post(batch, PostOutcome::Unclear, None, clock()).await.unwrap();
    let revision =
        ledger.account_activity(account(), NOW, NOW, Duration::ZERO).await.unwrap().revision;
    assert_eq!(spent_so_far(&ledger).await, 80, "lost");
    assert!(ledger.release_untaken(vec![batch], revision).await.unwrap());
    assert_eq!(spent_so_far(&ledger).await, 0, "proven not to be taken");
    let (nonce, _) = ask(&ledger, 2).await;
    let (batch, _) = claim_with(&ledger, nonce, &["ada", "ben"]).await;
    ledger.record_post(batch, PostOutcome::Unclear, None, clock()).await.unwrap();
    assert_eq!(ledger.resubmit(batch, clock()).await.unwrap(), people.len());
    assert_eq!(spent_so_far(&ledger).await, 80, "a person takes the risk that it was paid");
}

#[tokio::test]
async fn every_budget_holds_and_the_tightest_is_named() {
    let ledger = ledger();
    let other = AccountId::of_key("another");
    ledger.set_budget(None, Per::Month, Some(Credits(1000))).await.unwrap();
    ledger.set_budget(Some(account()), Per::Day, Some(Credits(85))).await.unwrap();
    ledger.set_budget(Some(other), Per::Day, Some(Credits(0))).await.unwrap();
    assert_eq!(granted(&ask(&ledger, 9).await.1), 2);
    let over = spent(ask(&ledger, 1).await.1);
    assert_eq!((over.account, over.per, over.spent), (Some(account()), Per::Day, Credits(80)));
    // What a batch needs at least is granted as a whole or not at all.
    ledger.set_budget(Some(account()), Per::Day, Some(Credits(200))).await.unwrap();
    let all = BudgetRequest {
        account: account(),
        nonce: Nonce::random(),
        least: 4,
        most: 4,
        price: Credits(40),
        label: None,
        now: clock(),
    };
    spent(ledger.reserve_budget(all.clone()).await.unwrap());
    let three = BudgetRequest { least: 3, most: 3, nonce: Nonce::random(), ..all };
    assert_eq!(granted(&ledger.reserve_budget(three.clone()).await.unwrap()), 3);
    ledger.return_budget(three.nonce).await.unwrap();
    assert_eq!(granted(&ask(&ledger, 4).await.1), 3);
    ledger.set_budget(Some(account()), Per::Day, None).await.unwrap();
    ledger.set_budget(None, Per::Month, None).await.unwrap();
    assert_eq!(ask(&ledger, 1).await.1, Allowance::Unlimited);
}

#[tokio::test]
async fn a_budget_counts_what_was_spent_before_it_was_set_and_nothing_of_an_earlier_period() {
    let ledger = ledger();
    let long_ago = add(&ledger, &["long-ago"]).await;
    let batch = claim(&ledger, &long_ago).await;
    accept(&ledger, batch, "b-old").await;
    let (batch, _) = claim_with(&ledger, Nonce::random(), &["today"]).await;
    accept(&ledger, batch, "b-new").await;
    // What was saved was not spent.
    let savings = Savings { numbers: 9, account: Some(account()), label: None, now: clock() };
    ledger.add_savings(savings).await.unwrap();
    ledger.set_budget(None, Per::Day, Some(Credits(100))).await.unwrap();
    assert_eq!(spent_so_far(&ledger).await, 40);
}

#[tokio::test]
async fn runs_that_ask_at_once_never_get_more_than_there_is() {
    let ledger = ledger();
    ledger.set_budget(None, Per::Day, Some(Credits(4000))).await.unwrap();
    let others: Vec<Ledger> =
        (0..8).map(|_| Ledger::open(ledger.location().clone()).unwrap()).collect();
    let threads: Vec<_> = others
        .into_iter()
        .map(|other| {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async {
                    let mut searches = 0;
                    while let (_, Allowance::Searches(granted)) = ask(&other, 7).await {
                        searches += granted;
                    }
                    searches
                })
            })
        })
        .collect();
    let searches: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(searches, 100);
    assert_eq!(spent_so_far(&ledger).await, 4000);
}
