//! Finds the row that names the columns.

use super::options::ColumnName;
use super::{Mapping, vocabulary};

/// Where the header is, and how sure that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundHeader {
    /// The header's row; `None` where the first row is data.
    pub(super) row: Option<usize>,
    /// What [`header_score`] gives for it.
    pub(super) score: u32,
}

impl FoundHeader {
    pub(super) const ABSENT: Self = Self { row: None, score: 0 };
}

/// In how many rows a header is looked for: titles and notes may stand above it.
const DEEPEST: usize = 30;

/// Looks for the header among the first rows.
pub(super) fn find(rows: &[&[String]], map: &[Mapping]) -> FoundHeader {
    let mut best = FoundHeader::ABSENT;
    let mut widest = 0;
    for (index, row) in rows.iter().take(DEEPEST).enumerate() {
        let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let score = header_score(row, map);
        // A row below one with as many filled cells is data, even if its words are known headers.
        if score > best.score && (index == 0 || filled > widest) {
            best = FoundHeader { row: Some(index), score };
        }
        if is_header_of_data(rows, best) {
            // A wider header further down belongs to another list, joined below this one.
            break;
        }
        widest = widest.max(filled);
    }
    if best.row.is_some() || rows.is_empty() || begins_with_data(rows) {
        return best;
    }
    let usual = usual_width(rows);
    FoundHeader { row: rows.iter().position(|row| row.len() >= usual), score: 0 }
}

/// Whether a header names enough to be one of people (two fields, or as much in other known words), and the row below has
/// as many cells and names no field.
pub(super) fn is_header_of_data(rows: &[&[String]], header: FoundHeader) -> bool {
    const TWO_FIELDS: u32 = 6;
    let below = header.row.and_then(|row| Some((rows[row], rows.get(row + 1)?)));
    header.score >= TWO_FIELDS
        && below.is_some_and(|(header, below)| {
            let is_field = |cell: &String| vocabulary::is_field(cell);
            below.len() == header.len()
                && below.iter().any(|cell| !cell.trim().is_empty())
                && !below.iter().any(is_field)
        })
}

/// Whether the first row is data: in every column with addresses it has an address or nothing.
fn begins_with_data(rows: &[&[String]]) -> bool {
    let is_address =
        |row: &[String], column: usize| row.get(column).is_some_and(|cell| is_data(cell));
    let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
    let mut addresses =
        (0..width).filter(|column| rows.iter().any(|row| is_address(row, *column))).peekable();
    let is_empty = |column: usize| rows[0].get(column).is_none_or(|cell| cell.trim().is_empty());
    addresses.peek().is_some()
        && addresses.all(|column| is_empty(column) || is_address(rows[0], column))
}

/// How much a row looks like a header: each cell counts 1 if it is a known column name, 3 if it names a field of a person,
/// 4 if the user maps it. A row with an address is none.
fn header_score(row: &[String], map: &[Mapping]) -> u32 {
    if row.iter().any(|cell| is_data(cell)) {
        return 0;
    }
    let mapped = |cell: &str| {
        map.iter().any(|mapping| match &mapping.column {
            ColumnName::Named(name) => name.trim() == cell.trim(),
            ColumnName::Nothing => false,
        })
    };
    row.iter()
        .map(|cell| {
            if mapped(cell) {
                4
            } else {
                vocabulary::meaning(cell)
                    .map_or(0, |meaning| if meaning.is_field() { 3 } else { 1 })
            }
        })
        .sum()
}

/// Whether a cell is nothing but an address: data, and not a column name.
fn is_data(cell: &str) -> bool {
    let cell = cell.trim().to_ascii_lowercase();
    let address = cell.contains("linkedin.com/") || cell.contains("://") || cell.contains('@');
    address && !cell.contains(char::is_whitespace)
}

/// The number of fields that most rows have.
pub(super) fn usual_width(rows: &[&[String]]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
    widths.sort_unstable();
    let longest_run = widths.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
    longest_run.map_or(0, |run| run[0])
}
