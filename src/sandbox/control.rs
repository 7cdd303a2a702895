//! Shows what the sandbox does, and changes it.

use super::batch::Batch;
use super::credits::Credits;
use super::faults::Effects;
use super::log::Request;
use super::search::{Answer, Person, Search};
use super::settings::Settings;
use super::state::{Shared, State};
use super::types::{Endpoint, Kind};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

/// Shows what the sandbox has seen, and sets what it does next. Clones control the same sandbox, from any thread.
///
/// Where the settings limit its memory, old requests and the searches of old batches are gone.
#[derive(Debug, Clone)]
pub struct Control {
    pub(super) shared: Arc<Shared>,
}

/// What was done for one person, over all keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonBooks {
    /// How many batches have a number of this person and are paid for it, or will be when they end.
    pub paid: usize,
    pub search: Search,
    pub taken: usize,
}

impl Control {
    pub fn requests(&self) -> Vec<Request> {
        self.read(|state| state.log.requests.values().cloned().collect())
    }

    /// How many POSTs came for bulk and single searches, whatever became of them.
    pub fn posts(&self) -> usize {
        self.read(|state| state.log.count(Endpoint::Submit(Kind::Bulk)))
    }

    /// How many GETs came for bulk and single searches.
    pub fn polls(&self) -> usize {
        self.read(|state| state.log.count(Endpoint::Poll(Kind::Bulk)))
    }

    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.requests().iter().filter(|request| request.endpoint == endpoint).count()
    }

    /// Every accepted batch, and single search, in order.
    pub fn batches(&self) -> Vec<Batch> {
        self.read(|state| state.batches.clone())
    }

    /// How many batches and single searches were accepted.
    pub fn taken(&self) -> usize {
        self.read(|state| state.batches.len())
    }

    /// How many of them are running.
    pub fn running(&self) -> usize {
        let open = |state: &State, now| state.batches.iter().filter(|it| !it.is_over(now)).count();
        self.shared.read(open)
    }

    /// The credits of the first key's account.
    pub fn credits(&self) -> Credits {
        self.read(|state| state.accounts[0].credits)
    }

    pub fn times_searched(&self, search: &Search) -> usize {
        let person = search.person();
        self.read(|state| people(state).get(&person).map_or(0, |books| books.taken))
    }

    /// The people who were accepted for search more than once.
    pub fn searched_twice(&self) -> Vec<Search> {
        let twice = self.people().into_iter().filter(|books| books.taken > 1);
        twice.map(|books| books.search).collect()
    }

    /// What was done for each person who was accepted for search.
    pub fn people(&self) -> Vec<PersonBooks> {
        self.read(|state| people(state).into_values().collect())
    }

    pub fn answer_for(&self, search: &Search) -> Answer {
        search.answer(self.read(|state| state.settings.found_percent))
    }

    /// Sends every request from now on, once it is answered or given up.
    pub fn follow(&self) -> UnboundedReceiver<Request> {
        let (tell, hear) = unbounded_channel();
        self.shared.change(|state, _| state.log.followers.push(tell));
        hear
    }

    /// Blocks until `holds` is true of this control; false if that takes longer than `patience`.
    pub fn wait_until(&self, patience: Duration, mut holds: impl FnMut(&Self) -> bool) -> bool {
        let end = std::time::Instant::now() + patience;
        loop {
            if holds(self) {
                return true;
            }
            if std::time::Instant::now() >= end {
                return false;
            }
            self.shared.wait_briefly();
        }
    }

    fn read<T>(&self, see: impl FnOnce(&State) -> T) -> T {
        self.shared.read(|state, _| see(state))
    }
}

impl Control {
    /// Puts credits into the first key's account.
    pub fn add_credits(&self, amount: u64) {
        self.shared.change(|state, _| state.accounts[0].credits.deposited += amount);
    }

    /// Takes credits from the first key's account as if spent elsewhere; no more than it has.
    pub fn spend_credits(&self, amount: u64) {
        self.shared.change(|state, _| state.accounts[0].credits.spend_elsewhere(amount));
    }

    /// Lets every held batch end now.
    pub fn release(&self) {
        self.held(|batch, now| batch.end = Some(now));
    }

    /// Sets `stats.finished` of every held batch, at most to its number of searches.
    pub fn advance(&self, finished: usize) {
        self.held(|batch, _| batch.finished = finished.min(batch.requested));
    }

    fn held(&self, change: impl Fn(&mut Batch, Instant)) {
        self.shared.change(|state, now| {
            let held = state.batches.iter_mut().filter(|batch| batch.end.is_none());
            held.for_each(|batch| change(batch, now));
        });
    }

    /// Changes the settings. Batches that were taken keep theirs; faults count from the sandbox's start.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change(|state, _| change(&mut state.settings));
        self.shared.refuse_next_of_all();
    }

    /// Removes the faults of the batches that were taken.
    pub fn mend(&self) {
        let whole = |batch: &mut Batch| batch.faults = Effects::default();
        self.shared.change(|state, _| state.batches.iter_mut().for_each(whole));
    }

    /// Gives the first key's account a new key, which reads all its batches; the old one is refused from now on.
    pub fn replace_key(&self, key: &str) {
        self.shared.change(|state, _| state.replace_key(key.to_owned()));
    }

    /// Stops listening, so that connecting is refused from when this returns. Idle connections end; what a caller
    /// writes on one before it notices is lost, not read.
    pub fn shut(&self) {
        self.shared.listener.shut();
    }

    /// Listens again; an error where somebody else has taken the port meanwhile.
    pub fn reopen(&self) -> std::io::Result<()> {
        self.shared.listener.reopen()
    }
}

fn people(state: &State) -> HashMap<Person, PersonBooks> {
    let mut people = HashMap::new();
    for batch in &state.batches {
        for search in &batch.searches {
            let person = search.person();
            let search = || PersonBooks { paid: 0, search: search.clone(), taken: 0 };
            let books = people.entry(person).or_insert_with(search);
            books.taken += 1;
            let is_paid = batch.faults.failed.is_none() && person.is_found(batch.found_percent);
            books.paid += usize::from(is_paid);
        }
    }
    people
}
