//! Which result belongs to whom. A number never lands on the wrong person: a result is believed only where it provably
//! belongs to a search. A number that came and is not believed is kept, for a person to decide about.

mod belonging;
mod statement;

pub(super) use belonging::Sent;
pub(super) use statement::Statement;

use crate::enrow::SearchResult;
use crate::ledger::{Doubt, Hole, Member, PersonId, UnprovenNumber};
use crate::people::{Answer, Country, PersonKey};
use belonging::{BatchIndex, Belonging};
use std::collections::HashSet;

/// The results of a batch, each with the person it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Matched {
    /// What came of every member, in the order of the members.
    pub members: Vec<(PersonId, SearchOutcome)>,
    /// Numbers that are not believed.
    pub unproven: Vec<UnprovenNumber>,
    /// How many numbers came, believed or not: what the batch may have been charged for.
    pub numbers: usize,
    /// How many results belong to nobody in this batch.
    pub unmatched: usize,
}

/// What came of one search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SearchOutcome {
    /// An explicit answer that is proven to be this search's.
    Answered(Answer),
    /// Numbers came for it, but none that is believed: see [`Matched::unproven`].
    Unproven(Doubt),
    /// Nothing explicit yet.
    Open(Hole),
}

/// Gives each result to the search it provably belongs to.
pub(super) fn match_results(sent: Sent<'_>, results: &[SearchResult]) -> Matched {
    let batch = BatchIndex::new(sent, results);
    let mut slots: Vec<Slot> = sent.members.iter().map(|_| Slot::default()).collect();
    let mut matched = Matched::default();
    for result in results {
        let statement = Statement::of(result);
        let country = result.country.as_deref().and_then(Country::parse);
        let (slot, doubt) = match batch.belonging(result) {
            Belonging::Proven(slot) => (slot, None),
            Belonging::PointsTo(slot, doubt) => (slot, Some(doubt)),
            Belonging::Nobody => {
                matched.unmatched += 1;
                if let Some(number) = statement.number() {
                    matched.unproven.push(UnprovenNumber {
                        person: None,
                        position: None,
                        number: number.into(),
                        country,
                        doubt: Doubt::Nobody,
                    });
                }
                continue;
            }
        };
        // The same result twice says it once.
        let results = &mut slots[slot].results;
        if !results.iter().any(|(known, said, _)| (*known, said) == (doubt, &statement)) {
            results.push((doubt, statement, country));
        }
    }
    for (member, slot) in sent.members.iter().zip(slots) {
        let outcome = slot.settle(member, &mut matched.unproven);
        matched.members.push((member.person, outcome));
    }
    let found = |(_, outcome): &&(PersonId, SearchOutcome)| {
        matches!(outcome, SearchOutcome::Answered(Answer::Found { .. }))
    };
    matched.numbers = matched.members.iter().filter(found).count() + matched.unproven.len();
    matched
}

/// All results that point to one search.
#[derive(Debug, Default)]
struct Slot {
    results: Vec<(Option<Doubt>, Statement, Option<Country>)>,
}

impl Slot {
    fn settle(self, member: &Member, unproven: &mut Vec<UnprovenNumber>) -> SearchOutcome {
        let explicit = |(doubt, statement, _): &&(Option<Doubt>, Statement, Option<Country>)| {
            doubt.is_none() && !matches!(statement, Statement::Silent(_))
        };
        let mut proven = self.results.iter().filter(explicit);
        let (first, contradicted) = (proven.next(), proven.next().is_some());
        let answer = match first {
            Some((_, Statement::Found(number), country)) if !contradicted => {
                Some(Answer::Found { number: number.clone(), country: *country })
            }
            Some((_, Statement::NotFound, _)) if !contradicted => Some(Answer::NotFound),
            Some(_) | None => None,
        };
        let mut kept = None;
        for (doubt, statement, country) in &self.results {
            let believed = matches!(
                (&answer, doubt, statement),
                (Some(Answer::Found { .. }), None, Statement::Found(_))
            );
            let Some(number) = statement.number().filter(|_| !believed) else { continue };
            let doubt = doubt.unwrap_or(match statement {
                _ if contradicted => Doubt::Contradicted,
                Statement::NotCalledFound(_) => Doubt::NotCalledFound,
                Statement::NotInternational(_)
                | Statement::Found(_)
                | Statement::NotFound
                | Statement::Silent(_) => Doubt::NotInternational,
            });
            kept.get_or_insert(doubt);
            unproven.push(UnprovenNumber {
                person: Some(member.person),
                position: Some(member.position),
                number: number.into(),
                country: *country,
                doubt,
            });
        }
        match (answer, kept) {
            (Some(answer), _) => SearchOutcome::Answered(answer),
            (None, Some(doubt)) => SearchOutcome::Unproven(doubt),
            (None, None) => SearchOutcome::Open(self.hole(contradicted)),
        }
    }

    fn hole(&self, contradicted: bool) -> Hole {
        if contradicted {
            return Hole::Contradicted;
        }
        self.results.iter().fold(Hole::NoResult, |hole, (doubt, statement, _)| {
            match (doubt, statement) {
                (None, Statement::Silent(why)) => *why,
                (Some(_), _) if hole == Hole::NoResult => Hole::NotProven,
                (
                    None | Some(_),
                    Statement::Silent(_)
                    | Statement::Found(_)
                    | Statement::NotFound
                    | Statement::NotInternational(_)
                    | Statement::NotCalledFound(_),
                ) => hole,
            }
        })
    }
}

/// Whether these results are those of this batch, by their contents alone: every person of the batch has a result that
/// echoes them, and nobody else does, but for those who were forgotten since it was sent with so many `searches`.
pub(super) fn same_batch(members: &[Member], searches: usize, results: &[SearchResult]) -> bool {
    let people: HashSet<PersonKey> = members.iter().map(|member| member.key).collect();
    let mut echoed: HashSet<PersonKey> = HashSet::new();
    let mut unmatched = 0;
    for result in results {
        let keys = result.params.as_ref().map(|params| params.as_echo().keys()).unwrap_or_default();
        match keys.into_iter().find(|key| people.contains(key)) {
            Some(key) => drop(echoed.insert(key)),
            None => unmatched += 1,
        }
    }
    let forgotten = searches.saturating_sub(people.len());
    !people.is_empty() && echoed.len() == people.len() && unmatched <= forgotten
}

#[cfg(test)]
mod tests;
