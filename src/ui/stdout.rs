//! Data on standard output.

use super::exit::Exit;
use super::failure::Failure;
use super::message::{Message, message};
use std::io::{self, Write};

/// Prints text and a line break. A closed pipe is no failure.
pub(crate) fn print(text: &Message) -> Result<(), Failure> {
    print_document(text.as_str())
}

/// Prints one JSON object on one line.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print_document(&serde_json::to_string(value).expect("our own structs are always JSON"))
}

/// Prints our own text as it is, with a line break at its end.
pub(crate) fn print_document(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let written = write!(out, "{text}{end}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            message!("cannot write standard output: {}", Message::foreign(error)),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
