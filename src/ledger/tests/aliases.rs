//! People who are named in several ways.

use super::*;
use crate::ledger::types::{Alias, FoundBy};
use crate::ledger::{EraseMode, Status};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// A key of one kind: `p` is a profile, `d` a domain, `c` a company. A digest as real ones are: the aliases of a row are
/// compared by their sum.
fn named(name: &str) -> PersonKey {
    let mut bytes: [u8; 16] = Sha256::digest(name)[..16].try_into().expect("16 bytes of 32");
    let kind = match name.as_bytes()[0] {
        b'p' => 0,
        b'd' => 1,
        _ => 2,
    };
    bytes[0] = bytes[0] & 0x3f | kind << 6;
    PersonKey::from_bytes(bytes)
}

/// Adds rows; each is its own key and its aliases. Says whose each is, and whether by an alias.
async fn rows(ledger: &Ledger, rows: &[&[&str]]) -> Vec<(i64, bool)> {
    let keys = rows.iter().map(|row| named(row[0])).collect();
    let alias = |(row, names): (usize, &&[&str])| {
        let aliases = names[1..].iter().map(move |name| Alias { row, key: named(name) });
        aliases.collect::<Vec<_>>()
    };
    let aliases = rows.iter().enumerate().flat_map(alias).collect();
    let statuses = ledger.upsert_people(keys, aliases, ANY_AGE).await.unwrap();
    let found = |status: crate::ledger::PersonStatus| {
        (status.person.number(), status.found_by == FoundBy::Alias)
    };
    statuses.into_iter().map(found).collect()
}

const OWN: bool = false;
const ALIAS: bool = true;

#[tokio::test]
async fn a_row_that_has_only_one_of_the_names_finds_the_person() {
    let ledger = ledger();
    let first = rows(&ledger, &[&["p1", "d1", "c1"], &["p2", "d2"]]).await;
    assert_eq!(first, [(1, OWN), (2, OWN)]);
    let later: &[&[&str]] = &[&["d1"], &["c1"], &["p1"], &["d1", "c1"], &["d2", "c2"], &["c2"]];
    let expected = [(1, ALIAS), (1, ALIAS), (1, OWN), (1, ALIAS), (2, ALIAS), (2, ALIAS)];
    assert_eq!(rows(&ledger, later).await, expected);
    // And again, also without any alias in the chunk.
    assert_eq!(rows(&ledger, later).await, expected);
    assert_eq!(
        rows(&ledger, &[&["c1"], &["p1"], &["c2"]]).await,
        [(1, ALIAS), (1, OWN), (2, ALIAS)]
    );
}

#[tokio::test]
async fn rows_of_one_chunk_know_of_each_other() {
    let ledger = ledger();
    let found = rows(&ledger, &[&["c1"], &["p1", "c1"], &["p1"], &["d1", "c1"], &["p3"]]).await;
    assert_eq!(found, [(1, OWN), (1, ALIAS), (1, ALIAS), (1, ALIAS), (2, OWN)]);
}

#[tokio::test]
async fn another_profile_is_another_person_and_the_shared_alias_is_none() {
    let ledger = ledger();
    assert_eq!(rows(&ledger, &[&["p1", "c1"], &["p2", "c1"]]).await, [(1, OWN), (2, OWN)]);
    // Whose it is cannot be told: a third person, who then has it.
    assert_eq!(rows(&ledger, &[&["c1"]]).await, [(3, OWN)]);
    assert_eq!(
        rows(&ledger, &[&["c1"], &["p1", "c1"], &["p2", "c1"]]).await,
        [(3, OWN), (1, OWN), (2, OWN)]
    );
}

#[tokio::test]
async fn another_domain_is_another_person_whatever_the_company_is_called() {
    let ledger = ledger();
    assert_eq!(rows(&ledger, &[&["d1", "c1"], &["d2", "c1"]]).await, [(1, OWN), (2, OWN)]);
}

#[tokio::test]
async fn one_key_of_a_kind_that_agrees_is_enough() {
    let ledger = ledger();
    rows(&ledger, &[&["p2", "c2"], &["p2", "c1"]]).await;
    assert_eq!(rows(&ledger, &[&["d0", "c1"]]).await, [(1, ALIAS)]);
}

#[tokio::test]
async fn an_alias_that_became_none_says_nothing_about_a_person_any_more() {
    let ledger = ledger();
    let found = rows(&ledger, &[&["d0", "c2"], &["d1", "c2"], &["p0", "d0", "c0"]]).await;
    assert_eq!(found, [(1, OWN), (2, OWN), (1, ALIAS)]);
}

#[tokio::test]
async fn aliases_of_two_people_decide_nothing() {
    let ledger = ledger();
    rows(&ledger, &[&["d1"], &["c1"]]).await;
    assert_eq!(rows(&ledger, &[&["p1", "d1", "c1"]]).await, [(3, OWN)]);
    // Their own keys stay theirs.
    assert_eq!(rows(&ledger, &[&["d1"], &["c1"]]).await, [(1, OWN), (2, OWN)]);
}

#[tokio::test]
async fn the_own_key_decides_against_every_alias() {
    let ledger = ledger();
    rows(&ledger, &[&["p1", "c1"], &["p2", "d2"]]).await;
    assert_eq!(rows(&ledger, &[&["p1", "d2"]]).await, [(1, OWN)]);
    // Now `d2` fits two.
    assert_eq!(rows(&ledger, &[&["d2"]]).await, [(3, OWN)]);
}

#[tokio::test]
async fn forgetting_by_an_alias_forgets_all_keys() {
    let ledger = ledger();
    rows(&ledger, &[&["p1", "d1", "c1"]]).await;
    let erased = ledger.forget(vec![named("c1")], EraseMode::Erase, NOW).await.unwrap();
    assert_eq!(erased.known, 1);
    assert_eq!(rows(&ledger, &[&["p1"], &["d1"], &["c1"]]).await, [(2, OWN), (3, OWN), (4, OWN)]);
}

#[tokio::test]
async fn a_person_under_all_names_is_claimed_once() {
    let ledger = ledger();
    rows(&ledger, &[&["p1", "c1"]]).await;
    let statuses =
        ledger.upsert_people(vec![named("p1"), named("c1")], Vec::new(), ANY_AGE).await.unwrap();
    let batch = claim(&ledger, &[statuses[0].person]).await;
    let again = ledger.upsert_people(vec![named("c1")], Vec::new(), ANY_AGE).await.unwrap();
    assert_eq!(again[0].status, Status::Claimed(batch));
}

/// Few names of each kind, so that rows have much in common.
fn row() -> impl Strategy<Value = Vec<String>> {
    let name = |kind: &'static str| (0..3_u8).prop_map(move |n| format!("{kind}{n}"));
    let some = |kind| proptest::option::weighted(0.6, name(kind));
    (some("p"), some("d"), name("c")).prop_map(|(profile, domain, company)| {
        profile.into_iter().chain(domain).chain([company]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(32)))]

    /// In whatever chunks rows come, their people are the same, and so is a second reading of them.
    #[test]
    fn a_chunk_is_the_same_as_its_rows_one_by_one(
        names in proptest::collection::vec(row(), 1..8),
        cut in 0..8_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let names: Vec<Vec<&str>> =
            names.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let all: Vec<&[&str]> = names.iter().map(Vec::as_slice).collect();
        runtime.block_on(async {
            let (alone, whole, halves) = (ledger(), ledger(), ledger());
            let mut expected = Vec::new();
            for row in &all {
                expected.extend(rows(&alone, &[row]).await);
            }
            prop_assert_eq!(&rows(&whole, &all).await, &expected);
            let (first, second) = all.split_at(cut.min(all.len()));
            let mut found = rows(&halves, first).await;
            found.extend(rows(&halves, second).await);
            prop_assert_eq!(found, expected);
            prop_assert_eq!(rows(&alone, &all).await, rows(&whole, &all).await);
            Ok(())
        })?;
    }
}
