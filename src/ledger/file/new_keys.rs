//! Which keys are certainly new. A long list in a ledger that knows nobody has three keys a person, and each would be
//! looked up in vain.

use crate::people::PersonKey;
use rusqlite::Connection;
use std::ops::BitOr;

/// A filter (Bloom) of all keys of a ledger that was empty when this run began to fill it: a key that is not in it is
/// nowhere. Whatever else adds keys ends it.
#[derive(Debug)]
pub(super) struct NewKeys {
    words: Vec<u64>,
    /// The highest id when the filter was last right.
    last: i64,
    version: i64,
}

impl NewKeys {
    /// Below so many rows at once it is not worth its memory.
    const LEAST: usize = 10_000;
    /// How many bits of a key choose a word: 4 MB, five keys a word where a million people have 2.6 keys each.
    const WORD_BITS: u32 = 19;

    /// A filter that is right still, or a first one for an empty ledger. `last` is the highest id that was ever given out.
    pub(super) fn for_rows(
        c: &Connection,
        known: Option<Self>,
        rows: usize,
        last: i64,
    ) -> rusqlite::Result<Option<Self>> {
        // Changes where another connection has written.
        let version = c.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let known = known.filter(|known| known.last == last && known.version == version);
        let first = || Self { words: vec![0; 1 << Self::WORD_BITS], last, version };
        Ok(known.or_else(|| (last == 0 && rows >= Self::LEAST).then(first)))
    }

    /// Whether the ledger may have this key.
    pub(super) fn may_know(&self, key: PersonKey) -> bool {
        let (word, bits) = Self::place(key);
        self.words[word] & bits == bits
    }

    /// Takes keys that were added, up to this id.
    pub(super) fn add(&mut self, keys: &[PersonKey], last: i64) {
        for (word, bits) in keys.iter().map(|key| Self::place(*key)) {
            self.words[word] |= bits;
        }
        self.last = last;
    }

    /// A word, and three of its bits. A key is a digest, so any part of it will do. Keys come in their order, and those
    /// that begin alike have words side by side. What a key was made from, in its first two bits, says nothing here.
    fn place(key: PersonKey) -> (usize, u64) {
        let [first, second, third, fourth, .., a, b, c] = *key.as_bytes();
        let begin = u32::from_be_bytes([first, second, third, fourth]) << 2;
        let bits = [a, b, c].map(|byte| 1 << (byte % 64)).into_iter().fold(0, BitOr::bitor);
        ((begin >> (u32::BITS - Self::WORD_BITS)) as usize, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Identity, Profile};

    #[test]
    fn a_filter_is_right_only_while_nobody_else_adds_keys() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Connection::open(folder.path().join("ledger.db")).unwrap();
        let (c, other) = (open(), open());
        let key = |slug| Identity::Profile(Profile::parse_handle(slug).unwrap()).key();
        let filled = || {
            let mut filter = NewKeys::for_rows(&c, None, NewKeys::LEAST, 0).unwrap().unwrap();
            filter.add(&[key("ada")], 1);
            assert!(filter.may_know(key("ada")) && !filter.may_know(key("ben")));
            Some(filter)
        };
        let goes_on =
            |filter, rows, last| NewKeys::for_rows(&c, filter, rows, last).unwrap().is_some();
        assert!(!goes_on(None, NewKeys::LEAST - 1, 0));
        assert!(!goes_on(None, NewKeys::LEAST, 1));
        assert!(goes_on(filled(), 1, 1));
        // This run added somebody in another way.
        assert!(!goes_on(filled(), NewKeys::LEAST, 2));
        let filter = filled();
        other.execute_batch("CREATE TABLE another (run)").unwrap();
        assert!(!goes_on(filter, NewKeys::LEAST, 1));
    }
}
