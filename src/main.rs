//! Parses the command line, runs the command, reports an error, and turns the outcome into an exit code.

use enrow_phone::internal::{CommandLine, Console, report_usage_error, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let line = match CommandLine::parse() {
        Ok(line) => line,
        Err(error) => return report_usage_error(&error).into(),
    };
    let console = Console::of(&line);
    match run(line, &console) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console.error(&failure);
            failure.exit().into()
        }
    }
}
