//! Who a row is about, by its cells and by what the survey found.

use super::chosen::Columns;
use super::nobody::nobody;
use super::section::Section;
use super::survey::{RowShape, Survey};
use crate::people::{Identity, Profile, ResultColumn, Search, Unsearchable};
use crate::sheet::{Record, mojibake};

/// What is needed to find out whom a row is about.
#[derive(Debug, Clone, Copy)]
pub(in crate::sheet) struct RowContext<'s> {
    pub(in crate::sheet) columns: &'s Columns,
    /// The columns that an earlier run may have filled.
    pub(in crate::sheet) results: &'s [Option<usize>],
    pub(in crate::sheet) survey: &'s Survey,
    /// How many columns there are.
    pub(in crate::sheet) width: usize,
}

impl RowContext<'_> {
    /// The person to search for.
    ///
    /// # Errors
    /// Why the row cannot be searched.
    pub(in crate::sheet) fn search(&self, record: &Record) -> Result<Search, Unsearchable> {
        let columns = match self.survey.section(record.number()) {
            None => self.columns,
            Some(Section::Columns(columns)) => columns,
            Some(Section::Unknown) => return Err(Unsearchable::OtherColumns),
        };
        let meant = self.survey.first_encoded_twice().and_then(|_| mojibake::repair_row(record));
        let record = meant.as_ref().unwrap_or(record);
        let shape = self.survey.shape(record.number());
        match shape {
            None => self.person(columns, record),
            Some(RowShape::Header) => Err(Unsearchable::RepeatedHeader),
            Some(RowShape::Rest) => Err(Unsearchable::BrokenRecord),
            Some(RowShape::CutAt(cut)) if columns.uses(cut) => Err(Unsearchable::BrokenRecord),
            Some(RowShape::CutAt(cut)) => {
                let whole = record.truncated(cut);
                self.person(columns, &whole).map_err(|_| Unsearchable::BrokenRecord)
            }
            // A cell that has moved may hold the profile of a colleague, so a profile counts only if the row has no other.
            Some(RowShape::Long) => match self.person(columns, record) {
                Ok(search @ Search { identity: Identity::Profile(_), .. })
                    if has_single_profile(record) =>
                {
                    // Name and company may be those of a colleague as well.
                    Ok(search.by_profile_alone())
                }
                _ => Err(Unsearchable::BrokenRecord),
            },
        }
    }

    fn person(&self, columns: &Columns, record: &Record) -> Result<Search, Unsearchable> {
        if self.was_broken(record) {
            return Err(Unsearchable::BrokenRecord);
        }
        let (fields, left_out) = columns.person_fields(record);
        if fields.profile.is_err()
            && let Some(reason) = nobody(columns, self.results, self.width, record)
        {
            return Err(reason);
        }
        let person = fields.person().map_err(|reason| left_out.unwrap_or(reason))?;
        Ok(Search::new(person, columns.custom(record)))
    }

    /// Whether an earlier run found the row broken. In its output all rows have the same number of cells, so only the note
    /// still shows it.
    fn was_broken(&self, record: &Record) -> bool {
        let note = self.results[ResultColumn::Note as usize].and_then(|note| record.get(note));
        note.is_some_and(|note| !note.is_empty() && note == Unsearchable::BrokenRecord.to_string())
    }
}

/// Whether all profiles in a row are the same one.
fn has_single_profile(record: &Record) -> bool {
    let mut profiles = record.fields().filter_map(|cell| Profile::parse(cell).ok());
    let first = profiles.next();
    first.is_some() && profiles.all(|other| Some(other) == first)
}
