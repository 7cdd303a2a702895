//! How many POSTs this run may have in one second.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// How many POSTs a second Enrow takes from one key (Enrow API, rules of conduct).
const DOCUMENTED_LIMIT: usize = 10;

/// When the last POSTs of this run ended. A POST reaches Enrow before its answer comes back. So a POST that leaves
/// one second after the answer to the tenth before it is never the eleventh within one second, however slow the
/// network is. POSTs of other runs are kept apart by the ledger.
#[derive(Debug)]
pub(super) struct PostWindow {
    ended: VecDeque<Instant>,
    limit: usize,
}

impl Default for PostWindow {
    fn default() -> Self {
        Self { ended: VecDeque::new(), limit: DOCUMENTED_LIMIT }
    }
}

impl PostWindow {
    /// How long the next POST has to wait.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let before = self.ended.len().checked_sub(self.limit).and_then(|i| self.ended.get(i));
        before.map_or(Duration::ZERO, |ended| (*ended + SECOND).saturating_duration_since(now))
    }

    /// A POST has ended. `limit` is the limit in Enrow's answer; one above the documented limit is ignored.
    pub(super) fn ended(&mut self, now: Instant, limit: Option<u32>) {
        if let Some(limit) = limit {
            self.limit = usize::try_from(limit).unwrap_or(usize::MAX).clamp(1, DOCUMENTED_LIMIT);
        }
        self.ended.push_back(now);
        if self.ended.len() > DOCUMENTED_LIMIT {
            self.ended.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_waits_for_the_first_and_a_lower_limit_is_believed() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut window = PostWindow::default();
        for i in 0..10 {
            assert_eq!(window.wait(at(i)), Duration::ZERO, "{i}");
            window.ended(at(i), None);
        }
        assert_eq!(window.wait(at(9)), Duration::from_millis(991));
        window.ended(at(1000), Some(100));
        assert_eq!(window.wait(at(1000)), Duration::from_millis(1));
        window.ended(at(1001), Some(2));
        assert_eq!(window.wait(at(1001)), Duration::from_millis(999));
        assert_eq!(window.wait(at(2000)), Duration::ZERO);
    }
}
