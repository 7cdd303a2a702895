//! What a row's cells say of a person, and who that is.

use super::name::{self, Name, NoName, Order};
use super::{Employer, Identity, Named, Profile, ProfileError, Unsearchable};

/// The cells of a row that may name a person, as they stand in the sheet.
#[derive(Debug)]
pub(crate) struct PersonFields<'a> {
    /// Who the person works for.
    pub employer: Option<Employer>,
    /// A first name.
    pub first: &'a str,
    /// A whole name.
    pub full: &'a str,
    /// In which order the whole name is written.
    pub full_order: Order,
    /// What stands between first and last name in a column of its own: `van der`.
    pub infix: &'a str,
    /// A last name.
    pub last: &'a str,
    /// What the cells for a LinkedIn profile hold.
    pub profile: Result<Profile, ProfileError>,
}

impl Default for PersonFields<'_> {
    fn default() -> Self {
        Self {
            employer: None,
            first: "",
            full: "",
            full_order: Order::default(),
            infix: "",
            last: "",
            profile: Err(ProfileError::Empty),
        }
    }
}

impl PersonFields<'_> {
    /// Who the row is about. A LinkedIn profile wins, and then nothing else is told.
    ///
    /// # Errors
    /// Says what the row lacks.
    pub(crate) fn identity(self) -> Result<Identity, Unsearchable> {
        let why = match self.profile {
            Ok(profile) => return Ok(Identity::Profile(profile)),
            Err(why) => why,
        };
        let name = name::join(self.first, self.infix, self.last).or_else(|why| {
            name::split(self.full, self.full_order)
                .map_err(|other| if why == NoName::Empty { other } else { why })
        });
        match (name, self.employer) {
            (Ok(Name { first, last }), Some(employer)) => {
                Ok(Identity::Named(Named { first, last, employer }))
            }
            _ if why != ProfileError::Empty => Err(Unsearchable::Profile(why)),
            (Ok(_), None) => Err(Unsearchable::NoCompany),
            (Err(NoName::Empty), None) => Err(Unsearchable::Empty),
            (Err(why), _) => Err(why.into()),
        }
    }
}

impl From<NoName> for Unsearchable {
    fn from(why: NoName) -> Self {
        match why {
            NoName::Empty => Self::NoName,
            NoName::First => Self::NoFirstName,
            NoName::FirstInitial => Self::FirstInitial,
            NoName::Last => Self::NoLastName,
            NoName::LastInitial => Self::LastInitial,
            NoName::NotAName => Self::NotAName,
            NoName::OneWord => Self::OneWord,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(first: &str, last: &str, company: &str) -> Identity {
        Identity::Named(Named {
            first: first.into(),
            last: last.into(),
            employer: Employer::Name(company.into()),
        })
    }

    #[test]
    fn a_profile_wins_and_nothing_else_is_told() {
        let profile = Profile::parse("linkedin.com/in/ada-example").unwrap();
        let clues = PersonFields {
            first: "Ada",
            last: "Example",
            employer: Employer::by_name("Acme"),
            profile: Ok(profile.clone()),
            ..PersonFields::default()
        };
        assert_eq!(clues.identity(), Ok(Identity::Profile(profile)));
    }

    #[test]
    fn a_useless_profile_gives_way_to_name_and_company() {
        let clues = PersonFields {
            full: "Ada Example",
            employer: Employer::by_name("Acme"),
            profile: Profile::parse("linkedin.com/sales/lead/ACwAAA,NAME,x"),
            ..PersonFields::default()
        };
        assert_eq!(clues.identity(), Ok(named("Ada", "Example", "Acme")));
    }

    #[test]
    fn half_a_name_gives_way_to_a_whole_one() {
        let clues = PersonFields {
            first: "Ada",
            last: "E.",
            full: "Ada Example",
            employer: Employer::by_name("Acme"),
            ..PersonFields::default()
        };
        assert_eq!(clues.identity(), Ok(named("Ada", "Example", "Acme")));
    }

    #[test]
    fn what_is_missing_is_said() {
        let reason = |first, last, full, company, profile| {
            let clues = PersonFields {
                first,
                last,
                full,
                employer: Employer::by_name(company),
                profile: Profile::parse(profile),
                ..PersonFields::default()
            };
            clues.identity().unwrap_err()
        };
        for (reason, expected) in [
            (reason("", "", "", "", ""), Unsearchable::Empty),
            (reason("", "", "", "Acme", ""), Unsearchable::NoName),
            (reason("Ada", "Example", "", "", ""), Unsearchable::NoCompany),
            (reason("Ada", "Example", "", "freelance", ""), Unsearchable::NoCompany),
            (reason("Ada", "", "", "Acme", ""), Unsearchable::NoLastName),
            (reason("", "Example", "", "Acme", ""), Unsearchable::NoFirstName),
            (reason("Ada", "E.", "Ada E.", "Acme", ""), Unsearchable::LastInitial),
            (reason("", "", "Ada", "Acme", ""), Unsearchable::OneWord),
            (
                reason("Ada", "Example", "", "", "linkedin.com/company/acme"),
                Unsearchable::Profile(ProfileError::Company),
            ),
        ] {
            assert_eq!(reason, expected);
        }
    }
}
