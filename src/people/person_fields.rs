//! The cells of a row that may name a person, and who that is.

use super::name::{self, Distinction, Name, Order};
use super::{Employer, Identity, Named, PersonKeys, Profile, ProfileError, Unsearchable};

/// Who a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// What distinguishes this person from namesakes, if the search is by name.
    pub distinction: Distinction,
    pub identity: Identity,
    /// Other identities of the same person in this row.
    pub others: Vec<Identity>,
}

impl Person {
    pub(crate) fn keys(&self) -> PersonKeys {
        PersonKeys::of(&self.identity, &self.others)
    }
}

/// The cells of a row that may name a person; names are as they are in the sheet.
#[derive(Debug)]
pub(crate) struct PersonFields<'a> {
    /// The employer from the columns of company names.
    pub company: Option<Employer>,
    /// The employer from the columns of websites. It has precedence over `company`.
    pub domain: Option<Employer>,
    pub first: &'a str,
    /// A full name.
    pub full: &'a str,
    /// In which order the full name is written.
    pub full_order: Order,
    /// The words between first and last name, if they have their own column: `van der`.
    pub infix: &'a str,
    pub last: &'a str,
    /// What the columns of LinkedIn profiles hold.
    pub profile: Result<Profile, ProfileError>,
}

impl Default for PersonFields<'_> {
    fn default() -> Self {
        Self {
            company: None,
            domain: None,
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
    /// Who the row is about. If there is a LinkedIn profile, only that is searched. Name and company are kept as further
    /// identities of the same person.
    ///
    /// # Errors
    /// What the row lacks.
    pub(crate) fn person(self) -> Result<Person, Unsearchable> {
        if self.profile == Err(ProfileError::Several) {
            return Err(Unsearchable::Profile(ProfileError::Several));
        }
        let name = self.name();
        let (profile, why) = match self.profile {
            Ok(profile) => (Some(Identity::Profile(profile)), ProfileError::Empty),
            Err(why) => (None, why),
        };
        let has_employer = self.domain.is_some() || self.company.is_some();
        let mut distinction = Distinction::default();
        let mut whole = None;
        let lacking = match name {
            Ok(Name { first, last, distinction: which }) => {
                distinction = which;
                whole = Some((first, last));
                Unsearchable::NoCompany
            }
            Err(Unsearchable::NoName) if !has_employer => Unsearchable::Empty,
            Err(why) => why,
        };
        let named = [self.domain, self.company].into_iter().flatten().filter_map(|employer| {
            let (first, last) = whole.clone()?;
            Some(Identity::Named(Named { first, last, employer }))
        });
        let mut identities = profile.into_iter().chain(named);
        let Some(identity) = identities.next() else {
            return Err(if why == ProfileError::Empty {
                lacking
            } else {
                Unsearchable::Profile(why)
            });
        };
        let others = identities.collect();
        Ok(Person { distinction, identity, others })
    }

    fn name(&self) -> Result<Name, Unsearchable> {
        name::join(self.first, self.infix, self.last).or_else(|why| {
            if why == Unsearchable::SeveralPeople {
                return Err(why);
            }
            name::split(self.full, self.full_order)
                .map_err(|other| if why == Unsearchable::NoName { other } else { why })
        })
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
        let fields = PersonFields {
            first: "Ada",
            last: "Example",
            company: Employer::by_name("Acme"),
            profile: Ok(profile.clone()),
            ..PersonFields::default()
        };
        assert_eq!(fields.person().map(|person| person.identity), Ok(Identity::Profile(profile)));
    }

    #[test]
    fn a_useless_profile_gives_way_to_name_and_company() {
        let fields = PersonFields {
            full: "Ada Example",
            company: Employer::by_name("Acme"),
            profile: Profile::parse("linkedin.com/sales/lead/ACwAAA,NAME,x"),
            ..PersonFields::default()
        };
        assert_eq!(
            fields.person().map(|person| person.identity),
            Ok(named("Ada", "Example", "Acme"))
        );
    }

    #[test]
    fn half_a_name_gives_way_to_a_whole_one() {
        let fields = PersonFields {
            first: "Ada",
            last: "E.",
            full: "Ada Example",
            company: Employer::by_name("Acme"),
            ..PersonFields::default()
        };
        assert_eq!(
            fields.person().map(|person| person.identity),
            Ok(named("Ada", "Example", "Acme"))
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let reason = |first, last, full, company, profile| {
            let fields = PersonFields {
                first,
                last,
                full,
                company: Employer::by_name(company),
                profile: Profile::parse(profile),
                ..PersonFields::default()
            };
            fields.person().map(|person| person.identity).unwrap_err()
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

    #[test]
    fn all_that_a_row_says_becomes_keys_of_one_person() {
        let row = |profile, domain, company| {
            let fields = PersonFields {
                full: "Jürgen Strauß",
                company: Employer::by_name(company),
                domain: Employer::by_domain(domain),
                profile: Profile::parse(profile),
                ..PersonFields::default()
            };
            fields.person().unwrap().keys()
        };
        let all = row("linkedin.com/in/js-example", "acme.example", "Acme");
        let by_domain = row("", "acme.example", "Acme");
        let by_company = row("", "", "ACME");
        assert!(all.aliases.contains(&by_domain.primary));
        assert!(all.aliases.contains(&by_company.primary));
        let found: Vec<_> = all.all().collect();
        assert_eq!((found.len(), found[0]), (1 + all.aliases.len(), all.primary));
        assert!(by_domain.aliases.contains(&by_company.primary));
        // Each name also has the key of earlier versions, which did not fold `ß`.
        assert_eq!(
            (all.aliases.len(), by_domain.aliases.len(), by_company.aliases.len()),
            (4, 3, 1)
        );
        let plain = PersonFields {
            first: "Ada",
            last: "Example",
            company: Employer::by_name("Acme"),
            ..PersonFields::default()
        };
        assert_eq!(plain.person().unwrap().keys().aliases, []);
    }
}
