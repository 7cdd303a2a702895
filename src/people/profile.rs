//! A public LinkedIn profile, read from whatever a cell holds.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A public LinkedIn profile: the slug behind `linkedin.com/in/`, case folded, percent-decoded, NFC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Profile(String);

/// Why a cell is not a public LinkedIn profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAProfile {
    /// Nothing is in the cell.
    Empty,
    /// It is not a LinkedIn address.
    NotLinkedin,
}

impl Profile {
    /// Reads a cell.
    ///
    /// # Errors
    /// Says what the cell holds instead.
    pub fn parse(cell: &str) -> Result<Self, NotAProfile> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err(NotAProfile::Empty);
        }
        let (_, rest) = cell
            .split_once("linkedin.com/in/")
            .ok_or(NotAProfile::NotLinkedin)?;
        let slug = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if slug.is_empty() {
            return Err(NotAProfile::NotLinkedin);
        }
        Ok(Self(slug.to_lowercase().nfc().collect()))
    }

    /// The slug: what stands behind `/in/`, folded.
    pub fn slug(&self) -> &str {
        &self.0
    }

    /// The address as it is sent: `https://www.linkedin.com/in/<slug>`.
    pub fn url(&self) -> String {
        format!("https://www.linkedin.com/in/{}", self.0)
    }
}

impl fmt::Display for NotAProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no LinkedIn profile",
            Self::NotLinkedin => "not a LinkedIn profile URL",
        })
    }
}
