//! Headers that speak of a person's LinkedIn profile.

use super::words::{JOINTS, PERSONS};
use super::{Meaning, ProfileSense, Sense, Words};

/// Reads a header that says LinkedIn and nothing that a profile's address would not be called.
pub(super) fn read(words: &Words) -> Option<Meaning> {
    let mut says = Says::default();
    let mut word = words.iter();
    while let Some(next) = word.next() {
        // `linkedInUrl` has come apart.
        if next == "linked" && word.clone().next() == Some("in") {
            word.next();
            says.linkedin = true;
        } else {
            says.take(next)?;
        }
    }
    if !says.linkedin {
        return None;
    }
    let sense = match says.most {
        Kind::Handle => ProfileSense::Handle,
        Kind::Address | Kind::Profile | Kind::Public => ProfileSense::Address,
    };
    let rank = match (says.most, says.person) {
        (Kind::Handle, _) => 8,
        (Kind::Public, _) => 0,
        (Kind::Profile, true) => 1,
        (Kind::Profile, false) | (Kind::Address, true) => 2,
        (Kind::Address, false) => 3,
    };
    Some(Meaning { sense: Sense::Profile(sense), rank })
}

/// What the words of a header have said so far.
#[derive(Debug, Clone, Copy, Default)]
struct Says {
    linkedin: bool,
    most: Kind,
    person: bool,
}

/// What a column holds by its words; the most telling is the greatest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    #[default]
    Address,
    Profile,
    Public,
    Handle,
}

impl Says {
    /// Takes in a word; `None` for one that does not belong.
    fn take(&mut self, word: &str) -> Option<()> {
        match word {
            "linkedin" | "li" => self.linkedin = true,
            "public" | "default" => self.most = self.most.max(Kind::Public),
            "person" => self.person = true,
            word if PROFILE.contains(&word) => self.most = self.most.max(Kind::Profile),
            word if HANDLE.contains(&word) => self.most = Kind::Handle,
            word if ADDRESS.contains(&word)
                || JOINTS.contains(&word)
                || PERSONS.contains(&word) => {}
            word => return self.take_apart(word),
        }
        Some(())
    }

    /// Takes in words that were written as one: `linkedinprofileurl`.
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

const PROFILE: [&str; 7] =
    ["profile", "profil", "profiel", "profilo", "profiles", "perfil", "profils"];

const HANDLE: [&str; 6] = ["handle", "identifier", "slug", "username", "vanity", "vanityname"];

#[rustfmt::skip]
const ADDRESS: [&str; 37] = [
    "address", "adres", "adresse", "beispiel", "com", "correct", "eg", "enlace", "example", "exemple", "hs", "http",
    "https", "in", "lank", "lien", "liens", "link", "links", "odkaz", "page", "personal", "seite", "sida", "side",
    "social", "strona", "uri", "url", "urls", "value", "web", "website", "www", "you", "your", "zb",
];
