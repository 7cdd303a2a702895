//! Writes standard error: text for people or JSON lines, without disturbing a progress bar. No other place does.

use super::repeated_options::RepeatedOptions;
use super::table::width_of;
use crate::cli::LogFormat;
use console::{Term, measure_text_width};
use indicatif::MultiProgress;
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Level {
    Debug,
    Error,
    Info,
    Warn,
}

/// A line of a JSON log.
#[derive(Debug, Serialize)]
struct LogEntry<'a> {
    timestamp: String,
    level: Level,
    message: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Errors of writing are ignored: a closed standard error is no reason to fail.
#[derive(Debug, Clone)]
pub(super) struct Stderr {
    pub(super) colour: bool,
    pub(super) format: LogFormat,
    /// Shared, because the log is written from every thread.
    bars: Arc<Mutex<Option<MultiProgress>>>,
    pub(super) options: RepeatedOptions,
}

impl Stderr {
    pub(super) fn new(format: LogFormat, colour: bool, options: RepeatedOptions) -> Self {
        Self { colour, format, bars: Arc::default(), options }
    }

    /// Writes a message for people.
    pub(super) fn message(&self, level: Level, text: &str) {
        let text = &*self.options.added_to(text);
        let text = match (self.format, level) {
            (LogFormat::Json, _) => return self.line(&entry(level, text, Map::new())),
            (LogFormat::Text, Level::Debug | Level::Info) => text.to_owned(),
            (LogFormat::Text, Level::Warn) => {
                format!("{} {text}", self.paint("33;1", "warning:"))
            }
            (LogFormat::Text, Level::Error) => format!("{} {text}", self.paint("31;1", "error:")),
        };
        self.line(&wrapped(text));
    }

    /// Writes an event of the log that `-v` asks for.
    pub(super) fn event(&self, level: Level, text: &str, fields: Map<String, Value>) {
        let line = match self.format {
            LogFormat::Json => entry(level, text, fields),
            LogFormat::Text => {
                let level = format!("{level:?}").to_uppercase();
                let fields: String =
                    fields.iter().map(|(name, value)| field(name, value)).collect();
                format!("{} {level:>5} {text}{fields}", timestamp())
            }
        };
        self.line(&line);
    }

    pub(super) fn line(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr().lock(), "{text}"));
        match &*self.bars() {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }

    /// Sets the progress bars, so that lines are not written across them.
    pub(super) fn set_bars(&self, bars: Option<MultiProgress>) {
        *self.bars() = bars;
    }

    pub(super) fn clear_bars(&self) {
        if let Some(bars) = &*self.bars() {
            // If this fails, only the look of the terminal is lost.
            drop(bars.clear());
        }
    }

    fn bars(&self) -> MutexGuard<'_, Option<MultiProgress>> {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A text with its lines broken for the width of this terminal.
pub(super) fn wrapped(text: String) -> String {
    wrap(text, width_of(&Term::stderr()))
}

/// Breaks long lines at blanks, where a terminal would break a word. Text in backticks stays on one line if it fits,
/// because people copy it.
fn wrap(text: String, width: Option<usize>) -> String {
    let Some(width) = width else { return text };
    let mut wrapped = String::new();
    for line in text.split_inclusive('\n') {
        let indent = " ".repeat(line.len() - line.trim_start_matches(' ').len());
        let (mut column, mut is_quoted) = (0, false);
        for word in line.split_inclusive(|c| {
            is_quoted ^= c == '`';
            c == ' ' && !is_quoted
        }) {
            let length = measure_text_width(word.trim_end());
            if column > indent.len() && column + length > width {
                wrapped.truncate(wrapped.trim_end().len());
                wrapped.push('\n');
                wrapped.push_str(&indent);
                column = indent.len();
            }
            wrapped.push_str(word);
            column += measure_text_width(word);
        }
    }
    wrapped
}

fn entry(level: Level, message: &str, fields: Map<String, Value>) -> String {
    let entry = LogEntry { timestamp: timestamp(), level, message, fields };
    serde_json::to_string(&entry).expect("texts and numbers are always JSON")
}

/// ` name=value`, quoted only if that is needed.
fn field(name: &str, value: &Value) -> String {
    match value.as_str() {
        Some(word) if !word.is_empty() && !word.contains([' ', '"']) => format!(" {name}={word}"),
        _ => format!(" {name}={value}"),
    }
}

fn timestamp() -> String {
    humantime::format_rfc3339_micros(SystemTime::now()).to_string()
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn long_lines_break_at_blanks_and_not_within_commands() {
        let wrapped = |text: &str| wrap(text.to_owned(), Some(20));
        for (text, lines) in [
            ("as it is", "as it is"),
            ("exactly twenty chars\n", "exactly twenty chars\n"),
            ("a line that is longer than that", "a line that is\nlonger than that"),
            (
                "  an indented line is indented\nthe next",
                "  an indented line\n  is indented\nthe next",
            ),
            ("hint: run `enrow-phone recover`", "hint: run\n`enrow-phone recover`"),
            ("`a command that is much longer`", "`a command that is much longer`"),
            (
                "\u{1b}[33;1mwarning:\u{1b}[0m that's all",
                "\u{1b}[33;1mwarning:\u{1b}[0m that's all",
            ),
            ("  a  table's   gaps", "  a  table's   gaps"),
        ] {
            assert_eq!(wrapped(text), lines, "{text}");
        }
        assert_eq!(wrap("x ".repeat(99), None), "x ".repeat(99));
    }
}
