//! Columns that claim one field with equal right and hold different things: every number that is found is paid for,
//! also the wrong person's, so the user is asked.

use super::Columns;
use super::by_name::Candidate;
use crate::people::{Domain, filled};
use crate::sheet::Field;
use crate::sheet::error::Claim;
use crate::sheet::layout::Layout;

/// The fields for which the user has to choose.
pub(super) fn find(
    layout: &Layout,
    candidates: &[Candidate],
    columns: &Columns,
    settled: &[Field],
) -> Vec<Claim> {
    let open = |field: &Field| !settled.contains(field);
    let fields = Field::ALL.into_iter().filter(open);
    fields
        .filter_map(|field| claim(layout, candidates, columns, field))
        .collect()
}

fn claim(
    layout: &Layout,
    candidates: &[Candidate],
    columns: &Columns,
    field: Field,
) -> Option<Claim> {
    let chosen = match field {
        // What stands between the names belongs to the last name without being one.
        Field::Lastname => columns.last.clone(),
        other => columns.of(other),
    };
    let rank = |index: usize| {
        let candidate = candidates.iter().find(|candidate| candidate.index == index);
        candidate.map(|candidate| candidate.rank)
    };
    let equal: Vec<usize> = chosen
        .iter()
        .copied()
        .filter(|index| rank(*index) == rank(chosen[0]))
        .collect();
    let rivals: Vec<usize> = equal
        .iter()
        .copied()
        .filter(|one| {
            equal
                .iter()
                .any(|other| differ(layout, columns, field, *one, *other))
        })
        .collect();
    let claim = |index: &usize| (layout.name(*index), layout.map_word(*index));
    (!rivals.is_empty()).then(|| Claim {
        field,
        columns: rivals.iter().map(claim).collect(),
    })
}

/// Whether two columns say different things in a row where it matters.
fn differ(layout: &Layout, columns: &Columns, field: Field, one: usize, other: usize) -> bool {
    one != other
        && layout.rows.iter().any(|row| {
            let cell = |index: usize| row.get(index).and_then(|cell| filled(cell));
            let said =
                |index: usize| cell(index).and_then(|cell| meaning(columns, field, index, cell));
            match (said(one), said(other)) {
                (Some(one), Some(other)) => one != other && matters(columns, field, &cell),
                _ => false,
            }
        })
}

/// What a cell says, in a form that can be compared.
fn meaning(columns: &Columns, field: Field, index: usize, cell: &str) -> Option<String> {
    match field {
        Field::LinkedinUrl => {
            let (_, form) = columns
                .profile
                .iter()
                .find(|(column, _)| *column == index)?;
            Some(form.read(cell).ok()?.slug().to_owned())
        }
        Field::CompanyDomain => Domain::parse(cell).map(|domain| domain.as_str().to_owned()),
        Field::CompanyName
        | Field::Custom
        | Field::Firstname
        | Field::Fullname
        | Field::Lastname => Some(
            cell.to_lowercase()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        ),
    }
}

/// Whether the field is used in a row at all: a profile makes the others needless, a domain the company's name.
fn matters<'c>(columns: &Columns, field: Field, cell: &impl Fn(usize) -> Option<&'c str>) -> bool {
    let has_profile = || {
        let mut profiles = columns.profile.iter();
        profiles.any(|(index, form)| cell(*index).is_some_and(|cell| form.read(cell).is_ok()))
    };
    let has_domain = || {
        let mut domains = columns.domain.iter();
        domains.any(|index| cell(*index).is_some_and(|cell| Domain::parse(cell).is_some()))
    };
    let has = |columns: &[usize]| columns.iter().any(|index| cell(*index).is_some());
    match field {
        Field::LinkedinUrl => true,
        Field::CompanyDomain | Field::Firstname | Field::Lastname => !has_profile(),
        Field::CompanyName => !has_profile() && !has_domain(),
        Field::Fullname => !(has_profile() || (has(&columns.first) && has(&columns.last))),
        Field::Custom => false,
    }
}
