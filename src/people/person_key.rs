//! The digests that identify people in the ledger.

use sha2::{Digest, Sha256};
use std::cmp::Ordering;

/// An identity as the ledger keeps it: 126 bits of SHA-256 and the kind. Names and URLs cannot be read back from it.
///
/// Two rows with equal keys are the same person and are searched once. The text that is digested is part of the
/// ledger's format: changing it forgets every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonKey([u8; 16]);

/// What a key was made from. It is in the first two bits of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum KeyKind {
    /// A LinkedIn profile.
    Profile,
    /// A name, and the domain of an employer.
    Domain,
    /// A name, and the name of an employer.
    Company,
}

impl PersonKey {
    /// Digests the parts of an identity. Parts are separated by a byte that no part can contain, so that
    /// (`ab`, `c`) and (`a`, `bc`) differ.
    pub(super) fn of(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(kind.as_bytes());
        for part in parts {
            hash.update([0x1f]);
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        let code = match kind {
            "linkedin" => 0,
            "domain" => 1,
            _ => 2,
        };
        key[0] = key[0] & 0x3f | code << 6;
        Self(key)
    }

    /// What the key was made from. Two different keys of one kind are two people, or one person who changed the job, the
    /// name or the address of the profile.
    pub(crate) fn kind(&self) -> KeyKind {
        match self.0[0] >> 6 {
            0 => KeyKind::Profile,
            1 => KeyKind::Domain,
            _ => KeyKind::Company,
        }
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// The order of the bytes. Compared as one number, since long lists of keys are sorted.
impl Ord for PersonKey {
    fn cmp(&self, other: &Self) -> Ordering {
        u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
    }
}

impl PartialOrd for PersonKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
