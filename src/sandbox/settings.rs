//! What kind of Enrow the sandbox is.

use super::faults::Faults;
use std::time::Duration;

/// How a sandbox behaves. The default is a well-behaved, instant API with credits to spare that remembers everything.
#[derive(Debug, Clone)]
pub struct Settings {
    pub batch_limit: usize,
    /// What every account has at the start.
    pub credits: u64,
    pub faults: Faults,
    /// How many of 100 people have a number.
    pub found_percent: u8,
    /// Valid keys whose plan has no phone searches.
    pub keys_without_phones: Vec<String>,
    /// How many batches are known after their results were fetched; older ones have expired, as they do at Enrow. Then
    /// only the newest requests are known, too. `None` for everything.
    pub memory: Option<usize>,
    pub pace: Pace,
    /// POSTs a key may send in any one second.
    pub posts_per_second: usize,
    pub price: u64,
    /// Any other key is valid, and has its own account.
    pub refused_keys: Vec<String>,
    pub shapes: Shapes,
    /// What GET /account/info lists.
    pub webhooks: Vec<String>,
}

impl Settings {
    /// For people: its batches take long enough to be watched, and it forgets what nobody asks for any more.
    pub fn to_watch() -> Self {
        Self { memory: Some(50), pace: Pace::Takes(Duration::from_secs(2)), ..Self::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_limit: 3000,
            credits: 1_000_000,
            faults: Faults::default(),
            found_percent: 60,
            keys_without_phones: Vec::new(),
            memory: None,
            pace: Pace::INSTANT,
            posts_per_second: 10,
            price: 40,
            refused_keys: Vec::new(),
            shapes: Shapes::Newest,
            webhooks: Vec::new(),
        }
    }
}

/// How long a batch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Until it is released through the [`Control`](super::Control).
    Held,
    /// Its searches are finished one by one.
    Takes(Duration),
}

impl Pace {
    /// A batch is done when it is accepted.
    pub const INSTANT: Self = Self::Takes(Duration::ZERO);
}

/// Which of the documented forms the sandbox speaks where the reference pages of different dates disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// As the pages have it today.
    Newest,
    /// As older pages and sister endpoints have it: 202 while a batch is running, `index` in quotes, `stats.valid`,
    /// an object for `credits_cost`, 422 `Insufficient balance`.
    Older,
}
