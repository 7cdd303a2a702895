//! Text that is safe to print.
//!
//! A [`Message`] consists of literals, our own numbers and sanitized foreign text. The macro
//! [`message!`](crate::ui::message) takes no other types, so text from a file, a server or the ledger cannot reach a
//! terminal unsanitized.

use crate::batch::{AccountId, BatchId};
use crate::text::{Sanitized, sanitize};
use crate::units::{self, Credits, grouped};
use std::fmt;
use std::path::Path;

/// One or more lines for people. Line breaks come from literals and from [`Message::foreign`].
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message(String);

/// What a [`Message`] may show as it is.
pub(crate) trait Safe: fmt::Display {}

impl Safe for &'static str {}
impl Safe for AccountId {}
impl Safe for BatchId {}
impl Safe for Credits {}
impl Safe for Message {}
impl Safe for Sanitized {}
impl Safe for f64 {}
impl Safe for u16 {}
impl Safe for u64 {}
impl Safe for usize {}
impl<T: Safe> Safe for &T {}

impl Message {
    /// Only for [`message!`](crate::ui::message), which takes only [`Safe`] values.
    pub(crate) fn from_safe_arguments(arguments: fmt::Arguments<'_>) -> Self {
        Self(arguments.to_string())
    }

    /// Foreign text with each line sanitized. Blanks at the beginning of a line stay: they indent.
    pub(crate) fn foreign(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        let lines = text.lines().map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            format!("{}{}", &line[..indent], sanitize(&without_error_number(line)))
        });
        Self(lines.collect::<Vec<_>>().join("\n"))
    }

    /// A path in backticks, on one line.
    pub(crate) fn path(path: &Path) -> Self {
        Self(format!("`{}`", sanitize(&path.to_string_lossy())))
    }

    /// The command that gives a file these rights, in backticks. What is between them can be pasted into a shell.
    pub(crate) fn chmod(rights: &'static str, path: &Path) -> Self {
        Self(format!("`chmod {rights} {}`", shell_word(path)))
    }

    /// Where a ledger is, in backticks: a path or an address.
    pub(crate) fn place(place: impl fmt::Display) -> Self {
        Self(format!("`{}`", sanitize(&place.to_string())))
    }

    pub(crate) fn lines_of(lines: impl IntoIterator<Item = Self>) -> Self {
        Self(lines.into_iter().map(|line| line.0).collect::<Vec<_>>().join("\n"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Only for texts that are made of this one.
    pub(super) fn map(&self, text: impl FnOnce(&str) -> String) -> Self {
        Self(text(&self.0))
    }

    pub(crate) fn first_line(&self) -> Self {
        Self(self.0.lines().next().unwrap_or_default().to_owned())
    }

    pub(crate) fn push(&mut self, more: impl Into<Self>) {
        self.0.push_str(&more.into().0);
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&'static str> for Message {
    fn from(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Sanitized> for Message {
    fn from(text: Sanitized) -> Self {
        Self(text.into_string())
    }
}

/// Formats a [`Message`] from [`Safe`] values: by position, or by name behind a semicolon.
///
/// `concat!` keeps the format string from capturing variables, which would pass the check.
macro_rules! message {
    ($format:literal $(,)?) => {
        $crate::ui::message::Message::from_safe_arguments(format_args!(concat!($format)))
    };
    ($format:literal $(, $value:expr)+ $(,)?) => {
        $crate::ui::message::Message::from_safe_arguments(
            format_args!(concat!($format), $($crate::ui::message::safe(&$value)),+),
        )
    };
    ($format:literal; $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::ui::message::Message::from_safe_arguments(format_args!(
            concat!($format),
            $($name = $crate::ui::message::safe(&$crate::ui::message::named!($name $(= $value)?))),+
        ))
    };
}

/// The value of `name`, or of `name = value`.
macro_rules! named {
    ($name:ident) => {
        $name
    };
    ($name:ident = $value:expr) => {
        $value
    };
}

pub(crate) use {message, named};

/// A path as one word of a shell.
pub(super) fn shell_word(path: &Path) -> String {
    let path = sanitize(&path.to_string_lossy()).into_string();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,@%:".contains(&byte);
    if path.bytes().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// An error of the system without ` (os error 2)`, which adds nothing to the words.
fn without_error_number(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" (os error ") else {
        return line.to_owned();
    };
    match rest.split_once(')') {
        Some((number, after)) if number.chars().all(|c| c.is_ascii_digit()) => {
            [before, after].concat()
        }
        _ => line.to_owned(),
    }
}

/// Lets only [`Safe`] values pass.
pub(crate) fn safe<T: Safe>(value: &T) -> &T {
    value
}

/// A number in groups of three digits: `7,001`.
pub(crate) fn count(number: usize) -> Message {
    Message(grouped(number as u64))
}

/// A count with its word in the singular or plural: `1 batch`, `3,000 people`.
pub(crate) fn counted(number: usize, one: &'static str, many: &'static str) -> Message {
    Message(units::counted(number, one, many))
}

/// `1 person`, `3,000 people`.
pub(crate) fn people(number: usize) -> Message {
    counted(number, "person", "people")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cleaned_line_by_line() {
        let text = Message::foreign("bad\u{1b}[2J name\n  second\u{202e} line\r\n");
        assert_eq!(text.as_str(), "bad [2J name\n  second line");
        assert_eq!(Message::path(Path::new("a\nb\u{7}.csv")).as_str(), "`a b .csv`");
    }

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let chmod = |path: &str| Message::chmod("600", Path::new(path)).to_string();
        assert_eq!(chmod("/home/ada/.pgpass"), "`chmod 600 /home/ada/.pgpass`");
        assert_eq!(chmod("/Users/ada/It's mine/key"), r"`chmod 600 '/Users/ada/It'\''s mine/key'`");
    }

    #[test]
    fn a_systems_error_is_said_in_words() {
        let error = std::io::Error::from_raw_os_error(2);
        let text = Message::foreign(format_args!("cannot read `a.csv`: {error}; see below"));
        assert!(!text.as_str().contains("os error"), "{text}");
        assert!(text.as_str().ends_with("; see below"), "{text}");
    }

    #[test]
    fn values_are_named_or_counted_by_place() {
        let people = people(1);
        assert_eq!(message!("{} of {:>3}", people, 2_usize).as_str(), "1 person of   2");
        let text = message!("{people}, {credits} credits"; people, credits = Credits(4000));
        assert_eq!(text.as_str(), "1 person, 4,000 credits");
    }
}
