//! Headers of a person's LinkedIn profile.

use super::meaning::{HeaderMeaning, ProfileFormat, RankedMeaning};
use super::words::{JOINTS, PERSONS, Words};

/// Reads a header with LinkedIn in it and otherwise only words that fit a person's profile.
pub(super) fn read(words: &Words) -> Option<RankedMeaning> {
    let mut reading = WordsSeen::default();
    let mut word = words.iter();
    while let Some(next) = word.next() {
        // `linkedInUrl` was split at the capitals.
        if next == "linked" && word.clone().next() == Some("in") {
            word.next();
            reading.linkedin = true;
        } else {
            reading.take(next)?;
        }
    }
    if !reading.linkedin {
        return None;
    }
    let format = match reading.kind {
        AddressKind::Handle => ProfileFormat::Handle,
        AddressKind::Address | AddressKind::Profile | AddressKind::Public => ProfileFormat::Address,
    };
    let rank = match (reading.kind, reading.person) {
        (AddressKind::Handle, _) => 8,
        (AddressKind::Public, _) => 0,
        (AddressKind::Profile, true) => 1,
        (AddressKind::Profile, false) | (AddressKind::Address, true) => 2,
        (AddressKind::Address, false) => 3,
    };
    Some(RankedMeaning { meaning: HeaderMeaning::Profile(format), rank })
}

/// What the words so far say.
#[derive(Debug, Clone, Copy, Default)]
struct WordsSeen {
    linkedin: bool,
    kind: AddressKind,
    person: bool,
}

/// What a column holds; a more specific kind is greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum AddressKind {
    #[default]
    Address,
    Profile,
    Public,
    Handle,
}

impl WordsSeen {
    /// Adds a word; `None` if it does not fit a profile.
    fn take(&mut self, word: &str) -> Option<()> {
        match word {
            "linkedin" | "li" => self.linkedin = true,
            "public" | "default" => self.kind = self.kind.max(AddressKind::Public),
            "person" => self.person = true,
            word if PROFILE.contains(&word) => self.kind = self.kind.max(AddressKind::Profile),
            word if HANDLE.contains(&word) => self.kind = AddressKind::Handle,
            word if ADDRESS.contains(&word)
                || JOINTS.contains(&word)
                || PERSONS.contains(&word) => {}
            word => return self.take_apart(word),
        }
        Some(())
    }

    /// Adds words written as one: `linkedinprofileurl`.
    fn take_apart(&mut self, word: &str) -> Option<()> {
        let pieces = ["linkedin", "public", "default"]
            .into_iter()
            .chain(PROFILE)
            .chain(HANDLE)
            .chain(ADDRESS);
        for piece in pieces {
            if let Some(rest) = word.strip_prefix(piece).filter(|rest| !rest.is_empty()) {
                let mut ahead = *self;
                if ahead.take(piece).and_then(|()| ahead.take(rest)).is_some() {
                    *self = ahead;
                    return Some(());
                }
            }
        }
        None
    }
}

pub(super) const PROFILE: [&str; 7] =
    ["profile", "profil", "profiel", "profilo", "profiles", "perfil", "profils"];

pub(super) const HANDLE: [&str; 6] =
    ["handle", "identifier", "slug", "username", "vanity", "vanityname"];

#[rustfmt::skip]
pub(super) const ADDRESS: [&str; 37] = [
    "address", "adres", "adresse", "beispiel", "com", "correct", "eg", "enlace", "example", "exemple", "hs", "http",
    "https", "in", "lank", "lien", "liens", "link", "links", "odkaz", "page", "personal", "seite", "sida", "side",
    "social", "strona", "uri", "url", "urls", "value", "web", "website", "www", "you", "your", "zb",
];
