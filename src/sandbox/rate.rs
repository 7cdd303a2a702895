//! How often a key may POST.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// The events of the last second.
#[derive(Debug, Default)]
pub(super) struct Window(VecDeque<Instant>);

impl Window {
    /// How many events lie in the second that ends now. An event exactly a second ago lies outside.
    pub(super) fn count(&mut self, now: Instant) -> usize {
        while self.0.front().is_some_and(|first| now.duration_since(*first) >= SECOND) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(super) fn push(&mut self, now: Instant) {
        self.0.push_back(now);
    }

    /// Whole seconds until the oldest event has left the window.
    pub(super) fn seconds_to_relief(&self, now: Instant) -> u64 {
        self.0.front().map_or(0, |first| {
            let left = (*first + SECOND).saturating_duration_since(now);
            left.as_secs() + u64::from(left.subsec_nanos() > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut window = Window::default();
        for ms in [0, 400, 900] {
            window.push(at(ms));
        }
        assert_eq!(window.count(at(999)), 3);
        assert_eq!(window.seconds_to_relief(at(999)), 1);
        assert_eq!(window.count(at(1000)), 2);
        assert_eq!(window.count(at(1899)), 1);
        assert_eq!(window.count(at(1900)), 0);
        assert_eq!(window.seconds_to_relief(at(1900)), 0);
    }
}
