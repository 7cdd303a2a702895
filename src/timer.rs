//! Waiting and measuring time. In this crate's unit tests a wait is a hundred times shorter, and the clock runs a hundred
//! times faster.

use std::time::Duration;

const FASTER: u32 = if cfg!(test) { 100 } else { 1 };

pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time / FASTER).await;
}

/// A moment on a clock that nobody can set back or forward.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant(std::time::Instant);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed() * FASTER
    }
}
