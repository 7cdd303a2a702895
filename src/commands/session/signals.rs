//! SIGINT, SIGTERM and SIGHUP: the first signal ends a run cleanly, the second at once.

use crate::lookup::{Cancel, EndReason};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use std::time::Duration;

/// A signal that comes so soon after the first one is the same wish, sent twice. When a terminal is closed, the terminal
/// and its shell both send one. `timeout` sends one to the program and one to its group, and so do programs that pass a
/// Ctrl-C on.
const ECHO: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy)]
enum Signal {
    HangUp,
    Interrupt,
    Terminate,
}

impl Signal {
    fn end(self) -> (EndReason, Exit) {
        match self {
            Self::HangUp => (EndReason::HungUp, Exit::HungUp),
            Self::Interrupt => (EndReason::Interrupted, Exit::Interrupted),
            Self::Terminate => (EndReason::Terminated, Exit::Terminated),
        }
    }
}

/// A cancel that the first signal triggers. Call it inside a [`tokio::task::LocalSet`].
pub(in crate::commands) fn cancel_on_signal(console: &Console) -> Cancel {
    let cancel = Cancel::new();
    let (console, cancelled) = (console.clone(), cancel.clone());
    // One listener for all, so that a second signal that comes early is not missed.
    let mut signals = Signals::listen();
    tokio::task::spawn_local(async move {
        cancelled.cancel(signals.next().await.end().0);
        let echo = tokio::time::sleep(ECHO);
        tokio::pin!(echo);
        while let Some(_again) = tokio::select! {
            () = &mut echo => None,
            signal = signals.next() => Some(signal),
        } {}
        let (_, exit) = signals.next().await.end();
        console.clear_progress();
        #[expect(
            clippy::exit,
            reason = "a second signal asks for an end at once; the ledger needs no clean one"
        )]
        std::process::exit(exit.code().into());
    });
    cancel
}

/// Waits for a signal, also for one that comes before this is awaited. Returns the exit code for it.
pub(in crate::commands) fn wait_for_signal() -> impl Future<Output = Exit> {
    let mut signals = Signals::listen();
    async move { signals.next().await.end().1 }
}

#[cfg(unix)]
struct Signals([(Signal, Option<tokio::signal::unix::Signal>); 3]);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if ignores_hang_up() { None } else { signal(SignalKind::hangup()).ok() };
        Self([
            (Signal::HangUp, hang_up),
            (Signal::Interrupt, signal(SignalKind::interrupt()).ok()),
            (Signal::Terminate, signal(SignalKind::terminate()).ok()),
        ])
    }

    async fn next(&mut self) -> Signal {
        std::future::poll_fn(|context| {
            for (name, signal) in &mut self.0 {
                // If there is no handler, the system ends the program.
                if let Some(signal) = signal
                    && signal.poll_recv(context) == std::task::Poll::Ready(Some(()))
                {
                    return std::task::Poll::Ready(*name);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }
}

/// Whether the program was started to outlive its terminal, as by `nohup`. SIGHUP is ignored then.
#[cfg(unix)]
fn ignores_hang_up() -> bool {
    use std::io::IsTerminal;
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        // Other systems do not say it. With `nohup`, standard error is not a terminal.
        return !std::io::stderr().is_terminal();
    };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first bit is signal 1.
    ignored.is_some_and(|mask| mask & 1 == 1)
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
