//! The books, shared between the endpoints and whoever watches them.

use super::books::Books;
use super::faults::{Faults, Ordeal};
use super::log::Endpoint;
use super::net::Door;
use super::settings::Settings;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The books behind a lock, with a bell for every change.
#[derive(Debug)]
pub(super) struct Desk {
    books: Mutex<Books>,
    changed: Condvar,
    changed_async: Notify,
    door: Arc<Door>,
}

impl Desk {
    pub(super) fn new(settings: Settings, door: Arc<Door>) -> Self {
        let desk = Self {
            books: Mutex::new(Books::new(settings)),
            changed: Condvar::new(),
            changed_async: Notify::new(),
            door,
        };
        desk.refuse_the_next();
        desk
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
    ) -> (usize, Ordeal) {
        let arrived = self.with(|books, now| books.arrive(endpoint, line, key, now));
        if endpoint != Endpoint::Elsewhere {
            self.refuse_the_next_of(endpoint);
        }
        arrived
    }

    /// Replaces what goes wrong from now on.
    pub(super) fn set_faults(&self, faults: Faults) {
        self.with(|books, _| books.settings.faults = faults);
        self.refuse_the_next();
    }

    fn refuse_the_next(&self) {
        for endpoint in [Endpoint::Account, Endpoint::PollBulk, Endpoint::SubmitBulk] {
            self.refuse_the_next_of(endpoint);
        }
    }

    /// Shuts the door where the next request of this kind is to be refused: who is inside was not refused.
    fn refuse_the_next_of(&self, endpoint: Endpoint) {
        let refusal = self.read(|books, _| {
            let next = books.log.count(endpoint) + 1;
            books.settings.faults.refusal(endpoint, next)
        });
        if let Some(time) = refusal {
            self.door.shut_for(time);
        }
    }

    /// Reads the books as they are now.
    pub(super) fn read<T>(&self, see: impl FnOnce(&Books, Instant) -> T) -> T {
        let now = Instant::now();
        let mut books = self.lock();
        books.settle(now);
        see(&books, now)
    }

    /// Changes the books as they are now, and rings.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Books, Instant) -> T) -> T {
        let now = Instant::now();
        let mut books = self.lock();
        books.settle(now);
        let outcome = act(&mut books, now);
        drop(books);
        self.changed.notify_all();
        self.changed_async.notify_waiters();
        outcome
    }

    /// Blocks the thread until the books may have changed, a moment at the longest: batches also end by the clock.
    pub(super) fn wait_briefly(&self) {
        const MOMENT: Duration = Duration::from_millis(20);
        drop(self.changed.wait_timeout(self.lock(), MOMENT));
    }

    /// Completes with the next change.
    pub(super) fn changed(&self) -> impl Future<Output = ()> {
        self.changed_async.notified()
    }

    /// A panic in a test must not hide behind the next one: the books are consistent after every step.
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
