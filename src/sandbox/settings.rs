//! What kind of Enrow the sandbox is.

use super::account::Keys;
use super::faults::Faults;
use super::pace::Pace;
use super::types::Shapes;

/// How a sandbox behaves. The default is a well-behaved, instant API with credits to spare that remembers everything.
#[derive(Debug, Clone)]
pub struct Settings {
    pub batch_limit: usize,
    /// What every account has at the start.
    pub credits: u64,
    /// How `params` repeats a search.
    pub echo: Echo,
    pub faults: Faults,
    /// How many of 100 people have a number.
    pub found_percent: u8,
    pub keys: Keys,
    pub memory: Memory,
    pub pace: Pace,
    /// POSTs a key may send in any one second.
    pub posts_per_second: usize,
    pub price: u64,
    pub shapes: Shapes,
    /// What GET /account/info lists.
    pub webhooks: Vec<String>,
}

impl Settings {
    /// A sandbox for people: its batches take long enough to be watched, and it remembers only what is still asked for.
    pub fn to_watch() -> Self {
        Self { memory: Memory::Brief { batches: 50 }, pace: Pace::WATCHABLE, ..Self::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_limit: 3000,
            credits: 1_000_000,
            echo: Echo::Slashed,
            faults: Faults::default(),
            found_percent: 60,
            keys: Keys::default(),
            memory: Memory::Whole,
            pace: Pace::INSTANT,
            posts_per_second: 10,
            price: 40,
            shapes: Shapes::Newest,
            webhooks: Vec::new(),
        }
    }
}

/// How `params` repeats a search in its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    Absent,
    AsSent,
    /// With a slash behind a LinkedIn URL, as the reference's own examples have it.
    Slashed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Counts, and the searches of the batches whose results were not fetched yet or are among the last `batches`
    /// fetched. Older ones have expired, as they do at Enrow. For long runs.
    Brief {
        /// How many fetched batches are kept.
        batches: usize,
    },
    /// Every request and every batch with its body. For tests.
    Whole,
}
