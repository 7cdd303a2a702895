//! Parses the command line, runs the command, and turns its outcome into an exit code.

use clap::Parser;
use enrow_phone::internal::Args;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Args::try_parse() {
        Ok(args) => enrow_phone::internal::run(args),
        Err(error) => enrow_phone::internal::report_usage_error(&error),
    }
}
