use super::*;
use crate::ledger::types::{AccountState, CAREFUL_POST_SPACING, POST_SPACING};
use crate::people::Answer;

/// The state after a batch of one ended with this refund, and after a balance that was read a minute later.
async fn state_after(stage: LookStage, refunded: Option<Credits>) -> (AccountState, AccountState) {
    let ledger = ledger();
    let before = ledger.account_state(account()).await.unwrap();
    let balance = Credits(1000);
    ledger.note_balance(account(), balance, before, NOW).await.unwrap();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    accept(&ledger, batch, "b-1").await;
    let answers = vec![(people[0], Answer::NotFound)];
    let ended = ledger.record(batch, BatchLook { refunded, answers, ..look(stage) }).await.unwrap();
    assert!(ended.settled);
    let ended = ledger.account_state(account()).await.unwrap();
    let minute = after(Duration::from_mins(1));
    ledger.note_balance(account(), balance, ended, minute).await.unwrap();
    (ended, ledger.account_state(account()).await.unwrap())
}

#[tokio::test]
async fn a_reservation_that_is_only_assumed_teaches_nothing_and_proves_nothing() {
    let ledger = ledger();
    let before = ledger.account_state(account()).await.unwrap();
    ledger.note_balance(account(), Credits(1000), before, NOW).await.unwrap();
    let (assumed, stated) = (Reserved::Assumed(Credits(50)), Reserved::Stated(Credits(40)));
    let learned = Some(Credits(40));
    for (id, reserved, price) in
        [("b-1", assumed, None), ("b-2", stated, learned), ("b-3", assumed, learned)]
    {
        let people = add(&ledger, &[id]).await;
        let batch = claim(&ledger, &people).await;
        ledger.record_post(batch, accepted(id, reserved), None, NOW).await.unwrap();
        let state = ledger.account_state(account()).await.unwrap();
        assert_eq!(state.price, price, "{reserved:?}");
        assert_eq!(state.expected_balance(), None, "{reserved:?}");
    }
}

#[tokio::test]
async fn a_batch_that_is_sent_again_leaves_no_balance_to_expect() {
    let ledger = ledger();
    let before = ledger.account_state(account()).await.unwrap();
    ledger.note_balance(account(), Credits(1000), before, NOW).await.unwrap();
    let batch = claim(&ledger, &add(&ledger, &["ada-example"]).await).await;
    ledger.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
    let expected = || async { ledger.account_state(account()).await.unwrap().expected_balance() };
    assert_eq!(expected().await, Some(1000));
    ledger.resubmit(batch, NOW).await.unwrap();
    assert_eq!(expected().await, None, "it may have been paid");
}

#[test]
fn an_amount_that_cannot_be_is_not_believed() {
    let reserved = Reserved::of(Some(Credits(u64::MAX)), Some(Credits(40)), 3);
    assert_eq!(reserved, Reserved::Assumed(Credits(120)));
}

#[tokio::test]
async fn a_pause_that_the_api_asked_for_holds_for_every_run() {
    let ledger = ledger();
    let until = after(Duration::from_mins(5));
    ledger.delay_posts(account(), until).await.unwrap();
    assert_eq!(turn(&ledger, NOW).await, until);
}

async fn turn(ledger: &Ledger, now: Moment) -> Moment {
    ledger.reserve_post(account(), now).await.unwrap()
}

#[tokio::test]
async fn posts_leave_in_turns_ten_a_second_and_fewer_after_too_many() {
    let ledger = ledger();
    let mut turns = Vec::new();
    for _ in 0..11 {
        turns.push(turn(&ledger, NOW).await);
    }
    let tenth = turns[10].since(turns[0]);
    assert!(tenth > Duration::from_secs(1) && tenth <= Duration::from_millis(1100), "{tenth:?}");

    let later = after(Duration::from_mins(1));
    ledger.delay_posts(account(), later).await.unwrap();
    let first = turn(&ledger, later).await;
    assert_eq!(turn(&ledger, later).await.since(first), CAREFUL_POST_SPACING);

    let much_later = after(Duration::from_mins(10));
    let first = turn(&ledger, much_later).await;
    assert_eq!(turn(&ledger, much_later).await.since(first), POST_SPACING);
}

#[tokio::test]
async fn a_refund_that_is_stated_keeps_the_baseline() {
    let (ended, later) = state_after(LookStage::Completed, Some(Credits(40))).await;
    assert_eq!(ended.expected_balance(), Some(1000));
    assert_eq!(later.expected_balance(), Some(1000));
}

#[tokio::test]
async fn a_refund_that_was_just_announced_is_waited_for_whatever_the_batch_came_to() {
    for stage in [LookStage::Completed, LookStage::Failed] {
        let (ended, _) = state_after(stage, Some(Credits(40))).await;
        assert_eq!(ended.last_refund, Some(NOW), "{stage:?}");
    }
}

#[tokio::test]
async fn a_refund_that_is_not_stated_leaves_nothing_to_prove_with() {
    for stage in [LookStage::Completed, LookStage::Failed] {
        let (ended, later) = state_after(stage, None).await;
        assert_eq!(ended.expected_balance(), None, "{stage:?}");
        assert_eq!(later.expected_balance(), None, "{stage:?}");
    }
}
