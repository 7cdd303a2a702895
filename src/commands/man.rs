//! `man`: the manual pages, from the same text as `--help`.

use super::data;
use super::failure::{Exit, Failure};
use crate::cli::{Args, ManArgs};
use clap::CommandFactory;
use clap_mangen::Man;

/// Prints the main page, or writes the pages of all commands.
pub(super) fn run(args: &ManArgs) -> Result<Exit, Failure> {
    // It has no page, and the other pages need not name it.
    let command = Args::command().disable_help_subcommand(true);
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        Man::new(command)
            .render(&mut page)
            .expect("writing to memory does not fail");
        data::print(&page)?;
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .map_err(|error| {
            let what = format!("cannot write manual pages into `{}`", folder.display());
            Failure::new(Exit::Failed, format!("{what}: {error}"))
        })?;
    Ok(Exit::Done)
}
