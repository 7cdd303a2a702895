//! `login` and `logout`: keeping an API key for later runs.

use super::session::api_key;
use crate::cli::Global;
use crate::cli::paths;
use crate::enrow::{ApiKey, Client, RetryPolicy};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
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
    let text = read().map_err(|error| {
        Failure::new(Exit::Failed, message!("cannot read the API key: {}", Message::foreign(error)))
    })?;
    if text.trim().is_empty() {
        return Err(Failure::new(Exit::Key, "no API key was entered")
            .fact("nothing was kept")
            .hint("type it at the prompt, or run `enrow-phone login < FILE`"));
    }
    let key = ApiKey::parse(&text).ok_or_else(|| api_key::not_a_key(&"this".into()))?;
    let client =
        Client::new(global.api_url.clone(), &key, global.request_timeout).map_err(|error| {
            let error = Message::foreign(format_args!("{error:#}"));
            Failure::new(Exit::Failed, error).fact("nothing was kept")
        })?;
    let account = client
        .account(RetryPolicy::Tries(3), &|_| ())
        .await
        .map_err(|error| Failure::from(error).fact("nothing was kept"))?;
    paths::write_private(&path, &format!("{}\n", text.trim())).map_err(|error| {
        let (path, error) = (Message::path(&path), Message::foreign(error));
        Failure::new(Exit::Failed, message!("cannot write {}: {}", path, error))
    })?;
    console.info(message!(
        "kept in {}: key {}, {}",
        Message::path(&path),
        key.account(),
        match account.credits {
            Some(credits) => message!("{} credits", credits),
            None => "its balance cannot be read".into(),
        }
    ));
    if let Ok((_, origin)) = api_key::find(global)
        && !matches!(origin, api_key::Origin::Stored(_))
    {
        console.warn(message!("the key from {} has precedence over it", origin.describe()));
    }
    Ok(Exit::Done)
}

/// Removes the key.
pub(super) fn logout(console: &Console) -> Result<Exit, Failure> {
    let path = key_file()?;
    match std::fs::remove_file(&path) {
        Ok(()) => console.info(message!("removed {}", Message::path(&path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => console.info("no key was kept"),
        Err(error) => {
            let (path, error) = (Message::path(&path), Message::foreign(error));
            return Err(Failure::new(Exit::Failed, message!("cannot remove {}: {}", path, error)));
        }
    }
    Ok(Exit::Done)
}

fn key_file() -> Result<PathBuf, Failure> {
    paths::key_file().ok_or_else(|| {
        Failure::new(Exit::Failed, "there is no home folder to keep the key in")
            .hint(message!("set `{}` to a folder for it", paths::VARIABLE))
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
