//! One person as the API is asked for them, and what the sandbox answers: made up, but always the same.

use super::numbers::number_for;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// One search as it is sent. It names a person as well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The profile's URL; prevails over the other fields.
    pub linkedin_url: Option<Box<str>>,
    pub firstname: Option<Box<str>>,
    pub lastname: Option<Box<str>>,
    pub company_domain: Option<Box<str>>,
    pub company_name: Option<Box<str>>,
    /// The sender's own mark, returned with the result.
    pub custom: Option<Box<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Found {
        /// E.164.
        number: String,
        /// ISO 3166-1 alpha-2.
        country: &'static str,
    },
    NotFound,
}

/// Somebody the sandbox was asked for, as half a digest. Its last words are the person's luck and lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Person([u32; 4]);

impl Person {
    pub(super) fn is_found(self, found_percent: u8) -> bool {
        self.0[2] % 100 < u32::from(found_percent)
    }
}

impl Search {
    pub fn profile(url: impl Into<Box<str>>) -> Self {
        Self { linkedin_url: Some(url.into()), ..Self::default() }
    }

    pub fn at_domain(first: &str, last: &str, domain: &str) -> Self {
        let (firstname, lastname) = (Some(first.into()), Some(last.into()));
        Self { firstname, lastname, company_domain: Some(domain.into()), ..Self::default() }
    }

    pub fn at_company(first: &str, last: &str, company: &str) -> Self {
        let (firstname, lastname) = (Some(first.into()), Some(last.into()));
        Self { firstname, lastname, company_name: Some(company.into()), ..Self::default() }
    }

    /// The answer where `found_percent` of all people have a number. It depends on who is meant and on nothing else: not on
    /// the spelling of a LinkedIn URL, not on case or white space in names, not on `custom`.
    pub fn answer(&self, found_percent: u8) -> Answer {
        let person = self.person();
        if !person.is_found(found_percent) {
            return Answer::NotFound;
        }
        let (number, country) = number_for(u64::from(person.0[3]));
        Answer::Found { number, country }
    }

    /// All fields that are filled but `custom`, a line each, in lower case.
    pub(super) fn text(&self) -> String {
        let Self { linkedin_url, firstname, lastname, company_domain, company_name, custom: _ } =
            self;
        let fields = [linkedin_url, firstname, lastname, company_domain, company_name];
        fields.map(|field| field.as_deref().unwrap_or_default()).join("\n").to_lowercase()
    }

    /// Who is meant: the LinkedIn profile where there is one, else name and domain, else name and company.
    pub(super) fn person(&self) -> Person {
        let identity = if let Some(slug) = self.linkedin_url.as_deref().and_then(slug) {
            format!("in/{slug}")
        } else {
            let text = |field: &Option<Box<str>>| fold(field.as_deref().unwrap_or_default());
            let employer = match text(&self.company_domain) {
                domain if domain.is_empty() => format!("company {}", text(&self.company_name)),
                domain => format!("domain {domain}"),
            };
            let (first, last) = (text(&self.firstname), text(&self.lastname));
            format!("{first}\n{last}\n{employer}")
        };
        let digest = Sha256::digest(identity.as_bytes());
        let word = |at: usize| {
            digest[4 * at..][..4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
        };
        Person(std::array::from_fn(word))
    }
}

/// The public slug of a LinkedIn profile URL in any of its spellings; `None` where the text is no such URL.
pub(super) fn slug(url: &str) -> Option<String> {
    const PROFILE: &str = "linkedin.com/in/";
    let start = url.to_ascii_lowercase().find(PROFILE)? + PROFILE.len();
    let slug = url[start..].split(['/', '?', '#']).next()?;
    let slug = fold(&percent_decode_str(slug).decode_utf8_lossy());
    (!slug.is_empty()).then_some(slug)
}

/// Case folded, white space collapsed, NFC.
fn fold(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_in_every_spelling_and_nobody_else() {
        let zoe = Search::profile("https://www.linkedin.com/in/zoë-martin");
        let ann = Search::at_domain("Ann", "Lee", "acme.example");
        let with_both = Search { linkedin_url: zoe.linkedin_url.clone(), ..ann.clone() };
        for (same, person) in [
            (Search::profile("http://fr.linkedin.com/in/Zo%C3%AB-Martin/"), &zoe),
            (Search::profile("linkedin.com/in/zoe\u{308}-martin?trk=x"), &zoe),
            (Search::profile("https://www.LinkedIn.com/in/zoë-martin/details#about"), &zoe),
            (with_both, &zoe),
            (Search::at_domain(" ANN ", "lee", "Acme.example"), &ann),
        ] {
            assert_eq!(same.person(), person.person(), "{same:?}");
        }
        for (other, person) in [
            (Search::profile("https://www.linkedin.com/in/zoe-martin"), &zoe),
            (Search::at_company("Ann", "Lee", "acme.example"), &ann),
            (Search::at_domain("Lee", "Ann", "acme.example"), &ann),
        ] {
            assert_ne!(other.person(), person.person(), "{other:?}");
        }
        for url in [
            "", "https://www.linkedin.com/company/acme", "https://www.linkedin.com/in/",
            "https://linkedin.example/in/ann",
        ] {
            assert_eq!(slug(url), None, "{url}");
        }
    }

    #[test]
    fn the_share_that_is_found_is_the_share_that_was_asked_for() {
        let person = |n| Search::profile(format!("https://www.linkedin.com/in/p-{n}")).person();
        let found = |percent| (0..2000).filter(|n| person(*n).is_found(percent)).count();
        assert_eq!((found(0), found(100)), (0, 2000));
        assert!((1100..1300).contains(&found(60)), "{}", found(60));
    }
}
