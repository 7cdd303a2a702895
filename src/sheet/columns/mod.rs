//! Which columns identify a person: by their headers, by their cells, and by what the user maps.

mod ambiguity;
mod by_header;
mod by_value;
mod cells;
mod chosen;
mod joined;
mod junk;
mod mapped;
mod nobody;
mod rows;
mod section;
mod survey;
#[cfg(test)]
mod tests;

pub(super) use ambiguity::Ambiguities;
pub(super) use chosen::Columns;
pub(super) use mapped::indices;
pub(super) use rows::RowContext;
pub(super) use survey::{RowShape, Survey, Surveyor};

use super::table::Table;
use super::{Input, Mapping, SheetError};

/// Chooses the columns; what the user maps has precedence. Also returns the columns that may contradict each other.
///
/// # Errors
/// When a mapped column does not exist, or no columns identify a person.
pub(super) fn choose(
    input: &Input,
    table: &Table,
    map: &[Mapping],
) -> Result<(Columns, Ambiguities), SheetError> {
    let candidates = by_header::find(table);
    let mut columns = by_value::check(table, &candidates);
    let mapped = mapped::apply(input, table, map, &mut columns)?;
    if !columns.can_identify_a_person() {
        return Err(SheetError::NothingToSearch {
            columns: table.names(),
            input: input.clone(),
            known: table.header_score > 0,
        });
    }
    let ambiguities = Ambiguities::find(&candidates, &columns, &mapped);
    Ok((columns, ambiguities))
}
