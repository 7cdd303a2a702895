//! Columns that claim one field with equal right and hold different things: every number that is found is paid for,
//! also the wrong person's, so the user is asked.

use super::Columns;
use super::by_name::Candidate;
use crate::people::{Domain, filled};
use crate::sheet::error::Claim;
use crate::sheet::layout::Layout;
use crate::sheet::{Field, Record};

/// The columns of equal right, and which of them were seen to differ.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Rivals {
    rivalries: Vec<Rivalry>,
    /// Whether several columns hold profiles and nobody said which one to search.
    several_profiles: bool,
    second_profile: Option<SecondProfile>,
}

/// Rows in which a column that is tried later names another profile than the one that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct SecondProfile {
    /// The column that is searched in the first such row.
    pub(in crate::sheet) used: usize,
    /// The column that says otherwise there.
    pub(in crate::sheet) other: usize,
    /// The first such row, from 1.
    pub(in crate::sheet) first_row: u64,
    /// How many there are.
    pub(in crate::sheet) rows: u64,
}

#[derive(Debug)]
struct Rivalry {
    field: Field,
    columns: Vec<usize>,
    differing: Vec<usize>,
}

impl Rivals {
    /// Finds the columns of equal right for the fields that are not settled by the user.
    pub(super) fn find(candidates: &[Candidate], columns: &Columns, settled: &[Field]) -> Self {
        let rank = |index: usize| {
            let candidate = candidates.iter().find(|candidate| candidate.index == index);
            candidate.map(|candidate| candidate.rank)
        };
        let open = Field::ALL.into_iter().filter(|field| !settled.contains(field));
        let rivalries = open.filter_map(|field| {
            let mut rivals = match field {
                // What stands between the names belongs to the last name without being one.
                Field::Lastname => columns.last.clone(),
                other => columns.of(other),
            };
            let best = rank(*rivals.first()?);
            rivals.retain(|index| rank(*index) == best);
            (rivals.len() > 1).then_some(Rivalry { field, columns: rivals, differing: Vec::new() })
        });
        Self {
            rivalries: rivalries.collect(),
            several_profiles: columns.profile.len() > 1 && !settled.contains(&Field::LinkedinUrl),
            second_profile: None,
        }
    }

    /// Whether there is none, so that no row needs to be looked at.
    pub(in crate::sheet) fn is_empty(&self) -> bool {
        self.rivalries.is_empty() && !self.several_profiles
    }

    /// Looks for columns that differ in a row where it matters.
    pub(in crate::sheet) fn look(&mut self, columns: &Columns, record: &Record) {
        if self.several_profiles {
            self.compare_profiles(columns, record);
        }
        for Rivalry { field, columns: rivals, differing } in &mut self.rivalries {
            let said = |index: &usize| {
                Some((*index, meaning(columns, *field, *index, cell(record, *index)?)?))
            };
            let said: Vec<(usize, String)> = rivals.iter().filter_map(said).collect();
            let agree = said.windows(2).all(|pair| pair[0].1 == pair[1].1);
            if agree || !matters(columns, *field, record) {
                continue;
            }
            for (index, _) in said {
                if !differing.contains(&index) {
                    differing.push(index);
                }
            }
        }
    }

    fn compare_profiles(&mut self, columns: &Columns, record: &Record) {
        let mut said = columns
            .profile
            .iter()
            .filter_map(|(index, form)| Some((*index, form.read(cell(record, *index)?).ok()?)));
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

    /// Rows whose less preferred column names somebody else.
    pub(in crate::sheet) fn second_profile(&self) -> Option<SecondProfile> {
        self.second_profile
    }

    /// What the user has to choose.
    pub(in crate::sheet) fn claims(self, layout: &Layout) -> Vec<Claim> {
        let differing = self.rivalries.into_iter().filter(|rivalry| !rivalry.differing.is_empty());
        let claim = |mut rivalry: Rivalry| {
            rivalry.differing.sort_unstable();
            let columns = rivalry.differing.into_iter();
            Claim {
                field: rivalry.field,
                columns: columns
                    .map(|index| (layout.name(index), layout.map_word(index)))
                    .collect(),
            }
        };
        differing.map(claim).collect()
    }
}

fn cell(record: &Record, index: usize) -> Option<&str> {
    record.get(index).and_then(filled)
}

/// What a cell says, in a form that can be compared.
fn meaning(columns: &Columns, field: Field, index: usize, cell: &str) -> Option<String> {
    match field {
        Field::LinkedinUrl => {
            let (_, form) = columns.profile.iter().find(|(column, _)| *column == index)?;
            Some(form.read(cell).ok()?.slug().to_owned())
        }
        Field::CompanyDomain => Domain::parse(cell).map(|domain| domain.as_str().to_owned()),
        Field::CompanyName
        | Field::Custom
        | Field::Firstname
        | Field::Fullname
        | Field::Lastname => {
            Some(cell.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

/// Whether the field is used in a row at all: a profile makes the others needless, a domain the company's name.
fn matters(columns: &Columns, field: Field, record: &Record) -> bool {
    let has_profile = || {
        let mut profiles = columns.profile.iter();
        profiles
            .any(|(index, form)| cell(record, *index).is_some_and(|cell| form.read(cell).is_ok()))
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
