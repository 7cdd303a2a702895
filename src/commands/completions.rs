//! `completions`: writes the script by which a shell completes the command line.

use crate::cli::{Args, CompletionsArgs};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::stdout;
use clap::CommandFactory;

pub(super) fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    // Through memory, because the generator panics when the pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    let mut script = String::from_utf8(script).expect("a script is text");
    if args.shell == clap_complete::Shell::Bash {
        // If the program's name has a hyphen, the generator writes a command in one way and looks for it in another
        // (clap-rs/clap#6421): nothing behind the command would be completed.
        script = script.replace("enrow__subcmd__phone", "enrow__phone");
    }
    stdout::print_document(&script)?;
    Ok(Exit::Done)
}
