//! The rows of a sheet, read without the code under test.

use super::people::Person;
use enrow_phone::sandbox::{Answer, Control};
use std::collections::BTreeMap;

/// The columns that the tool adds.
const ADDED: [&str; 4] = ["phone_number", "phone_country", "phone_status", "phone_note"];

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rows(Vec<BTreeMap<String, String>>);

impl Rows {
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let row = |row: Result<_, csv::Error>| row.expect("a sheet can be read");
        Self(reader.deserialize().map(row).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A field; a row's number counts from 0.
    #[track_caller]
    pub(crate) fn cell(&self, row: usize, column: &str) -> &str {
        let Some(cell) = self.0[row].get(column) else {
            panic!("there is no column `{column}` in {:?}", self.0[row]);
        };
        cell
    }

    #[track_caller]
    pub(crate) fn status(&self, row: usize) -> &str {
        self.cell(row, "phone_status")
    }

    #[track_caller]
    pub(crate) fn note(&self, row: usize) -> &str {
        self.cell(row, "phone_note")
    }

    pub(crate) fn statuses(&self) -> BTreeMap<&str, usize> {
        let mut statuses = BTreeMap::new();
        for row in 0..self.len() {
            *statuses.entry(self.status(row)).or_default() += 1;
        }
        statuses
    }

    pub(crate) fn count(&self, status: &str) -> usize {
        self.statuses().get(status).copied().unwrap_or(0)
    }

    /// How many rows are `found` or `not_found`.
    pub(crate) fn answered(&self) -> usize {
        self.count("found") + self.count("not_found")
    }

    pub(crate) fn person(&self, row: usize) -> Person {
        let field = |name: &str| self.0[row].get(name).cloned().unwrap_or_default();
        Person {
            company: field("company_name"),
            domain: field("company_domain"),
            first: field("firstname"),
            last: field("lastname"),
            profile: field("linkedin_url"),
        }
    }

    /// Asserts that the rows are those of the input, in order, no field of which was changed.
    #[track_caller]
    pub(crate) fn assert_same_people_as(&self, input: &Self) -> &Self {
        let own = |rows: &Self| -> Vec<BTreeMap<String, String>> {
            let mut rows = rows.0.clone();
            for row in &mut rows {
                row.retain(|name, _| !ADDED.contains(&name.as_str()));
            }
            rows
        };
        assert_eq!(own(self), own(input));
        self
    }

    /// Asserts that every number is the one the sandbox has for just that row's person, and that no other row has one.
    #[track_caller]
    pub(crate) fn assert_right(&self, control: &Control) -> &Self {
        for row in 0..self.len() {
            let told = (self.cell(row, "phone_number"), self.cell(row, "phone_country"));
            let status = self.status(row);
            let right = match (status, control.answer_for(&self.person(row).search())) {
                ("found", Answer::Found { number, country }) => told == (&number, country),
                ("not_found", Answer::NotFound) => told == ("", ""),
                ("failed" | "invalid" | "not_submitted" | "pending" | "skipped" | "unknown", _) => {
                    assert!(!self.note(row).is_empty(), "row {row} does not say why: {status}");
                    told == ("", "")
                }
                _ => false,
            };
            assert!(right, "row {row} is wrong: {:?}", self.0[row]);
        }
        self
    }
}

/// A count as people read it: `7,001`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
