//! One file for each subcommand. They connect the sheet, the lookup, the ledger and the API; `ui` says what happens.
//!
//! [`session`] opens the key, the API, the ledger and the engine for all of them.

mod account;
mod bulk;
mod completions;
mod config;
mod core_dumps;
mod fetch;
mod find;
mod forget;
mod ledger;
mod login;
mod man;
mod recover;
mod sandbox;
mod session;
mod status;
mod usage;

use crate::cli::{Command, CommandLine, ConfigError};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::logging;
use crate::ui::message::{Message, message};
use session::api_key;

/// Runs the command to its exit code.
///
/// # Errors
/// The failure is not printed yet.
pub fn run(line: CommandLine, console: &Console) -> Result<Exit, Failure> {
    match &line.config {
        Ok(()) if line.args.command.uses_profile() => {
            api_key::warn_of_unmade_profile(&line.args.global, console);
        }
        Ok(()) => {}
        Err(error @ ConfigError::AnothersHome { .. }) => console.warn(Message::foreign(error)),
        Err(error) => return Err(error.into()),
    }
    logging::init_logging(console);
    core_dumps::forbid();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("TLS was set up before");
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Failure::new(Exit::Failed, message!("cannot start: {}", Message::foreign(error)))
        })?;
    let tasks = tokio::task::LocalSet::new();
    let outcome = runtime.block_on(tasks.run_until(dispatch(line, console)));
    drop(tasks);
    // Does not wait for a name look-up that still runs.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(line: CommandLine, console: &Console) -> Result<Exit, Failure> {
    let global = line.args.global;
    session::begin(&global)?;
    match line.args.command {
        Command::Account(args) => account::run(&args, &global, console).await,
        Command::Bulk(args) => Box::pin(bulk::run(*args, global, console)).await,
        Command::Completions(args) => completions::run(&args),
        Command::Config(args) => config::run(&args, &global, &line.settings, console).await,
        Command::Fetch(args) => fetch::run(&args, &global, console).await,
        Command::Find(args) => find::run(&args, &global, console).await,
        Command::Forget(args) => forget::run(&args, &global, console).await,
        Command::Ledger(command) => ledger::run(command, &global, console).await,
        Command::Login => login::login(&global, console).await,
        Command::Logout => login::logout(&global, console),
        Command::Man(args) => man::run(&args),
        Command::Recover(args) => recover::run(&args, &global, console).await,
        Command::Sandbox(args) => sandbox::run(&args, console).await,
        Command::Status(args) => status::run(&args, &global, console).await,
        Command::Usage(args) => usage::run(&args, &global, console).await,
    }
}
