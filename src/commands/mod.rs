//! One short file per command: they put sheet, lookup, ledger and API together, and they alone speak.

mod account;
mod batch;
mod bulk;
mod completions;
mod config;
mod data;
mod defaults;
mod failure;
mod fetch;
mod figures;
mod find;
mod folder;
mod forget;
mod key;
mod log;
mod login;
mod man;
mod output;
mod person;
mod progress;
mod recover;
mod report;
mod sandbox;
mod session;
mod signals;
mod status;
mod summary;
mod table;
mod voice;

pub use failure::{Exit, Failure};

use crate::cli::{Args, Command};
use defaults::Defaults;
use std::process::ExitCode;
use voice::Voice;

/// Runs a command to its exit code. Errors are told on stderr before this returns.
pub fn run(mut args: Args) -> ExitCode {
    let defaults = match Defaults::load() {
        Ok(defaults) => defaults,
        Err(failure) => {
            Voice::new(&args.global).fail(&failure);
            return failure.exit().into();
        }
    };
    defaults.fill(&mut args);
    let voice = Voice::new(&args.global);
    log::listen_in(&args.global);
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        // Another part of this process was faster; either is the same provider.
        tracing::debug!("TLS was set up before");
    }
    let outcome = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => {
            let tasks = tokio::task::LocalSet::new();
            let outcome = runtime.block_on(tasks.run_until(async {
                let global = args.global;
                match args.command {
                    Command::Forget(forget) => forget::run(&forget, &global, &voice).await,
                    Command::Recover(recover) => recover::run(&recover, &global, &voice).await,
                    Command::Account(account) => account::run(&account, &global, &voice).await,
                    Command::Bulk(bulk) => bulk::run(*bulk, global, &voice).await,
                    Command::Completions(completions) => completions::run(&completions),
                    Command::Config(config) => config::run(&config, &global, &defaults),
                    Command::Fetch(fetch) => fetch::run(&fetch, &global, &voice).await,
                    Command::Find(find) => find::run(&find, &global, &voice).await,
                    Command::Login => login::login(&global, &voice).await,
                    Command::Logout => login::logout(&voice),
                    Command::Man(man) => man::run(&man),
                    Command::Sandbox(sandbox) => sandbox::run(&sandbox, &voice).await,
                    Command::Status(status) => status::run(&status, &global, &voice).await,
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
            voice.fail(&failure);
            failure.exit().into()
        }
    }
}
