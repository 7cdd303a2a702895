//! Which of the requests, or batches, go wrong.

/// Some of a row of requests or batches, which are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Selector {
    /// Every one.
    All,
    /// From one to another, both included.
    Between {
        /// The first.
        from: usize,
        /// The last.
        to: usize,
    },
    /// So many of 100, spread as if by chance but always the same ones.
    Percent(u8),
}

impl Selector {
    pub(super) fn includes(self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Between { from, to } => (from..=to).contains(&number),
            Self::Percent(percent) => scattered(number) < u64::from(percent),
        }
    }
}

/// A number below 100 that neighbours do not share (Fibonacci hashing).
fn scattered(number: usize) -> u64 {
    let number = u64::try_from(number).expect("a count of requests fits 64 bits");
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included(selector: Selector) -> Vec<usize> {
        (1..=6).filter(|number| selector.includes(*number)).collect()
    }

    #[test]
    fn numbers_are_counted_from_one_and_ends_are_included() {
        assert_eq!(included(Selector::All), [1, 2, 3, 4, 5, 6]);
        assert_eq!(included(Selector::Between { from: 2, to: 2 }), [2]);
        assert_eq!(included(Selector::Between { from: 2, to: 4 }), [2, 3, 4]);
        assert_eq!(included(Selector::Between { from: 5, to: usize::MAX }), [5, 6]);
    }

    #[test]
    fn a_share_is_a_share_and_always_the_same() {
        let hit =
            |percent| (1..=10_000).filter(|n| Selector::Percent(percent).includes(*n)).count();
        assert_eq!((hit(0), hit(100)), (0, 10_000));
        assert!((1900..2100).contains(&hit(20)), "{}", hit(20));
        assert_eq!(hit(20), hit(20));
    }
}
