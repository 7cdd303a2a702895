//! One short file per command: they put sheet, lookup, ledger and API together, and they alone speak.

mod account;
mod bulk;
mod completions;
mod config;
mod fetch;
mod find;
mod forget;
mod login;
mod man;
mod recover;
mod sandbox;
mod session;
mod status;

use crate::cli::config_file::Defaults;
use crate::cli::{Args, Command};
use crate::ui::console::{self, Console};
use crate::ui::failure::{Exit, Failure};
use crate::ui::logging;
use std::process::ExitCode;

/// Tells what clap says of a command line: help and version on stdout, a mistake on stderr.
pub fn report_usage_error(error: &clap::Error) -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let as_json = words.iter().any(|word| word == "--log-format=json")
        || words.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == "json");
    if error.use_stderr() && as_json {
        let text = error.render().to_string();
        console::log_error(text.trim_start_matches("error:").trim());
    } else {
        // Nobody is left to be told where the stream is closed.
        drop(error.print());
    }
    if error.use_stderr() { Exit::Unusable.into() } else { Exit::Done.into() }
}

/// Runs a command to its exit code. Errors are told on stderr before this returns.
pub fn run(mut args: Args) -> ExitCode {
    let defaults = match &args.command {
        // They need no settings, and a broken file must not be in the way of a shell that starts.
        Command::Completions(_) | Command::Logout | Command::Man(_) => Ok(Defaults::default()),
        _ => Defaults::load(),
    };
    let defaults = match defaults {
        Ok(defaults) => defaults,
        Err(failure) => {
            Console::new(&args.global).error(&failure);
            return failure.exit().into();
        }
    };
    let flags = args.global.clone();
    defaults.fill(&mut args);
    let console = Console::new(&args.global);
    logging::init_logging(&args.global);
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        // Another part of this process was faster; either is the same provider.
        tracing::debug!("TLS was set up before");
    }
    let outcome = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let tasks = tokio::task::LocalSet::new();
            let outcome = runtime.block_on(tasks.run_until(async {
                let global = args.global;
                match args.command {
                    Command::Forget(forget) => forget::run(&forget, &global, &console).await,
                    Command::Recover(recover) => recover::run(&recover, &global, &console).await,
                    Command::Account(account) => account::run(&account, &global, &console).await,
                    Command::Bulk(bulk) => bulk::run(*bulk, global, &console).await,
                    Command::Completions(completions) => completions::run(&completions),
                    Command::Config(config) => config::run(&config, &flags, &global, &defaults),
                    Command::Fetch(fetch) => fetch::run(&fetch, &global, &console).await,
                    Command::Find(find) => find::run(&find, &global, &console).await,
                    Command::Login => login::login(&global, &console).await,
                    Command::Logout => login::logout(&console),
                    Command::Man(man) => man::run(&man),
                    Command::Sandbox(sandbox) => sandbox::run(&sandbox, &console).await,
                    Command::Status(status) => status::run(&status, &global, &console).await,
                }
            }));
            drop(tasks);
            // A name look-up may still be on its way; nobody waits for it.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::new(Exit::Failed, format!("cannot start: {error}"))),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console.error(&failure);
            failure.exit().into()
        }
    }
}
