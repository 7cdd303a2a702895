//! Whether a result provably belongs to a search: by our proof, its index and the search that it echoes.

use crate::batch::Nonce;
use crate::enrow::SearchResult;
use crate::ledger::{Doubt, Member};
use crate::people::{self, Identity, PersonKey, names_digest};
use std::collections::HashMap;
use std::hash::Hash;

/// What is known of the batch as a whole.
#[derive(Debug, Clone, Copy)]
pub(in crate::lookup) struct Sent<'a> {
    /// Who is in it, by position; people who were erased since are missing.
    pub members: &'a [Member],
    /// How many searches were sent.
    pub searches: usize,
    pub nonce: &'a Nonce,
    /// Whether the answer carried the nonce.
    pub nonce_came_back: bool,
}

/// To which search a result belongs, by its place among the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belonging {
    Proven(usize),
    /// Something points there, but it is not enough.
    PointsTo(usize, Doubt),
    Nobody,
}

/// A batch, with the tables by which results find their search.
pub(super) struct BatchIndex<'a> {
    sent: Sent<'a>,
    /// `None` where two searches have the same.
    by_proof: HashMap<u64, Option<usize>>,
    /// Digests of the user's own `custom`; `None` where two searches have the same.
    by_custom: HashMap<u64, Option<usize>>,
    by_key: HashMap<PersonKey, usize>,
    /// How many searches have these names.
    names: HashMap<u32, usize>,
    bare_indexes_count: bool,
    /// Whether every index belongs to a search and comes once: then results seem to count from the same position as
    /// we do.
    indexes_fit: bool,
}

/// Whom a result's echo names.
struct EchoFacts<'r> {
    /// Nothing is echoed at all.
    silent: bool,
    /// The searches of this batch that it fits, by its profile, or by name and company.
    fits: Vec<usize>,
    has_profile: bool,
    params: people::Echo<'r>,
}

impl EchoFacts<'_> {
    /// Computed late: nearly every echo fits its search.
    fn names(&self) -> Option<u32> {
        match (self.params.firstname, self.params.lastname) {
            (Some(first), Some(last)) => names_digest(first, last),
            (Some(_), None) | (None, Some(_) | None) => None,
        }
    }
}

impl<'a> BatchIndex<'a> {
    pub(super) fn new(sent: Sent<'a>, results: &[SearchResult]) -> Self {
        let mut batch = Self {
            sent,
            by_proof: HashMap::with_capacity(sent.members.len()),
            by_custom: HashMap::new(),
            by_key: HashMap::with_capacity(sent.members.len()),
            names: HashMap::new(),
            bare_indexes_count: sent.nonce_came_back && are_all_indexes_once(sent, results),
            indexes_fit: do_indexes_fit(sent, results),
        };
        for (slot, member) in sent.members.iter().enumerate() {
            match member.custom {
                Some(custom) => enter_once(&mut batch.by_custom, custom, slot),
                None => {
                    enter_once(&mut batch.by_proof, sent.nonce.proof_number(member.position), slot);
                }
            }
            batch.by_key.insert(member.key, slot);
            if let Some(names) = member.names {
                *batch.names.entry(names).or_default() += 1;
            }
        }
        batch
    }

    /// A result is believed where our proof came back with it, where its index and the search that it echoes agree, or
    /// where the search that it echoes stands once in the batch; never against what it says itself.
    pub(super) fn belonging(&self, result: &SearchResult) -> Belonging {
        let echo = self.echo(result);
        let indexed = result.index.and_then(|index| self.at_position(index));
        if let Some(slot) = result.custom.as_deref().and_then(|custom| self.by_custom(custom)) {
            let index_agrees = result.index.is_none() || indexed == Some(slot);
            return if self.names_somebody_else(&echo, slot) {
                Belonging::PointsTo(slot, Doubt::NamesSomebodyElse)
            } else if index_agrees || echo.fits.contains(&slot) {
                Belonging::Proven(slot)
            } else {
                Belonging::PointsTo(slot, Doubt::IndexDisagrees)
            };
        }
        if let Some(slot) = indexed {
            let by_silence = echo.silent && self.bare_indexes_count;
            if by_silence || echo.fits.contains(&slot) || self.has_only_these_names(&echo, slot) {
                return Belonging::Proven(slot);
            }
        }
        match (echo.fits.as_slice(), indexed) {
            // Also against the index: other endpoints count from 1, and no order is promised. The echo is what was
            // searched.
            (&[slot], _) => Belonging::Proven(slot),
            (_, Some(slot)) if echo.silent && self.indexes_fit => {
                Belonging::PointsTo(slot, Doubt::OnlyIndex)
            }
            (_, Some(slot)) if echo.silent => Belonging::PointsTo(slot, Doubt::IndexDisagrees),
            (_, Some(slot)) => Belonging::PointsTo(slot, Doubt::NamesSomebodyElse),
            (_, None) => Belonging::Nobody,
        }
    }

    fn at_position(&self, index: usize) -> Option<usize> {
        let position = u32::try_from(index).ok()?;
        self.sent.members.binary_search_by_key(&position, |member| member.position).ok()
    }

    fn by_custom(&self, custom: &str) -> Option<usize> {
        // The endpoint for one person has no `custom` of the batch: there the nonce travels with the search.
        if self.sent.searches == 1 && custom == self.sent.nonce.as_str() {
            return (self.sent.members.len() == 1).then_some(0);
        }
        match Nonce::read_proof(custom).and_then(|proof| self.by_proof.get(&proof)) {
            Some(slot) => *slot,
            None => *self.by_custom.get(&self.sent.nonce.digest_of_custom(custom))?,
        }
    }

    fn echo<'r>(&self, result: &'r SearchResult) -> EchoFacts<'r> {
        let params = result.params.as_ref().map(|params| params.as_echo()).unwrap_or_default();
        let identities = params.identities();
        let keys = identities.iter().map(Identity::key);
        let mut fits: Vec<usize> = keys.filter_map(|key| self.by_key.get(&key).copied()).collect();
        fits.sort_unstable();
        fits.dedup();
        EchoFacts {
            silent: fits.is_empty() && params.is_empty(),
            fits,
            has_profile: matches!(identities.first(), Some(Identity::Profile(_))),
            params,
        }
    }

    /// Whether the echo is of another search than this one. A company may be spelt differently, a name or a profile may
    /// not.
    fn names_somebody_else(&self, echo: &EchoFacts<'_>, slot: usize) -> bool {
        if echo.fits.contains(&slot) {
            return false;
        }
        let (theirs, names) = (self.sent.members[slot].names, echo.names());
        let other_names = theirs.is_some() && names.is_some() && theirs != names;
        let same_names = theirs.is_some() && theirs == names;
        let other_profile = echo.has_profile && !same_names;
        !echo.fits.is_empty() || other_names || other_profile
    }

    /// Whether first and last name are those of this search and of no other: the company alone is spelt differently.
    fn has_only_these_names(&self, echo: &EchoFacts<'_>, slot: usize) -> bool {
        let Some(names) = self.sent.members[slot].names else { return false };
        echo.fits.is_empty()
            && !echo.has_profile
            && echo.names() == Some(names)
            && self.names.get(&names) == Some(&1)
    }
}

/// A value that two searches share identifies neither of them.
fn enter_once<K: Eq + Hash>(table: &mut HashMap<K, Option<usize>>, key: K, slot: usize) {
    table.entry(key).and_modify(|slot| *slot = None).or_insert(Some(slot));
}

/// Whether the indexes are exactly 0 to n-1, once each: then they count from the same position as ours.
fn are_all_indexes_once(sent: Sent<'_>, results: &[SearchResult]) -> bool {
    results.len() == sent.searches
        && results.iter().all(|result| result.index.is_some())
        && do_indexes_fit(sent, results)
}

/// Whether every index is that of a search, and stands once.
fn do_indexes_fit(sent: Sent<'_>, results: &[SearchResult]) -> bool {
    let mut seen = vec![false; sent.searches];
    results
        .iter()
        .filter_map(|result| result.index)
        .all(|index| seen.get_mut(index).is_some_and(|seen| !std::mem::replace(seen, true)))
}
