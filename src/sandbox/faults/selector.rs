//! Which of the requests or batches go wrong, or when, or whose.

use super::effects::Target;
use std::time::Duration;
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NotAFault(pub(super) String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    /// So long after the start.
    After(Duration),
    /// Counted from 1, both ends included.
    Between(usize, usize),
    /// This many of 100, spread as if by chance, but always the same ones.
    Percent(u8),
    /// The batch of a search with this text, in lower case.
    Text(String),
}

impl Selector {
    pub(super) fn read(target: Target, text: Option<&str>) -> Result<Self, NotAFault> {
        let (selector, error) = match (target, text.unwrap_or_default()) {
            (Target::At, text) => (
                time(text).map(Self::After),
                "`at` needs the time since the start, as in `at:30s=top-up/400`".to_owned(),
            ),
            (Target::Search, text) => (
                (!text.is_empty()).then(|| Self::Text(text.to_lowercase())),
                "`search` needs some text of the searches it is about, as in `search:smith=poison`"
                    .to_owned(),
            ),
            (_, "") => (Some(Self::Between(1, usize::MAX)), String::new()),
            (_, text) => {
                let forms = "use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1";
                (Self::numbers(text), format!("`{text}` does not say which: {forms}"))
            }
        };
        selector.ok_or(NotAFault(error))
    }

    fn numbers(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        if let Some(percent) = text.strip_suffix('%') {
            return percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent);
        }
        let (from, to) = match text.split_once('-') {
            None if text == "*" => (1, usize::MAX),
            None => (number(text)?, number(text)?),
            Some((from, "")) => (number(from)?, usize::MAX),
            Some((from, to)) => (number(from)?, number(to)?),
        };
        (from <= to).then_some(Self::Between(from, to))
    }

    pub(super) fn includes(&self, number: usize) -> bool {
        match self {
            Self::Between(from, to) => (from..=to).contains(&&number),
            // Neighbours do not share it (Fibonacci hashing).
            Self::Percent(percent) => {
                let hash = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
                hash % 100 < u64::from(*percent)
            }
            Self::After(_) | Self::Text(_) => false,
        }
    }
}

/// `300ms`, `5s`, `2m`, or a bare number of seconds.
pub(super) fn time(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| humantime::parse_duration(text).ok())
}
