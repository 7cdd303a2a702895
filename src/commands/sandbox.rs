//! `sandbox`: a local Enrow for rehearsals.

use super::failure::{Exit, Failure};
use super::voice::Voice;
use crate::cli::SandboxArgs;
use crate::sandbox::{Pace, Sandbox, Settings};
use std::net::{Ipv4Addr, SocketAddr};

/// Serves until it is interrupted.
pub(super) async fn run(args: &SandboxArgs, voice: &Voice) -> Result<Exit, Failure> {
    let settings = Settings {
        credits: args.credits,
        faults: args.fault.iter().cloned().collect(),
        pace: Pace::fixed(args.batch_time),
        ..Settings::to_watch()
    };
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::start(settings, addr).await.map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot serve a sandbox on {addr}: {error}"))
            .hint("name another port: `--port 0`")
    })?;
    voice.say(format!("a sandbox of Enrow on {}; its numbers are made up", sandbox.url()));
    voice.say("to use it from another terminal:");
    voice.say(format!(
        "  export ENROW_API_URL={} ENROW_API_KEY=sandbox ENROW_PHONE_LEDGER=sandbox-ledger.db",
        sandbox.url()
    ));
    voice.say("stop it with Ctrl-C");
    let mut requests = sandbox.journal().follow();
    let served = async {
        while let Some(request) = requests.recv().await {
            voice.say(request);
        }
    };
    // It runs until it is stopped, so being stopped is its success.
    tokio::select! {
        _ = super::signals::signal() => {}
        () = served => {}
    }
    Ok(Exit::Done)
}
