//! Which columns name a person.

use super::layout::Layout;
use super::options::ColumnName;
use super::vocabulary::{self, Sense};
use super::{Field, Input, Mapping, SheetError};

/// The columns that are used, for each field in the order in which they are tried.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) profile: Vec<usize>,
    pub(super) first: Vec<usize>,
    pub(super) last: Vec<usize>,
    pub(super) full: Vec<usize>,
    pub(super) domain: Vec<usize>,
    pub(super) company: Vec<usize>,
    pub(super) custom: Vec<usize>,
}

impl Columns {
    /// Chooses columns by their names and contents; what the user maps overrules.
    pub(super) fn choose(
        input: &Input,
        layout: &Layout,
        map: &[Mapping],
    ) -> Result<Self, SheetError> {
        let mut columns = Self::default();
        let names = layout.header.as_deref().unwrap_or_default();
        for (index, name) in names.iter().enumerate() {
            match vocabulary::sense(name) {
                Some(Sense::Profile) => columns.profile.push(index),
                Some(Sense::First) => columns.first.push(index),
                Some(Sense::Last) => columns.last.push(index),
                Some(Sense::Full) => columns.full.push(index),
                Some(Sense::Domain) => columns.domain.push(index),
                Some(Sense::Company) => columns.company.push(index),
                None => {}
            }
        }
        if layout.header.is_none() {
            let is_profile = |row: &Vec<String>, column: usize| {
                row.get(column)
                    .is_some_and(|cell| cell.contains("linkedin.com/in/"))
            };
            columns.profile = (0..layout.width)
                .filter(|column| layout.rows.iter().any(|row| is_profile(row, *column)))
                .collect();
        }
        for field in Field::ALL {
            let mut said = map
                .iter()
                .filter(|mapping| mapping.field == field)
                .peekable();
            if said.peek().is_some() {
                let mut chosen = Vec::new();
                for mapping in said {
                    chosen.extend(named(input, layout, mapping)?);
                }
                *columns.of_mut(field) = chosen;
            }
        }
        let has_names =
            (!columns.first.is_empty() && !columns.last.is_empty()) || !columns.full.is_empty();
        let employed = !columns.domain.is_empty() || !columns.company.is_empty();
        if columns.profile.is_empty() && !(has_names && employed) {
            return Err(SheetError::NothingToSearch {
                columns: layout.names(),
                input: input.clone(),
            });
        }
        Ok(columns)
    }

    /// The columns of a field.
    pub(super) fn of(&self, field: Field) -> &[usize] {
        match field {
            Field::LinkedinUrl => &self.profile,
            Field::Firstname => &self.first,
            Field::Lastname => &self.last,
            Field::Fullname => &self.full,
            Field::CompanyDomain => &self.domain,
            Field::CompanyName => &self.company,
            Field::Custom => &self.custom,
        }
    }

    fn of_mut(&mut self, field: Field) -> &mut Vec<usize> {
        match field {
            Field::LinkedinUrl => &mut self.profile,
            Field::Firstname => &mut self.first,
            Field::Lastname => &mut self.last,
            Field::Fullname => &mut self.full,
            Field::CompanyDomain => &mut self.domain,
            Field::CompanyName => &mut self.company,
            Field::Custom => &mut self.custom,
        }
    }
}

/// The columns a mapping names: all that bear the name, else the one of that number.
fn named(input: &Input, layout: &Layout, mapping: &Mapping) -> Result<Vec<usize>, SheetError> {
    let ColumnName::Named(name) = &mapping.column else {
        return Ok(Vec::new());
    };
    let header = layout.header.as_deref().unwrap_or_default();
    let matching = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..header.len())
            .filter(|index| same(&header[*index]))
            .collect()
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
    let loose = matching(&|column| vocabulary::same(column, name));
    if !loose.is_empty() {
        return Ok(loose);
    }
    Err(SheetError::NoColumn {
        columns: layout.names(),
        field: mapping.field,
        guess: None,
        input: input.clone(),
        name: name.clone(),
    })
}
