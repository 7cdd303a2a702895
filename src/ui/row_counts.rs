//! How many rows have which status.

use crate::people::RowStatus;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many different notes of invalid rows are counted. Notes that quote the API could be endless.
const MOST_REASONS: usize = 100;

#[derive(Debug, Clone, Default)]
pub(crate) struct RowCounts {
    pub(crate) total: usize,
    /// Found rows whose answer is older than `--refresh` or `--max-age` asks for.
    pub(crate) stale: usize,
    /// Rows whose people were not asked for since the refresh of the list began.
    pub(crate) not_refreshed: usize,
    /// In the order of [`RowStatus::ALL`].
    by_status: [usize; RowStatus::ALL.len()],
    /// Notes of invalid rows.
    reasons: HashMap<String, usize>,
}

impl RowCounts {
    pub(crate) fn count(&mut self, status: RowStatus, note: &str) {
        self.total += 1;
        self.by_status[status as usize] += 1;
        if status == RowStatus::Invalid {
            if let Some(count) = self.reasons.get_mut(note) {
                *count += 1;
            } else if self.reasons.len() < MOST_REASONS {
                self.reasons.insert(note.to_owned(), 1);
            }
        }
    }

    pub(crate) fn of(&self, status: RowStatus) -> usize {
        self.by_status[status as usize]
    }

    /// How many rows have no answer that another run may still get.
    pub(crate) fn open(&self) -> usize {
        RowStatus::ALL
            .into_iter()
            .filter(|status| status.is_open())
            .map(|status| self.of(status))
            .sum()
    }

    /// The notes of invalid rows, the most frequent first.
    pub(crate) fn reasons(&self) -> Vec<(&str, usize)> {
        let mut reasons: Vec<_> =
            self.reasons.iter().map(|(note, count)| (note.as_str(), *count)).collect();
        reasons.sort_by_key(|(note, count)| (Reverse(*count), *note));
        reasons
    }
}

impl Serialize for RowCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("total", &self.total)?;
        map.serialize_entry("stale", &self.stale)?;
        for status in RowStatus::ALL {
            map.serialize_entry(status.as_str(), &self.of(status))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_place_of_its_own() {
        for (place, status) in RowStatus::ALL.into_iter().enumerate() {
            assert_eq!(status as usize, place);
        }
    }
}
