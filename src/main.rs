//! Parses the command line, runs the command, and turns its outcome into an exit code.

use clap::Parser;
use enrow_phone::cli::Args;
use std::process::ExitCode;

fn main() -> ExitCode {
    enrow_phone::commands::run(Args::parse())
}
