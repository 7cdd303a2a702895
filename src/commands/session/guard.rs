//! Files that no output may replace: the ledger with its parts, keys, and the config file.

use super::{api_key, ledger_path};
use crate::cli::{Global, paths};
use crate::sheet::Output;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use std::path::PathBuf;

/// Refuses an output that is one of these files under any name. `option` is the option that named it.
pub(in crate::commands) fn check(
    output: &Output,
    option: &'static str,
    global: &Global,
) -> Result<(), Failure> {
    let Some(what) = needed(output, global) else { return Ok(()) };
    let what = message!("{} names {}: {}", option, what, Message::foreign(output));
    Err(Failure::new(Exit::Unusable, what)
        .fact("nothing was sent, nothing was written")
        .hint("choose another file"))
}

fn needed(output: &Output, global: &Global) -> Option<&'static str> {
    if let Some(ledger) = ledger_path(global)
        && (output.names(&ledger) || output.names_part_of(&ledger))
    {
        return Some("the ledger");
    }
    let key = api_key::origin(global).and_then(|origin| origin.file().map(PathBuf::from));
    let kept = paths::profiles_with_keys().into_iter().map(Some).chain([None]);
    let kept = kept.filter_map(|profile| paths::key_file(profile.as_ref()));
    if key.into_iter().chain(kept).any(|key| output.names(&key)) {
        return Some("the API key");
    }
    paths::config_file().filter(|config| output.names(config)).map(|_| "the config file")
}
