//! Questions with yes or no, which are asked on the terminal itself: standard input may be the list.

use super::exit::Exit;
use super::failure::Failure;
use super::message::Message;
use super::stderr::wrapped;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    No,
    Yes,
}

/// Asks, and fails if there is no terminal. `unchanged` says that nothing was done.
pub(crate) async fn confirm(question: &Message, unchanged: &'static str) -> Result<Reply, Failure> {
    ask(question).await.ok_or_else(|| {
        Failure::new(Exit::Unusable, "this needs your yes, and there is no terminal to ask on")
            .fact(question.clone())
            .fact(unchanged)
            .hint("add `--yes`")
    })
}

/// Asks; `None` if there is no terminal.
///
/// A thread waits for the answer, so that signals still work. It does not keep the program from ending.
pub(crate) async fn ask(question: &Message) -> Option<Reply> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let question = question.clone();
    std::thread::spawn(move || {
        if sender.send(ask_and_wait(&question)).is_err() {
            tracing::debug!("the run ended before the answer came");
        }
    });
    let mut line = OpenLine { is_answered: false };
    let reply = receiver.await.ok()?;
    line.is_answered = true;
    reply
}

/// Ends the line of an interrupted question, so that the next message begins a new one.
struct OpenLine {
    is_answered: bool,
}

impl Drop for OpenLine {
    fn drop(&mut self) {
        if !self.is_answered {
            // If this fails, only the look of the terminal is lost.
            drop(writeln!(io::stderr()));
        }
    }
}

fn ask_and_wait(question: &Message) -> Option<Reply> {
    let mut stderr = io::stderr();
    if !stderr.is_terminal() {
        return None;
    }
    let terminal = open_terminal().ok()?;
    write!(stderr, "{}", wrapped(format!("{question} [y/N] ")))
        .and_then(|()| stderr.flush())
        .ok()?;
    let mut line = String::new();
    BufReader::new(terminal).read_line(&mut line).ok()?;
    let is_yes = matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
    Some(if is_yes { Reply::Yes } else { Reply::No })
}

fn open_terminal() -> io::Result<File> {
    let path = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    // Windows opens a console only for reading and writing.
    OpenOptions::new().read(true).write(cfg!(windows)).open(path)
}
