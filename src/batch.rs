//! What a batch is called, whose it is, and what it costs: the words that the ledger and the API share.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Enrow's id of a batch, as it answered it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(String);

impl BatchId {
    /// Takes an id as Enrow or a person wrote it; `None` where it cannot be one (empty, over 200 bytes, or with
    /// characters that do not belong into an id and could do harm in a URL or a terminal).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plausible = (1..=200).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// The id as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A random word that travels with a batch (`custom` of POST /phone/bulk) and proves later that the batch is ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// A new one, of 128 random bits.
    pub fn random() -> Self {
        Self(format!("{:032x}", fastrand::u128(..)))
    }

    /// One that was kept or came back.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An Enrow account as the ledger knows it: a digest of the API key, never the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account([u8; 16]);

impl Account {
    /// The account of a key.
    pub fn of_key(key: &str) -> Self {
        let digest = Sha256::digest(["enrow-phone account\x1f", key].concat().as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(bytes)
    }

    /// As it is stored.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// As it was stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Eight hexadecimal digits by which a person can tell two keys apart.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An amount of Enrow credits.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Credits(pub u64);

impl Credits {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// What `searches` cost at this price, at most.
    #[must_use]
    pub fn times(self, searches: usize) -> Self {
        Self(self.0.saturating_mul(searches as u64))
    }

    /// How many searches of this price `self` pays for.
    pub fn buys(self, price: Self) -> usize {
        usize::try_from(self.0.checked_div(price.0).unwrap_or(u64::MAX)).unwrap_or(usize::MAX)
    }

    /// The difference, not below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The highest price the provider's pages name (50 on legacy plans). Until the account's own price is learned from a
/// first batch, sizes are chosen as if it were this.
pub(crate) const HIGHEST_KNOWN_PRICE: Credits = Credits(50);

/// Digits in groups of three: `120,000`.
impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.0))
    }
}

/// A count as people read it: `7,001`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 batch`, `3,000 people`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number as u64)),
    }
}

/// A moment of the wall clock, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// Before everything.
    pub const NEVER: Self = Self(i64::MIN);

    /// The wall clock now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// As RFC 3339 writes it, in UTC, to the second.
    pub fn rfc3339(self) -> String {
        let since = Duration::from_millis(u64::try_from(self.0).unwrap_or(0));
        humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
    }

    /// `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero where it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (120_000, "120,000"),
            (7_001_000, "7,001,000"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_batch_id_is_harmless_in_a_url() {
        assert!(BatchId::parse("e3b61122-d6a6-4ea7-b331-9b734682a76a").is_some());
        for bad in ["", " ", "a b", "a/b", "a&id=b", "a\u{1b}[2J"] {
            assert_eq!(BatchId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_account_does_not_show_its_key() {
        let account = Account::of_key("secret-key");
        assert_eq!(account.to_string().len(), 8);
        assert!(!format!("{account:?}").contains("secret"));
        assert_ne!(account, Account::of_key("another-key"));
    }
}
