//! A second header among the rows: another wording of the first, or the header of another export joined below.

use super::chosen::Columns;
use super::{by_header, by_value};
use crate::people::non_blank;
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, meaning};
use crate::sheet::{Field, Record};

/// How the rows below a second header are read.
#[derive(Debug, Clone)]
pub(in crate::sheet) enum Section {
    Columns(Columns),
    /// The second header does not say which columns identify a person.
    Unknown,
}

/// Whether a row names columns: at least two of its name and company cells have text, and all of these are known headers.
pub(super) fn is_labels(columns: &Columns, record: &Record) -> bool {
    let full = columns.full.iter().map(|(index, _)| index);
    let used = columns.first.iter().chain(&columns.last).chain(full).chain(&columns.company);
    let labels = used.filter_map(|index| record.get(*index).and_then(non_blank));
    // This runs for every row, so the cheap test comes first, for all cells.
    labels.clone().all(vocabulary::may_be_header)
        && labels.clone().all(vocabulary::is_field)
        && labels.count() > 1
}

/// What a second header changes for the rows below it; `None` if it names the same columns in the same places.
pub(super) fn below(table: &Table, columns: &Columns, labels: &Record) -> Option<Section> {
    let header = table.header.as_deref()?;
    let used: Vec<usize> = Field::ALL.into_iter().flat_map(|field| columns.of(field)).collect();
    let says_the_same = |index: &usize| {
        let (name, label) = (header.get(*index), labels.get(*index));
        match (name, label.and_then(non_blank)) {
            (Some(name), Some(label)) => {
                vocabulary::same(name, label) || meaning(name) == meaning(label)
            }
            _ => false,
        }
    };
    if used.iter().all(says_the_same) {
        return None;
    }
    // More than a list of people has: looking up each in the second header would take too long.
    if used.len() > MOST_COLUMNS {
        return Some(Section::Unknown);
    }
    Some(moved(header, columns, &used, labels).unwrap_or_else(|| by_its_own_words(labels)))
}

const MOST_COLUMNS: usize = 64;

/// The same headers in another order.
fn moved(header: &[String], columns: &Columns, used: &[usize], labels: &Record) -> Option<Section> {
    let place = |index: usize| {
        let name = header.get(index)?;
        let mut places =
            labels.fields().enumerate().filter(|(_, label)| vocabulary::same(name, label));
        let (place, _) = places.next()?;
        places.next().is_none().then_some(place)
    };
    used.iter()
        .all(|index| place(*index).is_some())
        .then(|| Section::Columns(columns.moved(|index| place(index).unwrap_or(index))))
}

/// The columns that the words of the second header give.
fn by_its_own_words(labels: &Record) -> Section {
    let table = Table::with_header(labels.fields());
    let columns = by_value::check(&table, &by_header::find(&table));
    let is_single = |field: &Field| columns.of(*field).len() <= 1;
    if columns.can_identify_a_person() && Field::ALL.iter().all(is_single) {
        Section::Columns(columns)
    } else {
        Section::Unknown
    }
}
