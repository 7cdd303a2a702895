//! `sandbox`: serves a local Enrow, to try the tool and to test scripts.

use super::session::SANDBOX_KEY;
use super::session::signals::wait_for_signal;
use crate::cli::SandboxArgs;
use crate::sandbox::{Pace, Sandbox, Settings};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};

/// Serves until it is interrupted.
pub(super) async fn run(args: &SandboxArgs, console: &Console) -> Result<Exit, Failure> {
    let settings = Settings {
        credits: args.credits,
        faults: args.fault.iter().cloned().collect(),
        pace: Pace::Takes(args.batch_time),
        ..Settings::to_watch()
    };
    let sandbox = Sandbox::start(settings, args.port).map_err(|error| {
        let (port, error) = (Message::foreign(args.port), Message::foreign(error));
        Failure::new(
            Exit::Failed,
            message!("cannot serve a sandbox on 127.0.0.1:{}: {}", port, error),
        )
        .hint("choose another port: `--port 0` picks a free one")
    })?;
    let url = Message::foreign(sandbox.url());
    console.info(message!("a sandbox of Enrow on {}; its numbers are made up", url));
    console.info("to use it from another terminal:");
    let variables = [
        ("ENROW_API_URL", url),
        ("ENROW_API_KEY", SANDBOX_KEY.into()),
        ("ENROW_PHONE_LEDGER", "$PWD/sandbox-ledger.db".into()),
    ];
    for (name, value) in variables {
        console.info(if cfg!(windows) {
            message!("  $env:{} = \"{}\"", name, value)
        } else {
            message!("  export {}=\"{}\"", name, value)
        });
    }
    let stopped = wait_for_signal();
    console.info("stop it with Ctrl-C");
    let mut requests = sandbox.control().follow();
    let served = async {
        while let Some(request) = requests.recv().await {
            console.info(Message::foreign(request));
        }
    };
    // It runs until it is stopped, so being stopped is no failure.
    tokio::select! {
        _ = stopped => {}
        () = served => {}
    }
    Ok(Exit::Done)
}
