//! SIGINT and SIGTERM: the first one stops cleanly, the second at once.

use crate::lookup::{Cancel, EndReason};
use crate::ui::console::Console;
use crate::ui::failure::Exit;

/// The first signal stops cleanly, the second at once.
pub(in crate::commands) fn cancel_on_signal(cancel: Cancel, console: Console) {
    // Made once: a second signal that comes while the first is heeded is not missed.
    let mut signals = Signals::listen();
    tokio::task::spawn_local(async move {
        let exit = signals.next().await;
        cancel.cancel(match exit {
            Exit::Terminated => EndReason::Terminated,
            _ => EndReason::Interrupted,
        });
        let exit = signals.next().await;
        console.clear_progress();
        #[expect(
            clippy::exit,
            reason = "whoever asks twice wants no clean end; the ledger needs none"
        )]
        std::process::exit(exit.code().into());
    });
}

/// Waits for SIGINT or SIGTERM; answers the exit code that belongs to it.
pub(in crate::commands) async fn signal() -> Exit {
    Signals::listen().next().await
}

#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) -> Exit {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
            let came = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if came.is_none() {
                // The system gives none: it ends the program by itself.
                std::future::pending::<()>().await;
            }
        }
        tokio::select! {
            () = of(&mut self.interrupt) => Exit::Interrupted,
            () = of(&mut self.terminate) => Exit::Terminated,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
