//! A public LinkedIn profile, read from a cell.

mod address;
mod slug;

use super::cell::trimmed;
use std::fmt;

/// A public LinkedIn profile: the slug behind `linkedin.com/in/`, case folded, percent-decoded, NFC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Profile(String);

/// Why a cell is not a public LinkedIn profile. If several cells of a row have a reason, the last in this list is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProfileError {
    /// The cell is empty.
    Empty,
    NotLinkedin,
    /// Another page of LinkedIn.
    OtherPage,
    /// The address of a profile without a slug.
    NoSlug,
    /// It was cut off, or lost letters in a conversion.
    Damaged,
    /// A page of a company, a school or a showcase.
    Company,
    /// A group or an event.
    Group,
    Job,
    /// The internal id of a member. It works only for members who are signed in.
    MemberId,
    /// An address `/pub/name/1/2/3` from before 2015, or a list of namesakes.
    OldForm,
    /// A post or an article.
    Post,
    /// A candidate in LinkedIn Recruiter.
    Recruiter,
    /// A lead in Sales Navigator.
    SalesNavigator,
    Search,
    /// Profiles of several people.
    Several,
    /// A short link, which only LinkedIn can resolve.
    ShortLink,
}

impl Profile {
    /// Reads a cell with the address of a public profile, in any form that people and products write. `in/slug` alone is
    /// enough. The same profile may be there more than once.
    ///
    /// # Errors
    /// What the cell holds instead.
    pub fn parse(cell: &str) -> Result<Self, ProfileError> {
        if let Some(slug) = plain(cell) {
            return Ok(Self(slug.to_owned()));
        }
        let text = trimmed(cell);
        if super::cell::non_blank(text).is_none() {
            return Err(ProfileError::Empty);
        }
        address::find(text).map(Self)
    }

    /// Reads a cell of a column of LinkedIn handles, where `slug` or `@slug` is enough.
    ///
    /// # Errors
    /// What the cell holds instead.
    pub fn parse_handle(cell: &str) -> Result<Self, ProfileError> {
        Self::parse(cell).or_else(|why| {
            let handle = trimmed(cell);
            let handle = handle.strip_prefix('@').unwrap_or(handle);
            let is_handle = handle.chars().count() >= 3
                && handle.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '%'));
            match why {
                ProfileError::NotLinkedin if is_handle => slug::read(handle).map(Self),
                other => Err(other),
            }
        })
    }

    /// The profile of a slug that [`Profile::parse`] returned before.
    pub(super) fn of_slug(slug: String) -> Self {
        Self(slug)
    }

    pub fn slug(&self) -> &str {
        &self.0
    }

    /// The address as it is sent: `https://www.linkedin.com/in/<slug>`, percent-encoded where a URL needs it.
    pub fn url(&self) -> String {
        format!("https://www.linkedin.com/in/{}", slug::encode(&self.0))
    }
}

/// The slug of an address in the usual form, which nearly all have: it needs no further look.
fn plain(cell: &str) -> Option<&str> {
    let rest = cell.strip_prefix("http")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let slug = rest.strip_prefix("linkedin.com/in/")?;
    let slug = slug.strip_suffix('/').unwrap_or(slug);
    let usual = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let named = slug.bytes().any(|b| b != b'-');
    // A slug of 39 characters may be a member id in a file that lost its capitals: `slug::read` decides.
    (usual
        && named
        && slug.len() <= slug::LONGEST
        && slug.len() != slug::MEMBER_ID_LENGTH
        && !slug::is_reserved(slug))
    .then_some(slug)
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Company => "LinkedIn page of a company or school, not of a person",
            Self::Damaged => "damaged LinkedIn address",
            Self::Empty => "no LinkedIn profile",
            Self::Group => "LinkedIn group or event, not a profile",
            Self::Job => "LinkedIn job, not a profile",
            Self::MemberId => "LinkedIn member id, not a public profile",
            Self::NoSlug => "LinkedIn address that names no profile",
            Self::NotLinkedin => "not a LinkedIn address",
            Self::OldForm => "old LinkedIn address (/pub/), no longer a public profile",
            Self::OtherPage => "LinkedIn page that is not a profile",
            Self::Post => "LinkedIn post or article, not a profile",
            Self::Recruiter => "LinkedIn Recruiter link, not a public profile",
            Self::SalesNavigator => "Sales Navigator link, not a public profile",
            Self::Search => "LinkedIn search, not a profile",
            Self::Several => "several LinkedIn profiles in one cell; keep the one that is meant",
            Self::ShortLink => "shortened LinkedIn link, not a profile address",
        })
    }
}

#[cfg(test)]
mod tests;
