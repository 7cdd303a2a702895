use super::*;
use crate::ledger::{BatchResult, BatchState, FinalState, Owner, SavedResponse, Status, Which};
use crate::people::Answer;

const SLUGS: [&str; 10] = ["p-0", "p-1", "p-2", "p-3", "p-4", "p-5", "p-6", "p-7", "p-8", "p-9"];

/// A ledger with ten people, and a claim for some of them in this order.
async fn claimed(order: &[usize]) -> (Ledger, Vec<PersonId>, BatchNo) {
    let ledger = ledger();
    let people = add(&ledger, &SLUGS).await;
    let asked: Vec<_> = order.iter().map(|&n| people[n]).collect();
    let batch = claim(&ledger, &asked).await;
    (ledger, people, batch)
}

fn response(body: &str) -> SavedResponse {
    SavedResponse { status: 201, body: body.as_bytes().to_vec() }
}

#[tokio::test]
async fn everybody_keeps_their_position_whatever_their_order_in_the_ledger() {
    for order in [&[0, 1, 2, 3, 4][..], &[7, 2, 3, 9, 8, 0], &[5], &[9, 7, 5, 3, 1]] {
        let (ledger, people, batch) = claimed(order).await;
        let members = ledger.members(batch).await.unwrap();
        let found: Vec<_> = members.iter().map(|m| (m.position as usize, m.person)).collect();
        let expected: Vec<_> = order.iter().map(|&n| people[n]).enumerate().collect();
        assert_eq!(found, expected);
        assert!(ledger.release(batch).await.unwrap());
        let statuses = ledger.person_statuses(people, ANY_AGE).await.unwrap();
        assert!(statuses.iter().all(|status| status.status == Status::Open));
    }
}

#[tokio::test]
async fn nobody_is_claimed_twice() {
    let (ledger, people, _) = claimed(&[0, 1]).await;
    let new = |people: Vec<PersonId>| NewBatch {
        account: account(),
        nonce: Nonce::random(),
        single: false,
        people,
        freshness: ANY_AGE,
        now: NOW,
    };
    let twice = vec![people[1], people[2], people[2], people[3]];
    let claimed = ledger.claim(new(twice)).await.unwrap().unwrap();
    assert_eq!(claimed.positions, [1, 3]);
    assert_eq!(ledger.claim(new(people[..4].to_vec())).await.unwrap(), None);
    assert_eq!(ledger.batches(Which::Unsettled).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_batch_that_ends_lets_everybody_go() {
    let (ledger, people, batch) = claimed(&[4, 5, 6, 1, 2]).await;
    accept(&ledger, batch, "b-1").await;
    let result = BatchResult {
        outcome: FinalState::Completed,
        refunded: Some(Credits(200)),
        // The others are not named.
        answers: vec![(people[5], Answer::NotFound)],
    };
    assert!(ledger.record(batch, result.clone(), NOW).await.unwrap());
    assert!(!ledger.record(batch, result, NOW).await.unwrap(), "recorded twice");
    assert_eq!(ledger.members(batch).await.unwrap(), []);
    let records = ledger.person_records(people).await.unwrap();
    let recorded: Vec<_> = records.iter().map(|s| s.recorded.is_some()).collect();
    let named = [1, 2, 4, 5, 6];
    assert!((0..10).all(|n| recorded[n] == named.contains(&n)), "{recorded:?}");
    assert!(records.iter().all(|record| record.claim.is_none()));
}

#[tokio::test]
async fn a_batch_whose_id_was_learned_meanwhile_is_not_given_up() {
    let (ledger, _, batch) = claimed(&[0]).await;
    let unclear = ledger.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
    assert_eq!(unclear, Recorded::Unknown);
    accept(&ledger, batch, "b-1").await;
    assert!(!ledger.release(batch).await.unwrap());
    assert_eq!(ledger.members(batch).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_accepted_batch_comes_back_as_it_is_listed() {
    let (ledger, _, batch) = claimed(&[0, 1]).await;
    let outcome = accepted("b-1", Reserved::Stated(Credits(80)));
    let recorded =
        ledger.record_post(batch, outcome.clone(), Some(response("{}")), NOW).await.unwrap();
    let listed = ledger.batches(Which::Number(batch)).await.unwrap().pop().unwrap();
    assert_eq!(recorded, Recorded::Running(Box::new(listed.clone())));
    assert_eq!((listed.state, listed.owner), (BatchState::Running, Owner::Us));
    assert_eq!((listed.reserved, listed.saved.clone()), (Some(Credits(80)), None));
    // Learned again, by a run that read the same answer.
    let again = ledger.record_post(batch, outcome, Some(response("{}")), NOW).await.unwrap();
    assert_eq!(again, Recorded::Running(Box::new(listed)));
}

#[tokio::test]
async fn the_id_of_another_batch_is_not_taken_and_its_answer_is_kept() {
    let (ledger, people, first) = claimed(&[0]).await;
    accept(&ledger, first, "b-1").await;
    let second = claim(&ledger, &people[1..2]).await;
    let outcome = accepted("b-1", Reserved::Stated(Credits(40)));
    let raw = Some(response(r#"{"id": "b-1"}"#));
    let recorded = ledger.record_post(second, outcome, raw.clone(), NOW).await.unwrap();
    assert_eq!(recorded, Recorded::Conflict);
    let kept = ledger.batches(Which::Number(second)).await.unwrap().pop().unwrap();
    assert_eq!((kept.state, kept.id, kept.saved), (BatchState::Unknown, None, raw));
    // And the second id of a batch that has one.
    let outcome = accepted("b-2", Reserved::Stated(Credits(40)));
    let recorded = ledger.record_post(first, outcome, None, NOW).await.unwrap();
    assert_eq!(recorded, Recorded::Conflict);
    let first = ledger.batches(Which::Number(first)).await.unwrap().pop().unwrap();
    assert_eq!(first.id, BatchId::parse("b-1"));
}

#[tokio::test]
async fn batches_are_listed_by_what_is_asked_for() {
    let (ledger, people, first) = claimed(&[0]).await;
    let second = claim(&ledger, &people[1..2]).await;
    let third = claim(&ledger, &people[2..3]).await;
    accept(&ledger, first, "b-1").await;
    accept(&ledger, second, "b-2").await;
    let result = |outcome| BatchResult { outcome, refunded: None, answers: Vec::new() };
    ledger.record(second, result(FinalState::Failed), NOW).await.unwrap();
    ledger.record(first, result(FinalState::Completed), NOW).await.unwrap();
    let id = |id| BatchId::parse(id).unwrap();
    for (which, expected) in [
        (Which::Unsettled, vec![third]),
        (Which::RecentlyEnded(5), vec![second, first]),
        (Which::RecentlyEnded(1), vec![second]),
        (Which::Number(third), vec![third]),
        (Which::Ids(vec![id("b-2"), id("b-7"), id("b-1")]), vec![first, second]),
    ] {
        let listed = ledger.batches(which.clone()).await.unwrap();
        let listed: Vec<_> = listed.into_iter().map(|batch| batch.batch).collect();
        assert_eq!(listed, expected, "{which:?}");
    }
}
