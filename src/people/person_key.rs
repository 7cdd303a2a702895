//! The digest by which a person is known to the ledger.

use sha2::{Digest, Sha256};

/// A person's identity as the ledger keeps it: 128 bits of SHA-256. Neither name nor URL can be read back from it.
///
/// Two rows with equal keys are the same person and are searched once. The text that is digested is part of the
/// ledger's format: changing it forgets every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonKey([u8; 16]);

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
        Self(key)
    }

    /// The key as it is stored.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A key that was stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}
