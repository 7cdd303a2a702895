//! A number never lands on the wrong person, whatever a careless service does to its results.

use super::*;
use proptest::prelude::*;

/// What a careless service may do to a result that is truly about one person.
#[derive(Debug, Clone)]
struct Careless {
    index: Option<u32>,
    echo: bool,
    proof: bool,
    company: &'static str,
}

fn careless() -> impl Strategy<Value = Careless> {
    let index = proptest::option::of(0..15_u32);
    let company = prop_oneof![Just("Acme"), Just("Acme GmbH"), Just("ACME, Inc.")];
    (index, any::<bool>(), any::<bool>(), company)
        .prop_map(|(index, echo, proof, company)| Careless { index, echo, proof, company })
}

proptest! {
    /// However results are shuffled, re-indexed, left out or stripped of their echo: a person gets their own number or
    /// none, and no number that came is dropped.
    #[test]
    fn a_number_never_lands_on_the_wrong_person(
        order in Just((0..12_u32).collect::<Vec<_>>()).prop_shuffle(),
        how in proptest::collection::vec(careless(), 12),
        len in 0..=12_usize,
        // Where the nonce does not come back, bare indexes prove nothing.
        nonce_came_back in any::<bool>(),
    ) {
        let first = |n: u32| format!("First{n}");
        let members: Vec<Member> = (0..12)
            .map(|n| if n % 2 == 0 { by_profile(n) } else { by_name(n, &first(n), "Lee", "Acme") })
            .collect();
        let results: Vec<SearchResult> = order
            .iter()
            .zip(how)
            .take(len)
            .map(|(&n, how)| {
                let mut result = SearchResult { index: how.index.map(|i| i as usize), ..found(n) };
                if how.echo && n % 2 == 0 {
                    result = echoing(n, result);
                } else if how.echo {
                    result = named(&first(n), "Lee", how.company, result);
                }
                if how.proof {
                    result = proven(n, result);
                }
                result
            })
            .collect();
        // Bare indexes from 0 to n-1 are what the contract promises; a service that breaks that cannot be told apart.
        let contract = results.iter().zip(&order).all(|(result, &n)| result.index == Some(n as usize));
        let matched = matched_with(&members, &results, nonce_came_back && contract);
        for (n, outcome) in outcomes(&matched).into_iter().enumerate() {
            if outcome.chars().all(|c| c.is_ascii_digit()) {
                prop_assert_eq!(outcome, format!("{:04}", n));
            }
        }
        let mut numbers: Vec<String> = matched.unproven.iter().map(|n| n.number.as_str().to_owned()).collect();
        numbers.extend(matched.members.iter().filter_map(|(_, outcome)| match outcome {
            SearchOutcome::Answered(Answer::Found { number, .. }) => Some(number.as_str().to_owned()),
            SearchOutcome::Answered(_) | SearchOutcome::Unproven(_) | SearchOutcome::Open(_) => None,
        }));
        numbers.sort();
        let mut came: Vec<String> = results.iter().filter_map(|r| r.number.clone()).collect();
        came.sort();
        prop_assert_eq!(numbers, came);
        prop_assert_eq!(matched.numbers, results.len());
    }
}
