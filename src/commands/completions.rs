//! `completions`: what a shell needs to complete the command line.

use super::data;
use super::failure::{Exit, Failure};
use crate::cli::{Args, CompletionsArgs};
use clap::CommandFactory;

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    // By way of memory: the generator would panic where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    data::print(&script)?;
    Ok(Exit::Done)
}
