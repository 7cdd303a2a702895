//! A person as the command line names one.

use crate::people::{Employer, Person, PersonFields, Profile, ProfileError, Unsearchable};

/// One person, by LinkedIn profile or by name and company.
#[derive(Debug, clap::Args)]
pub(crate) struct PersonArgs {
    /// The LinkedIn profile: its address, or the part behind `/in/`
    #[arg(value_name = "URL", required_unless_present = "first", conflicts_with_all = ["first", "last", "domain", "company"])]
    pub(crate) profile: Option<String>,

    /// First name
    #[arg(long, value_name = "NAME", requires = "last", help_heading = "By name")]
    pub(crate) first: Option<String>,

    /// Last name
    #[arg(long, value_name = "NAME", requires = "first", help_heading = "By name")]
    pub(crate) last: Option<String>,

    /// Domain or website of the company
    #[arg(long, value_name = "DOMAIN", requires = "first", help_heading = "By name")]
    pub(crate) domain: Option<String>,

    /// Name of the company; the domain is better
    #[arg(long, value_name = "NAME", requires = "first", help_heading = "By name")]
    pub(crate) company: Option<String>,
}

/// Why a person cannot be searched for.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(crate) enum PersonError {
    #[error("`--domain` needs the domain of a company's website")]
    NotADomain,
    #[error("not enough data for a search: {0}")]
    Unsearchable(Unsearchable),
}

impl PersonArgs {
    pub(crate) fn identify(&self) -> Result<Person, PersonError> {
        let domain = self.domain.as_deref().and_then(Employer::by_domain);
        if self.profile.is_none() && self.domain.is_some() && domain.is_none() {
            return Err(PersonError::NotADomain);
        }
        let company = self.company.as_deref().and_then(Employer::by_name);
        let fields = PersonFields {
            company,
            domain,
            first: self.first.as_deref().unwrap_or_default(),
            last: self.last.as_deref().unwrap_or_default(),
            profile: match &self.profile {
                Some(profile) => Profile::parse_handle(profile),
                None => Err(ProfileError::Empty),
            },
            ..PersonFields::default()
        };
        fields.person().map_err(PersonError::Unsearchable)
    }
}
