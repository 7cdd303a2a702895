//! What holds up a run, for the progress display.

use super::RunState;
use std::time::Duration;
use tokio::time::Instant;

/// Why something is asked again.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) why: String,
    pub(super) again: Option<Instant>,
}

/// What holds up a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitFor {
    Balance,
    Connection,
    /// Another run writes the ledger.
    Ledger,
    /// Another run searches for people of this one.
    OtherRun,
    /// What running batches give back.
    Refunds,
    /// Enrow's answer to a batch.
    Taken,
    /// POSTs may leave only so often.
    Turn,
}

#[derive(Debug)]
pub(super) struct Wait {
    number: u64,
    pub(super) what: WaitFor,
    since: Instant,
    pub(super) until: Option<Instant>,
}

/// A wait that lasts until this is dropped.
pub(in crate::lookup) struct Waiting<'a> {
    run_state: &'a RunState,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.run_state.inner.borrow_mut().waits.retain(|wait| wait.number != self.number);
    }
}

/// A wait that is longer than this is shown.
pub(super) const SILENT: Duration = Duration::from_secs(1);

impl Wait {
    pub(super) fn is_long(&self) -> bool {
        let expected = self.until.map_or(Duration::ZERO, |until| until - self.since);
        self.since.elapsed().max(expected) >= SILENT
    }
}

impl RunState {
    /// Something is asked again, after a pause.
    pub(in crate::lookup) fn trouble(&self, why: String, pause: Option<Duration>) {
        let again = pause.and_then(|pause| Instant::now().checked_add(pause));
        self.inner.borrow_mut().trouble = Some(Trouble { why, again });
    }

    pub(in crate::lookup) fn trouble_over(&self) {
        self.inner.borrow_mut().trouble = None;
    }

    /// Begins a wait, whose end may be known.
    pub(in crate::lookup) fn wait(&self, what: WaitFor, time: Option<Duration>) -> Waiting<'_> {
        let mut inner = self.inner.borrow_mut();
        inner.waits_so_far += 1;
        let number = inner.waits_so_far;
        let since = Instant::now();
        let until = time.and_then(|time| since.checked_add(time));
        inner.waits.push(Wait { number, what, since, until });
        Waiting { run_state: self, number }
    }
}
