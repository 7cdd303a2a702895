//! The columns that the user names.

use super::cells::cells;
use super::chosen::Columns;
use crate::people::{Order, Profile};
use crate::sheet::error::ColumnOption;
use crate::sheet::options::ColumnName;
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, HeaderMeaning, ProfileFormat};
use crate::sheet::{Field, Input, Mapping, SheetError};

/// Replaces columns that were found by those of `--map`. Returns the mapped fields.
pub(super) fn apply(
    input: &Input,
    table: &Table,
    map: &[Mapping],
    columns: &mut Columns,
) -> Result<Vec<Field>, SheetError> {
    let mut mapped = Vec::new();
    for field in Field::ALL {
        let mut named = Vec::new();
        for mapping in map.iter().filter(|mapping| mapping.field == field) {
            named.extend(indices(input, table, &mapping.column, ColumnOption::Map(mapping.field))?);
            mapped.push(field);
        }
        if !mapped.contains(&field) {
            continue;
        }
        match field {
            Field::CompanyDomain => columns.domain = named,
            Field::CompanyName => columns.company = named,
            Field::Custom => columns.custom = named,
            Field::Firstname => columns.first = named,
            Field::Fullname => {
                columns.full =
                    named.into_iter().map(|index| (index, name_order(table, index))).collect();
            }
            Field::Lastname => {
                columns.last = named;
                columns.infix.clear();
            }
            Field::LinkedinUrl => {
                columns.profile =
                    named.into_iter().map(|index| (index, profile_format(table, index))).collect();
            }
        }
    }
    // Mapped name columns are not combined with name columns that were found: those may name another person.
    let is_mapped =
        |field: Field, columns: &[usize]| mapped.contains(&field) && !columns.is_empty();
    let whole = is_mapped(Field::Fullname, &columns.of(Field::Fullname));
    let first = is_mapped(Field::Firstname, &columns.first);
    let last = is_mapped(Field::Lastname, &columns.last);
    if whole && !first && !last {
        columns.first.clear();
        columns.infix.clear();
        columns.last.clear();
    } else if first && last && !whole {
        columns.full.clear();
    }
    Ok(mapped)
}

/// The columns with exactly this header; else the column with this number; else the columns whose header differs only in
/// case, accents, spaces and punctuation.
pub(in crate::sheet) fn indices(
    input: &Input,
    table: &Table,
    column: &ColumnName,
    option: ColumnOption,
) -> Result<Vec<usize>, SheetError> {
    let ColumnName::Named(name) = column else {
        return Ok(Vec::new());
    };
    let header = table.header.as_deref().unwrap_or_default();
    let matching = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..header.len()).filter(|index| same(&header[*index])).collect()
    };
    let exact = matching(&|column| column.trim() == name.trim());
    if !exact.is_empty() {
        return Ok(exact);
    }
    if let Some(number) = column.number()
        && number.get() <= table.width
    {
        return Ok(vec![number.get() - 1]);
    }
    let loose = matching(&|column| !column.trim().is_empty() && vocabulary::same(column, name));
    if !loose.is_empty() {
        return Ok(loose);
    }
    Err(SheetError::NoColumn {
        option,
        columns: table.names(),
        guess: guess(header, name),
        has_header: table.header.is_some(),
        input: input.clone(),
        name: name.clone(),
    })
}

/// The column with the most similar name, if it is similar enough.
fn guess(header: &[String], name: &str) -> Option<String> {
    const ALIKE: f64 = 0.8;
    let name = name.trim().to_lowercase();
    let likeness = |column: &String| strsim::jaro_winkler(&column.trim().to_lowercase(), &name);
    let best = header.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) >= ALIKE).then(|| best.clone())
}

/// The name order of a mapped column, by its header.
fn name_order(table: &Table, index: usize) -> Order {
    match header_meaning(table, index) {
        Some(HeaderMeaning::FullReversed) => Order::LastFirst,
        _ => Order::FirstLast,
    }
}

/// The profile format of a mapped column. Bare handles count if nearly all cells are handles.
fn profile_format(table: &Table, index: usize) -> ProfileFormat {
    if header_meaning(table, index) == Some(HeaderMeaning::Profile(ProfileFormat::Handle)) {
        return ProfileFormat::Handle;
    }
    let all = cells(table, index).count();
    let handles = cells(table, index).filter(|cell| Profile::parse_handle(cell).is_ok()).count();
    if all > 0 && handles * 10 >= all * 9 { ProfileFormat::Handle } else { ProfileFormat::Address }
}

fn header_meaning(table: &Table, index: usize) -> Option<HeaderMeaning> {
    vocabulary::meaning(table.header.as_ref()?.get(index)?)
}
