use super::*;
use crate::ledger::LedgerLocation;
use crate::people::{Identity, Profile};

/// A ledger with ten people, and a claim for some of them in this order.
async fn claimed(order: &[usize]) -> (Ledger, Vec<PersonId>, BatchNo) {
    let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
    let now = Moment(1_000);
    let freshness = Freshness { found: now, not_found: now, failed: now };
    let key =
        |n: usize| Identity::Profile(Profile::parse_handle(&format!("person-{n}")).unwrap()).key();
    let entered = ledger.upsert_people((0..10).map(key).collect(), freshness).await;
    let people: Vec<_> = entered.unwrap().iter().map(|status| status.person).collect();
    let new = NewBatch {
        account: AccountId::of_key("key"),
        nonce: Nonce::random(),
        single: false,
        people: order.iter().map(|&n| people[n]).collect(),
        freshness,
        now,
    };
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    (ledger, people, batch)
}

#[tokio::test]
async fn everybody_keeps_their_position_whatever_their_order_in_the_ledger() {
    for order in [&[0, 1, 2, 3, 4][..], &[7, 2, 3, 9, 8, 0], &[5], &[9, 7, 5, 3, 1]] {
        let (ledger, people, batch) = claimed(order).await;
        let members = ledger.members(batch).await.unwrap();
        let found: Vec<_> =
            members.iter().map(|member| (member.position as usize, member.person)).collect();
        let expected: Vec<_> = order.iter().map(|&n| people[n]).enumerate().collect();
        assert_eq!(found, expected);
        assert!(ledger.release(batch).await.unwrap());
        let all =
            Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };
        let statuses = ledger.person_statuses(people, all).await.unwrap();
        assert!(statuses.iter().all(|status| status.status == Status::Open));
    }
}

#[tokio::test]
async fn a_batch_that_ends_lets_everybody_go() {
    let (ledger, people, batch) = claimed(&[4, 5, 6, 1, 2]).await;
    let now = Moment(2_000);
    let acceptance =
        Acceptance { id: BatchId::parse("b-1").unwrap(), reserved: Reserved::Stated(Credits(200)) };
    ledger.accepted(batch, acceptance, now).await.unwrap();
    let result = BatchResult {
        outcome: FinalState::Completed,
        refunded: Some(Credits(200)),
        // The others are not named.
        answers: vec![(people[5], Answer::NotFound)],
    };
    assert!(ledger.record(batch, result, now).await.unwrap());
    assert_eq!(ledger.members(batch).await.unwrap(), []);
    let records = ledger.person_records(people).await.unwrap();
    let recorded: Vec<_> = records.iter().map(|s| s.recorded.is_some()).collect();
    let named = [1, 2, 4, 5, 6];
    assert!((0..10).all(|n| recorded[n] == named.contains(&n)), "{recorded:?}");
    assert!(records.iter().all(|record| record.claim.is_none()));
}

#[tokio::test]
async fn a_batch_whose_id_was_learned_meanwhile_is_not_given_up() {
    let ledger = Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap();
    let now = Moment(1_000);
    let freshness = Freshness { found: now, not_found: now, failed: now };
    let key = Identity::Profile(Profile::parse_handle("ada-example").unwrap()).key();
    let person = ledger.upsert_people(vec![key], freshness).await.unwrap()[0].person;
    let new = NewBatch {
        account: AccountId::of_key("key"),
        nonce: Nonce::random(),
        single: false,
        people: vec![person],
        freshness,
        now,
    };
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    ledger.doubt(batch).await.unwrap();
    let acceptance =
        Acceptance { id: BatchId::parse("b-1").unwrap(), reserved: Reserved::Stated(Credits(40)) };
    ledger.accepted(batch, acceptance, now).await.unwrap();
    assert!(!ledger.release(batch).await.unwrap());
    assert_eq!(ledger.members(batch).await.unwrap().len(), 1);
}
