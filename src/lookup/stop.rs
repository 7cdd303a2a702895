//! Stopping early: a signal or the end of the time allowed, seen by every task of a run.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::watch;

/// Why a run stops before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// SIGINT or Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// Something failed that the run cannot go on without.
    Failed,
    /// `--timeout` is over.
    TimedOut,
}

/// Tells a run to stop.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<Option<StopReason>>);

/// Hears that a run is to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<Option<StopReason>>);

/// A pair of both.
pub(crate) fn stop_pair() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(None);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Asks the run to stop once this time is over; inside a [`tokio::task::LocalSet`].
    pub(crate) fn after(this: &Rc<Self>, time: Duration) {
        let stopper = Rc::clone(this);
        tokio::task::spawn_local(async move {
            tokio::time::sleep(time).await;
            stopper.stop(StopReason::TimedOut);
        });
    }

    /// Asks the run to stop; the first reason stays.
    pub(crate) fn stop(&self, reason: StopReason) {
        self.0.send_if_modified(|stopped| stopped.is_none() && stopped.replace(reason).is_none());
    }
}

impl Stop {
    /// Why to stop, if so.
    pub(crate) fn reason(&self) -> Option<StopReason> {
        *self.0.borrow()
    }

    /// Waits until told to stop.
    pub(crate) async fn told(&self) -> StopReason {
        let mut receiver = self.0.clone();
        match receiver.wait_for(Option::is_some).await {
            Ok(reason) => reason.expect("waited for"),
            // Nobody is left who could stop this run.
            Err(_) => std::future::pending().await,
        }
    }

    /// Sleeps; answers why it was cut short, if it was.
    pub(crate) async fn sleep(&self, span: Duration) -> Option<StopReason> {
        tokio::select! {
            () = tokio::time::sleep(span) => None,
            reason = self.told() => Some(reason),
        }
    }

    /// Does `work`, unless told to stop first.
    pub(crate) async fn cut<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            _ = self.told() => None,
        }
    }
}
