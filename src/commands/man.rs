//! `man`: writes the manual pages, from the same text as `--help`.

use crate::cli::{Args, ManArgs};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::stdout;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::io;
use std::path::Path;

/// Prints the main page, or writes the pages of all commands.
pub(super) fn run(args: &ManArgs) -> Result<Exit, Failure> {
    // `help` has no page, so the other pages do not name it.
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.out else {
        stdout::print_document(&render(&Man::new(command)))?;
        return Ok(Exit::Done);
    };
    write(folder, command).map_err(|error| {
        Failure::io(Exit::Failed, "cannot write manual pages into", folder, error)
    })?;
    Ok(Exit::Done)
}

fn write(folder: &Path, command: Command) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let within = command.get_subcommands().flat_map(Command::get_subcommands);
    let commands: Vec<Command> = command.get_subcommands().chain(within).cloned().collect();
    for command in commands.into_iter().chain([command]) {
        let man = Man::new(command);
        std::fs::write(folder.join(man.get_filename()), render(&man))?;
    }
    Ok(())
}

/// A page. Indented lines are examples and tables: they are kept as they are, not filled and justified.
fn render(man: &Man) -> String {
    let mut page = Vec::new();
    man.render(&mut page).expect("writing to memory does not fail");
    let page = String::from_utf8(page).expect("a page is made of our own text");
    let mut kept = String::with_capacity(page.len());
    let mut within = false;
    for line in page.lines() {
        let example = line.starts_with("  ");
        if example != within {
            kept.push_str(if example { ".nf\n" } else { ".fi\n" });
            within = example;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}
