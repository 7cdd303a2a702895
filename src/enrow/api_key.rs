//! With which key the API is asked.

use crate::batch::AccountId;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// An API key. It is wiped from memory when dropped and shows in no log and no error.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey(SecretString);

/// Why a text is no API key. It says nothing of the text, which may be a secret all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAKey {
    #[error("is empty")]
    Empty,
    #[error("is longer than any API key")]
    Long,
    #[error("has more than one word or line")]
    SeveralWords,
    #[error("has a character that no API key has")]
    Strange,
}

impl ApiKey {
    /// The longest text that a key is looked for in.
    pub(crate) const LONGEST_TEXT: u64 = 16 << 10;

    /// Takes a key as it stands in a variable or a file: alone, in quotes, or in the line `ENROW_API_KEY=` of a file of
    /// variables.
    pub(crate) fn parse(text: &str) -> Result<Self, NotAKey> {
        if text.len() as u64 > Self::LONGEST_TEXT {
            return Err(NotAKey::Long);
        }
        let key = unquoted(text.lines().find_map(value).unwrap_or(text));
        match key {
            "" => Err(NotAKey::Empty),
            _ if key.contains(char::is_whitespace) => Err(NotAKey::SeveralWords),
            _ if !key.bytes().all(|b| b.is_ascii_graphic()) => Err(NotAKey::Strange),
            _ => Ok(Self(key.to_owned().into())),
        }
    }

    /// The key as a file holds it.
    pub(crate) fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", self.expose()))
    }

    /// The account it opens, as the ledger knows it.
    pub(crate) fn account(&self) -> AccountId {
        AccountId::of_key(self.0.expose_secret())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The value of a line `ENROW_API_KEY=VALUE`, with or without `export`.
fn value(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    line.strip_prefix("ENROW_API_KEY")?.trim_start().strip_prefix('=')
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_people_write_it_down() {
        for text in [
            "sk-secret",
            "  sk-secret\r\n",
            "\"sk-secret\"\n",
            "'sk-secret'",
            "ENROW_API_KEY=sk-secret\n",
            "# keys\nOTHER=x\nexport ENROW_API_KEY = \"sk-secret\"\n",
        ] {
            assert_eq!(ApiKey::parse(text).unwrap().expose(), "sk-secret", "{text:?}");
        }
        assert_eq!(ApiKey::parse("c2VjcmV0==").unwrap().expose(), "c2VjcmV0==");
        for (text, why) in [
            (" \n", NotAKey::Empty),
            ("\"\"", NotAKey::Empty),
            ("ENROW_API_KEY=", NotAKey::Empty),
            ("two words", NotAKey::SeveralWords),
            ("one\ntwo\n", NotAKey::SeveralWords),
            ("schl\u{fc}ssel", NotAKey::Strange),
            ("sk\u{0}secret", NotAKey::Strange),
        ] {
            assert_eq!(ApiKey::parse(text).unwrap_err(), why, "{text:?}");
        }
        assert_eq!(ApiKey::parse(&"x".repeat(1 << 20)).unwrap_err(), NotAKey::Long);
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = ApiKey::parse(" sk-secret \n").unwrap();
        assert_eq!(key.expose(), "sk-secret");
        assert!(!format!("{key:?}").contains("secret"));
    }
}
