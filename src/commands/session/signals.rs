//! SIGINT and SIGTERM: the first one ends a run cleanly, the second one at once.

use crate::lookup::{Cancel, EndReason};
use crate::ui::console::Console;
use crate::ui::exit::Exit;

enum Signal {
    Interrupt,
    Terminate,
}

/// What ends a run: the first signal does. Call it inside a [`tokio::task::LocalSet`].
pub(in crate::commands) fn cancel_on_signal(console: &Console) -> Cancel {
    let cancel = Cancel::new();
    let (console, cancelled) = (console.clone(), cancel.clone());
    // One listener for both signals: a second one that comes early is not missed.
    let mut signals = Signals::listen();
    tokio::task::spawn_local(async move {
        cancelled.cancel(match signals.next().await {
            Signal::Interrupt => EndReason::Interrupted,
            Signal::Terminate => EndReason::Terminated,
        });
        let exit = match signals.next().await {
            Signal::Interrupt => Exit::Interrupted,
            Signal::Terminate => Exit::Terminated,
        };
        console.clear_progress();
        #[expect(
            clippy::exit,
            reason = "a second signal asks for an end at once; the ledger needs no clean one"
        )]
        std::process::exit(exit.code().into());
    });
    cancel
}

/// Waits for SIGINT or SIGTERM.
pub(in crate::commands) async fn wait_for_signal() {
    Signals::listen().next().await;
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

    async fn next(&mut self) -> Signal {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
            let came = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if came.is_none() {
                // Without a handler, the system ends the program itself.
                std::future::pending::<()>().await;
            }
        }
        tokio::select! {
            () = of(&mut self.interrupt) => Signal::Interrupt,
            () = of(&mut self.terminate) => Signal::Terminate,
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

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
