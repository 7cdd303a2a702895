//! Blocking work in its own thread: signals and the time limit still work, and the program can end while the thread still
//! waits.

use crate::lookup::{Cancel, EndReason};
use crate::sheet::{Output, Sink};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use std::io;
use std::time::Duration;

/// A longer wait is explained.
const SILENT: Duration = Duration::from_secs(1);

/// Does the work in its own thread. The thread starts at once.
pub(in crate::commands) fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    async { receiver.await.expect("the work answers unless it panics") }
}

/// Waits for `work`, and says `what` if it takes long.
pub(in crate::commands) async fn say_if_slow<T>(
    console: &Console,
    what: Message,
    work: impl Future<Output = T>,
) -> T {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => done,
        () = tokio::time::sleep(SILENT) => {
            console.info(what);
            work.await
        }
    }
}

/// Does the work. `None` if the time is over first.
pub(in crate::commands) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    cancel: &Cancel,
    time: Option<Duration>,
) -> Result<Option<T>, EndReason> {
    let done = tokio::time::timeout(time.unwrap_or(Duration::MAX), on_thread(work));
    Ok(cancel.run_until_cancelled(done).await?.ok())
}

/// How long a run that has to end waits for a reader that blocks.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Patience {
    pub(in crate::commands) after_signal: Duration,
    pub(in crate::commands) after_timeout: Duration,
}

impl Patience {
    /// The answers are in the ledger: a user who interrupts wants no more rows.
    pub(in crate::commands) const ROWS: Self =
        Self { after_signal: Duration::ZERO, after_timeout: Duration::from_secs(10) };
    /// A report is short.
    pub(in crate::commands) const REPORT: Self =
        Self { after_signal: Duration::from_secs(2), after_timeout: Duration::from_secs(2) };
}

/// Writes what waits in a sink. A reader that blocks does not delay signals and the time limit. If they end the wait, the
/// reason comes back.
pub(in crate::commands) async fn drain(
    sink: &mut Sink,
    output: &Output,
    cancel: &Cancel,
    console: &Console,
    patience: Patience,
) -> io::Result<Result<(), EndReason>> {
    let Some(write) = sink.pending() else { return Ok(Ok(())) };
    let what = message!("waiting for the reader of {}", Message::foreign(output));
    let after_signal = async {
        let reason = cancel.signalled().await;
        tokio::time::sleep(patience.after_signal).await;
        reason
    };
    let after_timeout = async {
        let reason = cancel.cancelled().await;
        tokio::time::sleep(patience.after_timeout).await;
        reason
    };
    tokio::select! {
        biased;
        written = say_if_slow(console, what, on_thread(write)) => written.map(Ok),
        reason = after_signal => Ok(Err(reason)),
        reason = after_timeout => Ok(Err(reason)),
    }
}

/// Checks that an output can be written. A device is opened here, before anything is paid.
pub(in crate::commands) async fn check_output(
    output: &Output,
    cancel: &Cancel,
    console: &Console,
    time: Option<Duration>,
) -> Result<Result<(), EndReason>, Failure> {
    output.check().map_err(Failure::checked_first)?;
    let Some(open) = output.opener() else {
        return Ok(Ok(()));
    };
    let what = message!("waiting for a reader of {}", Message::foreign(output));
    match say_if_slow(console, what, run_blocking(open, cancel, time)).await {
        Err(reason) => Ok(Err(reason)),
        Ok(Some(Ok(file))) => {
            output.set_opened(file);
            Ok(Ok(()))
        }
        Ok(Some(Err(error))) => Err(Failure::checked_first(output.error(error))),
        Ok(None) => {
            let what = message!(
                "the time of `--timeout` is over, and nobody reads {}",
                Message::foreign(output)
            );
            Err(Failure::new(Exit::Failed, what).fact("nothing was sent"))
        }
    }
}
