//! One pass over all rows when a sheet is opened, to find rows that cannot be read alone.
//!
//! What a row means can depend on the rows above it: an unquoted line break cuts a row in two, and a second header changes
//! the meaning of the rows below. The survey keeps those rows and nothing about the others.

use super::chosen::Columns;
use super::junk::junk;
use super::section::{self, Section};
use crate::people::non_blank;
use crate::sheet::table::Table;
use crate::sheet::{Record, mojibake};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What is unusual about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum RowShape {
    /// The first part of a row that was cut in two: the cells before this column are whole.
    CutAt(usize),
    /// A row of column names.
    Header,
    /// Some cells are not in their columns: there are more cells than columns, or an address is beside its column.
    Long,
    /// The rest of a row that was cut in two.
    Rest,
}

#[derive(Debug, Default)]
pub(in crate::sheet) struct Survey {
    shapes: BTreeMap<u64, RowShape>,
    broken: Broken,
    first_encoded_twice: Option<u64>,
    sections: Vec<(u64, Section)>,
}

impl Survey {
    pub(in crate::sheet) fn shape(&self, row: u64) -> Option<RowShape> {
        if self.shapes.is_empty() { None } else { self.shapes.get(&row).copied() }
    }

    /// The columns of a row below a second header; `None` for a row below the first.
    pub(in crate::sheet) fn section(&self, row: u64) -> Option<&Section> {
        let above = self.sections.partition_point(|(from, _)| *from <= row);
        self.sections[..above].last().map(|(_, section)| section)
    }

    pub(in crate::sheet) fn first_encoded_twice(&self) -> Option<u64> {
        self.first_encoded_twice
    }

    pub(in crate::sheet) fn broken(&self) -> &Broken {
        &self.broken
    }
}

/// The rows in which some cells are not in their columns.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Broken {
    /// Where the first of them begin.
    pub(in crate::sheet) places: Vec<u64>,
    /// How many there are.
    pub(in crate::sheet) rows: u64,
}

impl Broken {
    const PLACES: usize = 10;

    fn add(&mut self, place: u64) {
        self.rows += 1;
        if self.places.len() < Self::PLACES {
            self.places.push(place);
        }
    }
}

/// A row that has not as many cells as there are columns, or whose cells have moved.
#[derive(Debug, Clone, Copy)]
struct Uneven {
    row: u64,
    cells: usize,
    place: u64,
}

/// Collects a [`Survey`] row by row.
pub(in crate::sheet) struct Surveyor<'s> {
    table: &'s Table,
    columns: &'s Columns,
    survey: Survey,
    uneven: Vec<Uneven>,
    kinds: Vec<CellLook>,
    /// The columns of e-mail and web addresses: they show whether the cells of a row have moved.
    addresses: Vec<usize>,
    /// For each short row below a short row: whether its cells fit the columns behind the cut at least as well.
    continues: BTreeMap<u64, bool>,
    /// The row before, if it was short.
    previous: Option<Uneven>,
    /// Rows that do not have too many cells, but some of them not in their columns.
    moved: Vec<Uneven>,
}

/// In how many columns addresses are looked for.
const MOST_ADDRESSES: usize = 16;

impl<'s> Surveyor<'s> {
    pub(in crate::sheet) fn new(table: &'s Table, columns: &'s Columns) -> Self {
        let kinds = CellLook::of_columns(table);
        let is_address =
            |index: &usize| matches!(kinds[*index], CellLook::Address | CellLook::Email);
        Self {
            table,
            columns,
            survey: Survey::default(),
            uneven: Vec::new(),
            // More columns than a list of people has: looking at each in every row would take too long.
            addresses: (0..kinds.len()).filter(is_address).take(MOST_ADDRESSES).collect(),
            kinds,
            continues: BTreeMap::new(),
            previous: None,
            moved: Vec::new(),
        }
    }

    /// Takes the next row, which begins at `place`. Returns whether it may be about a person.
    pub(in crate::sheet) fn look(&mut self, record: &Record, place: u64, is_header: bool) -> bool {
        let uneven = Uneven { row: record.number(), cells: self.count_cells(record), place };
        if uneven.cells == self.table.width {
            self.previous = None;
        } else {
            let is_short = uneven.cells < self.table.width;
            if let Some(before) = self.previous.filter(|before| before.row + 1 == uneven.row) {
                let fits = self.fits_behind(record, before.cells - 1);
                self.continues.insert(uneven.row, is_short && fits);
            }
            self.uneven.push(uneven);
            self.previous = is_short.then_some(uneven);
        }
        if uneven.cells <= self.table.width && self.has_moved(record) {
            self.moved.push(uneven);
        }
        if self.survey.first_encoded_twice.is_none() && mojibake::repair_row(record).is_some() {
            self.survey.first_encoded_twice = Some(record.number());
        }
        let is_labels = is_header || section::is_labels(self.columns, record);
        if is_labels {
            self.begin_section(record, is_header);
        }
        !is_labels && uneven.cells <= self.table.width
    }

    fn begin_section(&mut self, labels: &Record, is_header: bool) {
        let row = labels.number();
        self.survey.shapes.insert(row, RowShape::Header);
        let section =
            if is_header { None } else { section::below(self.table, self.columns, labels) };
        let section = section.or_else(|| {
            // The first header again, below a second one.
            (!self.survey.sections.is_empty()).then(|| Section::Columns(self.columns.clone()))
        });
        self.survey.sections.extend(section.map(|section| (row, section)));
    }

    pub(in crate::sheet) fn finish(mut self) -> Survey {
        // Without a header nothing says how many columns there are.
        if self.table.header.is_none() {
            return self.survey;
        }
        for Uneven { row, place, .. } in std::mem::take(&mut self.moved) {
            self.mark_row(row, place, RowShape::Long);
        }
        let mut at = 0;
        while at < self.uneven.len() {
            let cells = self.uneven[at].cells;
            if cells > self.table.width {
                self.mark(at, RowShape::Long);
                at += 1;
                // Short rows directly below a long row are parts of it.
                while self.is_adjacent(at) && self.uneven[at].cells < self.table.width {
                    self.mark(at, RowShape::Rest);
                    at += 1;
                }
            } else if let Some(parts) = self.parts_of_one(at) {
                self.mark(at, RowShape::CutAt(cells - 1));
                for part in at + 1..at + parts {
                    self.mark(part, RowShape::Rest);
                }
                at += parts;
            } else {
                at += 1;
            }
        }
        self.survey
    }

    fn mark(&mut self, uneven: usize, shape: RowShape) {
        let Uneven { row, place, .. } = self.uneven[uneven];
        self.mark_row(row, place, shape);
    }

    fn mark_row(&mut self, row: u64, place: u64, shape: RowShape) {
        if let Entry::Vacant(vacant) = self.survey.shapes.entry(row) {
            vacant.insert(shape);
            self.survey.broken.add(place);
        }
    }

    fn is_adjacent(&self, at: usize) -> bool {
        at > 0 && at < self.uneven.len() && self.uneven[at].row == self.uneven[at - 1].row + 1
    }

    /// How many short rows, from this one on, are parts of one row. A cut makes two cells of one, so each further part adds
    /// one cell less than it has.
    fn parts_of_one(&self, at: usize) -> Option<usize> {
        let mut width = self.uneven[at].cells;
        let mut next = at + 1;
        let mut fits = false;
        while width < self.table.width && self.is_adjacent(next) {
            let Uneven { row, cells, .. } = self.uneven[next];
            width += cells - 1;
            fits |= self.continues.get(&row).copied().unwrap_or_default();
            next += 1;
        }
        (next > at + 1 && width == self.table.width && fits).then_some(next - at)
    }

    /// The number of cells. Blank cells at the end of a row that is too long do not count.
    fn count_cells(&self, record: &Record) -> usize {
        let width = self.table.width;
        let last = (width..record.len())
            .rev()
            .find(|index| record.get(*index).and_then(non_blank).is_some());
        last.map_or(record.len().min(width), |last| last + 1)
    }

    /// Whether an address is beside its column, or a name in the column of e-mail addresses.
    fn has_moved(&self, record: &Record) -> bool {
        const FARTHEST: usize = 3;
        let cell = |index: usize| record.get(index).and_then(non_blank);
        self.addresses.iter().any(|&index| {
            let kind = self.kinds[index];
            if record.get(index).is_some_and(|text| CellLook::of(text) == kind) {
                return false;
            }
            let Some(text) = cell(index) else { return false };
            let is_beside = |place: usize| {
                self.kinds.get(place).is_some_and(|other| *other != kind)
                    && cell(place).is_some_and(|text| {
                        CellLook::of(text) == kind
                            && (kind == CellLook::Email || text.contains("://"))
                    })
            };
            let nearby = index.saturating_sub(FARTHEST)..=index + FARTHEST;
            nearby.into_iter().any(is_beside) || (kind == CellLook::Email && is_like_a_name(text))
        })
    }

    /// Whether the cells fit the columns from `first` on at least as well as the leftmost columns.
    fn fits_behind(&self, record: &Record, first: usize) -> bool {
        let fit = |offset: usize| {
            let kinds = self.kinds.iter().skip(offset);
            record.fields().zip(kinds).filter(|(cell, kind)| CellLook::of(cell) == **kind).count()
        };
        fit(first) >= fit(0)
    }
}

/// `Ada Example`; not `no e-mail`.
fn is_like_a_name(text: &str) -> bool {
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || c == '-')
    };
    text.split_whitespace().count() == 2
        && text.split_whitespace().all(is_name)
        && junk(text).is_none()
        && !text.to_lowercase().contains("mail")
}

/// What a cell looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum CellLook {
    Address,
    Blank,
    Email,
    Number,
    #[default]
    Text,
}

impl CellLook {
    fn of(cell: &str) -> Self {
        let Some(text) = non_blank(cell) else {
            return Self::Blank;
        };
        // Most texts are ASCII, and comparing bytes is faster than comparing characters.
        let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
        if text.bytes().any(is_space) || (!text.is_ascii() && text.contains(char::is_whitespace)) {
            return Self::of_words(text);
        }
        let has_at = text.bytes().any(|byte| byte == b'@');
        let is_one_word = has_at
            || text.trim_end_matches('.').bytes().any(|byte| byte == b'.')
            || text.contains("://");
        if is_one_word && has_at {
            Self::Email
        } else if is_one_word {
            Self::Address
        } else {
            Self::of_words(text)
        }
    }

    fn of_words(text: &str) -> Self {
        let is_number =
            text.bytes().any(|b| b.is_ascii_digit()) && !text.chars().any(char::is_alphabetic);
        if is_number { Self::Number } else { Self::Text }
    }

    const FILLED: [Self; 4] = [Self::Address, Self::Email, Self::Number, Self::Text];

    /// What most cells of each column look like, blank ones not counted.
    fn of_columns(table: &Table) -> Vec<Self> {
        let mut counts = vec![[0_u32; 4]; table.width];
        for row in table.sample.iter().filter(|row| row.len() == table.width) {
            for (cell, counts) in row.iter().zip(&mut counts) {
                match Self::of(cell) {
                    Self::Address => counts[0] += 1,
                    Self::Email => counts[1] += 1,
                    Self::Number => counts[2] += 1,
                    Self::Text => counts[3] += 1,
                    Self::Blank => {}
                }
            }
        }
        let most = |counts: [u32; 4]| {
            let best = (0..4).max_by_key(|kind| counts[*kind]).filter(|kind| counts[*kind] > 0);
            best.map_or(CellLook::Text, |kind| Self::FILLED[kind])
        };
        counts.into_iter().map(most).collect()
    }
}
