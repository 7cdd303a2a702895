//! The books, shared between the endpoints and whoever watches them.

use super::books::Books;
use super::settings::Settings;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The books behind a lock, with a bell for every change.
#[derive(Debug)]
pub(super) struct Desk {
    books: Mutex<Books>,
    changed: Condvar,
    changed_async: Notify,
}

impl Desk {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            books: Mutex::new(Books::new(settings)),
            changed: Condvar::new(),
            changed_async: Notify::new(),
        }
    }

    /// Reads or changes the books as they are now. Never held across a wait.
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
