use super::super::poll::tests::running;
use super::*;
use std::time::Duration;

const ONE: &str = "+12025550101";
const TWO: &str = "+12025550102";

fn number(person: Option<i64>, number: &str, doubt: Doubt) -> UnprovenNumber {
    let person = person.map(PersonId::of_number);
    UnprovenNumber { person, position: None, number: number.to_owned(), country: None, doubt }
}

fn answered(answer: Answer) -> PersonRecord {
    let (answered, asked) = (Moment(1), Moment(1));
    let recorded = Some(StoredAnswer::Answer { answer, answered, asked });
    PersonRecord { recorded, ..PersonRecord::default() }
}

fn found(text: &str) -> PersonRecord {
    answered(Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: None })
}

#[test]
fn a_number_is_taken_for_one_person_and_only_where_nothing_speaks_against_it() {
    let open = PersonRecord::default;
    let named = |text| Accept::Number(PhoneNumber::parse(text).unwrap());
    let taken = |doubt| number(Some(1), ONE, doubt);
    for (first, other, second, accept, why) in [
        (taken(Doubt::OnlyIndex), None, open(), Accept::All, None),
        (taken(Doubt::NotCalledFound), None, found(TWO), Accept::All, None),
        (taken(Doubt::Contradicted), None, open(), Accept::All, Some(NotAccepted::MustBeNamed)),
        (taken(Doubt::Contradicted), None, open(), named(ONE), None),
        (taken(Doubt::OnlyIndex), None, open(), named(TWO), Some(NotAccepted::NotNamed)),
        (
            taken(Doubt::OnlyIndex),
            Some((1, TWO)),
            open(),
            Accept::All,
            Some(NotAccepted::OneOfSeveral),
        ),
        (taken(Doubt::OnlyIndex), Some((1, ONE)), open(), Accept::All, None),
        (taken(Doubt::OnlyIndex), Some((1, TWO)), open(), named(ONE), None),
        (taken(Doubt::OnlyIndex), Some((2, TWO)), open(), Accept::All, None),
        (
            taken(Doubt::OnlyIndex),
            Some((2, ONE)),
            open(),
            Accept::All,
            Some(NotAccepted::OfAnother),
        ),
        (taken(Doubt::OnlyIndex), Some((2, ONE)), open(), named(ONE), Some(NotAccepted::OfAnother)),
        (taken(Doubt::OnlyIndex), None, found(ONE), Accept::All, Some(NotAccepted::OfAnother)),
        (number(None, ONE, Doubt::Nobody), None, open(), named(ONE), Some(NotAccepted::Nobody)),
        (
            number(Some(1), "12025550101", Doubt::OnlyIndex),
            None,
            open(),
            Accept::All,
            Some(NotAccepted::NotInternational),
        ),
    ] {
        let waiting: Vec<_> = [first.clone()]
            .into_iter()
            .chain(other.map(|(person, text)| number(Some(person), text, Doubt::OnlyIndex)))
            .collect();
        let records = [(PersonId::of_number(1), open()), (PersonId::of_number(2), second)];
        let judged = judge(&first, &waiting, &records, &accept);
        let number = PhoneNumber::parse(ONE).unwrap();
        let answer = (PersonId::of_number(1), Answer::Found { number, country: None });
        let expected = why.map_or(Ok(answer), Err);
        assert_eq!(judged, expected, "{waiting:?} {accept:?}");
    }
}

#[test]
fn a_number_waits_for_somebody_who_has_none() {
    let open = PersonRecord::default;
    let unusable = || answered(Answer::Unusable(String::new()));
    let suppressed = || PersonRecord { recorded: Some(StoredAnswer::Suppressed), ..open() };
    for (of, one, two, does) in [
        (Some(1), open(), found(TWO), true),
        (Some(1), answered(Answer::NotFound), open(), true),
        (Some(1), found(ONE), open(), false),
        (Some(1), suppressed(), open(), false),
        (Some(2), found(ONE), open(), true),
        (Some(3), open(), open(), false),
        // What points to nobody may be anybody's who waits.
        (None, found(ONE), unusable(), true),
        (None, found(ONE), answered(Answer::NotFound), false),
        (None, open(), suppressed(), false),
    ] {
        let records = [(PersonId::of_number(1), one), (PersonId::of_number(2), two)];
        let kept = number(of, ONE, Doubt::OnlyIndex);
        assert_eq!(waits(&kept, &records), does, "{of:?} {records:?}");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_again_while_a_standing_run_may_still_send() {
    let batch = running().await;
    let (sent, now) = (Moment::now(), Moment::now());
    let unclear = |state, owner, send_by| Unclear {
        batch: BatchRecord { state, owner, send_by, claimed: Moment(1), ..batch.clone() },
        people: Vec::new(),
        numbers: Vec::new(),
        price: Credits(40),
        readings: Vec::new(),
        resubmitted: Resubmitted::default(),
    };
    let until = Moment(sent.0 + STANDSTILL);
    let over = now.saturating_sub(Duration::from_mins(10));
    for (state, owner, send_by, expected) in [
        (BatchState::Unknown, Owner::Alive, sent, Some(until)),
        (BatchState::Unknown, Owner::Unclear, sent, Some(until)),
        (BatchState::Unknown, Owner::Dead, sent, None),
        (BatchState::Running, Owner::Alive, sent, None),
        (BatchState::Unknown, Owner::Alive, over, None),
    ] {
        let found = unclear(state, owner, send_by).may_be_sent_until(now);
        assert_eq!(found, expected, "{state:?} {owner:?}");
    }
    let mut old = unclear(BatchState::Unknown, Owner::Dead, sent);
    assert_eq!(old.since(), Moment(1));
    old.batch.ended = Some(Moment(4));
    old.batch.done_since = Some(Moment(3));
    assert_eq!(old.since(), Moment(3));
    old.batch.lost = Some(Moment(2));
    assert_eq!(old.since(), Moment(2));
}
