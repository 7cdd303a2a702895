//! Dates and times as a cell shows them.

use super::general::general;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Text(String),
    Year(usize),
    Month(usize),
    Day(usize),
    Hour(usize),
    Minute(usize),
    Second(usize),
    Fraction(usize),
    HalfDay(bool),
    /// `[h]`, `[m]`, `[s]`: the total of hours, minutes or seconds, which may be more than a day.
    Elapsed(char),
}

const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
];
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Splits a format code into tokens.
pub(super) fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let chars: Vec<char> = code.chars().collect();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let (token, len) = next_token(c, &chars[at..]);
        tokens.extend(token);
        at += len;
    }
    months_that_are_minutes(&mut tokens);
    tokens
}

/// The token at the beginning of `rest`, if it shows anything, and its length. `first` is the first character of `rest`.
fn next_token(first: char, rest: &[char]) -> (Option<Token>, usize) {
    let begins = |text: &str| {
        rest.len() >= text.len()
            && rest.iter().zip(text.chars()).all(|(c, t)| c.eq_ignore_ascii_case(&t))
    };
    let run = |from: usize| {
        let same = |c: &&char| c.eq_ignore_ascii_case(&rest[from]);
        rest[from..].iter().take_while(same).count()
    };
    if begins("am/pm") {
        return (Some(Token::HalfDay(true)), 5);
    }
    if begins("a/p") {
        return (Some(Token::HalfDay(false)), 3);
    }
    let len = run(0);
    match first.to_ascii_lowercase() {
        'e' => (Some(Token::Year(4)), len),
        'y' => (Some(Token::Year(len)), len),
        'm' => (Some(Token::Month(len)), len),
        'd' => (Some(Token::Day(len)), len),
        'h' => (Some(Token::Hour(len)), len),
        's' => (Some(Token::Second(len)), len),
        '.' if rest.get(1) == Some(&'0') => (Some(Token::Fraction(run(1))), run(1) + 1),
        '[' => {
            let close = rest.iter().position(|c| *c == ']').unwrap_or(rest.len() - 1);
            let unit = rest.get(1).map_or('h', char::to_ascii_lowercase);
            (Some(Token::Elapsed(unit)), close + 1)
        }
        '"' => {
            let text: String = rest[1..].iter().take_while(|c| **c != '"').collect();
            let len = text.chars().count() + 2;
            (Some(Token::Text(text)), len)
        }
        '\\' => (rest.get(1).map(|c| Token::Text(c.to_string())), 2),
        '_' | '*' => (None, 2),
        _ => (Some(Token::Text(first.to_string())), 1),
    }
}

/// Makes an `m` behind hours, or before seconds, a minute.
fn months_that_are_minutes(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let Token::Month(len @ 1..=2) = tokens[at] else { continue };
        let not_text = |token: &&Token| !matches!(token, Token::Text(_));
        let before = tokens[..at].iter().rfind(not_text);
        let after = tokens[at + 1..].iter().find(not_text);
        if matches!(before, Some(Token::Hour(_) | Token::Elapsed('h')))
            || matches!(after, Some(Token::Second(_) | Token::Elapsed('s')))
        {
            tokens[at] = Token::Minute(len);
        }
    }
}

/// Shows a date or a time.
pub(super) fn show(tokens: &[Token], value: f64, from_1904: bool) -> String {
    let Some(moment) = CalendarTime::of(value, from_1904, tokens) else { return general(value) };
    let half_day = tokens.iter().any(|token| matches!(token, Token::HalfDay(_)));
    let mut shown = String::new();
    for token in tokens {
        match *token {
            Token::Text(ref text) => shown.push_str(text),
            Token::Year(1..=2) => shown.push_str(&format!("{:02}", moment.year.rem_euclid(100))),
            Token::Year(_) => shown.push_str(&format!("{:04}", moment.year)),
            Token::Month(len) => {
                let name = MONTHS[moment.month as usize - 1];
                shown.push_str(&match len {
                    1 => moment.month.to_string(),
                    2 => format!("{:02}", moment.month),
                    3 => name[..3].to_owned(),
                    5 => name[..1].to_owned(),
                    _ => name.to_owned(),
                });
            }
            Token::Day(len) => {
                let name = DAYS[moment.weekday];
                shown.push_str(&match len {
                    1 => moment.day.to_string(),
                    2 => format!("{:02}", moment.day),
                    3 => name[..3].to_owned(),
                    _ => name.to_owned(),
                });
            }
            Token::Hour(len) => {
                let hour = if half_day { (moment.hour + 11) % 12 + 1 } else { moment.hour };
                shown.push_str(&format!("{hour:0len$}"));
            }
            Token::Minute(len) => shown.push_str(&format!("{:0len$}", moment.minute)),
            Token::Second(len) => shown.push_str(&format!("{:0len$}", moment.second)),
            Token::Fraction(len) => {
                let thousandths = format!("{:03}", moment.millisecond);
                shown.push('.');
                shown.push_str(&format!("{thousandths:0<len$}")[..len]);
            }
            Token::HalfDay(long) => {
                let half = if moment.hour < 12 { "AM" } else { "PM" };
                shown.push_str(if long { half } else { &half[..1] });
            }
            Token::Elapsed(unit) => {
                let seconds = value.abs() * 86_400.0;
                let all = match unit {
                    'h' => seconds / 3_600.0,
                    'm' => seconds / 60.0,
                    _ => seconds,
                };
                shown.push_str(&format!("{}", (all + 1e-6).floor()));
            }
        }
    }
    shown
}

struct CalendarTime {
    year: i64,
    month: u32,
    day: u32,
    weekday: usize,
    hour: u32,
    minute: u32,
    second: u32,
    millisecond: u32,
}

impl CalendarTime {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked first"
    )]
    fn of(value: f64, from_1904: bool, tokens: &[Token]) -> Option<Self> {
        // Excel shows no date before its first day, and none after the year 9999.
        if !(0.0..2_958_466.0).contains(&value) {
            return None;
        }
        // Rounded to what is shown, so that 9:59:59.9996 is ten o'clock in all tokens.
        let decimals =
            tokens.iter().find_map(|t| if let Token::Fraction(n) = t { Some(*n) } else { None });
        let unit = if decimals.is_some() { 1.0 } else { 1_000.0 };
        let milliseconds = ((value * 86_400_000.0 / unit).round() * unit) as i64;
        let (mut days, in_day) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
        let weekday = if from_1904 { (days + 5) % 7 } else { (days + 6) % 7 };
        // Day 60 is the 29th of February 1900, which did not exist (ECMA-376, part 1, 18.17.4.1).
        let never_was = !from_1904 && days == 60;
        if from_1904 {
            days += 1_462;
        } else if days < 60 {
            days += 1;
        }
        // Day 25,569 is the first of January 1970.
        let (year, month, day) = civil(days - 25_569);
        let (year, month, day) = if never_was { (1900, 2, 29) } else { (year, month, day) };
        let in_day = in_day as u32;
        Some(Self {
            year,
            month,
            day,
            weekday: weekday as usize,
            hour: in_day / 3_600_000,
            minute: in_day / 60_000 % 60,
            second: in_day / 1_000 % 60,
            millisecond: in_day % 1_000,
        })
    }
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within a month and a year"
)]
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_part = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_part + 2) / 5 + 1) as u32;
    let month = if month_part < 10 { month_part + 3 } else { month_part - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
