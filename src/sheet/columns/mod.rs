//! Which columns name a person: by their names, by what is in them, and by what the user says.

mod ambiguity;
mod by_name;
mod by_value;
mod mapped;

pub(super) use ambiguity::Rivals;

use super::layout::Layout;
use super::{Field, Input, Mapping, Record, SheetError};
use crate::people::{Clues, Employer, NotAProfile, Order, Profile, filled};

/// The columns that are used, for each field in the order in which they are tried.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) company: Vec<usize>,
    pub(super) custom: Vec<usize>,
    pub(super) domain: Vec<usize>,
    pub(super) first: Vec<usize>,
    pub(super) full: Vec<(usize, Order)>,
    pub(super) infix: Vec<usize>,
    pub(super) last: Vec<usize>,
    pub(super) profile: Vec<(usize, Form)>,
}

/// In which form a column holds profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Addresses: what is none is worth a note.
    Address,
    /// Any kind of address, profiles among them.
    Anything,
    /// Bare slugs as well.
    Handle,
}

impl Form {
    /// Reads a cell of such a column.
    pub(super) fn read(self, cell: &str) -> Result<Profile, NotAProfile> {
        match self {
            Self::Address => Profile::parse(cell),
            Self::Anything => Profile::parse(cell).map_err(|why| match why {
                NotAProfile::NotLinkedin => NotAProfile::Empty,
                other => other,
            }),
            Self::Handle => Profile::parse_handle(cell),
        }
    }
}

impl Columns {
    /// Chooses columns; what the user maps overrules. Also gives the columns that may turn out to differ.
    ///
    /// # Errors
    /// When a mapped column is not there, or nothing names a person.
    pub(super) fn choose(
        input: &Input,
        layout: &Layout,
        map: &[Mapping],
    ) -> Result<(Self, Rivals), SheetError> {
        let found = by_name::find(layout);
        let mut columns = by_value::check(layout, &found);
        let settled = mapped::apply(input, layout, map, &mut columns)?;
        if !columns.can_name_a_person() {
            return Err(SheetError::NothingToSearch {
                columns: layout.names(),
                input: input.clone(),
                known: layout.header_score > 0,
            });
        }
        let rivals = Rivals::find(&found, &columns, &settled);
        Ok((columns, rivals))
    }

    /// The columns of a field.
    pub(super) fn of(&self, field: Field) -> Vec<usize> {
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

    /// What a row says of a person.
    pub(super) fn clues<'r>(&self, record: &'r Record) -> Clues<'r> {
        let mut clues = Clues::default();
        for (index, form) in &self.profile {
            match form.read(record.get(*index).unwrap_or_default()) {
                Ok(profile) => {
                    clues.profile = Ok(profile);
                    return clues;
                }
                // The most telling of several reasons.
                Err(why) => clues.profile = clues.profile.map_err(|known| known.max(why)),
            }
        }
        clues.first = first_filled(record, &self.first);
        clues.infix = first_filled(record, &self.infix);
        clues.last = first_filled(record, &self.last);
        let full = self
            .full
            .iter()
            .find_map(|(index, order)| Some((filled(record.get(*index)?)?, *order)));
        (clues.full, clues.full_order) = full.unwrap_or_default();
        clues.employer =
            self.domain.iter().find_map(|index| Employer::by_domain(record.get(*index)?)).or_else(
                || self.company.iter().find_map(|index| Employer::by_name(record.get(*index)?)),
            );
        clues
    }

    /// The user's own id for the person, as it stands in the row.
    pub(super) fn custom(&self, record: &Record) -> Option<String> {
        let cells = self.custom.iter().filter_map(|index| record.get(*index));
        let mut ids = cells.map(str::trim).filter(|id| !id.is_empty());
        ids.next().map(str::to_owned)
    }

    fn can_name_a_person(&self) -> bool {
        let has_names = (!self.first.is_empty() && !self.last.is_empty()) || !self.full.is_empty();
        let has_employer = !self.domain.is_empty() || !self.company.is_empty();
        !self.profile.is_empty() || (has_names && has_employer)
    }
}

fn first_filled<'r>(record: &'r Record, columns: &[usize]) -> &'r str {
    let mut cells = columns.iter().filter_map(|index| record.get(*index));
    cells.find_map(filled).unwrap_or_default()
}

#[cfg(test)]
mod tests;
