//! `man`: writes the manual pages, from the same text as `--help`.

use crate::cli::{Args, ManArgs};
use crate::sheet::Output;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::stdout;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// How much of a file is read to see whether it is a manual page. The title stands near its beginning.
const HEAD: u64 = 4096;

/// Prints the main page, or writes the pages of all commands.
pub(super) fn run(args: &ManArgs) -> Result<Exit, Failure> {
    // `help` has no page, so the other pages do not name it.
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.out else {
        stdout::print_document(&render(&Man::new(command)))?;
        return Ok(Exit::Done);
    };
    let failed = |error| Failure::io(Exit::Failed, "cannot write manual pages into", folder, error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let pages = pages(command);
    for (name, _) in &pages {
        ensure_page(&folder.join(name))?;
    }
    pages.iter().try_for_each(|(name, page)| write(&folder.join(name), page)).map_err(failed)?;
    Ok(Exit::Done)
}

/// The pages of all commands, by their file names.
fn pages(command: Command) -> Vec<(String, String)> {
    let within = command.get_subcommands().flat_map(Command::get_subcommands);
    let commands: Vec<Command> = command.get_subcommands().chain(within).cloned().collect();
    let page = |command| {
        let man = Man::new(command);
        (man.get_filename(), render(&man))
    };
    commands.into_iter().chain([command]).map(page).collect()
}

/// Refuses to replace what is no manual page: it is somebody's own.
fn ensure_page(path: &Path) -> Result<(), Failure> {
    // Opening a pipe would wait for its writer.
    let opened = path.is_file().then(|| File::open(path));
    let Some(Ok(file)) = opened else { return Ok(()) };
    let mut head = Vec::new();
    // What cannot be read is told by the attempt to write it.
    drop(file.take(HEAD).read_to_end(&mut head));
    let has_title = head.split(|byte| *byte == b'\n').any(|line| line.starts_with(b".TH "));
    if head.is_empty() || has_title {
        return Ok(());
    }
    let what = message!("{} is there and is no manual page", Message::path(path));
    Err(Failure::new(Exit::Failed, what)
        .fact("nothing was written")
        .hint("move it away, or name another folder: `--out FOLDER`"))
}

/// Writes a page whole or not at all, so that no reader sees a part of one.
fn write(path: &Path, page: &str) -> io::Result<()> {
    let mut sink = Output::of(Some(path)).begin().map_err(io::Error::other)?;
    sink.write_all(page.as_bytes())?;
    sink.commit(None)?;
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
