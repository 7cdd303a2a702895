//! How the ledger and the API identify a batch, a search and an account.

use crate::units::Credits;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Enrow's id of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(String);

impl BatchId {
    /// Takes an id as Enrow or a person wrote it. `None` if it is empty, is over 200 bytes long, or has characters that
    /// could do harm in a URL or a terminal.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plausible = (1..=200).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
        plausible.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the credits of a batch come from (`credits.split` of the answer to POST /phone/bulk).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CreditSplit {
    pub subscription: Credits,
    /// From credits that were bought separately, not with the subscription.
    pub pay_as_you_go: Credits,
}

/// A random word that is sent with a batch (`custom` of POST /phone/bulk) and proves later that the batch is ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// A new one, of 128 random bits.
    pub fn random() -> Self {
        Self(format!("{:032x}", fastrand::u128(..)))
    }

    /// One that was read from the ledger or came back from Enrow.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The short proof that is sent with the search at this position (`searches[].custom`): 16 hexadecimal digits of a
    /// hash of nonce and position, with nothing about the person. With eight digits, one full batch in a thousand would
    /// have two equal proofs.
    pub(crate) fn proof(&self, position: u32) -> String {
        format!("{:016x}", self.proof_number(position))
    }

    pub(crate) fn proof_number(&self, position: u32) -> u64 {
        let nonce = Sha256::new_with_prefix(self.0.as_bytes());
        let digest = nonce.chain_update([0x1f]).chain_update(position.to_string()).finalize();
        u64::from_be_bytes(digest[..8].try_into().expect("a digest has eight bytes"))
    }

    /// The number that a proof stands for; `None` if the text is not written like a proof.
    pub(crate) fn read_proof(text: &str) -> Option<u64> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_proof = text.len() == 16 && text.bytes().all(is_digit);
        if is_proof { u64::from_str_radix(text, 16).ok() } else { None }
    }

    /// What the ledger keeps of a `custom` that the user gave a search: enough to recognise it, but not what it says.
    pub(crate) fn digest_of_custom(&self, custom: &str) -> u64 {
        let digest = Sha256::digest(format!("{}\x1fcustom\x1f{custom}", self.0).as_bytes());
        u64::from_be_bytes(digest[..8].try_into().expect("a digest has eight bytes"))
    }
}

/// An Enrow account as the ledger knows it: a digest of the API key, not the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountId([u8; 16]);

impl AccountId {
    /// The account of a key.
    pub fn of_key(key: &str) -> Self {
        let digest = Sha256::digest(["enrow-phone account\x1f", key].concat().as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Eight hexadecimal digits by which a person can tell two keys apart.
impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_batch_id_is_harmless_in_a_url() {
        assert!(BatchId::parse("e3b61122-d6a6-4ea7-b331-9b734682a76a").is_some());
        for bad in ["", " ", "a b", "a/b", "a&id=b", "a\u{1b}[2J"] {
            assert_eq!(BatchId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_account_does_not_show_its_key() {
        let account = AccountId::of_key("secret-key");
        assert_eq!(account.to_string().len(), 8);
        assert!(!format!("{account:?}").contains("secret"));
        assert_ne!(account, AccountId::of_key("another-key"));
    }

    /// These values are stored in ledgers and come back from Enrow, so they must never change.
    #[test]
    fn what_was_sent_is_known_again() {
        let nonce = Nonce::from_text("word".to_owned());
        assert_eq!((nonce.as_str(), BatchId::parse(" b-1 ").unwrap().as_str()), ("word", "b-1"));
        assert_eq!(nonce.proof(1), "008443accf289de6");
        assert_eq!(Nonce::read_proof("008443accf289de6"), Some(nonce.proof_number(1)));
        for no_proof in ["8443accf289de6", "008443ACCF289DE6", "+08443accf289de6", ""] {
            assert_eq!(Nonce::read_proof(no_proof), None, "{no_proof}");
        }
        assert_eq!(nonce.digest_of_custom("row 1"), 0x3d9d_9ede_0b5f_1042);
        let account = AccountId::of_key("key");
        assert_eq!(AccountId::from_bytes(*account.as_bytes()), account);
        assert_eq!(account.to_string(), "ec328aa4");
    }

    #[test]
    fn no_two_searches_of_a_batch_share_a_proof() {
        // The first eight digits of two of these are equal.
        let nonce = Nonce::from_text(format!("{:032x}", 0x94));
        let proofs: HashSet<String> = (0..3000).map(|position| nonce.proof(position)).collect();
        assert_eq!(proofs.len(), 3000);
    }
}
