//! Columns that fit one field equally well and differ in a row. The number of the wrong person costs as much as the right
//! one, so the user has to choose.

use super::by_header::Candidate;
use super::chosen::Columns;
use super::junk::junk;
use crate::people::{Domain, Profile, non_blank};
use crate::sheet::error::AmbiguousField;
use crate::sheet::table::Table;
use crate::sheet::{Field, Record};
use std::collections::{BTreeSet, HashMap};

/// The columns that fit a field equally well, and which of them differ in a row.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Ambiguities {
    fields: Vec<Ambiguity>,
    /// Several columns hold profiles and the user did not map one.
    several_profiles: bool,
    second_profile: Option<SecondProfile>,
}

/// Rows in which a column that is tried later names another profile than the one that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct SecondProfile {
    /// The column that is searched in the first such row.
    pub(in crate::sheet) used: usize,
    /// The column that names another profile there.
    pub(in crate::sheet) other: usize,
    /// The first such row, from 1.
    pub(in crate::sheet) first_row: u64,
    /// How many there are.
    pub(in crate::sheet) rows: u64,
}

#[derive(Debug)]
struct Ambiguity {
    field: Field,
    columns: Vec<usize>,
    differing: BTreeSet<usize>,
}

impl Ambiguities {
    /// Finds them for the fields that the user did not map.
    pub(super) fn find(candidates: &[Candidate], columns: &Columns, mapped: &[Field]) -> Self {
        let ranks: HashMap<usize, u8> =
            candidates.iter().map(|candidate| (candidate.index, candidate.rank)).collect();
        let rank = |index: usize| ranks.get(&index).copied();
        let open = Field::ALL.into_iter().filter(|field| !mapped.contains(field));
        let fields = open.filter_map(|field| {
            let mut equal = match field {
                // Infix columns are used for the last name, but do not compete with it.
                Field::Lastname => columns.last.clone(),
                other => columns.of(other),
            };
            let best = rank(*equal.first()?);
            equal.retain(|index| rank(*index) == best);
            equal.sort_unstable();
            (equal.len() > 1).then_some(Ambiguity {
                field,
                columns: equal,
                differing: BTreeSet::new(),
            })
        });
        Self {
            fields: fields.collect(),
            several_profiles: columns.profile.len() > 1 && !mapped.contains(&Field::LinkedinUrl),
            second_profile: None,
        }
    }

    /// Compares the columns in a row.
    pub(in crate::sheet) fn compare(&mut self, columns: &Columns, record: &Record) {
        if self.several_profiles {
            self.compare_profiles(columns, record);
        }
        for Ambiguity { field, columns: equal, differing } in &mut self.fields {
            let said: Vec<(usize, String)> = match *field {
                Field::LinkedinUrl => profiles(columns, record)
                    .filter(|(index, _)| equal.binary_search(index).is_ok())
                    .map(|(index, profile)| (index, profile.slug().to_owned()))
                    .collect(),
                other => {
                    let said =
                        |index: &usize| Some((*index, comparable(other, cell(record, *index)?)?));
                    equal.iter().filter_map(said).collect()
                }
            };
            let agree = said.windows(2).all(|pair| pair[0].1 == pair[1].1);
            if agree || !matters(columns, *field, record) {
                continue;
            }
            differing.extend(said.iter().map(|(index, _)| *index));
        }
    }

    fn compare_profiles(&mut self, columns: &Columns, record: &Record) {
        let mut said = profiles(columns, record);
        let Some((used, profile)) = said.next() else {
            return;
        };
        let Some((other, _)) = said.find(|(_, other)| *other != profile) else {
            return;
        };
        let seen = self.second_profile.get_or_insert(SecondProfile {
            used,
            other,
            first_row: record.number(),
            rows: 0,
        });
        seen.rows += 1;
    }

    pub(in crate::sheet) fn second_profile(&self) -> Option<SecondProfile> {
        self.second_profile
    }

    /// The fields whose column the user has to choose.
    pub(in crate::sheet) fn differing_fields(self, table: &Table) -> Vec<AmbiguousField> {
        let differing = self.fields.into_iter().filter(|ambiguity| !ambiguity.differing.is_empty());
        let field = |ambiguity: Ambiguity| {
            let columns = ambiguity.differing.into_iter().take(MOST_SHOWN);
            AmbiguousField {
                field: ambiguity.field,
                columns: columns.map(|index| (table.name(index), table.map_word(index))).collect(),
            }
        };
        differing.map(field).collect()
    }
}

/// How many columns a message names.
const MOST_SHOWN: usize = 10;

fn cell(record: &Record, index: usize) -> Option<&str> {
    record.get(index).and_then(non_blank).filter(|cell| junk(cell).is_none())
}

fn profiles<'r>(
    columns: &'r Columns,
    record: &'r Record,
) -> impl Iterator<Item = (usize, Profile)> + 'r {
    columns
        .profile
        .iter()
        .filter_map(|(index, format)| Some((*index, format.parse(cell(record, *index)?).ok()?)))
}

/// The value of a cell in a form that can be compared.
fn comparable(field: Field, cell: &str) -> Option<String> {
    match field {
        Field::CompanyDomain => Domain::parse(cell).map(|domain| domain.as_str().to_owned()),
        Field::CompanyName
        | Field::Custom
        | Field::Firstname
        | Field::Fullname
        | Field::Lastname
        | Field::LinkedinUrl => {
            Some(cell.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

/// Whether the field is used in this row. With a profile no other field is needed, and with a domain no company name.
fn matters(columns: &Columns, field: Field, record: &Record) -> bool {
    let has_profile = || {
        let mut profiles = columns.profile.iter();
        profiles.any(|(index, format)| {
            cell(record, *index).is_some_and(|cell| format.parse(cell).is_ok())
        })
    };
    let has_domain = || {
        let mut domains = columns.domain.iter();
        domains.any(|index| cell(record, *index).and_then(Domain::parse).is_some())
    };
    let has = |columns: &[usize]| columns.iter().any(|index| cell(record, *index).is_some());
    match field {
        Field::LinkedinUrl => true,
        Field::CompanyDomain | Field::Firstname | Field::Lastname => !has_profile(),
        Field::CompanyName => !has_profile() && !has_domain(),
        Field::Fullname => !(has_profile() || (has(&columns.first) && has(&columns.last))),
        Field::Custom => false,
    }
}
