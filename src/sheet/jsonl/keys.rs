//! The keys of all objects, as columns in the order of their first appearance.

use super::lines::JsonField;
use crate::sheet::grid::MOST_COLUMNS;
use std::collections::HashMap;

/// More text than the keys of any list of people have.
const MOST_BYTES: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct ObjectKeys {
    columns: HashMap<String, usize>,
    names: Vec<String>,
    bytes: usize,
}

impl ObjectKeys {
    /// Adds the keys of an object, or says what is wrong with them.
    pub(super) fn learn(&mut self, object: &[JsonField<'_>]) -> Result<(), &'static str> {
        let mut own: Vec<usize> = Vec::with_capacity(object.len());
        for JsonField { name, .. } in object {
            own.push(self.column(name).unwrap_or_else(|| self.add(name)));
        }
        if self.names.len() > MOST_COLUMNS || self.bytes > MOST_BYTES {
            return Err("up to here there are more keys than a list of people has");
        }
        own.sort_unstable();
        // Programs differ in which of the two counts.
        if own.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("one key stands in this object twice");
        }
        Ok(())
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.get(name).copied()
    }

    fn add(&mut self, name: &str) -> usize {
        self.bytes += name.len();
        self.names.push(name.to_owned());
        self.columns.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}
