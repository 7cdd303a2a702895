use crate::lookup::EndReason;
use crate::ui::failure::Failure;

/// Why not all rows were written.
pub(super) enum WriteEnd {
    /// The reader of the output has closed it, which is no failure.
    Closed,
    Failed(Failure),
    /// The run has to end, and the reader does not take the rows.
    Stopped(EndReason),
}

impl<F: Into<Failure>> From<F> for WriteEnd {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}
