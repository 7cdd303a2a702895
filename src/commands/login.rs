//! `login` and `logout`: keep an API key for later runs, and remove it.

use super::account;
use super::session::blocking::on_thread;
use super::session::signals::wait_for_signal;
use super::session::{self, api_key};
use crate::cli::Global;
use crate::cli::paths;
use crate::enrow::{ApiKey, NotAKey};
use crate::sheet::follow_links;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use secrecy::zeroize::Zeroizing;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

/// Reads a key, checks it with Enrow, and keeps it.
pub(super) async fn login(global: &Global, console: &Console) -> Result<Exit, Failure> {
    if global.sandbox {
        return Err(Failure::new(Exit::Unusable, "a sandbox needs no API key"));
    }
    let path = key_file(global)?;
    let entered = read().await.map_err(|error| {
        Failure::new(Exit::Failed, message!("cannot read the API key: {}", Message::foreign(error)))
    })?;
    let key = match entered {
        Entered::Text(bytes) => api_key::of_bytes(&bytes),
        Entered::Interrupted(exit) => {
            console.warn_always("interrupted; nothing was kept");
            return Ok(exit);
        }
    };
    let key = key.map_err(|why| match why {
        NotAKey::Empty => Failure::new(Exit::Key, "no API key was entered")
            .fact("nothing was kept")
            .hint("type it at the prompt, or run `enrow-phone login < FILE`"),
        NotAKey::Long | NotAKey::SeveralWords | NotAKey::Strange => {
            api_key::not_a_key(&"this".into(), why).fact("nothing was kept")
        }
    })?;
    session::say_which_api(global, console);
    let client = session::client(&key, global.api_url.clone(), global)
        .map_err(|failure| failure.fact("nothing was kept"))?;
    let account = account::ask(&client, console)
        .await
        .map_err(|error| Failure::from(error).fact("nothing was kept"))?;
    paths::write_private(&path, &key.line()).map_err(|error| {
        Failure::io(Exit::Failed, "cannot write", &path, error).fact("nothing was kept")
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
    match api_key::origin(global) {
        Some(origin @ api_key::Origin::Stored(_)) => api_key::warn_of_others(&origin, console),
        Some(origin) => {
            console.warn(message!("the key from {} has precedence over it", origin.describe()));
        }
        None => {}
    }
    Ok(Exit::Done)
}

pub(super) fn logout(global: &Global, console: &Console) -> Result<Exit, Failure> {
    let path = key_file(global)?;
    // A link may lead to a file that is for other programs too, so only the link is removed.
    let is_link = std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
    let target = is_link.then(|| follow_links(&path)).filter(|target| target.exists());
    match std::fs::remove_file(&path) {
        Ok(()) => {
            console.info(message!("removed {}", Message::path(&path)));
            if let Some(target) = target {
                let target = Message::path(&target);
                console.warn(message!("it was a link: the key itself is still in {}", target));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => console.info("no key was kept"),
        Err(error) => return Err(Failure::io(Exit::Failed, "cannot remove", &path, error)),
    }
    Ok(Exit::Done)
}

fn key_file(global: &Global) -> Result<PathBuf, Failure> {
    paths::key_file(global.profile.as_ref()).ok_or_else(|| {
        Failure::new(Exit::Failed, "there is no home folder to keep the key in")
            .hint(message!("set `{}` to a folder for it", paths::VARIABLE))
    })
}

enum Entered {
    Interrupted(Exit),
    Text(Zeroizing<Vec<u8>>),
}

/// Reads a key from a prompt that does not show what is typed, or from a pipe.
async fn read() -> io::Result<Entered> {
    if !io::stdin().is_terminal() {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        io::stdin().lock().take(2 * ApiKey::LONGEST_TEXT + 3).read_to_end(&mut bytes)?;
        return Ok(Entered::Text(bytes));
    }
    let screen = Screen::save();
    // Listens before the prompt: otherwise a signal would end the program while the terminal does not show what is typed.
    let interrupted = wait_for_signal();
    let typing = on_thread(|| rpassword::prompt_password("API key (it is not shown): "));
    let typed = tokio::select! {
        typed = typing => typed,
        exit = interrupted => {
            screen.restore();
            return Ok(Entered::Interrupted(exit));
        }
    };
    match typed {
        Ok(text) => Ok(Entered::Text(Zeroizing::new(text.into_bytes()))),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            Ok(Entered::Interrupted(Exit::Interrupted))
        }
        Err(error) => Err(error),
    }
}

/// The mode of the terminal before it was told not to show what is typed.
#[cfg(unix)]
struct Screen(Option<(std::fs::File, rustix::termios::Termios)>);

#[cfg(unix)]
impl Screen {
    fn save() -> Self {
        let saved = std::fs::File::open("/dev/tty").ok().and_then(|terminal| {
            let mode = rustix::termios::tcgetattr(&terminal).ok()?;
            Some((terminal, mode))
        });
        Self(saved)
    }

    /// The thread that reads cannot do this: it still waits for input.
    fn restore(&self) {
        if let Some((terminal, mode)) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            if let Err(error) = rustix::termios::tcsetattr(terminal, now, mode) {
                tracing::debug!(%error, "the terminal is gone");
            }
        }
    }
}

#[cfg(not(unix))]
struct Screen;

#[cfg(not(unix))]
impl Screen {
    fn save() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "on Unix it uses `self`")]
    fn restore(&self) {}
}
