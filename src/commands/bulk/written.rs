//! How writing the rows ended.

use crate::lookup::EndReason;
use crate::sheet::Placed;
use crate::ui::row_counts::RowCounts;

/// What became of the rows.
pub(super) enum Written {
    /// The reader of the output has gone away.
    Closed,
    /// The reader takes no more.
    Stopped(EndReason),
    Whole(RowCounts, Placed),
}
