//! How the sandbox misbehaves.
//!
//! A [`Fault`] says what goes wrong and when, by number: the third POST, every GET from the fifth on, the second batch.
//! Faults are text, in tests and on the command line: `TARGET[:WHICH]=KIND[/VALUE]`. `table.rs` is the one list of
//! them, from which parser, help and error messages come. Nothing is random: the same faults on the same requests do
//! the same.

mod effects;
mod parse;
mod results;
mod selector;
mod table;

use super::refusal::Refusal;
use super::search::Search;
use super::types::{Endpoint, Kind};
use effects::Target;
pub(super) use effects::{
    Change, CreditsUsed, Delay, Effects, Event, Phase, RefundTime, ResponseFault, Since, Staleness,
};
pub(super) use results::{picks, place_surrogates, text_index};
pub use selector::NotAFault;
use selector::Selector;
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    row: &'static table::FaultInfo,
    status: Option<u16>,
    target: Target,
    value: String,
    which: Selector,
}

/// Everything that goes wrong in a sandbox.
#[derive(Debug, Clone, Default)]
pub struct Faults(Vec<Fault>);

impl Fault {
    /// Adds what it does; `None` where its value is none for it.
    fn apply(&self, effects: &mut Effects) -> Option<()> {
        (self.row.apply)(effects, &table::Given { status: self.status, value: &self.value })
    }
}

impl Faults {
    /// Every fault that can be written, by what it happens to, with its meaning.
    pub fn help() -> String {
        table::help()
    }

    /// Adds a fault. Where two of them lose the same answer, the first one does.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What awaits the `number`th request of its kind, from 1.
    pub(super) fn of_request(&self, endpoint: Endpoint, number: usize) -> Effects {
        self.effects(|fault| {
            let is_it = match fault.target {
                Target::Account => endpoint == Endpoint::Account,
                Target::Get => endpoint.is_poll(),
                Target::Post => endpoint.is_post(),
                Target::At | Target::Batch | Target::Search => false,
            };
            is_it && fault.which.includes(number)
        })
    }

    /// What is wrong with the `number`th batch, from 1.
    pub(super) fn of_batch(&self, number: usize) -> Effects {
        self.effects(|fault| fault.target == Target::Batch && fault.which.includes(number))
    }

    /// What happens at a time, each with the time since the start.
    pub(super) fn events(&self) -> impl Iterator<Item = (Duration, Event)> {
        self.0.iter().filter_map(|fault| match fault.which {
            Selector::After(time) => Some((time, Self::one(fault).event?)),
            _ => None,
        })
    }

    /// The refusal for a search that must not be in a batch.
    pub(super) fn refused_search(&self, kind: Kind, searches: &[Search]) -> Option<Refusal> {
        let of_searches = |fault: &Fault| match &fault.which {
            Selector::Text(text) => Some((text.clone(), Self::one(fault).names_poison)),
            _ => None,
        };
        let faults: Vec<_> = self.0.iter().filter_map(of_searches).collect();
        if faults.is_empty() {
            return None;
        }
        (1..).zip(searches).find_map(|(number, search)| {
            let text = search.texts().collect::<Vec<_>>().join("\n").to_lowercase();
            let (_, is_named) = faults.iter().find(|(needle, _)| text.contains(needle))?;
            Some(match kind {
                _ if !is_named => Refusal::InvalidProfile,
                Kind::Bulk => Refusal::MissingProperty { number, of: searches.len() },
                Kind::Single => Refusal::MissingPropertyOfOne,
            })
        })
    }

    fn one(fault: &Fault) -> Effects {
        let mut effects = Effects::default();
        fault.apply(&mut effects).expect("it was tried when it was read");
        effects
    }

    fn effects(&self, is_it: impl Fn(&Fault) -> bool) -> Effects {
        let mut effects = Effects::default();
        for fault in self.0.iter().filter(|fault| is_it(fault)) {
            fault.apply(&mut effects).expect("it was tried when it was read");
        }
        effects
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(faults.into_iter().collect())
    }
}
