//! `login` and `logout`: keeping an API key for later runs.

use super::session::api_key;
use crate::cli::Global;
use crate::cli::paths;
use crate::enrow::{ApiKey, Client, RetryPolicy};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

/// The longest key that is read from a pipe.
const LONGEST: u64 = 4096;

/// Reads a key, checks it with Enrow, and keeps it.
pub(super) async fn login(global: &Global, console: &Console) -> Result<Exit, Failure> {
    if global.sandbox {
        return Err(Failure::new(Exit::Unusable, "a sandbox needs no API key"));
    }
    let path = key_file()?;
    let text = read()
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot read the API key: {error}")))?;
    if text.trim().is_empty() {
        return Err(Failure::new(Exit::Key, "no API key was entered")
            .fact("nothing was kept")
            .hint("type it at the prompt, or `enrow-phone login < FILE`"));
    }
    let key = ApiKey::parse(&text).ok_or_else(|| api_key::not_a_key("what was entered"))?;
    let client =
        Client::new(global.api_url.clone(), &key, global.request_timeout).map_err(|error| {
            Failure::new(Exit::Failed, format!("{error:#}")).fact("nothing was kept")
        })?;
    let account = client
        .account(RetryPolicy::Tries(3), &|_| ())
        .await
        .map_err(|error| Failure::from(error).fact("nothing was kept"))?;
    paths::write_private(&path, &format!("{}\n", text.trim())).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot write `{}`: {error}", path.display()))
    })?;
    console.info(format!(
        "kept in `{}`: key {}, {}",
        path.display(),
        key.account(),
        match account.credits {
            Some(credits) => format!("{credits} credits"),
            None => "its balance cannot be read".to_owned(),
        }
    ));
    if let Ok((_, origin)) = api_key::find(global)
        && !matches!(origin, api_key::Origin::Stored(_))
    {
        console.warn(format!("the key from {origin} goes before it"));
    }
    Ok(Exit::Done)
}

/// Removes the key.
pub(super) fn logout(console: &Console) -> Result<Exit, Failure> {
    let path = key_file()?;
    match std::fs::remove_file(&path) {
        Ok(()) => console.info(format!("removed `{}`", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => console.info("no key was kept"),
        Err(error) => {
            let what = format!("cannot remove `{}`: {error}", path.display());
            return Err(Failure::new(Exit::Failed, what));
        }
    }
    Ok(Exit::Done)
}

fn key_file() -> Result<PathBuf, Failure> {
    paths::key_file().ok_or_else(|| {
        Failure::new(Exit::Failed, "there is no home folder to keep the key in")
            .hint(format!("set `{}` to a folder for it", paths::VARIABLE))
    })
}

/// From a prompt that does not show what is typed, or from a pipe.
fn read() -> io::Result<String> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return rpassword::prompt_password("API key (it is not shown): ");
    }
    let mut text = String::new();
    stdin.lock().take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
