//! How writing the rows ends early.

use crate::lookup::EndReason;
use crate::ui::failure::Failure;

/// Why the output ends early.
pub(super) enum WriteEnd {
    /// The reader of the output has gone away, which is no failure.
    Closed,
    Failed(Failure),
    /// The run has to end, and the reader takes no more.
    Stopped(EndReason),
}

impl<F: Into<Failure>> From<F> for WriteEnd {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}
