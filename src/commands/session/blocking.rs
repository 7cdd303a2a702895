//! Work that blocks, on a thread of its own: signals and the time limit still work, and a thread that still waits does
//! not keep the program from ending.

use crate::lookup::{Cancel, EndReason};
use crate::sheet::Output;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use std::time::Duration;

/// A wait that is longer than this is explained.
const SILENT: Duration = Duration::from_secs(1);

/// Does the work. `None` if the time is over first.
pub(in crate::commands) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    cancel: &Cancel,
    time: Option<Duration>,
) -> Result<Option<T>, EndReason> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    let done = tokio::time::timeout(time.unwrap_or(Duration::MAX), receiver);
    let done = cancel.run_until_cancelled(done).await?.ok();
    Ok(done.map(|done| done.expect("the work answers unless it panics")))
}

/// Proves that an output can be written, and opens it if that cannot wait until everything is paid.
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
    let opened = run_blocking(open, cancel, time);
    tokio::pin!(opened);
    let opened = tokio::select! {
        opened = &mut opened => opened,
        () = tokio::time::sleep(SILENT) => {
            console.info(message!("waiting for a reader of {}", Message::foreign(output)));
            opened.await
        }
    };
    match opened {
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
