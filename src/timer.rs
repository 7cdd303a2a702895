//! Waiting. This crate's own tests wait a hundred times less, and their clock runs as much faster.

use std::time::Duration;

const FASTER: u32 = if cfg!(test) { 100 } else { 1 };

pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time / FASTER).await;
}

/// A moment on a clock that is never set.
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
