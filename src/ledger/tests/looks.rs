//! What looks at a batch lead to.

use super::*;
use crate::ledger::types::{Doubt, LookRecorded, UnprovenNumber};
use crate::ledger::{BatchState, Hole, KeptNumber, StoredAnswer};
use crate::people::{Answer, Country, PhoneNumber};

const DAY: Duration = Duration::from_hours(24);
const ALMOST: Duration = Duration::from_secs(24 * 3600 - 1);

/// A running batch of three, at 40 credits each.
async fn running() -> (Ledger, Vec<PersonId>, BatchNo) {
    let ledger = ledger();
    let people = add(&ledger, &["ada", "ben", "eve"]).await;
    let batch = claim(&ledger, &people).await;
    let outcome = accepted("b-1", Reserved::Stated(Credits(120)));
    ledger.record_post(batch, outcome, None, NOW).await.unwrap();
    (ledger, people, batch)
}

fn number(text: &str) -> Answer {
    Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: Country::parse("US") }
}

fn at(span: Duration) -> LookTime {
    LookTime { at: after(span), server: None }
}

async fn answers(ledger: &Ledger, people: &[PersonId]) -> Vec<Option<Answer>> {
    let records = ledger.person_records(people.to_vec()).await.unwrap();
    let answer = |stored| match stored {
        StoredAnswer::Answer { answer, .. } => answer,
        StoredAnswer::Suppressed => panic!("nobody is suppressed"),
    };
    records.into_iter().map(|record| record.recorded.map(answer)).collect()
}

fn unproven(person: PersonId, number: &str) -> UnprovenNumber {
    UnprovenNumber {
        person: Some(person),
        position: Some(0),
        number: number.to_owned(),
        country: None,
        doubt: Doubt::OnlyIndex,
    }
}

/// Whatever moves the balance is counted, and so is every answer: an experiment that goes on must notice both.
#[tokio::test]
async fn what_a_look_adds_is_counted_and_nothing_else_is() {
    let (ledger, people, batch) = running().await;
    let revision = async || {
        ledger.account_activity(account(), NOW, NOW, Duration::ZERO).await.unwrap().revision
    };
    let answer = vec![(people[1], number("+12025550101"))];
    let answered = BatchLook { answers: answer, ..look(LookStage::Completed) };
    let refunded = BatchLook { refunded: Some(Credits(40)), ..look(LookStage::Ongoing) };
    for (seen, news) in [
        (look(LookStage::Ongoing), 0),
        (look(LookStage::Completed), 0),
        (answered.clone(), 1),
        (answered, 0),
        (refunded.clone(), 1),
        (refunded, 0),
    ] {
        let before = revision().await;
        let case = format!("{seen:?}");
        ledger.record(batch, seen).await.unwrap();
        assert_eq!(revision().await - before, news, "{case}");
    }
}

/// A server whose clock is ahead of ours has not looked for a day when ours says so.
#[tokio::test]
async fn the_day_is_over_by_the_clock_of_the_server_as_well() {
    let (ledger, _, batch) = running().await;
    let hour = Duration::from_hours(1);
    for (wall, server, is_over) in
        [(Duration::ZERO, hour, false), (DAY, DAY, false), (DAY, DAY + hour, true)]
    {
        let time = LookTime { at: after(wall), server: Some(after(server)) };
        let seen = BatchLook { time, ..look(LookStage::Completed) };
        let recorded = ledger.record(batch, seen).await.unwrap();
        assert_eq!(recorded.settled, is_over, "{wall:?} {server:?}");
    }
}

/// 0 credits for a search are no price.
#[tokio::test]
async fn a_price_is_learned_only_where_each_search_costs_something() {
    for (reserved, price) in [(119, Some(Credits(39))), (2, None)] {
        let ledger = ledger();
        let people = add(&ledger, &["ada", "ben", "eve"]).await;
        let batch = claim(&ledger, &people).await;
        let outcome = accepted("b-1", Reserved::Stated(Credits(reserved)));
        ledger.record_post(batch, outcome, None, NOW).await.unwrap();
        assert_eq!(ledger.account_state(account()).await.unwrap().price, price);
    }
}

#[tokio::test]
async fn only_people_with_an_answer_stop_waiting() {
    let (ledger, people, batch) = running().await;
    let first = vec![(people[1], number("+12025550101"))];
    let seen = BatchLook { answers: first, ..look(LookStage::Completed) };
    let recorded = ledger.record(batch, seen.clone()).await.unwrap();
    let expected = LookRecorded { answered: 1, found: 1, given_up: 0, open: 2, settled: false };
    assert_eq!(recorded, expected);
    let known = batch_record(&ledger, batch).await;
    assert_eq!((known.state, known.open, known.looks), (BatchState::Running, 2, 1));
    assert_eq!(known.done_since, Some(NOW));
    assert_eq!(ledger.members(batch).await.unwrap().len(), 3);
    // The same look again is no news.
    let again = ledger.record(batch, seen).await.unwrap();
    assert_eq!(again, LookRecorded { answered: 0, found: 0, ..expected });
    let rest = vec![(people[0], Answer::NotFound), (people[2], Answer::NotFound)];
    let refunded = Some(Credits(80));
    let seen = BatchLook { answers: rest, refunded, ..look(LookStage::Completed) };
    let recorded = ledger.record(batch, seen).await.unwrap();
    assert_eq!((recorded.open, recorded.settled), (0, true));
    let known = batch_record(&ledger, batch).await;
    assert_eq!((known.state, known.found), (BatchState::Completed, Some(1)));
    assert_eq!((known.refunded, known.saved), (refunded, None));
    // Everybody is answered: who was in it is forgotten.
    assert_eq!(ledger.members(batch).await.unwrap(), []);
}

#[tokio::test]
async fn holes_are_given_up_after_a_day_of_looking_and_not_before() {
    for (refund, expected) in [
        // What it cost is covered by the number that came.
        (Some(80), Answer::Failed("batch b-1 ended without an answer for this person".to_owned())),
        (
            Some(79),
            Answer::Unusable(
                "batch b-1 ended without an answer for this person, but may have been paid for it"
                    .to_owned(),
            ),
        ),
        (
            None,
            Answer::Unusable(
                "batch b-1 ended without an answer for this person, but may have been paid for it"
                    .to_owned(),
            ),
        ),
    ] {
        let (ledger, people, batch) = running().await;
        let refunded = refund.map(Credits);
        let found = vec![(people[0], number("+12025550101"))];
        let seen = BatchLook { answers: found, refunded, ..look(LookStage::Completed) };
        ledger.record(batch, seen).await.unwrap();
        let seen = BatchLook { time: at(ALMOST), ..look(LookStage::Completed) };
        let before = ledger.record(batch, seen).await.unwrap();
        assert_eq!((before.given_up, before.open), (0, 2));
        let seen = BatchLook { time: at(DAY), ..look(LookStage::Completed) };
        let recorded = ledger.record(batch, seen).await.unwrap();
        assert_eq!((recorded.given_up, recorded.settled), (2, true), "{refund:?}");
        let holes = answers(&ledger, &people[1..]).await;
        assert_eq!(holes, vec![Some(expected.clone()), Some(expected)], "{refund:?}");
    }
}

#[tokio::test]
async fn an_unproven_number_counts_as_paid_for() {
    let (ledger, people, batch) = running().await;
    let refunded = Some(Credits(80));
    let seen = BatchLook {
        unproven: vec![unproven(people[0], "+12025550101")],
        refunded,
        ..look(LookStage::Completed)
    };
    ledger.record(batch, seen.clone()).await.unwrap();
    ledger.record(batch, seen).await.unwrap();
    assert_eq!(batch_record(&ledger, batch).await.unproven, 1, "kept twice");
    let listed = ledger.batches(Which::Unclear).await.unwrap();
    assert_eq!(listed.len(), 1);
    let records = ledger.person_records(people.clone()).await.unwrap();
    let kept = KeptNumber { number: "+12025550101".to_owned(), batch: BatchId::parse("b-1") };
    assert_eq!(records[0].unproven, [kept]);
    assert_eq!(records[1].unproven, []);
    let seen = BatchLook { time: at(DAY), ..look(LookStage::Completed) };
    ledger.record(batch, seen).await.unwrap();
    // The number may be paid for: its person is not asked for again without a person's word.
    let given_up = answers(&ledger, &people).await;
    assert!(matches!(given_up[0], Some(Answer::Unusable(_))), "{given_up:?}");
    assert!(matches!(given_up[1..], [Some(Answer::Failed(_)), Some(Answer::Failed(_))]));
    let kept = ledger.unproven(batch).await.unwrap();
    assert_eq!(kept, [unproven(people[0], "+12025550101")]);
    // Proven after all.
    let answers = vec![(people[0], number("+12025550101"))];
    let seen = BatchLook { time: at(DAY), answers, ..look(LookStage::Completed) };
    assert_eq!(ledger.record(batch, seen).await.unwrap().answered, 1);
    assert_eq!(ledger.unproven(batch).await.unwrap(), []);
}

#[tokio::test]
async fn one_clock_that_was_set_forward_is_no_day_of_looking() {
    let (ledger, _, batch) = running().await;
    let first = LookTime { at: NOW, server: Some(NOW) };
    let seen = |time| BatchLook { time, ..look(LookStage::Completed) };
    ledger.record(batch, seen(first)).await.unwrap();
    for time in [
        LookTime { at: after(DAY), server: Some(after(ALMOST)) },
        LookTime { at: after(ALMOST), server: Some(after(DAY)) },
        LookTime { at: NOW, server: None },
    ] {
        assert_eq!(ledger.record(batch, seen(time)).await.unwrap().given_up, 0, "{time:?}");
    }
    let both = LookTime { at: after(DAY), server: Some(after(DAY)) };
    assert_eq!(ledger.record(batch, seen(both)).await.unwrap().given_up, 3);
}

#[tokio::test]
async fn a_batch_that_is_not_shown_is_given_up_after_a_day_of_missing_it() {
    let (ledger, people, batch) = running().await;
    ledger.record_missing(batch, at(Duration::ZERO)).await.unwrap();
    // It is shown in between: the day begins anew.
    let shown = BatchLook { time: at(ALMOST), ..look(LookStage::Ongoing) };
    ledger.record(batch, shown).await.unwrap();
    assert_eq!(batch_record(&ledger, batch).await.missing_since, None);
    let missed = ledger.record_missing(batch, at(DAY)).await.unwrap();
    assert_eq!((missed.given_up, missed.open), (0, 3));
    assert_eq!(batch_record(&ledger, batch).await.missing_since, Some(after(DAY)));
    let missed = ledger.record_missing(batch, at(2 * DAY)).await.unwrap();
    assert_eq!((missed.given_up, missed.settled), (3, true));
    let note = "Enrow has not shown batch b-1 for a day".to_owned();
    assert_eq!(answers(&ledger, &people).await[0], Some(Answer::Unusable(note)));
    assert_eq!(batch_record(&ledger, batch).await.state, BatchState::Failed);
}

#[tokio::test]
async fn a_batch_that_failed_was_free_only_if_enrow_says_so() {
    for (refund, free) in [(Some(120), true), (Some(119), false), (None, false)] {
        let (ledger, people, batch) = running().await;
        let seen = BatchLook { refunded: refund.map(Credits), ..look(LookStage::Failed) };
        let recorded = ledger.record(batch, seen).await.unwrap();
        assert_eq!((recorded.given_up, recorded.settled), (3, true));
        let answer = answers(&ledger, &people).await[0].clone();
        assert_eq!(matches!(answer, Some(Answer::Failed(_))), free, "{refund:?}: {answer:?}");
        assert_eq!(matches!(answer, Some(Answer::Unusable(_))), !free, "{refund:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_later_answer_replaces_what_cannot_be_used_and_never_a_number() {
    let (ledger, people, batch) = running().await;
    ledger.record(batch, look(LookStage::Failed)).await.unwrap();
    // One of them is asked for again, and claimed by another batch.
    let other = NewBatch {
        freshness: Freshness { found: Moment(i64::MAX), ..ANY_AGE },
        ..new_batch(&people[2..])
    };
    ledger.claim(other).await.unwrap().unwrap();
    let late = vec![
        (people[0], number("+12025550101")),
        (people[1], Answer::NotFound),
        (people[2], number("+12025550103")),
    ];
    let stranger = add(&ledger, &["stranger"]).await[0];
    let mut seen = BatchLook { answers: late, ..look(LookStage::Completed) };
    seen.answers.push((stranger, number("+12025550109")));
    let recorded = ledger.record(batch, seen).await.unwrap();
    assert_eq!((recorded.answered, recorded.found, recorded.settled), (3, 2, false));
    let known = answers(&ledger, &people).await;
    assert_eq!(known[0], Some(number("+12025550101")));
    assert_eq!(known[1], Some(Answer::NotFound));
    assert_eq!(known[2], Some(number("+12025550103")));
    assert_eq!(answers(&ledger, &[stranger]).await, [None], "not a member");
    let records = ledger.person_records(people.clone()).await.unwrap();
    assert!(records[2].claim.is_some(), "the other batch lost its claim");
    // And nothing takes a number away.
    let nothing = people.iter().map(|&person| (person, Answer::NotFound)).collect();
    let seen = BatchLook { answers: nothing, ..look(LookStage::Completed) };
    assert_eq!(ledger.record(batch, seen).await.unwrap().answered, 0);
    assert_eq!(answers(&ledger, &people).await[0], Some(number("+12025550101")));
}

#[tokio::test]
async fn a_person_who_was_erased_does_not_keep_a_batch_open() {
    let (ledger, people, batch) = running().await;
    ledger.forget(vec![key("eve")], crate::ledger::EraseMode::Erase, NOW).await.unwrap();
    let found = people[..2].iter().map(|&person| (person, Answer::NotFound)).collect();
    let seen = BatchLook { answers: found, ..look(LookStage::Completed) };
    let recorded = ledger.record(batch, seen).await.unwrap();
    assert_eq!((recorded.open, recorded.settled), (0, true));
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_no_answer_old() {
    let (ledger, people, batch) = running().await;
    let back = LookTime { at: Moment(NOW.0 - 1_000_000), server: None };
    let answers = vec![(people[0], number("+12025550101"))];
    let seen = BatchLook { time: back, answers, ..look(LookStage::Completed) };
    ledger.record(batch, seen).await.unwrap();
    let records = ledger.person_records(people).await.unwrap();
    let Some(StoredAnswer::Answer { answered, asked, .. }) = records[0].recorded else {
        panic!("no answer")
    };
    assert_eq!((answered, asked), (NOW, NOW));
}

#[tokio::test]
async fn a_batch_without_an_id_cannot_have_been_looked_at() {
    let ledger = ledger();
    let people = add(&ledger, &["ada"]).await;
    let batch = claim(&ledger, &people).await;
    let answers = vec![(people[0], number("+12025550101"))];
    let seen = BatchLook { answers, ..look(LookStage::Completed) };
    assert_eq!(ledger.record(batch, seen).await.unwrap(), LookRecorded::default());
    assert_eq!(batch_record(&ledger, batch).await.state, BatchState::Sending);
}

#[tokio::test]
async fn a_person_accepts_a_number_and_the_batch_is_settled() {
    let (ledger, people, batch) = running().await;
    let seen = BatchLook {
        answers: vec![(people[1], Answer::NotFound), (people[2], Answer::NotFound)],
        holes: vec![(people[0], Hole::NotProven)],
        unproven: vec![unproven(people[0], "+12025550101")],
        ..look(LookStage::Completed)
    };
    ledger.record(batch, seen).await.unwrap();
    ledger.record_missing(batch, at(Duration::from_secs(1))).await.unwrap();
    let record = &ledger.person_records(people.clone()).await.unwrap()[0];
    let claim = record.claim.as_ref().unwrap();
    assert_eq!((record.hole, claim.done_since), (Some(Hole::NotProven), Some(NOW)));
    let word = BatchLook {
        answers: vec![(people[0], number("+12025550101"))],
        ..look(LookStage::NotAsked)
    };
    let recorded = ledger.record(batch, word).await.unwrap();
    assert_eq!((recorded.answered, recorded.found, recorded.settled), (1, 1, true));
    let known = batch_record(&ledger, batch).await;
    // Enrow was not asked: it is still missing.
    assert_eq!((known.state, known.unproven), (BatchState::Completed, 0));
    assert!(known.missing_since.is_some());
    assert_eq!(ledger.batches(Which::Unclear).await.unwrap(), []);
}

#[tokio::test]
async fn a_person_whose_number_is_not_accepted_is_asked_for_again() {
    let (ledger, people, batch) = running().await;
    let seen = BatchLook {
        answers: vec![(people[1], Answer::NotFound)],
        unproven: vec![unproven(people[0], "+12025550101")],
        ..look(LookStage::Completed)
    };
    ledger.record(batch, seen).await.unwrap();
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 1);
    // Nothing came for the third: nobody gives their claim up.
    let known = batch_record(&ledger, batch).await;
    assert_eq!((known.state, known.open, known.unproven), (BatchState::Running, 1, 1));
    let records = ledger.person_records(people.clone()).await.unwrap();
    assert_eq!(records.iter().map(|record| record.resubmitted).collect::<Vec<_>>(), [1, 0, 0]);
    assert!(records[0].claim.is_none() && records[2].claim.is_some());
    assert_eq!(ledger.resubmit(batch, NOW).await.unwrap(), 0);
}

#[tokio::test]
async fn numbers_that_are_nobodys_or_one_persons_explain_no_more_than_one_search() {
    for of_one_person in [true, false] {
        let (ledger, people, batch) = running().await;
        let mut numbers =
            ["+12025550101", "+12025550102"].map(|number| unproven(people[0], number));
        if !of_one_person {
            for number in &mut numbers {
                number.person = None;
            }
        }
        // Two of the three searches were charged.
        let (unproven, refunded) = (numbers.to_vec(), Some(Credits(40)));
        let seen = BatchLook { refunded, unproven, ..look(LookStage::Completed) };
        ledger.record(batch, seen.clone()).await.unwrap();
        ledger.record(batch, BatchLook { time: at(DAY), ..seen }).await.unwrap();
        for answer in answers(&ledger, &people).await {
            assert!(matches!(answer, Some(Answer::Unusable(_))), "{of_one_person}: {answer:?}");
        }
    }
}
