//! Cells for spreadsheet programs, which calculate with text that looks like a number or a formula.

use super::Excel;
use crate::people::PhoneNumber;
use std::borrow::Cow;

impl Excel {
    /// A number that was found. Made safe, it is a formula whose result is the number as text.
    pub(super) fn number(self, number: &str) -> Cow<'_, str> {
        match self {
            Self::Safe if !number.is_empty() => format!("=\"{number}\"").into(),
            Self::Plain | Self::Safe => number.into(),
        }
    }

    /// A number that an earlier run wrote, with or without `--excel`. All other text stays as it is.
    pub(super) fn number_again(self, cell: &str) -> Cow<'_, str> {
        let bare = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
        let is_ours = PhoneNumber::parse(bare).is_some_and(|number| number.as_str() == bare);
        if is_ours { self.number(bare) } else { cell.into() }
    }

    /// Text that others wrote. Made safe, it is never a formula.
    pub(crate) fn foreign_text(self, text: &str) -> Cow<'_, str> {
        // Some programs ignore white space before a formula, or read the wide signs of Japanese keyboards as one.
        let begins_formula = |text: &str| {
            text.starts_with(['\t', '\r', '\n'])
                || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        };
        match self {
            Self::Safe if begins_formula(text) => format!("'{text}").into(),
            Self::Plain | Self::Safe => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_from_text_to_plain_and_back() {
        let (plain, safe) = ("+12025550123", "=\"+12025550123\"");
        assert_eq!(Excel::Safe.number(plain), safe);
        for cell in [plain, safe] {
            assert_eq!(Excel::Plain.number_again(cell), plain);
            assert_eq!(Excel::Safe.number_again(cell), safe);
        }
        for own in ["", "=\"\"", "+1 202 555 0123", "=\"x\"", "=1+1", "called him"] {
            assert_eq!(Excel::Plain.number_again(own), own);
            assert_eq!(Excel::Safe.number_again(own), own);
        }
    }

    #[test]
    fn no_text_from_the_network_is_a_formula() {
        for text in ["=1", "+1", "-1", "@A1", " =1", "\t=1", "\r=1", "\u{a0}=1", "＝1"] {
            assert_eq!(Excel::Safe.foreign_text(text), format!("'{text}"));
            assert_eq!(Excel::Plain.foreign_text(text), text);
        }
        for text in ["", "a=1", "Ada", "https://x.example/?a=1"] {
            assert_eq!(Excel::Safe.foreign_text(text), text);
        }
    }
}
