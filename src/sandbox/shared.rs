//! The state, shared between the endpoints and whoever watches them.

use super::faults::{Faults, RequestFaults};
use super::log::Endpoint;
use super::net::Door;
use super::settings::Settings;
use super::state::State;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The state behind a lock, with a bell for every change.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    changed_async: Notify,
    door: Arc<Door>,
}

impl Shared {
    pub(super) fn new(settings: Settings, door: Arc<Door>) -> Self {
        let shared = Self {
            state: Mutex::new(State::new(settings)),
            changed: Condvar::new(),
            changed_async: Notify::new(),
            door,
        };
        shared.refuse_the_next();
        shared
    }

    pub(super) fn door(&self) -> &Arc<Door> {
        &self.door
    }

    /// Notes a request, and says its number and what awaits it.
    pub(super) fn arrive(
        &self,
        endpoint: Endpoint,
        line: String,
        key: Option<&str>,
    ) -> (usize, RequestFaults) {
        let arrived = self.with(|state, now| state.arrive(endpoint, line, key, now));
        if endpoint != Endpoint::Elsewhere {
            self.refuse_the_next_of(endpoint);
        }
        arrived
    }

    /// Replaces what goes wrong from now on.
    pub(super) fn set_faults(&self, faults: Faults) {
        self.with(|state, _| state.settings.faults = faults);
        self.refuse_the_next();
    }

    fn refuse_the_next(&self) {
        for endpoint in [Endpoint::Account, Endpoint::PollBulk, Endpoint::SubmitBulk] {
            self.refuse_the_next_of(endpoint);
        }
    }

    /// Shuts the door where the next request of this kind is to be refused: who is inside was not refused.
    fn refuse_the_next_of(&self, endpoint: Endpoint) {
        let refusal = self.read(|state, _| {
            let next = state.log.count(endpoint) + 1;
            state.settings.faults.refusal(endpoint, next)
        });
        if let Some(time) = refusal {
            self.door.shut_for(time);
        }
    }

    /// Reads the state as it is now.
    pub(super) fn read<T>(&self, see: impl FnOnce(&State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.lock();
        state.settle(now);
        see(&state, now)
    }

    /// Changes the state as it is now, and rings.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.lock();
        state.settle(now);
        let outcome = act(&mut state, now);
        drop(state);
        self.changed.notify_all();
        self.changed_async.notify_waiters();
        outcome
    }

    /// Blocks the thread until the state may have changed, a moment at the longest: batches also end by the clock.
    pub(super) fn wait_briefly(&self) {
        const MOMENT: Duration = Duration::from_millis(20);
        drop(self.changed.wait_timeout(self.lock(), MOMENT));
    }

    /// Completes with the next change.
    pub(super) fn changed(&self) -> impl Future<Output = ()> {
        self.changed_async.notified()
    }

    /// A panic in a test must not hide behind the next one: the state is consistent after every step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
