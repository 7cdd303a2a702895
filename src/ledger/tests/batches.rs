use super::*;
use crate::ledger::types::{ListScope, Refresh};
use crate::ledger::{BatchState, Owner, SavedResponse, Status, StoredAnswer};
use crate::people::{Answer, PhoneNumber};

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

/// What a later run believes a result by is what was sent, not what the ledger calls the person.
#[tokio::test]
async fn what_is_sent_for_somebody_is_given_back() {
    for (slug, names, custom) in [
        ("p-0", None, None),
        ("another", None, None),
        ("p-0", Some(7), None),
        ("p-0", None, Some(u64::MAX)),
        ("another", Some(7), Some(8)),
    ] {
        let ledger = ledger();
        let people = add(&ledger, &SLUGS).await;
        let sent = ClaimedSearch { names, custom, ..search(people[0], slug) };
        let new = NewBatch { people: vec![sent], ..new_batch(&[]) };
        let batch = ledger.claim(new).await.unwrap().unwrap().batch;
        let member = ledger.members(batch).await.unwrap().pop().unwrap();
        assert_eq!((member.key, member.names, member.custom), (key(slug), names, custom));
    }
}

#[tokio::test]
async fn nobody_is_claimed_twice() {
    let (ledger, people, _) = claimed(&[0, 1]).await;
    let twice = vec![people[1], people[2], people[2], people[3]];
    let claimed = ledger.claim(new_batch(&twice)).await.unwrap().unwrap();
    assert_eq!(claimed.positions, [1, 3]);
    assert_eq!(ledger.claim(new_batch(&people[..4])).await.unwrap(), None);
    assert_eq!(ledger.batches(Which::Unsettled).await.unwrap().len(), 2);
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
    let listed = batch_record(&ledger, batch).await;
    assert_eq!(recorded, Recorded::Running(Box::new(listed.clone())));
    assert_eq!((listed.state, listed.owner), (BatchState::Running, Owner::Us));
    assert_eq!((listed.reserved, listed.saved.clone()), (Some(Credits(80)), Some(response("{}"))));
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
    let kept = batch_record(&ledger, second).await;
    assert_eq!((kept.state, kept.id, kept.saved), (BatchState::Unknown, None, raw));
    // And the second id of a batch that has one.
    let outcome = accepted("b-2", Reserved::Stated(Credits(40)));
    let recorded = ledger.record_post(first, outcome, None, NOW).await.unwrap();
    assert_eq!(recorded, Recorded::Conflict);
    let first = batch_record(&ledger, first).await;
    assert_eq!(first.id, BatchId::parse("b-1"));
}

#[tokio::test]
async fn batches_are_listed_by_what_is_asked_for() {
    let (ledger, people, first) = claimed(&[0]).await;
    let second = claim(&ledger, &people[1..2]).await;
    let third = claim(&ledger, &people[2..3]).await;
    accept(&ledger, first, "b-1").await;
    accept(&ledger, second, "b-2").await;
    ledger.record(second, look(LookStage::Failed)).await.unwrap();
    let answers = vec![(people[0], Answer::NotFound)];
    ledger.record(first, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
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

#[tokio::test]
async fn what_was_sent_comes_back_with_the_members() {
    let ledger = ledger();
    let people = add(&ledger, &["ada", "ben", "eve"]).await;
    let mut new = new_batch(&[]);
    new.people = vec![
        search(people[0], "ada"),
        ClaimedSearch { names: Some(u32::MAX), ..search(people[1], "alias-of-ben") },
        ClaimedSearch { custom: Some(u64::MAX), ..search(people[2], "eve") },
    ];
    let searches = new.people.clone();
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    let members = ledger.members(batch).await.unwrap();
    for (position, (member, search)) in members.iter().zip(&searches).enumerate() {
        assert_eq!(member.position as usize, position);
        let ClaimedSearch { person, key, names, custom } = *search;
        let sent = (member.person, member.key, member.names, member.custom);
        assert_eq!(sent, (person, key, names, custom));
    }
    // The next search of a person forgets what the one before sent.
    assert!(ledger.release(batch).await.unwrap());
    let mut new = new_batch(&[]);
    new.people = vec![search(people[1], "ben")];
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    let member = ledger.members(batch).await.unwrap()[0];
    assert_eq!((member.key, member.names, member.custom), (key("ben"), None, None));
}

#[tokio::test]
async fn a_claim_says_until_when_it_may_be_sent() {
    let ledger = ledger();
    let people = add(&ledger, &["ada", "ben"]).await;
    let claimed = ledger.claim(new_batch(&people[..1])).await.unwrap().unwrap();
    assert_eq!(claimed.send_by, after(Duration::from_secs(20)));
    assert_eq!(batch_record(&ledger, claimed.batch).await.send_by, claimed.send_by);
    // The moment by the wall clock as it is now, even where the clock was set back since the ledger was last written.
    let back = Moment(NOW.0 - 1_000_000);
    let new = NewBatch { now: back, ..new_batch(&people[1..]) };
    let claimed = ledger.claim(new).await.unwrap().unwrap();
    assert_eq!(claimed.send_by, Moment(back.0 + 20_000));
    assert_eq!(batch_record(&ledger, claimed.batch).await.claimed, NOW);
}

#[tokio::test]
async fn a_batch_that_was_not_taken_leaves_its_people_open() {
    let (ledger, people, batch) = claimed(&[0, 1]).await;
    let recorded = ledger.record_post(batch, PostOutcome::NotTaken, None, NOW).await.unwrap();
    assert_eq!(recorded, Recorded::Released);
    assert_eq!(ledger.batches(Which::Unsettled).await.unwrap(), []);
    let statuses = ledger.person_statuses(people, ANY_AGE).await.unwrap();
    assert!(statuses.iter().all(|status| status.status == Status::Open));
}

#[tokio::test]
async fn an_answer_that_comes_late_repairs_what_was_given_up_as_lost() {
    let (ledger, _, batch) = claimed(&[0]).await;
    let lost = after(Duration::from_secs(5));
    ledger.record_post(batch, PostOutcome::Unclear, None, lost).await.unwrap();
    let unclear = batch_record(&ledger, batch).await;
    assert_eq!((unclear.state, unclear.lost), (BatchState::Unknown, Some(lost)));
    accept(&ledger, batch, "b-1").await;
    assert_eq!(batch_record(&ledger, batch).await.state, BatchState::Running);
}

#[tokio::test]
async fn a_saved_response_is_short() {
    let (ledger, _, batch) = claimed(&[0]).await;
    let long = Some(response(&"x".repeat(1 << 20)));
    ledger.record_post(batch, PostOutcome::Unclear, long, NOW).await.unwrap();
    assert_eq!(batch_record(&ledger, batch).await.saved.unwrap().body.len(), 4096);
}

#[tokio::test]
async fn what_a_person_has_asked_for_again_is_counted() {
    let (ledger, people, batch) = claimed(&[0, 1]).await;
    ledger.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 2);
    assert_eq!(ledger.totals().await.unwrap().resubmitted, 2);
    let batch = claim(&ledger, &people[..2]).await;
    accept(&ledger, batch, "b-1").await;
    // It runs: nobody is open, and nothing is counted.
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 0);
    ledger.record(batch, look(LookStage::Failed)).await.unwrap();
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 2);
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 0, "they are open already");
    let records = ledger.person_records(people.clone()).await.unwrap();
    assert_eq!((records[0].resubmitted, records[1].resubmitted), (2, 2));
    assert_eq!(ledger.totals().await.unwrap().resubmitted, 4);
}

#[tokio::test]
async fn a_run_says_that_it_is_alive() {
    let (ledger, _, batch) = claimed(&[0]).await;
    ledger.heartbeat(after(Duration::from_secs(20))).await.unwrap();
    let seen = batch_record(&ledger, batch).await.owner_seen;
    assert_eq!(seen, Some(after(Duration::from_secs(20))));
}

#[tokio::test]
async fn a_post_that_nothing_is_heard_of_is_unknown_though_its_run_is_alive() {
    let (ledger, _, batch) = claimed(&[0]).await;
    let other = Ledger::open(ledger.location().clone()).unwrap();
    let last = after(Duration::from_secs(20 + 90));
    assert_eq!(other.reap_dead_runs(last).await.unwrap(), []);
    assert_eq!(batch_record(&other, batch).await.state, BatchState::Sending);
    let late = Moment(last.0 + 1);
    other.reap_dead_runs(late).await.unwrap();
    let unclear = batch_record(&other, batch).await;
    assert_eq!((unclear.state, unclear.lost), (BatchState::Unknown, Some(late)));
    assert_eq!(unclear.owner, Owner::Alive);
}

#[tokio::test]
async fn a_refresh_that_is_not_finished_is_continued() {
    let ledger = ledger();
    let (list, other) = (ListScope([1; 16]), ListScope([2; 16]));
    let later = after(Duration::from_hours(1));
    let new = |since| Refresh { since, is_continued: false };
    // To plan one begins none.
    assert_eq!(ledger.refresh_of(list, NOW).await.unwrap(), new(NOW));
    assert_eq!(ledger.refresh_of(list, later).await.unwrap(), new(later));
    let people = add(&ledger, &["ada", "ben"]).await;
    for (person, since) in people.iter().zip([NOW, later]) {
        let batch = NewBatch { scope: Some(list), refresh: Some(since), ..new_batch(&[*person]) };
        ledger.claim(batch).await.unwrap().unwrap();
    }
    let begun = Refresh { since: NOW, is_continued: true };
    assert_eq!(ledger.refresh_of(list, later).await.unwrap(), begun);
    assert!(!ledger.refresh_of(other, later).await.unwrap().is_continued);
    ledger.end_refresh(list).await.unwrap();
    assert!(!ledger.refresh_of(list, later).await.unwrap().is_continued);
}

#[tokio::test]
async fn a_refresh_begins_after_every_answer_whatever_the_clock_says() {
    let (ledger, people, batch) = claimed(&[0]).await;
    accept(&ledger, batch, "b-1").await;
    let answers = vec![(people[0], Answer::NotFound)];
    ledger.record(batch, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
    let since = ledger.refresh_of(ListScope([1; 16]), Moment(0)).await.unwrap().since;
    let freshness = Freshness { found: since, not_found: since, failed: since };
    let statuses = ledger.person_statuses(people, freshness).await.unwrap();
    assert_eq!(statuses[0].status, Status::Open);
}

/// On a person's word its people are asked for again; it was taken all the same, and what it paid for is not lost.
#[tokio::test]
async fn a_batch_that_turns_up_after_its_people_were_opened_again_still_brings_its_answers() {
    let (ledger, people, batch) = claimed(&[0, 1, 2]).await;
    ledger.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 3);
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 0, "they are open already");
    assert!(ledger.batches(Which::Unclear).await.unwrap().is_empty());
    assert!(ledger.batches(Which::Unsettled).await.unwrap().is_empty());
    let lost = ledger.batches(Which::WithoutId).await.unwrap();
    assert_eq!(lost[0].state, BatchState::Resubmitted);
    assert_eq!(ledger.members(batch).await.unwrap().len(), 3);
    let again = claim(&ledger, &people[..1]).await;
    accept(&ledger, again, "b-2").await;

    accept(&ledger, batch, "b-1").await;
    // It still runs, or is not shown for a moment: nobody waits for it, and later runs look all the same.
    ledger.record(batch, look(LookStage::Ongoing)).await.unwrap();
    ledger.record_missing(batch, LookTime { at: NOW, server: None }).await.unwrap();
    assert_eq!(batch_record(&ledger, batch).await.state, BatchState::Running);
    let number =
        Answer::Found { number: PhoneNumber::parse("+12025550101").unwrap(), country: None };
    let answers = vec![
        (people[0], number.clone()),
        (people[1], Answer::NotFound),
        (people[9], Answer::NotFound),
    ];
    let seen = BatchLook { answers, ..look(LookStage::Completed) };
    assert_eq!(ledger.record(batch, seen).await.unwrap().answered, 2);
    assert_eq!(batch_record(&ledger, batch).await.state, BatchState::Completed);
    let statuses = ledger.person_statuses(people.clone(), ANY_AGE).await.unwrap();
    assert_eq!(statuses[0].status, Status::Claimed(again));
    assert!(matches!(statuses[1].status, Status::Answered(_)));
    assert_eq!(statuses[2].status, Status::Open);
    // The number stays, whatever the second search says.
    let seen =
        BatchLook { answers: vec![(people[0], Answer::NotFound)], ..look(LookStage::Completed) };
    ledger.record(again, seen).await.unwrap();
    let record = ledger.person_records(vec![people[0]]).await.unwrap().pop().unwrap();
    assert!(
        matches!(record.recorded, Some(StoredAnswer::Answer { answer, .. }) if answer == number)
    );
    // Somebody has no answer yet: a later look may bring one.
    assert_eq!(ledger.members(batch).await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_taken_after_it_was_given_up_is_kept_with_its_id_and_takes_nobody_from_others() {
    let (slow, ledger) = two();
    let people = add(&slow, &["ada", "ben", "cleo"]).await;
    let late = claim_as(&slow, &people, &["ada", "ben", "cleo"]).await;
    assert!(ledger.release(late).await.unwrap());
    let theirs = claim(&ledger, &people[1..2]).await;
    let said = accepted("b-late", Reserved::Stated(Credits(120)));
    let answer = Some(SavedResponse { status: 201, body: b"{}".to_vec() });
    let recorded = slow.record_post(late, said.clone(), answer, NOW).await.unwrap();
    let Recorded::Readmitted(again) = recorded else { panic!("{recorded:?}") };
    assert_eq!((again.elsewhere, again.was_given_up), (1, true));
    let batch = batch_record(&ledger, again.batch.batch).await;
    assert_eq!((batch.id, batch.open), (BatchId::parse("b-late"), 2));
    assert_eq!((batch.state, batch.reserved), (BatchState::Running, Some(Credits(120))));
    let statuses = ledger.person_statuses(people.clone(), ANY_AGE).await.unwrap();
    let claims: Vec<_> = statuses.iter().map(|status| status.status).collect();
    let ours = Status::Claimed(batch.batch);
    assert_eq!(claims, [ours, Status::Claimed(theirs), ours]);
    // Its answers are found for all of them, by their places.
    let members = ledger.members(batch.batch).await.unwrap();
    assert_eq!(members.iter().map(|member| member.position).collect::<Vec<_>>(), [0, 1, 2]);
    let number = PhoneNumber::parse("+33612345678").unwrap();
    let found = Answer::Found { number, country: None };
    let answers = vec![(people[0], Answer::NotFound), (people[1], found)];
    ledger.record(batch.batch, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
    let records = ledger.person_records(people).await.unwrap();
    assert!(records[1].recorded.is_some() && records[1].claim.is_some(), "{:?}", records[1]);
    // What was told once is not told again.
    assert_eq!(slow.record_post(late, said, None, NOW).await.unwrap(), Recorded::Gone);
}

#[tokio::test]
async fn what_was_given_up_and_of_which_nothing_is_known_stays_so() {
    let (slow, ledger) = two();
    let people = add(&slow, &["ada"]).await;
    let late = claim(&slow, &people).await;
    assert!(ledger.release(late).await.unwrap());
    let recorded = slow.record_post(late, PostOutcome::Unclear, None, NOW).await.unwrap();
    assert_eq!(recorded, Recorded::Gone);
    let statuses = ledger.person_statuses(people, ANY_AGE).await.unwrap();
    assert_eq!(statuses[0].status, Status::Open);
}

/// Two runs on one ledger.
fn two() -> (Ledger, Ledger) {
    let first = ledger();
    let second = Ledger::open(first.location().clone()).unwrap();
    (first, second)
}
