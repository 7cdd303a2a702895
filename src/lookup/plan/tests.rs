use super::*;
use crate::batch::{AccountId, BatchId, Nonce};
use crate::ledger::{
    Acceptance, BatchLook, ClaimedSearch, EraseMode, LedgerLocation, LookStage, LookTime, NewBatch,
    PostOutcome, Reserved,
};
use crate::people::{Answer, Employer, Identity, PersonFields, Profile};
use crate::units::{Credits, Moment};
use std::time::Duration;

const NUMBER: &str = "+12025550123";
const OTHER: &str = "+12025550199";

fn ledger() -> Ledger {
    Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap()
}

fn freshness() -> Freshness {
    crate::lookup::Settings::default().freshness
}

fn search(slug: &str) -> Search {
    let identity = Identity::Profile(Profile::parse_handle(slug).unwrap());
    Search { distinction: Distinction::default(), identity, others: Vec::new(), custom: None }
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn row(slug: &str) -> Row {
    Row::Person(search(slug))
}

fn filled(who: Result<&str, Unsearchable>, text: &str, is_skipped: bool) -> Row {
    Row::Filled(FilledIn { number: number(text), is_skipped, who: who.map(search) })
}

async fn plan(ledger: &Ledger, rows: Vec<Row>, filled: FilledRows) -> Plan {
    Plan::make(rows.into_iter().map(Ok), ledger, freshness(), filled).await.unwrap()
}

async fn person(ledger: &Ledger, slug: &str) -> PersonId {
    let keys = vec![search(slug).identity.key()];
    ledger.upsert_people(keys, Vec::new(), freshness()).await.unwrap()[0].person
}

/// Has these people asked for, and answered where there is an answer.
async fn asked(ledger: &Ledger, id: &str, people: &[(&str, Option<Answer>)]) {
    let (mut searches, mut answers) = (Vec::new(), Vec::new());
    for (slug, answer) in people {
        let person = person(ledger, slug).await;
        let key = search(slug).identity.key();
        searches.push(ClaimedSearch { person, key, names: None, custom: None });
        answers.extend(answer.clone().map(|answer| (person, answer)));
    }
    let now = Moment::now();
    let new = NewBatch {
        account: AccountId::of_key("key"),
        nonce: Nonce::random(),
        single: false,
        people: searches,
        scope: None,
        label: None,
        refresh: None,
        freshness: freshness(),
        now,
        send_within: Duration::from_secs(20),
    };
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    let id = BatchId::parse(id).unwrap();
    let reserved = Reserved::Stated(Credits(40));
    let taken = PostOutcome::Accepted(Acceptance { id, reserved, split: None });
    ledger.record_post(batch, taken, None, now).await.unwrap();
    let look = BatchLook {
        time: LookTime { at: now, server: None },
        stage: LookStage::Completed,
        refunded: None,
        stated_found: None,
        answers,
        holes: Vec::new(),
        unproven: Vec::new(),
    };
    ledger.record(batch, look).await.unwrap();
}

fn found() -> Answer {
    Answer::Found { number: number(NUMBER), country: None }
}

#[tokio::test]
async fn everybody_is_asked_for_once_and_nobody_who_is_answered_or_under_way() {
    let ledger = ledger();
    let unusable = Answer::Unusable("why".to_owned());
    let failed = Answer::Failed("why".to_owned());
    let answers = [
        ("found", Some(found())),
        ("nothing", Some(Answer::NotFound)),
        ("paid", Some(unusable)),
        ("free", Some(failed)),
        ("waiting", None),
    ];
    asked(&ledger, "b-1", &answers).await;
    let keys = vec![search("never").identity.key()];
    ledger.forget(keys, EraseMode::Suppress, Moment::now()).await.unwrap();
    let invalid = person(&ledger, "invalid").await;
    ledger.mark_invalid(invalid, "why".to_owned(), Moment::now()).await.unwrap();
    let rows = vec![
        row("new"),
        row("found"),
        Row::Skipped,
        row("nothing"),
        row("paid"),
        row("free"),
        row("waiting"),
        Row::Unsearchable(Unsearchable::Empty),
        row("never"),
        row("new"),
        row("invalid"),
        row("another"),
    ];
    let plan = plan(&ledger, rows, FilledRows::AskAgain).await;
    let id = async |slug| person(&ledger, slug).await;
    let (new, another) = (id("new").await, id("another").await);
    // What failed is asked for again only by a run that began after it.
    let expected = PlanCounts {
        rows: 12,
        people: 9,
        duplicates: 1,
        filled_in: 0,
        skipped: 1,
        known_found: 1,
        known_not_found: 2 + usize::from(!plan.is_open(id("free").await)),
        suppressed: 1,
        under_way: 1,
        unusable: 1,
        new: plan.open.len(),
        unsearchable: HashMap::from([(Unsearchable::Empty, 1)]),
    };
    assert_eq!(plan.counts, expected);
    assert_eq!((plan.counts.unsearchable_rows(), plan.counts.searchable_rows()), (1, 11));
    assert!(plan.is_open(new) && plan.is_open(another) && plan.open.is_sorted());
    assert_eq!(plan.claimed, [id("waiting").await]);
    for slug in ["found", "nothing", "paid", "waiting", "never", "invalid"] {
        assert!(!plan.is_open(id(slug).await), "{slug}");
    }
    assert_eq!(plan.role(0), RowRole::Person(new, FoundBy::OwnKey));
    assert_eq!((plan.role(2), plan.role(9)), (RowRole::Skipped, plan.role(0)));
    assert_eq!(plan.role(7), RowRole::Unsearchable(Unsearchable::Empty));
}

/// What a row keeps that came with a number, and whether its person is asked for.
#[tokio::test]
async fn a_number_that_a_row_came_with_is_worth_what_the_ledger_knows_of_it() {
    use FilledRows::{AskAgain, Keep, KeepAll};
    let ledger = ledger();
    asked(&ledger, "b-1", &[("found", Some(found()))]).await;
    let nobody = Err(Unsearchable::Empty);
    let (known, new) = (person(&ledger, "found").await, person(&ledger, "new").await);
    let by_key = |person| RowRole::Person(person, FoundBy::OwnKey);
    let invalid = RowRole::Unsearchable(Unsearchable::Empty);
    for (who, text, is_skipped, filled_rows, role, is_open) in [
        // The ledger knows the person.
        (Ok("found"), NUMBER, false, Keep, by_key(known), false),
        (Ok("found"), OTHER, true, AskAgain, by_key(known), false),
        // It knows the number, which is somebody else's.
        (Ok("new"), NUMBER, false, Keep, by_key(new), true),
        (Ok("new"), NUMBER, true, Keep, RowRole::Skipped, false),
        (nobody, NUMBER, false, AskAgain, invalid, false),
        // It knows neither.
        (Ok("new"), OTHER, false, AskAgain, RowRole::Filled(new), true),
        (Ok("new"), OTHER, true, AskAgain, RowRole::Filled(new), false),
        (Ok("new"), OTHER, false, Keep, RowRole::Filled(new), false),
        (nobody, OTHER, false, AskAgain, RowRole::Kept, false),
        // Nothing real gives way to what a sandbox makes up.
        (Ok("found"), NUMBER, false, KeepAll, RowRole::Kept, false),
        (Ok("new"), OTHER, false, KeepAll, RowRole::Kept, false),
        (nobody, OTHER, false, KeepAll, RowRole::Kept, false),
    ] {
        // A row that is not to be searched stands before it: places of rows and of people differ.
        let rows = vec![Row::Skipped, filled(who, text, is_skipped)];
        let plan = plan(&ledger, rows, filled_rows).await;
        let case = format!("{who:?} {text} {is_skipped} {filled_rows:?}");
        assert_eq!(plan.role(1), role, "{case}");
        assert_eq!(plan.open.len(), usize::from(is_open), "{case}");
        let keeps = matches!(role, RowRole::Filled(_) | RowRole::Kept) && !is_open;
        assert_eq!(plan.counts.filled_in, usize::from(keeps), "{case}");
        let skipped = 1 + usize::from(role == RowRole::Skipped);
        assert_eq!(plan.counts.skipped, skipped, "{case}");
        let people = usize::from(is_open || role == by_key(known));
        assert_eq!((plan.counts.people, plan.counts.duplicates), (people, 0), "{case}");
    }
}

#[tokio::test]
async fn a_row_that_keeps_its_number_takes_nobody_elses_search_away() {
    let ledger = ledger();
    let rows = vec![filled(Ok("ada"), OTHER, false), row("ben"), filled(Ok("cyd"), OTHER, false)];
    let plan = plan(&ledger, rows, FilledRows::Keep).await;
    assert_eq!(plan.open, [person(&ledger, "ben").await]);
    assert_eq!((plan.counts.people, plan.counts.filled_in), (1, 2));
}

#[tokio::test]
async fn namesakes_who_contradict_each_other_are_left_out_and_nobody_else_is() {
    let ledger = ledger();
    let named = |full| {
        let company = Employer::by_name("Acme");
        let fields = PersonFields { company, full, ..PersonFields::default() };
        Row::Person(Search::new(fields.person().unwrap(), None))
    };
    let rows = ["Ann B. Lee", "Ann Fox", "Ann Lee", "Ann C. Lee", "Ann B. Fox", "Ann Ray"];
    let rows = rows.map(named).to_vec();
    let plan = plan(&ledger, rows, FilledRows::AskAgain).await;
    let namesakes = RowRole::Unsearchable(Unsearchable::Namesakes);
    assert_eq!([0, 2, 3].map(|row| plan.role(row)), [namesakes; 3]);
    assert!(matches!(plan.role(1), RowRole::Person(..)) && plan.role(1) == plan.role(4));
    assert_eq!((plan.counts.people, plan.counts.duplicates, plan.counts.new), (2, 1, 2));
    assert_eq!(plan.counts.unsearchable_rows(), 3);
}

/// Ann C. Lee has the same employer as the Ann B. Lee of the profile, and says that she is somebody else.
#[tokio::test]
async fn the_number_of_a_profile_is_not_for_a_namesake_who_contradicts_it() {
    let named = |profile: &str, full| {
        let company = Employer::by_name("Acme");
        let profile = Profile::parse(profile);
        let fields = PersonFields { company, full, profile, ..PersonFields::default() };
        Row::Person(Search::new(fields.person().unwrap(), None))
    };
    let profile = "linkedin.com/in/ann-b-lee";
    let namesakes = RowRole::Unsearchable(Unsearchable::Namesakes);
    for (beside, others) in
        [("Ann B. Lee", &["Ann C. Lee", "Ann Lee"][..]), ("Ann Lee", &["Ann B. Lee", "Ann C. Lee"])]
    {
        let row_of_profile = [named(profile, beside)];
        let others = others.iter().map(|full| named("", full));
        let before: Vec<Row> = row_of_profile.iter().cloned().chain(others.clone()).collect();
        let behind: Vec<Row> = others.chain(row_of_profile).collect();
        // Behind them it came to a name, by which the search of an earlier list may have been.
        for (rows, spared) in [(before, Some(0)), (behind, None)] {
            let plan = plan(&ledger(), rows, FilledRows::AskAgain).await;
            for row in 0..3 {
                let role = plan.role(row);
                let is_spared = spared == Some(row);
                assert_eq!(role != namesakes, is_spared, "{beside} {spared:?} {row} {role:?}");
            }
            let new = usize::from(spared.is_some());
            assert_eq!((plan.counts.new, plan.counts.unsearchable_rows()), (new, 3 - new));
        }
    }
}

/// The ledger is asked chunk by chunk: nobody is lost or asked for twice where one ends.
#[tokio::test]
async fn people_of_one_list_meet_across_chunks() {
    let ledger = ledger();
    let rows = (0..=CHUNK).map(|n| row(&format!("person-{}", n % CHUNK))).collect();
    let plan = plan(&ledger, rows, FilledRows::AskAgain).await;
    assert_eq!((plan.counts.people, plan.counts.duplicates), (CHUNK, 1));
    assert_eq!((plan.open.len(), plan.role(CHUNK)), (CHUNK, plan.role(0)));
}
