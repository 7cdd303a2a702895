//! How a sheet is written: what separates its fields, ends its lines and stands around its fields.

use csv_core::{QuoteStyle, Terminator};

/// What ends the lines of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// `\r`, as old Macs wrote.
    Cr,
    /// `\r\n`, as Windows and RFC 4180 have it.
    CrLf,
    /// `\n`.
    #[default]
    Lf,
}

impl LineEnd {
    /// The bytes.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cr => "\r",
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
        }
    }

    /// The same for the CSV writer.
    pub(super) fn terminator(self) -> Terminator {
        match self {
            Self::Cr => Terminator::Any(b'\r'),
            Self::CrLf => Terminator::CRLF,
            Self::Lf => Terminator::Any(b'\n'),
        }
    }
}

/// Which fields stand in quotes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Every one.
    Always,
    /// Those that need it.
    #[default]
    Necessary,
}

impl Quoting {
    /// The same for the CSV writer.
    pub(super) fn style(self) -> QuoteStyle {
        match self {
            Self::Always => QuoteStyle::Always,
            Self::Necessary => QuoteStyle::Necessary,
        }
    }
}
