//! `sandbox`: a local Enrow for rehearsals.

use crate::cli::SandboxArgs;
use crate::sandbox::{Pace, Sandbox, Settings};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use std::net::{Ipv4Addr, SocketAddr};

/// Serves until it is interrupted.
pub(super) async fn run(args: &SandboxArgs, console: &Console) -> Result<Exit, Failure> {
    let settings = Settings {
        credits: args.credits,
        faults: args.fault.iter().cloned().collect(),
        pace: Pace::fixed(args.batch_time),
        ..Settings::to_watch()
    };
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::start(settings, addr).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot serve a sandbox on {addr}: {error}"))
            .hint("name another port: `--port 0`")
    })?;
    console.info(format!("a sandbox of Enrow on {}; its numbers are made up", sandbox.url()));
    console.info("to use it from another terminal:");
    console.info(format!(
        "  export ENROW_API_URL={} ENROW_API_KEY=sandbox ENROW_PHONE_LEDGER=sandbox-ledger.db",
        sandbox.url()
    ));
    console.info("stop it with Ctrl-C");
    let mut requests = sandbox.control().follow();
    let served = async {
        while let Some(request) = requests.recv().await {
            console.info(request);
        }
    };
    // It runs until it is stopped, so being stopped is its success.
    tokio::select! {
        _ = super::session::signals::signal() => {}
        () = served => {}
    }
    Ok(Exit::Done)
}
