//! The cells of a column in the sample.

use crate::people::{Profile, non_blank};
use crate::sheet::layout::Layout;

/// The cells of a column that are not blank.
pub(super) fn cells(layout: &Layout, index: usize) -> impl Iterator<Item = &str> {
    let cells = layout.rows.iter().filter_map(move |row| row.get(index));
    cells.filter_map(|cell| non_blank(cell))
}

/// Whether a column holds a LinkedIn profile.
pub(super) fn has_profile(layout: &Layout, index: usize) -> bool {
    cells(layout, index).any(|cell| Profile::parse(cell).is_ok())
}
