use super::*;
use crate::ledger::{AskedBy, EraseMode, Status, StoredAnswer};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn numbered(n: u8) -> PersonKey {
    let mut bytes = [n.wrapping_mul(151); 16];
    bytes[15] = n;
    PersonKey::from_bytes(bytes)
}

/// A sheet as it may come: people in any order, some of them more than once.
fn sheets() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let sheet = prop_oneof![
        (0..60_u8, 1..60_u8).prop_map(|(from, len)| (from..from.saturating_add(len)).collect()),
        proptest::collection::vec(0..90_u8, 0..80),
    ];
    proptest::collection::vec(sheet, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(64)))]

    /// However sheets overlap, are shuffled or repeat people, and people are forgotten in between: a person keeps
    /// one id, no two share one, and an id is never used again.
    #[test]
    fn a_person_has_one_id_for_ever(sheets in sheets(), gone in proptest::collection::vec(0..90_u8, 0..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let ledger = ledger();
            let mut ids: BTreeMap<u8, PersonId> = BTreeMap::new();
            let mut used: BTreeMap<PersonId, u8> = BTreeMap::new();
            for (round, sheet) in sheets.into_iter().enumerate() {
                let keys = sheet.iter().map(|&n| numbered(n)).collect();
                let statuses = ledger.upsert_people(keys, Vec::new(), ANY_AGE).await.unwrap();
                prop_assert_eq!(statuses.len(), sheet.len());
                for (n, status) in sheet.into_iter().zip(statuses) {
                    prop_assert_eq!(status.status, Status::Open);
                    prop_assert_eq!(*ids.entry(n).or_insert(status.person), status.person);
                    prop_assert_eq!(*used.entry(status.person).or_insert(n), n);
                }
                if let Some(&n) = gone.get(round) {
                    ledger.forget(vec![numbered(n)], EraseMode::Erase, NOW).await.unwrap();
                    ids.remove(&n);
                }
            }
            Ok(())
        })?;
    }
}

/// A run that planned for somebody who was erased since must not send them.
#[tokio::test]
async fn who_was_erased_is_answered_as_who_must_not_be_searched() {
    let ledger = ledger();
    let people = add(&ledger, &["ada"]).await;
    ledger.forget(vec![key("ada")], EraseMode::Erase, NOW).await.unwrap();
    let record = ledger.person_records(people.clone()).await.unwrap().pop().unwrap();
    assert_eq!(record.recorded, Some(StoredAnswer::Suppressed));
    assert_eq!(ledger.claim(new_batch(&people)).await.unwrap(), None);
}

#[tokio::test]
async fn others_see_who_asked_and_an_anonymous_run_is_nobody() {
    let nobody = ledger();
    let anna = AskedBy::new(Some("crm-3\u{1b}[31m".to_owned()), Some("anna".to_owned()));
    let anna = Ledger::open(nobody.location().clone().asked_by(anna)).unwrap();
    let people = add(&anna, &["ada", "ben"]).await;
    let hers = claim(&anna, &people[..1]).await;
    claim(&nobody, &people[1..]).await;
    let seen = batch_record(&nobody, hers).await.asked_by;
    assert_eq!(seen.name().as_deref(), Some("anna@crm-3 [31m"));
    let names = async |ledger: &Ledger| {
        let records = ledger.person_records(people.clone()).await.unwrap();
        let claims = records.into_iter().map(|record| record.claim.unwrap());
        claims.map(|claim| claim.asked_by.name()).collect::<Vec<_>>()
    };
    assert_eq!(names(&nobody).await, [seen.name(), None]);
    // Of one's own batch it need not be said.
    assert_eq!(names(&anna).await, [None, None]);
    let usage = nobody.usage(Moment::NEVER).await.unwrap();
    let asked: Vec<_> = usage.iter().map(|slice| (slice.asked_by.name(), slice.searched)).collect();
    assert_eq!(asked, [(None, 1), (seen.name(), 1)]);
}
