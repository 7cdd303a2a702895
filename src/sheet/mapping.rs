//! How a sheet is read, in one line.

use super::columns::Columns;
use super::error::listed_up_to;
use super::format::RowSource;
use super::options::Field;
use super::results::ExistingResults;
use super::table::Table;
use super::vocabulary;
use crate::units::counted;
use std::collections::HashSet;
use std::fmt;

/// How many columns of a field are named.
const MOST_NAMED: usize = 10;

/// How many columns without a use are named.
const MOST_UNUSED: usize = 6;

/// The columns whose headers are not understood, in one line; `None` if all are.
pub(super) fn not_understood(
    columns: &Columns,
    results: &ExistingResults,
    table: &Table,
) -> Option<String> {
    let (_, unknown) = unused_names(columns, results, table);
    (!unknown.is_empty()).then(|| listed_up_to(&unknown, MOST_UNUSED))
}

/// Which columns are not used, and which of them because their headers are not understood; `None` if all are used.
pub(super) fn unused(
    columns: &Columns,
    results: &ExistingResults,
    table: &Table,
) -> Option<String> {
    let (known, unknown) = unused_names(columns, results, table);
    let known =
        (!known.is_empty()).then(|| format!("not used: {}", listed_up_to(&known, MOST_UNUSED)));
    let unknown = (!unknown.is_empty())
        .then(|| format!("not understood: {}", listed_up_to(&unknown, MOST_UNUSED)));
    let parts: Vec<String> = known.into_iter().chain(unknown).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The headers without a use that are understood, and those that are not.
fn unused_names(
    columns: &Columns,
    results: &ExistingResults,
    table: &Table,
) -> (Vec<String>, Vec<String>) {
    let used: HashSet<usize> = Field::ALL.into_iter().flat_map(|field| columns.of(field)).collect();
    let header = table.header.as_deref().unwrap_or_default();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (index, name) in header.iter().enumerate() {
        if name.trim().is_empty() || used.contains(&index) || results.contains(index) {
            continue;
        }
        let is_known = vocabulary::meaning(name).is_some();
        if is_known { &mut known } else { &mut unknown }.push(name.clone());
    }
    (known, unknown)
}

/// Says which column is read as which field, and what is unusual about the sheet.
pub struct MappingSummary<'a> {
    pub(super) columns: &'a Columns,
    pub(super) source: &'a dyn RowSource,
    pub(super) table: &'a Table,
}

impl fmt::Display for MappingSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reading ")?;
        let mut separator = "";
        for field in Field::ALL {
            let columns = self.columns.of(field);
            if columns.is_empty() {
                continue;
            }
            let rest = columns.len().saturating_sub(MOST_NAMED);
            let columns = columns.into_iter().take(MOST_NAMED);
            let mut names: Vec<String> = columns.map(|index| self.table.name(index)).collect();
            names.extend((rest > 0).then(|| counted(rest, "more column", "more columns")));
            let names = match (field, self.columns.infix.as_slice()) {
                // The infix column is used together with one of last names, not instead of it.
                (Field::Lastname, [_, ..]) => names.join(" and "),
                _ => names.join(" or "),
            };
            write!(f, "{separator}{names} as {field}")?;
            separator = ", ";
        }
        let mut unusual = self.source.peculiarities(self.table);
        if self.table.header.is_none() {
            unusual.push("no header".to_owned());
        }
        if !unusual.is_empty() {
            write!(f, " ({})", unusual.join(", "))?;
        }
        Ok(())
    }
}
