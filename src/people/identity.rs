//! The two ways in which Enrow can search for a person, and the keys of both.

use super::{Domain, PersonKey, Profile};
use crate::text::is_format;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

/// What is searched. If a row has both, only the LinkedIn profile is sent: Enrow gives it precedence (POST /phone/bulk).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    Profile(Profile),
    Named(Named),
}

/// A name and an employer, as they are sent; no part is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub first: String,
    pub last: String,
    pub employer: Employer,
}

/// An employer: a domain identifies it better than a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Employer {
    Domain(Domain),
    Name(String),
}

impl Identity {
    /// The key by which the ledger knows this person.
    pub fn key(&self) -> PersonKey {
        Folding::of_today().key(self)
    }

    /// Whether earlier versions may have given this person another key.
    pub(super) fn may_fold_differently(&self) -> bool {
        match self {
            Self::Profile(profile) => !profile.slug().is_ascii(),
            Self::Named(Named { first, last, employer }) => {
                let company = match employer {
                    Employer::Domain(_) => "",
                    Employer::Name(name) => name,
                };
                ![first, last, company].iter().all(|text| text.is_ascii())
            }
        }
    }
}

/// Makes keys. The identities of a row share one name, so the last name is kept folded.
pub(super) struct Folding<'a> {
    fold: fn(&str) -> String,
    name: Option<(&'a Named, [String; 2])>,
}

impl<'a> Folding<'a> {
    pub(super) fn of_today() -> Self {
        Self { fold, name: None }
    }

    /// Makes the keys of earlier versions.
    pub(super) fn of_earlier_versions() -> Self {
        Self { fold: fold_simply, name: None }
    }

    pub(super) fn key(&mut self, identity: &'a Identity) -> PersonKey {
        match identity {
            // A slug is in lower case.
            Identity::Profile(profile) if profile.slug().is_ascii() => {
                PersonKey::of("linkedin", &[profile.slug()])
            }
            Identity::Profile(profile) => {
                PersonKey::of("linkedin", &[&(self.fold)(profile.slug())])
            }
            Identity::Named(named) => {
                let is_same = |(known, _): &(&Named, _)| {
                    known.first == named.first && known.last == named.last
                };
                let known = self.name.take().filter(is_same);
                let folded = || (named, [&named.first, &named.last].map(|part| (self.fold)(part)));
                let (_, [first, last]) = &*self.name.insert(known.unwrap_or_else(folded));
                match &named.employer {
                    Employer::Domain(domain) => {
                        PersonKey::of("domain", &[first, last, domain.as_str()])
                    }
                    Employer::Name(name) => {
                        PersonKey::of("company", &[first, last, &(self.fold)(name)])
                    }
                }
            }
        }
    }
}

/// Folds a text so that spellings of one name become the same: full case folding (Unicode, `CaseFolding.txt`: ß is ss, ς
/// is σ), single spaces, no invisible characters, NFC.
pub(super) fn fold(text: &str) -> String {
    fold_with(text, |word| {
        if is_composed(word) {
            return UniCase::unicode(word).to_folded_case();
        }
        let word: String = word.nfc().filter(|c| !is_format(*c)).collect();
        UniCase::unicode(word).to_folded_case().nfc().collect()
    })
}

/// Folds as earlier versions did. Their keys stay valid.
fn fold_simply(text: &str) -> String {
    fold_with(text, |word| {
        let small = word.chars().flat_map(char::to_lowercase);
        if is_composed(word) { small.collect() } else { small.nfc().collect() }
    })
}

/// Whether a word has no letters to compose and no invisible characters, as in most European languages. Then NFC changes
/// nothing.
fn is_composed(word: &str) -> bool {
    word.chars().all(|c| c < '\u{180}' && !is_format(c))
}

/// Compares bytes, which is faster than `str::contains`.
fn has_wide_space(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair == b"  ")
}

fn fold_with(text: &str, fold: impl Fn(&str) -> String) -> String {
    // Most texts only need lower case.
    let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if text.bytes().all(is_plain) && text.trim() == text && !has_wide_space(text) {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
        } else {
            folded.push_str(&fold(word));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::super::{KeyKind, PersonKeys};
    use super::*;
    use proptest::prelude::*;

    fn named(first: &str, last: &str, company: &str) -> Identity {
        let employer = Employer::Name(company.into());
        Identity::Named(Named { first: first.into(), last: last.into(), employer })
    }

    fn key(first: &str, last: &str, company: &str) -> PersonKey {
        named(first, last, company).key()
    }

    #[test]
    fn spelling_does_not_change_who_somebody_is() {
        for (one, other) in [
            (("Zoë", "DE  Vries", "Acme"), ("zoe\u{308}", "de Vries", " ACME ")),
            (("Jürgen", "STRAUSS", "Maße"), ("JÜRGEN", "Strauß", "MASSE")),
            (("Νίκος", "Παππάς", "ΑΒΓ"), ("ΝΊΚΟΣ", "ΠΑΠΠΆΣ", "αβγ")),
            (("Νι\u{301}κος", "Παππάς", "ΑΒΓ"), ("Νίκος", "Παππάς", "ΑΒΓ")),
            (("Ada", "Exam\u{ad}ple", "Ac\u{200b}me"), ("Ada", "Example", "Acme")),
        ] {
            assert_eq!(key(one.0, one.1, one.2), key(other.0, other.1, other.2), "{one:?}");
        }
    }

    #[test]
    fn what_tells_people_apart_is_kept() {
        for (one, other) in [("Müller", "Muller"), ("Kılıç", "Kiliç"), ("Peña", "Pena")] {
            assert_ne!(key("Ada", one, "Acme"), key("Ada", other, "Acme"), "{one}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key("Ann", "Alee", "x"), key("Anna", "Lee", "x"));
        let employer = Employer::Domain(Domain::parse("acme.example").unwrap());
        let at_domain =
            Identity::Named(Named { first: "Ann".into(), last: "Lee".into(), employer });
        assert_ne!(at_domain.key(), key("Ann", "Lee", "acme.example"));
    }

    #[test]
    fn a_name_that_was_folded_stands_for_no_other() {
        let people = [("Ann", "Lee"), ("Ann", "Fox"), ("Bob", "Fox")];
        let people = people.map(|(first, last)| named(first, last, "Acme"));
        let mut folding = Folding::of_today();
        for person in &people {
            assert_eq!(folding.key(person), person.key());
        }
    }

    /// Ledgers hold these keys: if the folding changes, they must become keys of an earlier version.
    #[test]
    fn keys_of_earlier_versions_are_known() {
        let hex = |key: PersonKey| format!("{:032x}", u128::from_be_bytes(*key.as_bytes()));
        let earlier = |identity: &Identity| PersonKeys::of(identity, &[]).aliases;
        let ascii = named("Ada", "Example", "Acme");
        assert_eq!(earlier(&ascii), []);
        assert_eq!(hex(ascii.key()), KEY_OF_ADA);
        let employer = Employer::Domain(Domain::parse("acme.example").unwrap());
        let at_domain =
            Identity::Named(Named { first: "Ada".into(), last: "Example".into(), employer });
        assert_eq!(hex(at_domain.key()), KEY_OF_ADA_AT_HER_DOMAIN);
        let profile = Identity::Profile(Profile::parse("linkedin.com/in/ada-example").unwrap());
        assert_eq!(hex(profile.key()), KEY_OF_ADAS_PROFILE);
        let kinds = [profile.key(), at_domain.key(), ascii.key()].map(|key| key.kind());
        assert_eq!(kinds, [KeyKind::Profile, KeyKind::Domain, KeyKind::Company]);
        let strauss = named("Jürgen", "Strauß", "Maße");
        assert_eq!(hex(earlier(&strauss)[0]), EARLIER_KEY_OF_STRAUSS);
        assert_eq!(earlier(&named("Zoë", "Müller", "Acme")), []);
        let greek = Identity::Profile(Profile::parse("linkedin.com/in/παππάς").unwrap());
        assert_eq!(earlier(&greek).len(), 1);
    }

    const KEY_OF_ADAS_PROFILE: &str = "2259899ad8c8155fedb33cf1778e7433";
    const KEY_OF_ADA_AT_HER_DOMAIN: &str = "5c197fb7f1a154561690152c3136dc0b";
    const KEY_OF_ADA: &str = "aa01678ef88fddebf10d32945ef35af5";
    const EARLIER_KEY_OF_STRAUSS: &str = "8809dfe3b64612fff63f03c79aac16ed";

    proptest! {
        #[test]
        fn composed_letters_fold_as_decomposed_ones_do(text in "[\\u{a1}-\\u{17f}a-zA-Z]{0,8}") {
            let apart: String = text.nfd().collect();
            prop_assert_eq!(fold(&text), fold(&apart));
            prop_assert_eq!(fold_simply(&text), fold_simply(&apart));
        }

        #[test]
        fn folding_twice_folds_once(text in "\\PC{0,20}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn case_never_matters(text in "[a-zA-ZäöüßÄÖÜςσΣçéÉ ]{0,20}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text.to_lowercase()));
        }
    }
}
