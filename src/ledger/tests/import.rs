use super::*;
use crate::ledger::types::Imported;
use crate::ledger::{EraseMode, StoredAnswer};
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
async fn nothing_is_imported_about_suppressed_people() {
    let ledger = ledger();
    ledger.forget(vec![key("ada")], EraseMode::Suppress, NOW).await.unwrap();
    let answers = vec![(key("ada"), number("+12025550101"))];
    let imported = ledger.import_answers(answers, LATER).await.unwrap();
    assert_eq!((imported.recorded, imported.suppressed), (0, vec![key("ada")]));
    assert_eq!(recorded(&ledger, "ada").await, Some(StoredAnswer::Suppressed));
}
