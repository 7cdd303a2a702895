//! What the user says with `--map`.

use super::{Columns, Form, by_value};
use crate::people::{Order, Profile};
use crate::sheet::layout::Layout;
use crate::sheet::options::ColumnName;
use crate::sheet::vocabulary::{self, ProfileSense, Sense};
use crate::sheet::{Field, Input, Mapping, SheetError};

/// Puts the user's columns in place of those that were found. Gives the fields that are settled thereby.
pub(super) fn apply(
    input: &Input,
    layout: &Layout,
    map: &[Mapping],
    columns: &mut Columns,
) -> Result<Vec<Field>, SheetError> {
    let mut settled = Vec::new();
    for field in Field::ALL {
        let mut said = Vec::new();
        for mapping in map.iter().filter(|mapping| mapping.field == field) {
            said.extend(indices(input, layout, mapping)?);
            settled.push(field);
        }
        if !settled.contains(&field) {
            continue;
        }
        match field {
            Field::CompanyDomain => columns.domain = said,
            Field::CompanyName => columns.company = said,
            Field::Custom => columns.custom = said,
            Field::Firstname => columns.first = said,
            Field::Fullname => {
                columns.full =
                    said.into_iter().map(|index| (index, order(layout, index))).collect();
            }
            Field::Lastname => {
                columns.last = said;
                columns.infix.clear();
            }
            Field::LinkedinUrl => {
                columns.profile =
                    said.into_iter().map(|index| (index, form(layout, index))).collect();
            }
        }
    }
    // Names by hand are not mixed with names that were found: they might be another person's.
    let says = |field: Field, columns: &[usize]| settled.contains(&field) && !columns.is_empty();
    let whole = says(Field::Fullname, &columns.of(Field::Fullname));
    let first = says(Field::Firstname, &columns.first);
    let last = says(Field::Lastname, &columns.last);
    if whole && !first && !last {
        columns.first.clear();
        columns.infix.clear();
        columns.last.clear();
    } else if first && last && !whole {
        columns.full.clear();
    }
    Ok(settled)
}

/// The columns a mapping names: all that bear the name, else the one of that number, else one that is nearly called so.
fn indices(input: &Input, layout: &Layout, mapping: &Mapping) -> Result<Vec<usize>, SheetError> {
    let ColumnName::Named(name) = &mapping.column else {
        return Ok(Vec::new());
    };
    let header = layout.header.as_deref().unwrap_or_default();
    let matching = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..header.len()).filter(|index| same(&header[*index])).collect()
    };
    let exact = matching(&|column| column.trim() == name.trim());
    if !exact.is_empty() {
        return Ok(exact);
    }
    if let Some(number) = mapping.column.number()
        && number.get() <= layout.width
    {
        return Ok(vec![number.get() - 1]);
    }
    let loose = matching(&|column| !column.trim().is_empty() && vocabulary::same(column, name));
    if !loose.is_empty() {
        return Ok(loose);
    }
    Err(SheetError::NoColumn {
        columns: layout.names(),
        field: mapping.field,
        guess: guess(header, name),
        has_header: layout.header.is_some(),
        input: input.clone(),
        name: name.clone(),
    })
}

/// The column that may have been meant.
fn guess(header: &[String], name: &str) -> Option<String> {
    const ALIKE: f64 = 0.8;
    let name = name.trim().to_lowercase();
    let likeness = |column: &String| strsim::jaro_winkler(&column.trim().to_lowercase(), &name);
    let best = header.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) >= ALIKE).then(|| best.clone())
}

/// In which order a column that was named by hand holds names, by what it is called.
fn order(layout: &Layout, index: usize) -> Order {
    let meaning = layout.header.as_ref().and_then(|header| vocabulary::read(header.get(index)?));
    match meaning.map(|meaning| meaning.sense) {
        Some(Sense::FullReversed) => Order::LastFirst,
        _ => Order::FirstLast,
    }
}

/// In which form a column that was named by hand holds profiles: bare slugs count where nearly all are.
fn form(layout: &Layout, index: usize) -> Form {
    let meaning = layout.header.as_ref().and_then(|header| vocabulary::read(header.get(index)?));
    if meaning.is_some_and(|meaning| meaning.sense == Sense::Profile(ProfileSense::Handle)) {
        return Form::Handle;
    }
    let cells = by_value::cells(layout, index).count();
    let slugs =
        by_value::cells(layout, index).filter(|cell| Profile::parse_handle(cell).is_ok()).count();
    if cells > 0 && slugs * 10 >= cells * 9 { Form::Handle } else { Form::Address }
}
