//! Which columns identify a person: by their headers, by their cells, and by what the user maps.

mod ambiguity;
mod by_header;
mod by_value;
mod cells;
mod chosen;
mod mapped;
#[cfg(test)]
mod tests;

pub(super) use ambiguity::Ambiguities;
pub(super) use chosen::Columns;

use super::layout::Layout;
use super::{Input, Mapping, SheetError};

/// Chooses columns; what the user maps wins. Also returns the columns that may contradict each other.
///
/// # Errors
/// When a mapped column does not exist, or no columns identify a person.
pub(super) fn choose(
    input: &Input,
    layout: &Layout,
    map: &[Mapping],
) -> Result<(Columns, Ambiguities), SheetError> {
    let candidates = by_header::find(layout);
    let mut columns = by_value::check(layout, &candidates);
    let mapped = mapped::apply(input, layout, map, &mut columns)?;
    if !columns.can_identify_a_person() {
        return Err(SheetError::NothingToSearch {
            columns: layout.names(),
            input: input.clone(),
            known: layout.header_score > 0,
        });
    }
    let ambiguities = Ambiguities::find(&candidates, &columns, &mapped);
    Ok((columns, ambiguities))
}
