//! The columns that carry the results.

use super::Record;
use super::table::Table;
use crate::people::{Country, PhoneNumber, ResultColumn, RowStatus, non_blank};

const COUNTRY: usize = ResultColumn::Country as usize;
const NUMBER: usize = ResultColumn::Number as usize;
const STATUS: usize = ResultColumn::Status as usize;

/// Where each result column stands; those that are missing are added behind the sheet's own columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Results {
    pub(super) places: [Option<usize>; 4],
}

impl Results {
    /// Looks for result columns of an earlier run. Only exact names count: `Phone Number` is somebody else's. Where
    /// there is no header, the values tell.
    pub(super) fn find(table: &Table) -> Self {
        let places = match &table.header {
            Some(header) => ResultColumn::ALL
                .map(|result| header.iter().position(|column| column.trim() == result.name())),
            None => (STATUS..table.width.saturating_sub(1))
                .find(|status| are_results(table, *status))
                .map_or([None; 4], |status| {
                    std::array::from_fn(|result| Some(status - STATUS + result))
                }),
        };
        Self { places }
    }

    /// The columns that bear a result's name and hold something that is no result.
    pub(super) fn foreign(&self, table: &Table) -> Vec<&'static str> {
        let has_text = |place: &usize| {
            let mut cells = table.sample.iter().filter_map(|row| row.get(*place));
            cells.any(|cell| !cell.trim().is_empty())
        };
        let own = self.status().is_some_and(|status| are_statuses(table, status));
        let bear = ResultColumn::ALL.into_iter().zip(self.places);
        let foreign = bear.filter(|(_, place)| !own && place.as_ref().is_some_and(has_text));
        foreign.map(|(result, _)| result.name()).collect()
    }

    /// Whether a row has been answered: its status is `found`, and its number is one.
    pub(super) fn is_answered(&self, record: &Record) -> bool {
        let cell =
            |place: Option<usize>| place.and_then(|index| record.get(index)).and_then(non_blank);
        cell(self.status()).is_some_and(|status| status.eq_ignore_ascii_case("found"))
            && cell(self.number()).is_some_and(is_number)
    }

    /// Whether a column is one of them.
    pub(super) fn contains(&self, column: usize) -> bool {
        self.places.contains(&Some(column))
    }

    fn number(&self) -> Option<usize> {
        self.places[NUMBER]
    }

    fn status(&self) -> Option<usize> {
        self.places[STATUS]
    }
}

/// Whether a column holds statuses in every row.
fn are_statuses(table: &Table, index: usize) -> bool {
    let mut cells = table.sample.iter().map(|row| row.get(index).map_or("", |cell| cell.trim()));
    cells.all(|cell| cell.is_empty() || RowStatus::parse(cell).is_some())
}

/// Whether the column at `status` and its neighbours hold results in every row.
fn are_results(table: &Table, status: usize) -> bool {
    let cell = |row: &[String], result: usize| {
        let cell = row.get(status - STATUS + result).map_or("", |cell| cell.trim());
        cell.to_owned()
    };
    !table.sample.is_empty()
        && table.sample.iter().all(|row| {
            let (number, country) = (cell(row, NUMBER), cell(row, COUNTRY));
            RowStatus::parse(&cell(row, STATUS)).is_some()
                && (number.is_empty() || non_blank(&number).is_some_and(is_number))
                && (country.is_empty() || Country::parse(&country).is_some())
        })
}

/// Whether a cell holds a number, perhaps with the apostrophe that some programs put before text.
fn is_number(cell: &str) -> bool {
    PhoneNumber::parse(cell.strip_prefix('\'').unwrap_or(cell)).is_some()
}
