//! The one writer of standard error: text for people or JSON lines, around a progress bar.

use crate::cli::LogFormat;
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
struct Entry<'a> {
    timestamp: String,
    level: Level,
    message: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// A standard error that is closed is no reason to fail.
#[derive(Debug, Clone)]
pub(super) struct Stderr {
    pub(super) colour: bool,
    pub(super) format: LogFormat,
    /// Shared, because the log is written from every thread.
    bars: Arc<Mutex<Option<MultiProgress>>>,
}

impl Stderr {
    pub(super) fn new(format: LogFormat, colour: bool) -> Self {
        Self { colour, format, bars: Arc::default() }
    }

    /// Writes a message for people.
    pub(super) fn message(&self, level: Level, text: &str) {
        match (self.format, level) {
            (LogFormat::Json, _) => self.line(&entry(level, text, Map::new())),
            (LogFormat::Text, Level::Debug | Level::Info) => self.line(text),
            (LogFormat::Text, Level::Warn) => {
                self.line(&format!("{} {text}", self.paint("33;1", "warning:")));
            }
            (LogFormat::Text, Level::Error) => {
                self.line(&format!("{} {text}", self.paint("31;1", "error:")));
            }
        }
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

    /// Makes bars known, so that lines are not written across them.
    pub(super) fn set_bars(&self, bars: Option<MultiProgress>) {
        *self.bars() = bars;
    }

    pub(super) fn clear_bars(&self) {
        if let Some(bars) = &*self.bars() {
            // Only the look of the terminal is lost.
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

fn entry(level: Level, message: &str, fields: Map<String, Value>) -> String {
    let entry = Entry { timestamp: timestamp(), level, message, fields };
    serde_json::to_string(&entry).expect("texts and numbers are always JSON")
}

/// ` name=value`, quoted only where that is needed.
fn field(name: &str, value: &Value) -> String {
    match value.as_str() {
        Some(word) if !word.is_empty() && !word.contains([' ', '"']) => format!(" {name}={word}"),
        _ => format!(" {name}={value}"),
    }
}

fn timestamp() -> String {
    humantime::format_rfc3339_micros(SystemTime::now()).to_string()
}
