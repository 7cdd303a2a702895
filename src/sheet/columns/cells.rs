use crate::people::{Profile, non_blank};
use crate::sheet::table::Table;

/// The cells of a column in the sample that are not blank.
pub(super) fn cells(table: &Table, index: usize) -> impl Iterator<Item = &str> {
    let cells = table.sample.iter().filter_map(move |row| row.get(index));
    cells.filter_map(|cell| non_blank(cell))
}

/// Whether the sample has a LinkedIn profile in this column.
pub(super) fn has_profile(table: &Table, index: usize) -> bool {
    cells(table, index).any(|cell| Profile::parse(cell).is_ok())
}
