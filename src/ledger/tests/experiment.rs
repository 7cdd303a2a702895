use super::*;
use crate::ledger::{AccountActivity, BalanceReading, ExperimentEnd};
use crate::people::Answer;

const SILENCE: Duration = Duration::from_mins(10);

/// What is known since [`NOW`], so much later.
async fn activity(ledger: &Ledger, span: Duration) -> AccountActivity {
    ledger.account_activity(account(), NOW, after(span), SILENCE).await.unwrap()
}

/// Between which two amounts the spending lies.
async fn range(ledger: &Ledger, span: Duration) -> (i64, i64) {
    let AccountActivity { spent_at_least, spent_at_most, .. } = activity(ledger, span).await;
    (spent_at_least, spent_at_most)
}

async fn lose(ledger: &Ledger, batch: BatchNo) {
    ledger.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
}

async fn end(
    ledger: &Ledger,
    batch: BatchNo,
    people: &[PersonId],
    refunded: Option<u64>,
    at: Moment,
) {
    let answers = people.iter().map(|person| (*person, Answer::NotFound)).collect();
    let look = BatchLook {
        time: LookTime { at, server: None },
        refunded: refunded.map(Credits),
        answers,
        ..look(LookStage::Completed)
    };
    assert!(ledger.record(batch, look).await.unwrap().settled);
}

#[tokio::test]
async fn what_a_batch_can_have_cost_follows_its_life() {
    let ledger = ledger();
    let minute = Duration::from_mins(1);
    let idle = activity(&ledger, minute).await;
    assert!(idle.settled && !idle.active);
    assert_eq!(range(&ledger, minute).await, (0, 0));
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    // On its way: nothing, or the highest price.
    assert!(activity(&ledger, minute).await.active);
    assert_eq!(range(&ledger, minute).await, (0, 50));
    accept(&ledger, batch, "b-1").await;
    // Running: its refund may come before it is stated.
    assert!(activity(&ledger, minute).await.active);
    assert_eq!(range(&ledger, minute).await, (0, 40));
    end(&ledger, batch, &people, Some(10), after(minute)).await;
    // Ended: the refund that is stated may be late.
    let ended = activity(&ledger, minute).await;
    assert!(!ended.active && !ended.settled);
    assert_eq!(range(&ledger, minute).await, (30, 40));
    assert!(!activity(&ledger, minute + Duration::from_secs(599)).await.settled);
    assert!(activity(&ledger, minute + SILENCE).await.settled);
    // Ended before the chain of readings began: exactly known.
    let since = after(minute * 2);
    let known = ledger.account_activity(account(), since, since, SILENCE).await.unwrap();
    assert_eq!((known.spent_at_least, known.spent_at_most), (30, 30));
    assert!(known.revision > idle.revision);
}

#[tokio::test]
async fn a_refund_that_is_not_stated_is_not_settled_for_a_day() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    accept(&ledger, batch, "b-1").await;
    end(&ledger, batch, &people, None, NOW).await;
    assert_eq!(range(&ledger, Duration::ZERO).await, (0, 40));
    let day = Duration::from_hours(24);
    assert!(!activity(&ledger, Duration::from_hours(23)).await.settled);
    assert!(activity(&ledger, day).await.settled);
}

#[tokio::test]
async fn an_unclear_batch_counts_as_not_taken_and_is_not_settled() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    lose(&ledger, batch).await;
    let lost = activity(&ledger, SILENCE * 100).await;
    assert!(!lost.active && !lost.settled);
    assert_eq!((lost.spent_at_least, lost.spent_at_most), (0, 0));
}

#[tokio::test]
async fn batches_of_another_key_may_share_the_credits() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    accept(&ledger, batch, "b-1").await;
    let other = AccountId::of_key("another key");
    let seen = ledger.account_activity(other, NOW, NOW, SILENCE).await.unwrap();
    assert!(seen.active);
    assert_eq!((seen.spent_at_least, seen.spent_at_most), (0, 40));
    end(&ledger, batch, &people, Some(0), NOW).await;
    let seen = ledger.account_activity(other, after(SILENCE), after(SILENCE), SILENCE).await;
    let seen = seen.unwrap();
    assert!(seen.settled && !seen.active);
    assert_eq!((seen.spent_at_least, seen.spent_at_most), (0, 0));
}

#[tokio::test]
async fn lost_batches_are_released_only_where_nothing_has_happened_since_the_proof() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example", "bob-example"]).await;
    let batch = claim(&ledger, &people[..1]).await;
    lose(&ledger, batch).await;
    let revision = activity(&ledger, SILENCE).await.revision;
    let other = claim(&ledger, &people[1..]).await;
    assert!(!ledger.release_untaken(vec![batch], revision).await.unwrap());
    lose(&ledger, other).await;
    let revision = activity(&ledger, SILENCE).await.revision;
    assert!(ledger.release_untaken(vec![batch], revision).await.unwrap());
    assert!(!ledger.release_untaken(vec![batch], revision).await.unwrap());
    let left = ledger.batches(Which::Unsettled).await.unwrap();
    assert_eq!(left.iter().map(|batch| batch.batch).collect::<Vec<_>>(), [other]);
}

#[tokio::test]
async fn an_experiment_that_ended_is_never_repeated() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    lose(&ledger, batch).await;
    ledger.end_experiment(vec![batch], ExperimentEnd::Contradicted).await.unwrap();
    ledger.end_experiment(vec![batch], ExperimentEnd::Gap).await.unwrap();
    let revision = activity(&ledger, SILENCE).await.revision;
    assert!(!ledger.release_untaken(vec![batch], revision).await.unwrap());
    let kept = ledger.batches(Which::Number(batch)).await.unwrap();
    assert_eq!(kept[0].experiment, Some(ExperimentEnd::Contradicted));
}

#[tokio::test]
async fn readings_are_kept_with_an_unclear_batch_and_go_with_it() {
    let ledger = ledger();
    let people = add(&ledger, &["ada-example"]).await;
    let batch = claim(&ledger, &people).await;
    let reading = |n: i64| BalanceReading { at: Moment(NOW.0 + n), balance: 1000 - n };
    ledger.save_reading(vec![batch], reading(0)).await.unwrap();
    assert_eq!(ledger.readings(batch).await.unwrap(), []);
    lose(&ledger, batch).await;
    for n in 0..510 {
        ledger.save_reading(vec![batch], reading(n)).await.unwrap();
    }
    let kept = ledger.readings(batch).await.unwrap();
    assert!((250..=501).contains(&kept.len()), "{}", kept.len());
    assert_eq!((kept[0], kept[kept.len() - 1]), (reading(0), reading(509)));
    assert!(ledger.release(batch).await.unwrap());
    assert_eq!(ledger.readings(batch).await.unwrap(), []);
}
