//! Which result belongs to whom. A number never lands on the wrong person: where a result does not provably belong to
//! a search, the search is failed, not guessed.

use crate::enrow::{Qualification, SearchResult};
use crate::ledger::{Member, PersonId};
use crate::people::{Answer, Country, PersonKey, PhoneNumber};
use crate::text::sanitize_within;
use std::collections::{HashMap, HashSet};

/// The results of a batch, each with the person it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Matched {
    /// An answer for every member of the batch, in the order of the members.
    pub answers: Vec<(PersonId, Answer)>,
    /// How many of these are failed only because Enrow has not finished them: asking again may help.
    pub unfinished: usize,
    /// How many results belong to nobody in this batch.
    pub unmatched: usize,
}

/// What is known of a member while results come in.
enum Slot {
    Empty,
    Filled(ParsedResult),
    /// Two results that contradict each other.
    Contradicted,
}

/// What one result says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParsedResult {
    Answer(Answer),
    Ongoing,
}

/// What two results for one search come to.
pub(super) const CONTRADICTED: &str = "Enrow gave two answers that contradict each other";

/// Gives each result to the person it is about.
///
/// A result's `index` is believed where its echoed `params` agree with who sits there or identify nobody. Where they
/// disagree, the person is looked for by `params`; where that fails too, the result is nobody's.
pub(super) fn match_results(members: &[Member], results: &[SearchResult]) -> Matched {
    let mut matched = Matched::default();
    let mut slots: Vec<Slot> = members.iter().map(|_| Slot::Empty).collect();
    let by_place = |index: usize| {
        let place = u32::try_from(index).ok()?;
        members.binary_search_by_key(&place, |member| member.position).ok()
    };
    // Only needed for batches in which something disagrees.
    let mut by_key: Option<HashMap<PersonKey, usize>> = None;

    for result in results {
        let keys = result.params.as_ref().map(|params| params.as_echo().keys()).unwrap_or_default();
        let silent = keys.is_empty()
            && result.params.as_ref().is_none_or(|params| params.as_echo().is_empty());
        let indexed = result.index.and_then(by_place);
        let member = match indexed {
            Some(member) if silent || keys.contains(&members[member].key) => Some(member),
            _ => {
                let by_key = by_key.get_or_insert_with(|| {
                    members
                        .iter()
                        .enumerate()
                        .map(|(member, person)| (person.key, member))
                        .collect()
                });
                keys.iter().find_map(|key| by_key.get(key).copied())
            }
        };
        let Some(member) = member else {
            matched.unmatched += 1;
            continue;
        };
        let parsed = parse_result(result);
        slots[member] = match std::mem::replace(&mut slots[member], Slot::Contradicted) {
            Slot::Empty => Slot::Filled(parsed),
            Slot::Filled(before) if before == parsed => Slot::Filled(parsed),
            Slot::Filled(_) | Slot::Contradicted => Slot::Contradicted,
        };
    }

    matched.answers.reserve(members.len());
    for (member, place) in members.iter().zip(slots) {
        let failed = |why: &str| Answer::Failed(why.to_owned());
        let answer = match place {
            Slot::Filled(ParsedResult::Answer(answer)) => answer,
            Slot::Filled(ParsedResult::Ongoing) => {
                matched.unfinished += 1;
                failed("Enrow ended the batch without finishing this search")
            }
            Slot::Contradicted => failed(CONTRADICTED),
            Slot::Empty => failed("Enrow gave no result for this search"),
        };
        matched.answers.push((member.person, answer));
    }
    matched
}

/// Whether these results are those of this batch, by their contents alone: every person of the batch has a result that
/// echoes them, and nobody else does, but for those who were forgotten since it was sent with so many `searches`.
pub(super) fn same_batch(members: &[Member], searches: usize, results: &[SearchResult]) -> bool {
    let people: HashSet<PersonKey> = members.iter().map(|member| member.key).collect();
    let mut parsed: HashSet<PersonKey> = HashSet::new();
    let mut unmatched = 0;
    for result in results {
        let keys = result.params.as_ref().map(|params| params.as_echo().keys()).unwrap_or_default();
        match keys.into_iter().find(|key| people.contains(key)) {
            Some(key) => drop(parsed.insert(key)),
            None => unmatched += 1,
        }
    }
    let forgotten = searches.saturating_sub(people.len());
    !people.is_empty() && parsed.len() == people.len() && unmatched <= forgotten
}

pub(super) fn parse_result(result: &SearchResult) -> ParsedResult {
    ParsedResult::Answer(match &result.qualification {
        Qualification::Ongoing => return ParsedResult::Ongoing,
        Qualification::NotFound => Answer::NotFound,
        Qualification::Other(word) => {
            Answer::Failed(format!("Enrow answered with an unknown word: `{word}`"))
        }
        Qualification::Found => match result.number.as_deref().map(PhoneNumber::parse) {
            Some(Some(number)) => {
                let country = result.country.as_deref().and_then(Country::parse);
                Answer::Found { number, country }
            }
            // It was paid for: what cannot stand as a number is at least not lost.
            Some(None) => Answer::Failed(format!(
                "Enrow gave a number that is not in international form (E.164): \"{}\"",
                sanitize_within(result.number.as_deref().unwrap_or_default(), 200)
            )),
            None => Answer::Failed("Enrow found a number but did not give it".to_owned()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrow::EchoedSearch;
    use crate::people::{Identity, Profile};
    use proptest::prelude::*;

    fn url(n: usize) -> String {
        format!("https://www.linkedin.com/in/person-{n}")
    }

    fn number(n: usize) -> String {
        format!("+1202555{n:04}")
    }

    /// Seats 0, 1, 2, ... for the persons of these numbers.
    fn members(persons: &[usize]) -> Vec<Member> {
        let key = |n: usize| Identity::Profile(Profile::parse(&url(n)).unwrap()).key();
        let member = |(place, &n): (usize, &usize)| Member {
            person: PersonId::of_number(i64::try_from(n).unwrap() + 1),
            key: key(n),
            position: u32::try_from(place).unwrap(),
            names: None,
            custom: None,
        };
        persons.iter().enumerate().map(member).collect()
    }

    fn result(index: Option<usize>, person: Option<usize>, number_of: usize) -> SearchResult {
        SearchResult {
            index,
            qualification: Qualification::Found,
            number: Some(number(number_of)),
            country: Some("US".to_owned()),
            params: person.map(|n| EchoedSearch {
                linkedin_url: Some(url(n) + "/"),
                ..EchoedSearch::default()
            }),
            custom: None,
        }
    }

    fn numbers(matched: &Matched) -> Vec<Option<String>> {
        let number = |answer: &Answer| match answer {
            Answer::Found { number, .. } => Some(number.as_str().to_owned()),
            Answer::NotFound | Answer::Invalid(_) | Answer::Failed(_) | Answer::Unusable(_) => None,
        };
        matched.answers.iter().map(|(_, answer)| number(answer)).collect()
    }

    #[test]
    fn where_index_and_params_disagree_the_params_tell_the_person() {
        let matched = match_results(
            &members(&[0, 1]),
            &[result(Some(0), Some(1), 1), result(Some(1), Some(0), 0)],
        );
        assert_eq!(numbers(&matched), [Some(number(0)), Some(number(1))]);
    }

    #[test]
    fn a_result_of_nobody_in_the_batch_is_given_to_nobody() {
        let matched = match_results(
            &members(&[0, 1]),
            &[result(Some(0), Some(7), 7), result(Some(1), Some(1), 1)],
        );
        assert_eq!(numbers(&matched), [None, Some(number(1))]);
        assert_eq!(matched.unmatched, 1);
    }

    #[test]
    fn an_index_alone_is_believed_where_nothing_is_echoed() {
        let matched =
            match_results(&members(&[0, 1]), &[result(Some(1), None, 1), result(Some(0), None, 0)]);
        assert_eq!(numbers(&matched), [Some(number(0)), Some(number(1))]);
    }

    #[test]
    fn two_results_that_contradict_each_other_are_no_answer() {
        let matched = match_results(
            &members(&[0]),
            &[result(Some(0), Some(0), 0), result(Some(0), Some(0), 1)],
        );
        assert_eq!(numbers(&matched), [None]);
        let twice = match_results(
            &members(&[0]),
            &[result(Some(0), Some(0), 0), result(Some(0), Some(0), 0)],
        );
        assert_eq!(numbers(&twice), [Some(number(0))]);
    }

    #[test]
    fn a_gap_in_the_members_moves_nobody() {
        // Somebody was erased while the batch ran.
        let mut members = members(&[0, 1, 2]);
        members.remove(1);
        let results: Vec<_> = (0..3).map(|n| result(Some(n), None, n)).collect();
        let matched = match_results(&members, &results);
        assert_eq!(numbers(&matched), [Some(number(0)), Some(number(2))]);
        assert_eq!(matched.unmatched, 1);
    }

    #[test]
    fn a_batch_is_known_by_its_people_and_whoever_was_forgotten_does_not_hide_it() {
        let results: Vec<_> = (0..3).map(|n| result(Some(n), Some(n), n)).collect();
        let all = members(&[0, 1, 2]);
        assert!(same_batch(&all, 3, &results));
        assert!(same_batch(&all[..2], 3, &results));
        assert!(!same_batch(&all[..2], 2, &results));
        assert!(!same_batch(&all, 3, &results[..2]));
        assert!(!same_batch(&[], 3, &results));
    }

    proptest! {
        /// However results are shuffled, re-indexed or left out: whoever gets a number gets their own.
        #[test]
        fn a_number_never_lands_on_the_wrong_person(
            order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
            indexes in proptest::collection::vec(proptest::option::of(0..15_usize), 12),
            kept in 0..=12_usize,
        ) {
            let results: Vec<_> =
                order.iter().zip(indexes).take(kept).map(|(&person, index)| result(index, Some(person), person)).collect();
            let matched = match_results(&members(&(0..12).collect::<Vec<_>>()), &results);
            for (person, found) in numbers(&matched).into_iter().enumerate() {
                if let Some(found) = found {
                    prop_assert_eq!(found, number(person));
                }
            }
        }
    }
}
