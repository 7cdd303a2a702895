//! The columns in use, and what a row says in them about a person.

use super::joined;
use super::junk::{is_placeholder_name, junk};
use crate::people::{Employer, Order, PersonFields, Unsearchable, non_blank};
use crate::sheet::vocabulary::ProfileFormat;
use crate::sheet::{Field, Record};

/// The columns in use. Those of one field are tried in this order.
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

    /// What a row says about a person, and why a cell with text was left out.
    pub(in crate::sheet) fn person_fields<'r>(
        &self,
        record: &'r Record,
    ) -> (PersonFields<'r>, Option<Unsearchable>) {
        let mut fields = PersonFields::default();
        let mut left_out = None;
        for (index, format) in &self.profile {
            match format.parse(record.get(*index).unwrap_or_default()) {
                Ok(profile) if is_template(profile.slug()) => {
                    left_out = Some(Unsearchable::Placeholder);
                }
                Ok(profile) => {
                    fields.profile = Ok(profile);
                    break;
                }
                // Of several reasons, the most specific one.
                Err(why) => fields.profile = fields.profile.map_err(|known| known.max(why)),
            }
        }
        let mut usable = |index: &usize| {
            let cell = non_blank(record.get(*index)?)?;
            let why = junk(cell);
            left_out = left_out.or(why);
            why.is_none().then_some(cell)
        };
        fields.first = self.first.iter().find_map(&mut usable).unwrap_or_default();
        fields.infix = self.infix.iter().find_map(&mut usable).unwrap_or_default();
        fields.last = self.last.iter().find_map(&mut usable).unwrap_or_default();
        let full = self.full.iter().find_map(|(index, order)| Some((usable(index)?, *order)));
        (fields.full, fields.full_order) = full.unwrap_or_default();
        let mut companies = self.company.iter().filter_map(usable);
        let company = companies.next().unwrap_or_default();
        fields.company =
            Employer::by_name(company).or_else(|| companies.find_map(Employer::by_name));
        fields.domain = self.domain.iter().find_map(|i| Employer::by_domain(record.get(*i)?));
        match joined::name_beside(fields.full, company) {
            Ok(name) => fields.full = name,
            Err(reason) => {
                fields.full = "";
                left_out = left_out.or(Some(reason));
            }
        }
        if is_placeholder_name(fields.first, fields.last) {
            (fields.first, fields.last) = ("", "");
            left_out = Some(Unsearchable::Placeholder);
        }
        (fields, left_out)
    }

    /// The user's own id for the person, trimmed and otherwise unchanged.
    pub(in crate::sheet) fn custom(&self, record: &Record) -> Option<String> {
        let cells = self.custom.iter().filter_map(|index| record.get(*index));
        let mut ids = cells.map(str::trim).filter(|id| !id.is_empty());
        ids.next().map(str::to_owned)
    }

    pub(super) fn uses(&self, index: usize) -> bool {
        Field::ALL.into_iter().any(|field| self.of(field).contains(&index))
    }

    /// The same fields in other columns.
    pub(super) fn moved(&self, place: impl Fn(usize) -> usize) -> Self {
        let all = |columns: &[usize]| columns.iter().map(|index| place(*index)).collect();
        Self {
            company: all(&self.company),
            custom: all(&self.custom),
            domain: all(&self.domain),
            first: all(&self.first),
            full: self.full.iter().map(|(index, order)| (place(*index), *order)).collect(),
            infix: all(&self.infix),
            last: all(&self.last),
            profile: self.profile.iter().map(|(index, format)| (place(*index), *format)).collect(),
        }
    }

    /// Whether no column was found for what a row lacks. It may be in a column that was not understood.
    pub(in crate::sheet) fn lack(&self, reason: Unsearchable) -> bool {
        let has_whole = !self.full.is_empty();
        let has_first = has_whole || !self.first.is_empty();
        let has_last = has_whole || !self.last.is_empty();
        let has_company = !(self.company.is_empty() && self.domain.is_empty());
        match reason {
            Unsearchable::Empty => !(has_first && has_last && has_company),
            Unsearchable::NoCompany => !has_company,
            Unsearchable::NoFirstName => !has_first,
            Unsearchable::NoLastName => !has_last,
            Unsearchable::NoName => !(has_first && has_last),
            Unsearchable::BrokenRecord
            | Unsearchable::Damaged
            | Unsearchable::ErrorValue
            | Unsearchable::FirstInitial
            | Unsearchable::Footer
            | Unsearchable::Heading
            | Unsearchable::LastInitial
            | Unsearchable::Namesakes
            | Unsearchable::NotAName
            | Unsearchable::OneWord
            | Unsearchable::OtherColumns
            | Unsearchable::PageText
            | Unsearchable::Placeholder
            | Unsearchable::Profile(_)
            | Unsearchable::RecordId
            | Unsearchable::RepeatedHeader
            | Unsearchable::SeveralPeople
            | Unsearchable::UnclearOrder => false,
        }
    }

    pub(super) fn can_identify_a_person(&self) -> bool {
        let has_names = (!self.first.is_empty() && !self.last.is_empty()) || !self.full.is_empty();
        let has_employer = !self.domain.is_empty() || !self.company.is_empty();
        !self.profile.is_empty() || (has_names && has_employer)
    }
}

/// Slugs in templates and forms: `linkedin.com/in/username`.
fn is_template(slug: &str) -> bool {
    let letters = slug.chars().filter(|c| c.is_alphanumeric());
    TEMPLATE_SLUGS.binary_search_by(|known| known.chars().cmp(letters.clone())).is_ok()
}

/// Sorted, for the search.
#[rustfmt::skip]
const TEMPLATE_SLUGS: [&str; 31] = [
    "abc", "beispiel", "benutzername", "contact", "ejemplo", "example", "exampleprofile", "exemple", "firstlast",
    "firstnamelastname", "handle", "linkedin", "linkedinprofile", "myprofile", "name", "profile", "profileid",
    "profilename", "profileurl", "publicid", "slug", "test", "user", "username", "vanityname", "votrenom", "xxx",
    "xxxx", "xxxxx", "yourname", "yourprofile",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Profile;

    #[test]
    fn all_that_is_listed_is_a_template_or_no_slug() {
        let is_nobody = |slug: &str| {
            Profile::parse(&format!("linkedin.com/in/{slug}"))
                .map_or(true, |profile| is_template(profile.slug()))
        };
        for slug in TEMPLATE_SLUGS {
            let (first, rest) = slug.split_at(slug.len() / 2);
            for slug in [
                slug,
                &slug.to_uppercase(),
                &format!("{first}-{rest}"),
                &format!("[{slug}]"),
                &format!("<{slug}>"),
                &format!("{{{slug}}}"),
            ] {
                assert!(is_nobody(slug), "{slug}");
            }
        }
        assert!(!is_nobody("yournamesake") && !is_nobody("ada-example"));
    }
}
