use super::csv::Encoding;
use super::input::Input;
use std::fmt;

/// Something worth knowing about a sheet that can be read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Quotes inside fields are escaped with a backslash.
    BackslashQuotes { input: Input },
    /// Rows in which some cells are not in their columns.
    BrokenRows {
        input: Input,
        /// Where the first of them begin, from 1.
        lines: Vec<u64>,
        rows: u64,
    },
    /// Letters of some cells were encoded twice.
    EncodedTwice {
        /// The first such row, as messages name it.
        first_row: String,
        input: Input,
    },
    /// UTF-16 without a byte order mark.
    NoByteOrderMark { encoding: Encoding, input: Input },
    /// Not UTF-8, so it is read as Windows-1252, which Excel writes in Western Europe and America.
    NotUtf8 {
        input: Input,
        /// The first line that is not UTF-8, from 1.
        line: u64,
    },
    /// A column that is tried later names another profile than the one that is searched.
    SecondProfile {
        /// The first such row, as messages name it.
        first_row: String,
        input: Input,
        /// The later column, as `--map` names it.
        map: String,
        other: String,
        rows: u64,
        /// The column that is searched in the first such row.
        used: String,
    },
    /// Every line is in quotes as a whole.
    Unwrapped { input: Input },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BackslashQuotes { input } => write!(
                f,
                "`{input}` escapes quotes with a backslash, as MySQL does; the output doubles them"
            ),
            Self::BrokenRows { input, lines, rows } => {
                let shown: Vec<String> = lines.iter().map(u64::to_string).collect();
                let more = if lines.len() as u64 == *rows { "" } else { ", …" };
                let (row, line) =
                    if *rows == 1 { ("row does", "line") } else { ("rows do", "lines") };
                write!(
                    f,
                    "{rows} {row} not fit the columns of `{input}`: {line} {}{more}; an unquoted separator or line break \
                     moved cells there",
                    shown.join(", ")
                )
            }
            Self::EncodedTwice { first_row, input } => write!(
                f,
                "`{input}` holds UTF-8 that was encoded twice, first in {first_row}; such cells are searched \
                 as they were meant and written back as they are"
            ),
            Self::NoByteOrderMark { encoding, input } => {
                write!(
                    f,
                    "`{input}` looks like {encoding} without a byte order mark and is read so"
                )
            }
            Self::NotUtf8 { input, line } => {
                write!(f, "`{input}` is not UTF-8 (line {line}); it is read as Windows-1252")
            }
            Self::SecondProfile { first_row, input, other, rows, used, map: _ } => write!(
                f,
                "in {rows} {} of `{input}`, the first of them {first_row}, {used} and {other} name different \
                 profiles; {used} is searched",
                if *rows == 1 { "row" } else { "rows" },
            ),
            Self::Unwrapped { input } => write!(
                f,
                "every line of `{input}` is quoted as a whole; the quotes are removed, also in the output"
            ),
        }
    }
}
