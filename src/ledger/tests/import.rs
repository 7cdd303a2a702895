use super::*;
use crate::ledger::types::Imported;
use crate::ledger::{EraseMode, FilledRow, StoredAnswer};
use crate::people::{Answer, Country, PhoneNumber};

const LATER: Moment = Moment(NOW.0 + 1000);

fn number(text: &str) -> Answer {
    Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: Country::parse("US") }
}

async fn recorded(ledger: &Ledger, slug: &str) -> Option<StoredAnswer> {
    let people = add(ledger, &[slug]).await;
    ledger.person_records(people).await.unwrap()[0].recorded.clone()
}

fn stored(answer: Answer, at: Moment) -> StoredAnswer {
    StoredAnswer::Answer { answer, answered: at, asked: at }
}

#[tokio::test]
async fn new_people_are_added_and_better_answers_kept() {
    let ledger = ledger();
    let (old, new) = (number("+12025550101"), number("+12025550102"));
    let first = vec![(key("ada"), old.clone()), (key("ben"), Answer::NotFound)];
    let imported = ledger.import_answers(first, NOW).await.unwrap();
    assert_eq!(imported.recorded, 2);
    let second = vec![
        (key("ada"), new.clone()),
        (key("ben"), new.clone()),
        (key("eve"), Answer::Failed("?".to_owned())),
    ];
    let imported = ledger.import_answers(second, LATER).await.unwrap();
    assert_eq!(imported.recorded, 1);
    assert_eq!(recorded(&ledger, "ada").await, Some(stored(old, NOW)));
    assert_eq!(recorded(&ledger, "ben").await, Some(stored(new, LATER)));
    assert_eq!(recorded(&ledger, "eve").await, None);
    let again = vec![(key("ada"), Answer::NotFound), (key("ben"), Answer::NotFound)];
    assert_eq!(ledger.import_answers(again, LATER).await.unwrap().recorded, 0);
}

#[tokio::test]
async fn a_person_who_is_claimed_is_left_to_the_batch() {
    let ledger = ledger();
    let people = add(&ledger, &["ada"]).await;
    claim(&ledger, &people).await;
    let answers = vec![(key("ada"), number("+12025550101"))];
    assert_eq!(ledger.import_answers(answers, NOW).await.unwrap(), Imported::default());
    assert_eq!(recorded(&ledger, "ada").await, None);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_no_answer_old() {
    let ledger = ledger();
    ledger.import_answers(vec![(key("ada"), number("+12025550101"))], NOW).await.unwrap();
    let long_ago = Moment(1000);
    ledger.import_answers(vec![(key("ben"), number("+12025550102"))], long_ago).await.unwrap();
    assert_eq!(recorded(&ledger, "ben").await, Some(stored(number("+12025550102"), NOW)));
}

#[tokio::test]
async fn a_row_that_is_filled_in_is_known_by_its_person_or_its_number() {
    let ledger = ledger();
    let people = add(&ledger, &["ada", "ben", "cyd", "dan"]).await;
    let answers = vec![(key("ada"), number("+12025550101")), (key("ben"), Answer::NotFound)];
    ledger.import_answers(answers, NOW).await.unwrap();
    claim(&ledger, &people[2..3]).await;
    let (known, other) = ("+12025550101", "+12025550199");
    let cases = [
        (Some(people[0]), known, true),
        (Some(people[0]), other, true),
        (Some(people[1]), other, true),
        (Some(people[2]), other, true),
        // Planned once, and never asked for.
        (Some(people[3]), known, true),
        (Some(people[3]), other, false),
        (None, known, true),
        (None, other, false),
    ];
    let row = |&(person, number, _): &(Option<PersonId>, &str, bool)| FilledRow {
        person,
        number: PhoneNumber::parse(number).unwrap(),
    };
    let told = ledger.knows_filled(cases.iter().map(row).collect()).await.unwrap();
    assert_eq!(told, cases.map(|(_, _, is_known)| is_known));
}

#[tokio::test]
async fn nothing_is_imported_about_suppressed_people() {
    let ledger = ledger();
    ledger.forget(vec![key("ada")], EraseMode::Suppress, NOW).await.unwrap();
    let answers = vec![(key("ada"), number("+12025550101"))];
    let imported = ledger.import_answers(answers, LATER).await.unwrap();
    assert_eq!((imported.recorded, imported.suppressed), (0, vec![key("ada")]));
    assert_eq!(recorded(&ledger, "ada").await, Some(StoredAnswer::Suppressed));
}
