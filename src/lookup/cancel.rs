//! Ending a run early: a signal or the end of the time allowed, seen by every task of the run.

use super::EndReason;
use crate::timer;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::watch;

/// Ends a run early, and tells every holder of a clone why.
#[derive(Debug, Clone)]
pub(crate) struct Cancel(Rc<watch::Sender<Option<EndReason>>>);

impl Cancel {
    pub(crate) fn new() -> Self {
        Self(Rc::new(watch::Sender::new(None)))
    }

    /// Ends the run. The first reason stays, but a signal is heard after any other.
    pub(crate) fn cancel(&self, reason: EndReason) {
        self.0.send_if_modified(|kept| {
            let counts = match kept {
                Some(before) => reason.is_signal() && !before.is_signal(),
                None => true,
            };
            if counts {
                *kept = Some(reason);
            }
            counts
        });
    }

    /// Ends the run once this time is over. Call it inside a [`tokio::task::LocalSet`].
    pub(crate) fn cancel_after(&self, time: Duration) {
        let cancel = self.clone();
        tokio::task::spawn_local(async move {
            tokio::time::sleep(time).await;
            cancel.cancel(EndReason::TimedOut);
        });
    }

    /// Why the run ends, once it does.
    pub(crate) fn reason(&self) -> Option<EndReason> {
        self.0.borrow().clone()
    }

    /// An error once the run ends.
    pub(super) fn check(&self) -> Result<(), EndReason> {
        self.reason().map_or(Ok(()), Err)
    }

    /// Waits for the end of the run.
    pub(crate) async fn cancelled(&self) -> EndReason {
        self.reason_that(|_| true).await
    }

    /// Waits for a signal, also after the run has ended for another reason.
    pub(crate) async fn signalled(&self) -> EndReason {
        self.reason_that(EndReason::is_signal).await
    }

    async fn reason_that(&self, counts: impl Fn(&EndReason) -> bool) -> EndReason {
        let mut reason = self.0.subscribe();
        // The sender lives in `self`, so this cannot fail; a run that nobody ends waits for ever.
        let reason = match reason.wait_for(|reason| reason.as_ref().is_some_and(&counts)).await {
            Ok(reason) => reason.clone(),
            Err(_) => None,
        };
        match reason {
            Some(reason) => reason,
            None => std::future::pending().await,
        }
    }

    /// Does `work`, unless the run ends first: then `work` is dropped.
    pub(crate) async fn run_until_cancelled<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, EndReason> {
        tokio::select! {
            done = work => Ok(done),
            reason = self.cancelled() => Err(reason),
        }
    }

    pub(super) async fn sleep(&self, time: Duration) -> Result<(), EndReason> {
        self.run_until_cancelled(timer::sleep(time)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_stays_and_a_signal_is_heard_after_any_other() {
        let hour = Duration::from_hours(1);
        let cancel = Cancel::new();
        assert_eq!((cancel.check(), cancel.reason()), (Ok(()), None));
        for (next, kept) in [
            (EndReason::TimedOut, EndReason::TimedOut),
            (EndReason::Failed, EndReason::TimedOut),
            (EndReason::Interrupted, EndReason::Interrupted),
            (EndReason::Terminated, EndReason::Interrupted),
            (EndReason::TimedOut, EndReason::Interrupted),
        ] {
            cancel.cancel(next);
            assert_eq!(cancel.check(), Err(kept.clone()));
            assert_eq!(
                (cancel.sleep(hour).await, cancel.cancelled().await),
                (Err(kept.clone()), kept)
            );
        }
        assert_eq!(cancel.signalled().await, EndReason::Interrupted);
    }
}
