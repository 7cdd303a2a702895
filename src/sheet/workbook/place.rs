//! Where a cell is: `B7` is column 1, row 7.

use std::fmt;

/// Excel's last column is XFD.
pub(super) const LAST_COLUMN: u32 = 16_383;
pub(super) const LAST_ROW: u32 = 1_048_576;

/// The place of a cell: the column from 0, the row from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) column: u32,
    pub(super) row: u32,
}

impl Place {
    /// Reads `B7` or `$B$7`; `None` for anything else, and behind the last cell of Excel.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut column: u32 = 0;
        let mut row: u32 = 0;
        for c in text.bytes().filter(|c| *c != b'$') {
            match c {
                b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                    column = column
                        .checked_mul(26)?
                        .checked_add(u32::from(c.to_ascii_uppercase() - b'A') + 1)?;
                }
                b'0'..=b'9' if column > 0 => {
                    row = row.checked_mul(10)?.checked_add(u32::from(c - b'0'))?;
                }
                _ => return None,
            }
        }
        let column = column.checked_sub(1)?;
        ((1..=LAST_ROW).contains(&row) && column <= LAST_COLUMN).then_some(Self { column, row })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0; 4];
        let mut first = letters.len();
        let mut rest = self.column + 1;
        while rest > 0 {
            first -= 1;
            letters[first] = b'A' + u8::try_from((rest - 1) % 26).expect("below 26");
            rest = (rest - 1) / 26;
        }
        let letters = std::str::from_utf8(&letters[first..]).expect("letters are ASCII");
        write!(f, "{letters}{}", self.row)
    }
}

/// A rectangle of cells, `A1:F20`, with both corners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) first: Place,
    pub(super) last: Place,
}

impl Area {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (a, b) = (Place::parse(first)?, Place::parse(last)?);
        Some(Self {
            first: Place { column: a.column.min(b.column), row: a.row.min(b.row) },
            last: Place { column: a.column.max(b.column), row: a.row.max(b.row) },
        })
    }

    pub(super) fn with_last_column(self, column: u32) -> Self {
        Self { last: Place { column, ..self.last }, ..self }
    }

    /// All cells, row by row.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        let (columns, rows) =
            (self.first.column..=self.last.column, self.first.row..=self.last.row);
        rows.flat_map(move |row| columns.clone().map(move |column| Place { column, row }))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_written() {
        for (text, column, row) in
            [("A1", 0, 1), ("Z9", 25, 9), ("AA10", 26, 10), ("XFD1048576", LAST_COLUMN, LAST_ROW)]
        {
            assert_eq!(Place::parse(text), Some(Place { column, row }));
            assert_eq!(Place { column, row }.to_string(), text);
        }
        assert_eq!(Place::parse("$B$7"), Some(Place { column: 1, row: 7 }));
        for text in ["", "7", "B", "B0", "XFE1", "A1048577", "A1B", "ÄA1", "A99999999999"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
        assert_eq!(Area::parse("F20:A1").unwrap().to_string(), "A1:F20");
        assert_eq!(Area::parse("B2").unwrap().to_string(), "B2:B2");
    }
}
