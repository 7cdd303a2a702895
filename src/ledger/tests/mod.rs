//! The ledger's promises, asked of its face. Each backend has a module that opens its ledgers and takes the whole suite.

mod carried;
mod crafted;
mod file_only;
mod moves;
mod on_file;
#[cfg(feature = "postgres")]
#[allow(
    clippy::allow_attributes,
    clippy::duplicate_mod,
    reason = "the same questions, asked of another backend; the lint cannot be expected at a module"
)]
mod on_server;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod rewinds;
#[cfg(feature = "postgres")]
mod server_only;
#[cfg(feature = "postgres")]
mod spool;
mod two_ledgers;

use super::{
    Acceptance, BatchLook, BatchNo, BatchRecord, ClaimedSearch, Freshness, Ledger, LedgerLocation,
    LookStage, LookTime, NewBatch, PersonId, PostOutcome, Recorded, Reserved, Which,
};
use crate::batch::{AccountId, BatchId, Nonce};
use crate::people::{Identity, PersonKey, Profile};
use crate::units::{Credits, Moment};
use std::time::Duration;

const NOW: Moment = Moment(1_000_000_000_000);

/// Every answer counts, whatever its age.
const ANY_AGE: Freshness =
    Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };

fn account() -> AccountId {
    AccountId::of_key("key")
}

fn key(slug: &str) -> PersonKey {
    Identity::Profile(Profile::parse_handle(slug).unwrap()).key()
}

async fn add(ledger: &Ledger, slugs: &[&str]) -> Vec<PersonId> {
    let keys = slugs.iter().map(|slug| key(slug)).collect();
    let statuses = ledger.upsert_people(keys, Vec::new(), ANY_AGE).await.unwrap();
    statuses.into_iter().map(|status| status.person).collect()
}

/// A search by what the ledger knows of this person already.
fn search(person: PersonId, slug: &str) -> ClaimedSearch {
    ClaimedSearch { person, key: key(slug), names: None, custom: None }
}

fn new_batch(people: &[PersonId]) -> NewBatch {
    NewBatch {
        account: account(),
        nonce: Nonce::random(),
        single: false,
        people: people.iter().map(|&person| search(person, "somebody")).collect(),
        scope: None,
        label: None,
        refresh: None,
        freshness: ANY_AGE,
        now: NOW,
        send_within: Duration::from_secs(20),
    }
}

async fn claim(ledger: &Ledger, people: &[PersonId]) -> BatchNo {
    ledger.claim(new_batch(people)).await.unwrap().unwrap().batch
}

/// Claims these people by these keys.
async fn claim_as(ledger: &Ledger, people: &[PersonId], slugs: &[&str]) -> BatchNo {
    let searches = people.iter().zip(slugs).map(|(person, slug)| search(*person, slug));
    let new = NewBatch { people: searches.collect(), ..new_batch(people) };
    ledger.claim(new).await.unwrap().unwrap().batch
}

fn accepted(id: &str, reserved: Reserved) -> PostOutcome {
    let id = BatchId::parse(id).unwrap();
    PostOutcome::Accepted(Acceptance { id, reserved, split: None })
}

fn after(span: Duration) -> Moment {
    Moment(NOW.0 + i64::try_from(span.as_millis()).unwrap())
}

/// A look, taken now, that shows nothing but its stage.
fn look(stage: LookStage) -> BatchLook {
    BatchLook {
        time: LookTime { at: NOW, server: None },
        stage,
        refunded: None,
        stated_found: None,
        answers: Vec::new(),
        holes: Vec::new(),
        unproven: Vec::new(),
    }
}

async fn batch_record(ledger: &Ledger, batch: BatchNo) -> BatchRecord {
    ledger.batches(Which::Number(batch)).await.unwrap().pop().unwrap()
}

async fn accept(ledger: &Ledger, batch: BatchNo, id: &str) {
    let outcome = accepted(id, Reserved::Stated(Credits(40)));
    let recorded = ledger.record_post(batch, outcome, None, NOW).await.unwrap();
    assert!(matches!(recorded, Recorded::Running(_)), "{recorded:?}");
}

/// Fills a ledger with a batch that ended, one whose answer was lost, and one that is being sent.
pub(crate) async fn fill(ledger: &Ledger) {
    let people = add(ledger, &["ada", "ben", "cleo", "dora"]).await;
    let done = claim(ledger, &people[3..]).await;
    accept(ledger, done, "b-1").await;
    let answers = vec![(people[3], crate::people::Answer::NotFound)];
    let completed =
        BatchLook { refunded: Some(Credits(40)), answers, ..look(LookStage::Completed) };
    ledger.record(done, completed).await.unwrap();
    let lost = claim(ledger, &people[2..3]).await;
    ledger.record_post(lost, PostOutcome::Unclear, None, NOW).await.unwrap();
    claim(ledger, &people[..2]).await;
}
