//! Credits, moments and counts, and how they are written for people.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An amount of Enrow credits.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Credits(pub u64);

impl Credits {
    pub const ZERO: Self = Self(0);

    /// What so many searches cost at this price.
    #[must_use]
    pub fn saturating_mul(self, searches: usize) -> Self {
        Self(self.0.saturating_mul(searches as u64))
    }

    /// How many searches at this price these credits pay for.
    pub fn affordable_searches(self, price: Self) -> usize {
        usize::try_from(self.0.checked_div(price.0).unwrap_or(u64::MAX)).unwrap_or(usize::MAX)
    }

    /// The difference, not below zero.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The highest price of a search that Enrow's pages name (50 credits, on legacy plans). It is assumed until a first batch
/// shows the price of the account.
pub(crate) const HIGHEST_KNOWN_PRICE: Credits = Credits(50);

/// With digits in groups of three: `120,000`.
impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.0))
    }
}

/// A count as people read it: `7,001`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 batch`, `3,000 people`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number as u64)),
    }
}

/// A moment of the wall clock, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// Before everything.
    pub const NEVER: Self = Self(i64::MIN);

    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// In the form of RFC 3339, in UTC, to the second. A moment before 1970 or after 9999 is written as the first or the
    /// last one that this form has.
    pub fn rfc3339(self) -> String {
        /// The last second of the year 9999; RFC 3339 has no later one.
        const LAST: u64 = 253_402_300_799_000;
        let since = Duration::from_millis(u64::try_from(self.0).unwrap_or(0).min(LAST));
        humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
    }

    /// The moment that is `span` earlier.
    #[must_use]
    pub fn saturating_sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero where it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_can_be_written() {
        assert_eq!(Moment::NEVER.rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment(1_000_000_000_000).rfc3339(), "2001-09-09T01:46:40Z");
        assert_eq!(Moment(i64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn credits_never_leave_their_range() {
        let most = Credits(u64::MAX);
        assert_eq!((Credits(40).saturating_mul(3), most.saturating_mul(2)), (Credits(120), most));
        assert_eq!(Credits(40).saturating_add(Credits(2)), Credits(42));
        assert_eq!(most.saturating_add(Credits(1)), most);
        assert_eq!(Credits(40).saturating_sub(Credits(2)), Credits(38));
        assert_eq!(Credits(2).saturating_sub(Credits(40)), Credits::ZERO);
        let affordable =
            [0, 39, 40, 79, 80].map(|all| Credits(all).affordable_searches(Credits(40)));
        assert_eq!(affordable, [0, 0, 1, 1, 2]);
        assert_eq!(Credits(1).affordable_searches(Credits::ZERO), usize::MAX);
    }

    #[test]
    fn a_span_between_moments_is_never_negative() {
        let (before, now) = (Moment(1_000), Moment::now());
        assert!(now > Moment(1_000_000_000_000));
        assert_eq!(Moment(3_000).since(before), Duration::from_secs(2));
        assert_eq!(before.since(Moment(3_000)), Duration::ZERO);
        assert_eq!(Moment(3_000).saturating_sub(Duration::from_secs(2)), before);
        assert_eq!(Moment::NEVER.saturating_sub(Duration::MAX), Moment::NEVER);
        assert_eq!(
            [0, 1, 3000].map(|n| counted(n, "row", "rows")),
            ["0 rows", "1 row", "3,000 rows"]
        );
    }

    #[test]
    fn counts_are_grouped_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (120_000, "120,000"),
            (7_001_000, "7,001,000"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
