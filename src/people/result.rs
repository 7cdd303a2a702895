//! The columns that a run adds to a list, and the words in them.
//!
//! This is the one list of result columns and statuses. Readers, writers, reports and counts use it.

use super::{Country, PhoneNumber};
use std::borrow::Cow;

/// Something for each result column, in the order of [`ResultColumn::ALL`].
pub(crate) type OfResults<T> = [T; 4];

/// A column that a run adds. Names and order are a public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultColumn {
    Number,
    Country,
    Status,
    Note,
}

impl ResultColumn {
    /// The order in which they are added.
    pub(crate) const ALL: OfResults<Self> = [Self::Number, Self::Country, Self::Status, Self::Note];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Number => "phone_number",
            Self::Country => "phone_country",
            Self::Status => "phone_status",
            Self::Note => "phone_note",
        }
    }
}

/// The statuses that a row can have. Their words are a public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowStatus {
    /// Answered, with a number.
    Found,
    /// Answered, without a number.
    NotFound,
    /// Not enough data to search this row, or the API refused it; nothing was paid.
    Invalid,
    /// Not to be searched: `--skip-filled`, or the person is suppressed.
    Skipped,
    /// Submitted, but not finished when the run stopped waiting.
    Pending,
    /// The run ended before this row was sent: credits, a budget, a limit, a signal, an error.
    NotSubmitted,
    /// The API gave no usable answer; the next run asks again.
    Failed,
    /// May have been paid, but there is no answer.
    Unknown,
}

impl RowStatus {
    pub(crate) const ALL: [Self; 8] = [
        Self::Found,
        Self::NotFound,
        Self::Invalid,
        Self::Skipped,
        Self::Pending,
        Self::NotSubmitted,
        Self::Failed,
        Self::Unknown,
    ];

    /// The word in the `phone_status` column.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
            Self::Pending => "pending",
            Self::NotSubmitted => "not_submitted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether another run may still change it.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Found | Self::NotFound | Self::Invalid | Self::Skipped => false,
            Self::Pending | Self::NotSubmitted | Self::Failed | Self::Unknown => true,
        }
    }
}

/// The beginning of the note of every answer that a sandbox made up. A number with this note is never used as an answer.
pub(crate) const MADE_UP: &str = "made up by the sandbox";

/// What the note of an answer or a number says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// The number came with the row, and the ledger knows neither it nor the person.
    CameWithRow,
    /// The person is known only through another row.
    KnownByAnotherRow,
    /// A sandbox answered.
    MadeUp,
}

impl Remark {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::CameWithRow => {
                "the number came with the row: this ledger knows neither it nor this person"
            }
            Self::KnownByAnotherRow => {
                "the answer is for the same person in another row, with more or other details"
            }
            Self::MadeUp => MADE_UP,
        }
    }
}

/// The result columns of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    pub(crate) status: RowStatus,
    pub(crate) number: Option<PhoneNumber>,
    pub(crate) country: Option<Country>,
    pub(crate) note: Cow<'static, str>,
    /// The answer is older than this run asked for, and there is no newer one yet.
    pub(crate) is_stale: bool,
}

impl RowAnswer {
    /// A row with a number.
    pub fn found(number: PhoneNumber, country: Option<Country>) -> Self {
        Self { number: Some(number), country, ..Self::without(RowStatus::Found, "") }
    }

    /// A row without a number.
    pub fn without(status: RowStatus, note: impl Into<Cow<'static, str>>) -> Self {
        Self { status, number: None, country: None, note: note.into(), is_stale: false }
    }

    /// Adds a remark to the note, if there is an answer.
    #[must_use]
    pub(crate) fn with(mut self, remark: Remark) -> Self {
        if matches!(self.status, RowStatus::Found | RowStatus::NotFound) {
            let text = remark.text();
            self.note = if self.note.is_empty() {
                text.into()
            } else {
                format!("{text}; {}", self.note).into()
            };
        }
        self
    }

    pub(crate) fn suppressed() -> Self {
        Self::without(
            RowStatus::Skipped,
            "suppressed or forgotten: this person is not to be searched for",
        )
    }

    /// The text of every column.
    pub(crate) fn cells(&self) -> OfResults<&str> {
        ResultColumn::ALL.map(|column| match column {
            ResultColumn::Number => self.number.as_ref().map_or("", |number| number.as_str()),
            ResultColumn::Country => self.country.as_ref().map_or("", |country| country.as_str()),
            ResultColumn::Status => self.status.as_str(),
            ResultColumn::Note => &self.note,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile if a status or a column is new: add it to `ALL` then.
    fn positions(status: RowStatus, column: ResultColumn) -> (usize, usize) {
        let status = match status {
            RowStatus::Found => 0,
            RowStatus::NotFound => 1,
            RowStatus::Invalid => 2,
            RowStatus::Skipped => 3,
            RowStatus::Pending => 4,
            RowStatus::NotSubmitted => 5,
            RowStatus::Failed => 6,
            RowStatus::Unknown => 7,
        };
        let column = match column {
            ResultColumn::Number => 0,
            ResultColumn::Country => 1,
            ResultColumn::Status => 2,
            ResultColumn::Note => 3,
        };
        (status, column)
    }

    #[test]
    fn the_lists_are_complete_and_in_order() {
        for (position, status) in RowStatus::ALL.into_iter().enumerate() {
            assert_eq!(positions(status, ResultColumn::Note).0, position);
            assert_eq!(RowStatus::parse(status.as_str()), Some(status));
        }
        for (position, column) in ResultColumn::ALL.into_iter().enumerate() {
            assert_eq!(positions(RowStatus::Found, column).1, position);
            assert_eq!(column as usize, position);
        }
    }

    #[test]
    fn the_reference_has_every_column_and_status_in_a_table() {
        let page = include_str!("../../docs/reference.md");
        let tables: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        let columns = ResultColumn::ALL.map(ResultColumn::name);
        let statuses = RowStatus::ALL.map(RowStatus::as_str);
        for word in columns.iter().chain(&statuses) {
            let word = format!("`{word}`");
            assert!(
                tables.iter().any(|line| line.contains(&word)),
                "{word} is not in the reference"
            );
        }
        let help = include_str!("../cli/help.rs");
        for column in columns {
            assert!(help.contains(&format!("`{column}`")), "{column} is not in the help");
        }
    }

    #[test]
    fn a_row_has_a_cell_for_every_column() {
        let number = PhoneNumber::parse("+12025550123").unwrap();
        let answer = RowAnswer::found(number, Country::parse("US"));
        assert_eq!(answer.cells(), ["+12025550123", "US", "found", ""]);
        let answer = RowAnswer::without(RowStatus::Pending, "why");
        assert_eq!(answer.cells(), ["", "", "pending", "why"]);
    }
}
