//! What holds up a run, for the progress display.

use std::time::Duration;
use tokio::time::Instant;

/// Why something is asked again.
#[derive(Debug, Clone)]
pub(super) struct RetryWait {
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
    pub(super) number: u64,
    pub(super) what: WaitFor,
    pub(super) since: Instant,
    pub(super) until: Option<Instant>,
}

/// A wait that is longer than this is shown.
pub(super) const SILENT: Duration = Duration::from_secs(1);

impl Wait {
    pub(super) fn is_long(&self) -> bool {
        let expected = self.until.map_or(Duration::ZERO, |until| until - self.since);
        self.since.elapsed().max(expected) >= SILENT
    }
}
