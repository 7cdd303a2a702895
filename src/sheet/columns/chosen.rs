//! The columns in use, and what a row says about a person by them.

use crate::people::{Employer, Order, PersonFields, non_blank};
use crate::sheet::vocabulary::ProfileFormat;
use crate::sheet::{Field, Record};

/// The columns in use, for each field in the order in which they are tried.
#[derive(Debug, Clone, Default)]
pub(in crate::sheet) struct Columns {
    pub(in crate::sheet) company: Vec<usize>,
    pub(in crate::sheet) custom: Vec<usize>,
    pub(in crate::sheet) domain: Vec<usize>,
    pub(in crate::sheet) first: Vec<usize>,
    pub(in crate::sheet) full: Vec<(usize, Order)>,
    pub(in crate::sheet) infix: Vec<usize>,
    pub(in crate::sheet) last: Vec<usize>,
    pub(in crate::sheet) profile: Vec<(usize, ProfileFormat)>,
}

impl Columns {
    /// The columns of a field.
    pub(in crate::sheet) fn of(&self, field: Field) -> Vec<usize> {
        match field {
            Field::CompanyDomain => self.domain.clone(),
            Field::CompanyName => self.company.clone(),
            Field::Custom => self.custom.clone(),
            Field::Firstname => self.first.clone(),
            Field::Fullname => self.full.iter().map(|(index, _)| *index).collect(),
            Field::Lastname => self.infix.iter().chain(&self.last).copied().collect(),
            Field::LinkedinUrl => self.profile.iter().map(|(index, _)| *index).collect(),
        }
    }

    /// What a row says about a person.
    pub(in crate::sheet) fn clues<'r>(&self, record: &'r Record) -> PersonFields<'r> {
        let mut clues = PersonFields::default();
        for (index, format) in &self.profile {
            match format.parse(record.get(*index).unwrap_or_default()) {
                Ok(profile) => {
                    clues.profile = Ok(profile);
                    return clues;
                }
                // Of several reasons, the one that explains most.
                Err(why) => clues.profile = clues.profile.map_err(|known| known.max(why)),
            }
        }
        clues.first = first_filled(record, &self.first);
        clues.infix = first_filled(record, &self.infix);
        clues.last = first_filled(record, &self.last);
        let full = self
            .full
            .iter()
            .find_map(|(index, order)| Some((non_blank(record.get(*index)?)?, *order)));
        (clues.full, clues.full_order) = full.unwrap_or_default();
        clues.employer =
            self.domain.iter().find_map(|index| Employer::by_domain(record.get(*index)?)).or_else(
                || self.company.iter().find_map(|index| Employer::by_name(record.get(*index)?)),
            );
        clues
    }

    /// The user's own id for the person, unchanged but trimmed.
    pub(in crate::sheet) fn custom(&self, record: &Record) -> Option<String> {
        let cells = self.custom.iter().filter_map(|index| record.get(*index));
        let mut ids = cells.map(str::trim).filter(|id| !id.is_empty());
        ids.next().map(str::to_owned)
    }

    pub(super) fn can_identify_a_person(&self) -> bool {
        let has_names = (!self.first.is_empty() && !self.last.is_empty()) || !self.full.is_empty();
        let has_employer = !self.domain.is_empty() || !self.company.is_empty();
        !self.profile.is_empty() || (has_names && has_employer)
    }
}

fn first_filled<'r>(record: &'r Record, columns: &[usize]) -> &'r str {
    let mut cells = columns.iter().filter_map(|index| record.get(*index));
    cells.find_map(non_blank).unwrap_or_default()
}
