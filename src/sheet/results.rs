//! The result columns.

use super::columns::{RowShape, Survey};
use super::options::ColumnPrefix;
use super::record::Record;
use super::table::Table;
use crate::people::{Country, MADE_UP, OfResults, PhoneNumber, ResultColumn, RowStatus, non_blank};
use std::ops::Range;

const COUNTRY: usize = ResultColumn::Country as usize;
const NOTE: usize = ResultColumn::Note as usize;
const NUMBER: usize = ResultColumn::Number as usize;
const STATUS: usize = ResultColumn::Status as usize;

/// Where each result column is. Missing ones are added behind the columns of the sheet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExistingResults {
    pub(super) places: OfResults<Option<usize>>,
}

impl ExistingResults {
    /// Looks for result columns of an earlier run. Only exact names count: `Phone Number` is the user's own column. Without
    /// a header, the values show it.
    pub(super) fn find(table: &Table, prefix: &ColumnPrefix) -> Self {
        let places = match &table.header {
            Some(header) => ResultColumn::ALL.map(|result| {
                let name = prefix.name_of(result);
                header.iter().position(|column| column.trim() == name)
            }),
            None => (STATUS..table.width.saturating_sub(1))
                .find(|status| are_results(table, *status))
                .map_or_else(OfResults::default, |status| {
                    std::array::from_fn(|result| Some(status - STATUS + result))
                }),
        };
        Self { places }
    }

    /// The columns that have the name of a result and are the user's own. They are ours if there is a status column with
    /// statuses of ours.
    pub(super) fn own_columns(&self, table: &Table, prefix: &ColumnPrefix) -> Vec<String> {
        let is_ours = self.status().is_some_and(|status| {
            let statuses = || cells(table, status).filter(|cell| !cell.is_empty());
            let is_blank = statuses().next().is_none();
            let has_numbers = self
                .number()
                .is_some_and(|number| cells(table, number).any(|cell| !cell.is_empty()));
            statuses().all(|cell| RowStatus::parse(cell).is_some()) && !(is_blank && has_numbers)
        });
        let named = ResultColumn::ALL.into_iter().zip(self.places);
        let own = named.filter(|(_, place)| !is_ours && place.is_some());
        own.map(|(result, _)| prefix.name_of(result)).collect()
    }

    /// The number that a row came with, if its status is `found` and no sandbox made it up.
    pub(super) fn filled_in(&self, record: &Record) -> Option<PhoneNumber> {
        let cell = |place: usize| {
            self.places[place].and_then(|index| record.get(index)).and_then(non_blank)
        };
        let is_found = cell(STATUS).is_some_and(|status| status.eq_ignore_ascii_case("found"));
        let is_made_up = cell(NOTE).is_some_and(|note| note.starts_with(MADE_UP));
        cell(NUMBER).filter(|_| is_found && !is_made_up).and_then(number)
    }

    /// The names of the result columns that the sheet has.
    pub(super) fn names(&self, prefix: &ColumnPrefix) -> Vec<String> {
        let named = ResultColumn::ALL.into_iter().zip(self.places);
        named
            .filter(|(_, place)| place.is_some())
            .map(|(result, _)| prefix.name_of(result))
            .collect()
    }

    pub(super) fn contains(&self, column: usize) -> bool {
        self.places.contains(&Some(column))
    }

    /// Where they are written in a table of this width.
    pub(super) fn places(&self, width: usize) -> Places {
        Places { own: self.places, width }
    }

    fn number(&self) -> Option<usize> {
        self.places[NUMBER]
    }

    fn status(&self) -> Option<usize> {
        self.places[STATUS]
    }
}

/// What stands in the result columns and is not ours, in any row of the sheet. The first rows say whose the columns are; in
/// a long list the user's own values may begin below them.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// The first rows with a status that is none of ours.
    rows: Vec<u64>,
    has_numbers: bool,
    has_statuses: bool,
}

impl Foreign {
    /// The cells of a broken row are not in their columns. More of them than this are not looked through.
    const MOST_ROWS: usize = 10_000;

    pub(super) fn look(&mut self, results: &ExistingResults, record: &Record) {
        let cell = |place: Option<usize>| {
            place.and_then(|index| record.get(index)).map_or("", |cell| cell.trim())
        };
        self.has_numbers |= !cell(results.number()).is_empty();
        let status = cell(results.status());
        if status.is_empty() {
            return;
        }
        self.has_statuses = true;
        if RowStatus::parse(status).is_none() && self.rows.len() < Self::MOST_ROWS {
            self.rows.push(record.number());
        }
    }

    /// Whether the columns are the user's.
    pub(super) fn is_any(&self, survey: &Survey) -> bool {
        let is_whole = |row: &u64| matches!(survey.shape(*row), None | Some(RowShape::Header));
        (self.has_numbers && !self.has_statuses) || self.rows.iter().any(is_whole)
    }
}

/// Where the results are in the output: in columns that the table has, or in new ones behind them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    own: OfResults<Option<usize>>,
    width: usize,
}

impl Places {
    /// The column of each result.
    pub(super) fn columns(&self) -> OfResults<usize> {
        let mut next = self.width;
        self.own.map(|own| {
            own.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
    }

    /// The columns that the input does not have.
    pub(super) fn added(&self) -> Range<usize> {
        self.width..self.width + self.own.iter().filter(|own| own.is_none()).count()
    }

    /// Whether all results come after the cells of the row: it has as many cells as the table, and no result column of its
    /// own.
    pub(super) fn are_behind(&self, record: &Record) -> bool {
        record.len() == self.width && self.own.iter().all(Option::is_none)
    }

    /// The results that a row came with.
    pub(super) fn results_of<'r>(&self, record: &'r Record) -> OfResults<&'r str> {
        self.own.map(|own| own.and_then(|index| record.get(index)).unwrap_or_default())
    }

    /// The cells of a row, with `results` in their places. If the row is longer than the header, its further cells come
    /// after them.
    pub(super) fn arrange<'c>(
        self,
        record: &'c Record,
        results: &'c [&'c str],
    ) -> impl Iterator<Item = &'c str> {
        let Self { own: places, width } = self;
        let field = |index: usize| record.get(index).unwrap_or_default();
        let own = (0..width).map(move |index| {
            let result = places.iter().position(|place| *place == Some(index));
            result.map_or_else(|| field(index), |result| results[result])
        });
        let added = results.iter().copied().zip(places).filter(|(_, place)| place.is_none());
        let further = (width..record.len()).map(field);
        own.chain(added.map(|(result, _)| result)).chain(further)
    }
}

/// The cells of a column in the sample, trimmed.
fn cells(table: &Table, index: usize) -> impl Iterator<Item = &str> {
    table.sample.iter().map(move |row| row.get(index).map_or("", |cell| cell.trim()))
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
                && (number.is_empty()
                    || non_blank(&number).is_some_and(|cell| self::number(cell).is_some()))
                && (country.is_empty() || Country::parse(&country).is_some())
        })
}

/// The number in a cell, with or without the apostrophe that some programs put before text.
fn number(cell: &str) -> Option<PhoneNumber> {
    PhoneNumber::parse(cell.strip_prefix('\'').unwrap_or(cell))
}
