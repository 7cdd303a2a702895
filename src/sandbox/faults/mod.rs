//! How the sandbox misbehaves.
//!
//! A [`Fault`] says what goes wrong and when, by number: the third POST, every GET from the fifth on, the second batch.
//! Faults are text, in tests and on the command line: `TARGET[:WHICH]=KIND[/VALUE]`. `table.rs` is the one list of
//! them, from which parser, help and error messages come. Nothing is random: the same faults on the same requests do
//! the same.

mod edits;
mod effects;
mod parse;
mod selector;
mod table;

use super::search::Search;
use super::types::Endpoint;
pub(super) use edits::{Edit, place_surrogates, text_index};
use effects::Target;
pub(super) use effects::{Delay, Effects, End, Event, Loss, Phase, Sent};
pub use selector::NotAFault;
use selector::Selector;
use std::time::Duration;
use table::{Does, FaultInfo};

#[derive(Debug, Clone)]
pub struct Fault {
    /// When it is acted upon, where that is said: `reset-after`.
    phase: Option<Phase>,
    row: &'static FaultInfo,
    status: Option<u16>,
    target: Target,
    value: String,
    which: Selector,
}

/// Everything that goes wrong in a sandbox.
#[derive(Debug, Clone, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Every fault, by its target, with its meaning.
    pub fn help() -> String {
        table::help()
    }

    /// Adds a fault. Where two of them lose the same answer, the first one does.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What awaits the `number`th request of its kind, from 1.
    pub(super) fn of_request(&self, endpoint: Endpoint, number: usize) -> Effects {
        let target = match endpoint {
            Endpoint::Account => Target::Account,
            Endpoint::Poll(_) => Target::Get,
            Endpoint::Submit(_) => Target::Post,
            Endpoint::Elsewhere => return Effects::default(),
        };
        self.effects(target, number)
    }

    /// The faults of the `number`th batch, from 1.
    pub(super) fn of_batch(&self, number: usize) -> Effects {
        self.effects(Target::Batch, number)
    }

    fn effects(&self, target: Target, number: usize) -> Effects {
        let mut effects = Effects::default();
        for fault in self.0.iter().filter(|fault| fault.target == target) {
            if fault.which.includes(number) {
                fault.apply(&mut effects).expect("it was tried when it was read");
            }
        }
        effects
    }

    /// What happens at a time, each with the time since the start.
    pub(super) fn events(&self) -> impl Iterator<Item = (Duration, Event)> {
        self.0.iter().filter_map(|fault| {
            let Selector::After(time) = fault.which else { return None };
            Some((time, fault.alone().event?))
        })
    }

    /// The first search that must not be in a batch, by its place, and whether the refusal names it.
    pub(super) fn refused_search(&self, searches: &[Search]) -> Option<(usize, bool)> {
        let poisons = self.0.iter().filter_map(|fault| {
            let Selector::Text(text) = &fault.which else { return None };
            Some((text, fault.alone().names_search))
        });
        let poisons: Vec<_> = poisons.collect();
        if poisons.is_empty() {
            return None;
        }
        searches.iter().enumerate().find_map(|(at, search)| {
            let all = search.text();
            let (_, is_named) = poisons.iter().find(|(text, _)| all.contains(*text))?;
            Some((at, *is_named))
        })
    }
}

impl Fault {
    /// Adds its effects; `None` if its value is not valid for it.
    fn apply(&self, effects: &mut Effects) -> Option<()> {
        let given = table::Given { status: self.status, value: &self.value };
        match self.row.does {
            Does::Edit(edit) => {
                let every = if self.value.is_empty() { 1 } else { given.count()? };
                effects.edits.push((edit, every, Delay::Ever));
            }
            Does::Lose(phase, end, sent) => {
                let phase = self.phase.unwrap_or(phase);
                effects.lost.get_or_insert(Loss { end, phase, sent: sent(&given)? });
            }
            Does::Set(set) => set(effects, &given)?,
        }
        Some(())
    }

    fn alone(&self) -> Effects {
        let mut effects = Effects::default();
        self.apply(&mut effects).expect("it was tried when it was read");
        effects
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(faults.into_iter().collect())
    }
}
