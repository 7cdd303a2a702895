//! Which of the requests or batches go wrong, or when, or whose.

use super::effects::Target;
use std::time::Duration;
use thiserror::Error;

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NotAFault(pub(super) String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    /// So long after the start.
    After(Duration),
    All,
    /// Counted from 1, both ends included.
    Between(usize, usize),
    /// So many of 100, spread as if by chance but always the same ones.
    Percent(u8),
    /// The batch of a search with this text, in lower case.
    Text(String),
}

impl Selector {
    pub(super) fn read(target: Target, text: Option<&str>) -> Result<Self, NotAFault> {
        let error = |text: &str| Err(NotAFault(text.to_owned()));
        match (target, text) {
            (Target::At, _) => text.and_then(time).map(Self::After).map_or_else(
                || error("`at` needs the time since the start, as in `at:30s=top-up/400`"),
                Ok,
            ),
            (Target::Search, None | Some("")) => error(
                "`search` needs some text of the searches it is about, as in `search:smith=poison`",
            ),
            (Target::Search, Some(text)) => Ok(Self::Text(text.to_lowercase())),
            (_, None) => Ok(Self::All),
            (_, Some(text)) => Self::numbers(text).map_or_else(
                || {
                    let forms = "use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1";
                    error(&format!("`{text}` does not say which: {forms}"))
                },
                Ok,
            ),
        }
    }

    fn numbers(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        if text == "*" {
            return Some(Self::All);
        }
        if let Some(percent) = text.strip_suffix('%') {
            return percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent);
        }
        let (from, to) = match text.split_once('-') {
            None => (number(text)?, number(text)?),
            Some((from, "")) => (number(from)?, usize::MAX),
            Some((from, to)) => (number(from)?, number(to)?),
        };
        (from <= to).then_some(Self::Between(from, to))
    }

    pub(super) fn includes(&self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Between(from, to) => (from..=to).contains(&&number),
            Self::Percent(percent) => scattered(number) < u64::from(*percent),
            Self::After(_) | Self::Text(_) => false,
        }
    }
}

/// `300ms`, `5s`, `2m`, or a bare number of seconds.
pub(super) fn time(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| humantime::parse_duration(text).ok())
}

/// A number below 100 that neighbours do not share (Fibonacci hashing).
fn scattered(number: usize) -> u64 {
    let number = u64::try_from(number).expect("a count of requests fits 64 bits");
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_from_one_and_a_share_is_a_share() {
        let hit =
            |which: &Selector, to| (1..=to).filter(|n| which.includes(*n)).collect::<Vec<_>>();
        assert_eq!(hit(&Selector::Between(2, 4), 6), [2, 3, 4]);
        assert_eq!(hit(&Selector::Between(5, usize::MAX), 6), [5, 6]);
        let share = |percent| hit(&Selector::Percent(percent), 10_000).len();
        assert_eq!((share(0), share(100)), (0, 10_000));
        assert!((1900..2100).contains(&share(20)), "{}", share(20));
    }
}
