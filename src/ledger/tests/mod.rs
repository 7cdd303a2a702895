//! The ledger's promises, asked of its face.

mod accounts;
mod batches;
mod crafted;
mod import;
mod people;

use super::{
    Acceptance, BatchNo, Freshness, Ledger, LedgerLocation, NewBatch, PersonId, PostOutcome,
    Recorded, Reserved,
};
use crate::batch::{AccountId, BatchId, Nonce};
use crate::people::{Identity, PersonKey, Profile};
use crate::units::{Credits, Moment};

const NOW: Moment = Moment(1_000_000_000_000);

/// Every answer counts, whatever its age.
const ANY_AGE: Freshness =
    Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };

fn ledger() -> Ledger {
    Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap()
}

fn account() -> AccountId {
    AccountId::of_key("key")
}

fn key(slug: &str) -> PersonKey {
    Identity::Profile(Profile::parse_handle(slug).unwrap()).key()
}

async fn add(ledger: &Ledger, slugs: &[&str]) -> Vec<PersonId> {
    let keys = slugs.iter().map(|slug| key(slug)).collect();
    let statuses = ledger.upsert_people(keys, ANY_AGE).await.unwrap();
    statuses.into_iter().map(|status| status.person).collect()
}

async fn claim(ledger: &Ledger, people: &[PersonId]) -> BatchNo {
    let new = NewBatch {
        account: account(),
        nonce: Nonce::random(),
        single: false,
        people: people.to_vec(),
        freshness: ANY_AGE,
        now: NOW,
    };
    ledger.claim(new).await.unwrap().unwrap().batch
}

fn accepted(id: &str, reserved: Reserved) -> PostOutcome {
    PostOutcome::Accepted(Acceptance { id: BatchId::parse(id).unwrap(), reserved })
}

async fn accept(ledger: &Ledger, batch: BatchNo, id: &str) {
    let outcome = accepted(id, Reserved::Stated(Credits(40)));
    let recorded = ledger.record_post(batch, outcome, None, NOW).await.unwrap();
    assert!(matches!(recorded, Recorded::Running(_)), "{recorded:?}");
}
