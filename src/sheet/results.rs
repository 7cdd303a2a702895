//! The columns that carry the results.

use super::layout::Layout;

/// The result columns, in the order in which they are added.
pub(super) const NAMES: [&str; 4] = [
    "phone_number",
    "phone_country",
    "phone_status",
    "phone_note",
];

/// Position of the number among [`NAMES`].
const NUMBER: usize = 0;
/// Position of the status among [`NAMES`].
const STATUS: usize = 2;

/// Where each result column stands; those that are missing are added behind the sheet's own columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Results {
    pub(super) places: [Option<usize>; 4],
}

impl Results {
    /// Looks for result columns of an earlier run. Only exact names count: `Phone Number` is somebody else's.
    pub(super) fn find(layout: &Layout) -> Self {
        let header = layout.header.as_deref().unwrap_or_default();
        Self {
            places: NAMES.map(|name| header.iter().position(|column| column.trim() == name)),
        }
    }

    /// Where the number stands.
    pub(super) fn number(&self) -> Option<usize> {
        self.places[NUMBER]
    }

    /// Where the status stands.
    pub(super) fn status(&self) -> Option<usize> {
        self.places[STATUS]
    }
}
