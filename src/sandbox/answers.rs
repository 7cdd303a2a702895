//! What the sandbox answers: made up, but always the same for the same person.

use super::numbers::number_for;
use super::search::Search;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

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

/// The answer the sandbox gives to `search` where `found_percent` of all people have a number.
///
/// It depends on who is meant and on nothing else: not on the spelling of a LinkedIn URL, not on case or white space
/// in names, not on `custom`. A test computes with it what a row must hold.
pub fn answer_for(search: &Search, found_percent: u8) -> Answer {
    search.person().answer(found_percent)
}

/// Somebody the sandbox was asked for, as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Person {
    who: u64,
    luck: u32,
    lot: u32,
}

impl Person {
    pub(super) fn answer(self, found_percent: u8) -> Answer {
        if self.is_found(found_percent) {
            let (number, country) = number_for(u64::from(self.lot));
            Answer::Found { number, country }
        } else {
            Answer::NotFound
        }
    }

    pub(super) fn is_found(self, found_percent: u8) -> bool {
        self.luck % 100 < u32::from(found_percent)
    }
}

impl Search {
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
            u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]])
        };
        Person { who: u64::from(word(0)) << 32 | u64::from(word(4)), luck: word(8), lot: word(12) }
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
    fn the_spelling_of_a_profile_does_not_change_the_answer() {
        let plain = Search::profile("https://www.linkedin.com/in/zoë-martin");
        for spelling in [
            "http://fr.linkedin.com/in/Zo%C3%AB-Martin/",
            "linkedin.com/in/zoe\u{308}-martin?trk=x",
            "https://www.LinkedIn.com/in/zoë-martin/details#about",
        ] {
            assert_eq!(Search::profile(spelling).person(), plain.person(), "{spelling}");
        }
        assert_ne!(
            Search::profile("https://www.linkedin.com/in/zoe-martin").person(),
            plain.person()
        );
    }

    #[test]
    fn the_profile_prevails_over_the_name() {
        let mut both = Search::at_domain("Ann", "Lee", "acme.example");
        both.linkedin_url = Some("https://www.linkedin.com/in/ann-lee".into());
        let profile = Search::profile("https://www.linkedin.com/in/ann-lee");
        assert_eq!(both.person(), profile.person());
    }

    #[test]
    fn names_are_folded_and_employers_are_not_mixed_up() {
        let ann = Search::at_domain("Ann", "Lee", "acme.example");
        assert_eq!(Search::at_domain(" ANN ", "lee", "Acme.example").person(), ann.person());
        assert_ne!(Search::at_company("Ann", "Lee", "acme.example").person(), ann.person());
        assert_ne!(Search::at_domain("Lee", "Ann", "acme.example").person(), ann.person());
    }

    #[test]
    fn the_share_that_is_found_is_the_share_that_was_asked_for() {
        let found = |percent| {
            (0..2000)
                .map(|n| Search::profile(format!("https://www.linkedin.com/in/p-{n}")))
                .filter(|search| answer_for(search, percent) != Answer::NotFound)
                .count()
        };
        assert_eq!(found(0), 0);
        assert_eq!(found(100), 2000);
        assert!((1100..1300).contains(&found(60)), "{}", found(60));
    }

    #[test]
    fn what_is_no_profile_has_no_slug() {
        for url in [
            "", "https://www.linkedin.com/company/acme", "https://www.linkedin.com/in/",
            "https://linkedin.example/in/ann",
        ] {
            assert_eq!(slug(url), None, "{url}");
        }
    }
}
