//! With which key the API is asked.

use crate::batch::AccountId;
use secrecy::{ExposeSecret, SecretString};

/// An API key. It is wiped from memory when dropped and shows in no log and no error.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey(SecretString);

impl ApiKey {
    /// Takes a key as it stands in a variable or a file; `None` where nothing but white space is there, or where it
    /// holds characters that no HTTP header can carry.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = text.trim();
        let plausible = !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic());
        plausible.then(|| Self(key.to_owned().into()))
    }

    /// The account it opens, as the ledger knows it.
    pub(crate) fn account(&self) -> AccountId {
        AccountId::of_key(self.0.expose_secret())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = ApiKey::parse(" sk-secret \n").unwrap();
        assert_eq!(key.expose(), "sk-secret");
        assert!(!format!("{key:?}").contains("secret"));
        assert!(ApiKey::parse(" \n").is_none());
        assert!(ApiKey::parse("two words").is_none());
    }
}
