//! Which result belongs to whom. A number never lands on the wrong person: where a result does not provably belong to
//! a search, the search is failed, not guessed.

use crate::enrow::{Qualification, SearchResult};
use crate::ledger::{PersonId, Seat};
use crate::people::{Answer, Country, Key, PhoneNumber};
use std::collections::HashMap;

/// The results of a batch, each with the person it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Matched {
    /// An answer for every seat of the batch, in the order of the seats.
    pub answers: Vec<(PersonId, Answer)>,
    /// How many of these are failed only because Enrow has not finished them: asking again may help.
    pub unfinished: usize,
    /// How many results belong to nobody in this batch.
    pub strangers: usize,
}

/// What is known of a seat while results come in.
enum Place {
    Empty,
    Told(Told),
    /// Two results that contradict each other.
    Contradicted,
}

/// What one result says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Answer(Answer),
    Ongoing,
}

/// What two results for one search come to.
pub(super) const CONTRADICTED: &str = "Enrow gave two answers that contradict each other";

/// Gives each result to the person it is about.
///
/// A result's `index` is believed where its echoed `params` agree with who sits there or identify nobody. Where they
/// disagree, the person is looked for by `params`; where that fails too, the result is nobody's.
pub(super) fn assign(seats: &[Seat], results: &[SearchResult]) -> Matched {
    let mut matched = Matched::default();
    let mut places: Vec<Place> = seats.iter().map(|_| Place::Empty).collect();
    let by_place = |index: usize| {
        let place = u32::try_from(index).ok()?;
        seats.binary_search_by_key(&place, |seat| seat.place).ok()
    };
    // Only needed for batches in which something disagrees.
    let mut by_key: Option<HashMap<Key, usize>> = None;

    for result in results {
        let keys = result
            .params
            .as_ref()
            .map(|params| params.as_echo().keys())
            .unwrap_or_default();
        let silent = result
            .params
            .as_ref()
            .is_none_or(|params| params.as_echo().is_empty());
        let indexed = result.index.and_then(by_place);
        let seat = match indexed {
            Some(seat) if silent || keys.contains(&seats[seat].key) => Some(seat),
            _ => {
                let by_key = by_key.get_or_insert_with(|| {
                    seats
                        .iter()
                        .enumerate()
                        .map(|(seat, person)| (person.key, seat))
                        .collect()
                });
                keys.iter().find_map(|key| by_key.get(key).copied())
            }
        };
        let Some(seat) = seat else {
            matched.strangers += 1;
            continue;
        };
        let told = told(result);
        places[seat] = match std::mem::replace(&mut places[seat], Place::Contradicted) {
            Place::Empty => Place::Told(told),
            Place::Told(before) if before == told => Place::Told(told),
            Place::Told(_) | Place::Contradicted => Place::Contradicted,
        };
    }

    matched.answers.reserve(seats.len());
    for (seat, place) in seats.iter().zip(places) {
        let failed = |why: &str| Answer::Failed(why.to_owned());
        let answer = match place {
            Place::Told(Told::Answer(answer)) => answer,
            Place::Told(Told::Ongoing) => {
                matched.unfinished += 1;
                failed("Enrow ended the batch without finishing this search")
            }
            Place::Contradicted => failed(CONTRADICTED),
            Place::Empty => failed("Enrow gave no result for this search"),
        };
        matched.answers.push((seat.person, answer));
    }
    matched
}

pub(super) fn told(result: &SearchResult) -> Told {
    Told::Answer(match &result.qualification {
        Qualification::Ongoing => return Told::Ongoing,
        Qualification::NotFound => Answer::NotFound,
        Qualification::Other(word) => {
            Answer::Failed(format!("Enrow answered with an unknown word: `{word}`"))
        }
        Qualification::Found => match result.number.as_deref().map(PhoneNumber::parse) {
            Some(Some(number)) => {
                let country = result.country.as_deref().and_then(Country::parse);
                Answer::Found { number, country }
            }
            Some(None) => Answer::Failed(
                "Enrow gave a number that is not in international form (E.164)".to_owned(),
            ),
            None => Answer::Failed("Enrow found a number but did not give it".to_owned()),
        },
    })
}
