//! The keys of one person.

use super::identity::Folding;
use super::{Identity, PersonKey};

/// All keys of one person: one row may name a person by profile, by name and domain, and by name and company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonKeys {
    /// The key of what is searched.
    pub primary: PersonKey,
    /// The other keys, and those of earlier versions; each once.
    pub aliases: Vec<PersonKey>,
}

impl PersonKeys {
    /// The keys of a person with these identities; `first` is what is searched.
    pub(crate) fn of(first: &Identity, others: &[Identity]) -> Self {
        let (mut today, mut before) = (Folding::of_today(), Folding::of_earlier_versions());
        let primary = today.key(first);
        let mut aliases = Vec::with_capacity(others.len());
        let others_now = others.iter().map(|other| today.key(other));
        let differing = std::iter::once(first).chain(others).filter(|it| it.may_fold_differently());
        for key in others_now.chain(differing.map(|identity| before.key(identity))) {
            if key != primary && !aliases.contains(&key) {
                aliases.push(key);
            }
        }
        Self { primary, aliases }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = PersonKey> + '_ {
        std::iter::once(self.primary).chain(self.aliases.iter().copied())
    }
}
