//! `login` and `logout`: keeping an API key for later runs.

use super::console::Console;
use super::failure::{Exit, Failure};
use super::{api_key, paths};
use crate::cli::Global;
use crate::enrow::{ApiKey, Client, Patience};
use std::io::{self, IsTerminal, Read};

/// The longest key that is read from a pipe.
const LONGEST: u64 = 4096;

/// Reads a key, checks it with Enrow, and keeps it.
pub(super) async fn login(global: &Global, console: &Console) -> Result<Exit, Failure> {
    if global.sandbox {
        return Err(Failure::new(Exit::Unusable, "a sandbox needs no API key"));
    }
    let path = paths::require_key_file()?;
    let text = read()
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot read the API key: {error}")))?;
    if text.trim().is_empty() {
        return Err(Failure::new(Exit::Key, "no API key was entered")
            .fact("nothing was kept")
            .hint("type it at the prompt, or `enrow-phone login < FILE`"));
    }
    let key = ApiKey::parse(&text).ok_or_else(|| api_key::not_a_key("what was entered"))?;
    let client = Client::new(global.api_url.clone(), &key, global.request_timeout())
        .map_err(|error| Failure::from(error).fact("nothing was kept"))?;
    let account = client
        .account(Patience::Tries(3), &|_| ())
        .await
        .map_err(|error| Failure::from(error).fact("nothing was kept"))?;
    paths::write_private(&path, &format!("{}\n", text.trim())).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot write `{}`: {error}", path.display()))
    })?;
    console.info(format!(
        "kept in `{}`: key {}, {} credits",
        path.display(),
        key.account(),
        account.credits
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
    let path = paths::require_key_file()?;
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
