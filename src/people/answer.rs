//! What Enrow can answer about one person.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A number was found, and paid for.
    Found {
        number: PhoneNumber,
        /// The country that Enrow names for it, if any.
        country: Option<Country>,
    },
    /// Enrow has no number for this person. Free of charge.
    NotFound,
    /// The API refused this search for its content; the text says why. Nothing was paid.
    Invalid(String),
    /// The API gave no usable answer; the text says why. The next run asks again.
    Failed(String),
    /// There is no usable answer, and the search was paid or may have been; the text says why. It is not sent again
    /// without a person's decision, because it would be paid again.
    Unusable(String),
}

/// A telephone number in E.164 form: `+`, then 7 to 15 digits, the first not zero (ITU-T E.164, 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as people and providers write it. Spaces, dots, dashes and brackets are removed; the rest must be
    /// E.164. `None` for anything else: nothing is guessed, and no country code is added.
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let digits = bare.strip_prefix('+')?;
        let plausible = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        plausible.then_some(Self(bare))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '(' | ')' | '[' | ']' | '\u{2010}'..='\u{2013}')
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ISO 3166-1 alpha-2 country code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Two ASCII letters in any case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match *text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters are UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_e164_once_its_separators_are_off() {
        for (text, number) in [
            ("+15705551234", "+15705551234"),
            ("+1 (202) 555-0123", "+12025550123"),
            (" +33.1.99.00.12.34 ", "+33199001234"),
            ("+49\u{a0}30\u{2011}23125000", "+493023125000"),
        ] {
            assert_eq!(PhoneNumber::parse(text).unwrap().as_str(), number, "{text}");
        }
    }

    #[test]
    fn a_country_is_two_letters() {
        let parsed = |text| Country::parse(text).map(|country| country.as_str().to_owned());
        assert_eq!(parsed(" de "), Some("DE".to_owned()));
        for text in ["", "D", "DEU", "D1", "1D", "11", "é"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_e164_is_no_number() {
        for text in [
            "", "+", "15705551234", "0033199001234", "+0123456789", "+123456", "+1234567890123456",
            "+1570555x", "++1",
        ] {
            assert_eq!(PhoneNumber::parse(text), None, "{text}");
        }
    }
}
