//! Numbers and dates as a person sees them in a cell (ECMA-376, part 1, 18.8.31). Fractions, exponents, colours and
//! conditions are left out: what identifies a person is text, a date or a plain number.

mod date;
mod general;

pub(super) use general::general;

use date::Token;

/// A number format with its sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberFormat {
    positive: FormatSection,
    negative: Option<FormatSection>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum FormatSection {
    General,
    Date(Vec<Token>),
    Number(Number),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Number {
    before: String,
    after: String,
    /// How many digits are written before the point at least.
    digits: usize,
    decimals: usize,
    /// How many decimals are written at least.
    fixed: usize,
    grouped: bool,
    percent: bool,
}

impl NumberFormat {
    /// A format that is in no file because every program knows it (ECMA-376, part 1, 18.8.30).
    pub(super) fn built_in(id: u32) -> Self {
        Self::parse(match id {
            1 => "0",
            2 => "0.00",
            3 | 37 | 38 => "#,##0",
            4 | 39 | 40 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            14 | 27..=31 | 36 | 50..=58 => "yyyy-mm-dd",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 | 32 | 34 => "h:mm",
            21 | 33 | 35 => "h:mm:ss",
            22 => "yyyy-mm-dd h:mm",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            _ => "General",
        })
    }

    /// Reads a format code. A code that it does not know shows a plain number.
    pub(super) fn parse(code: &str) -> Self {
        let mut sections = split_sections(code).into_iter();
        let positive = FormatSection::parse(sections.next().unwrap_or_default());
        let negative = sections.next().map(FormatSection::parse);
        Self { positive, negative }
    }

    /// The text that the cell shows.
    pub(super) fn show(&self, value: f64, from_1904: bool) -> String {
        match (&self.negative, value < 0.0) {
            (Some(section), true) => section.show(-value, from_1904),
            _ => self.positive.show(value, from_1904),
        }
    }
}

fn split_sections(code: &str) -> Vec<&str> {
    let mut sections = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(&code[start..]);
    sections
}

impl FormatSection {
    fn parse(code: &str) -> Self {
        let bare = without_brackets(code);
        if bare.trim().is_empty() || bare.eq_ignore_ascii_case("general") || bare.contains('@') {
            return Self::General;
        }
        let is_date = unquoted(&bare).any(|c| "ymdhsYMDHS".contains(c));
        if is_date {
            return Self::Date(date::tokens(&bare));
        }
        if bare.contains('/') || unquoted(&bare).any(|c| c == 'E' || c == 'e') {
            return Self::General;
        }
        Number::parse(&bare).map_or(Self::General, Self::Number)
    }

    fn show(&self, value: f64, from_1904: bool) -> String {
        match self {
            Self::General => general(value),
            Self::Number(number) => number.show(value),
            Self::Date(tokens) => date::show(tokens, value, from_1904),
        }
    }
}

/// Removes colours, conditions and languages. The currency sign of `[$€-407]` and elapsed times stay.
fn without_brackets(code: &str) -> String {
    let mut bare = String::new();
    let mut rest = code;
    while let Some(open) = rest.find('[') {
        bare.push_str(&rest[..open]);
        let Some(close) = rest[open..].find(']') else { return bare };
        let inside = &rest[open + 1..open + close];
        if let Some(currency) = inside.strip_prefix('$') {
            bare.push('"');
            bare.push_str(currency.split('-').next().unwrap_or_default());
            bare.push('"');
        } else if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
            bare.push_str(&rest[open..=open + close]);
        }
        rest = &rest[open + close + 1..];
    }
    bare.push_str(rest);
    bare
}

/// The characters of a code that are not literal text.
fn unquoted(code: &str) -> impl Iterator<Item = char> + '_ {
    let (mut quoted, mut escaped) = (false, false);
    code.chars().filter(move |c| match c {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' | '_' | '*' if !quoted => {
            escaped = true;
            false
        }
        '"' => {
            quoted = !quoted;
            false
        }
        _ => !quoted,
    })
}

impl Number {
    fn parse(code: &str) -> Option<Self> {
        let mut number = Self::default();
        let (mut seen, mut after_point) = (false, false);
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            let literal = match c {
                '0' | '#' | '?' => {
                    seen = true;
                    if after_point {
                        number.decimals += 1;
                        number.fixed = if c == '0' { number.decimals } else { number.fixed };
                    } else {
                        number.digits += usize::from(c == '0');
                    }
                    continue;
                }
                '.' if seen || code.contains('0') || code.contains('#') => {
                    after_point = true;
                    continue;
                }
                ',' => {
                    number.grouped |= !after_point;
                    continue;
                }
                '%' => {
                    number.percent = true;
                    "%".to_owned()
                }
                '"' => chars.by_ref().take_while(|c| *c != '"').collect(),
                '\\' => chars.next().map(String::from).unwrap_or_default(),
                '_' => chars.next().map(|_| " ".to_owned()).unwrap_or_default(),
                '*' => {
                    chars.next();
                    continue;
                }
                c => c.to_string(),
            };
            if seen { number.after.push_str(&literal) } else { number.before.push_str(&literal) }
        }
        seen.then_some(number)
    }

    fn show(&self, value: f64) -> String {
        let value = if self.percent { value * 100.0 } else { value };
        let fixed = format!("{:.*}", self.decimals, value.abs());
        let (whole, decimals) = fixed.split_once('.').unwrap_or((&fixed, ""));
        let whole =
            if whole == "0" && self.digits == 0 && !decimals.is_empty() { "" } else { whole };
        let mut shown = format!("{whole:0>width$}", width = self.digits);
        if self.grouped {
            shown = group(&shown);
        }
        let mut decimals = decimals;
        while decimals.len() > self.fixed && decimals.ends_with('0') {
            decimals = &decimals[..decimals.len() - 1];
        }
        if !decimals.is_empty() {
            shown.push('.');
            shown.push_str(decimals);
        }
        let negative = value < 0.0 && shown.bytes().any(|b| (b'1'..=b'9').contains(&b));
        let sign = if negative { "-" } else { "" };
        format!("{sign}{}{shown}{}", self.before, self.after).trim().to_owned()
    }
}

fn group(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_in_a_cell() {
        for (code, value, shown) in [
            ("General", 447_911_123_456.0, "447911123456"),
            ("General", 1234.5, "1234.5"),
            ("General", 0.1 + 0.2, "0.3"),
            ("General", -0.0, "0"),
            ("General", 1e21, "1000000000000000000000"),
            ("@", 42.0, "42"),
            ("0", 7.0, "7"),
            ("00000", 1234.0, "01234"),
            ("0.00", 1.5, "1.50"),
            ("0.0#", 1.5, "1.5"),
            ("#,##0.00", 1_234_567.891, "1,234,567.89"),
            ("#,##0", -1234.0, "-1,234"),
            ("#.##", 0.5, ".5"),
            ("0%", 0.256, "26%"),
            ("[$€-407] #,##0.00", 12.5, "€ 12.50"),
            ("\"+\"0", 33_199_001_234.0, "+33199001234"),
            ("0;(0)", -5.0, "(5)"),
            ("[Red]0.0;[Blue]0.0", 2.0, "2.0"),
            ("# ?/?", 0.5, "0.5"),
            ("0.00E+00", 12_345.0, "12345"),
            ("000\" \"000", 123_456.0, "123456"),
        ] {
            assert_eq!(NumberFormat::parse(code).show(value, false), shown, "{code} {value}");
        }
    }

    #[test]
    fn dates_are_shown_as_in_a_cell() {
        for (code, value, shown) in [
            ("yyyy-mm-dd", 45_292.0, "2024-01-01"),
            ("dd.mm.yyyy", 45_351.0, "29.02.2024"),
            ("d-mmm-yy", 45_292.0, "1-Jan-24"),
            ("dddd, mmmm d", 45_292.0, "Monday, January 1"),
            ("h:mm AM/PM", 0.5, "12:00 PM"),
            ("h:mm AM/PM", 0.0, "12:00 AM"),
            ("hh:mm:ss", 0.999_999_999, "00:00:00"),
            ("m/d/yyyy h:mm", 45_292.75, "1/1/2024 18:00"),
            ("mm:ss.0", 0.000_5, "00:43.2"),
            ("[h]:mm", 1.5, "36:00"),
            ("yyyy\"年\"m\"月\"", 45_292.0, "2024年1月"),
            ("[$-409]d-mmm-yyyy;@", 45_292.0, "1-Jan-2024"),
            ("yyyy-mm-dd", 59.0, "1900-02-28"),
            ("yyyy-mm-dd", 60.0, "1900-02-29"),
            ("yyyy-mm-dd", 61.0, "1900-03-01"),
            ("yyyy-mm-dd", -1.0, "-1"),
            ("yyyy-mm-dd", 3e6, "3000000"),
        ] {
            assert_eq!(NumberFormat::parse(code).show(value, false), shown, "{code} {value}");
        }
        assert_eq!(NumberFormat::built_in(14).show(43_830.0, true), "2024-01-01");
        assert_eq!(NumberFormat::parse("ddd").show(43_830.0, true), "Mon");
    }

    #[test]
    fn no_code_and_no_value_panics() {
        for code in [
            "", ";", "[", "[h", "\"", "\\", "_", "*", "yyyyyyy", "mmmmmmmm", ".0", "y.000000",
            "hhhhhhhhhhhh",
        ] {
            for value in [0.0, -1.5, 1e300, f64::NAN, f64::INFINITY, 45_292.123] {
                NumberFormat::parse(code).show(value, false);
                NumberFormat::parse(code).show(value, true);
            }
        }
    }
}
