use super::*;
use crate::ledger::types::{ListCosts, ListScope};
use crate::ledger::{AskedBy, Savings, UsageSlice};
use crate::people::{Answer, PhoneNumber};

const LIST: ListScope = ListScope([7; 16]);

/// A batch of this list that Enrow took: 40 credits reserved.
async fn taken(ledger: &Ledger, slug: &str, label: &str, now: Moment) -> (BatchNo, PersonId) {
    let person = add(ledger, &[slug]).await[0];
    let label = Some(label.to_owned());
    let new = NewBatch { scope: Some(LIST), label, now, ..new_batch(&[person]) };
    let batch = ledger.claim(new).await.unwrap().unwrap().batch;
    accept(ledger, batch, slug).await;
    (batch, person)
}

async fn answered(
    ledger: &Ledger,
    (batch, person): (BatchNo, PersonId),
    answer: Answer,
    back: u64,
) {
    let look = BatchLook {
        refunded: Some(Credits(back)),
        answers: vec![(person, answer)],
        ..look(LookStage::Completed)
    };
    ledger.record(batch, look).await.unwrap();
}

#[tokio::test]
async fn a_list_costs_what_its_batches_cost_in_all_runs() {
    let ledger = ledger();
    assert_eq!(ledger.list_costs(LIST).await.unwrap(), ListCosts::default());
    let ada = taken(&ledger, "ada", "a.csv", NOW).await;
    let ben = taken(&ledger, "ben", "a.csv", NOW).await;
    let number = PhoneNumber::parse("+12025550123").unwrap();
    answered(&ledger, ada, Answer::Found { number, country: None }, 0).await;
    answered(&ledger, ben, Answer::NotFound, 40).await;
    taken(&ledger, "cleo", "a.csv", NOW).await;
    // These two are searched anew, and are counted then.
    let (failed, _) = taken(&ledger, "emil", "a.csv", NOW).await;
    let refunded = Some(Credits(40));
    ledger.record(failed, BatchLook { refunded, ..look(LookStage::Failed) }).await.unwrap();
    let fred = add(&ledger, &["fred"]).await;
    let new = NewBatch { scope: Some(LIST), ..new_batch(&fred) };
    let again = ledger.claim(new).await.unwrap().unwrap().batch;
    ledger.record_post(again, PostOutcome::Unclear, None, NOW).await.unwrap();
    ledger.resubmit(again, NOW).await.unwrap();
    let dora = add(&ledger, &["dora"]).await;
    let new = NewBatch { scope: Some(LIST), ..new_batch(&dora) };
    let lost = ledger.claim(new).await.unwrap().unwrap().batch;
    ledger.record_post(lost, PostOutcome::Unclear, None, NOW).await.unwrap();
    claim(&ledger, &add(&ledger, &["of-another-list"]).await).await;
    let costs = ListCosts {
        searched: 4,
        found: 1,
        spent: Credits(40),
        refunded: Credits(80),
        held: Credits(40),
        unclear: 1,
    };
    assert_eq!(ledger.list_costs(LIST).await.unwrap(), costs);
}

#[tokio::test]
async fn usage_is_told_by_quarter_key_and_list() {
    let ledger = ledger();
    let quarter = Moment(NOW.0 - NOW.0 % 900_000);
    let later = after(Duration::from_mins(20));
    let ada = taken(&ledger, "ada", "a.csv", NOW).await;
    answered(&ledger, ada, Answer::NotFound, 40).await;
    taken(&ledger, "ben", "a.csv", NOW).await;
    taken(&ledger, "cleo", "b.csv", later).await;
    let savings = Savings { numbers: 3, account: Some(account()), label: None, now: later };
    ledger.add_savings(savings).await.unwrap();
    let slice = |at, label: Option<&str>, searched, held, saved| UsageSlice {
        at,
        account: Some(account()),
        asked_by: AskedBy::default(),
        label: label.map(str::to_owned),
        searched,
        found: 0,
        spent: Credits::ZERO,
        held: Credits(held),
        saved: Credits(saved),
    };
    let second = Moment(later.0 - later.0 % 900_000);
    let all = [
        slice(quarter, Some("a.csv"), 2, 40, 0),
        slice(second, None, 0, 0, 120),
        slice(second, Some("b.csv"), 1, 40, 0),
    ];
    assert_eq!(ledger.usage(Moment::NEVER).await.unwrap(), all);
    assert_eq!(ledger.usage(later).await.unwrap(), all[1..]);
    assert_eq!(ledger.totals().await.unwrap().saved, Credits(120));
}
