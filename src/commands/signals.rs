//! SIGINT and SIGTERM: the first one stops cleanly, the second at once.

use super::failure::Exit;
use super::voice::Voice;
use crate::lookup::{StopReason, Stopper};
use std::rc::Rc;

/// The first signal stops cleanly, the second at once.
pub(super) fn heed_signals(stopper: Rc<Stopper>, voice: Voice) {
    tokio::task::spawn_local(async move {
        let exit = signal().await;
        stopper.stop(match exit {
            Exit::Terminated => StopReason::Terminated,
            _ => StopReason::Interrupted,
        });
        let exit = signal().await;
        voice.wipe();
        #[expect(
            clippy::exit,
            reason = "whoever asks twice wants no clean end; the ledger needs none"
        )]
        std::process::exit(exit.code().into());
    });
}

/// Waits for SIGINT or SIGTERM; answers the exit code that belongs to it.
pub(super) async fn signal() -> Exit {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        }
    }
    #[cfg(not(unix))]
    {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
