//! What a row's cells say of a person, and who that is.

use super::{Domain, Employer, Identity, Named, NotAProfile, Profile, Unsearchable};

/// The cells of a row that may name a person, as they stand in the sheet.
#[derive(Debug, Default)]
pub struct Clues<'a> {
    /// A company's name.
    pub company: &'a str,
    /// A company's domain.
    pub domain: Option<Domain>,
    /// A first name.
    pub first: &'a str,
    /// A whole name.
    pub full: &'a str,
    /// A last name.
    pub last: &'a str,
    /// What the cells for a LinkedIn profile hold.
    pub profile: Option<Result<Profile, NotAProfile>>,
}

impl Clues<'_> {
    /// Who the row is about. A LinkedIn profile wins, then only that is told.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn identity(self) -> Result<Identity, Unsearchable> {
        if let Some(Ok(profile)) = self.profile {
            return Ok(Identity::Profile(profile));
        }
        let (mut first, mut last) = (self.first.trim(), self.last.trim());
        if first.is_empty() || last.is_empty() {
            (first, last) = self
                .full
                .trim()
                .split_once(' ')
                .ok_or(Unsearchable::Empty)?;
        }
        let company = self.company.trim();
        let employer = match self.domain {
            Some(domain) => Employer::Domain(domain),
            None if company.is_empty() => return Err(Unsearchable::Empty),
            None => Employer::Name(company.to_owned()),
        };
        Ok(Identity::Named(Named {
            first: first.to_owned(),
            last: last.to_owned(),
            employer,
        }))
    }
}
