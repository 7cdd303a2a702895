//! Everything that is said to people, on stderr. stdout carries data only.

use crate::cli::{CommandLine, Global, LogFormat, UsageError, When};
use crate::ui::failure::{Exit, Failure};
use console::Term;
use indicatif::MultiProgress;
use serde::Serialize;
use std::cell::RefCell;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::rc::Rc;
use std::time::SystemTime;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Info,
    Warn,
    Error,
}

/// What is said, as a line of a log; its fields are named as those of the log of requests.
#[derive(Debug, Serialize)]
struct Line<'a> {
    timestamp: String,
    level: Level,
    message: &'a str,
}

/// One thing that is said, as a line of a log.
fn line(level: Level, message: &str) -> String {
    let line = Line {
        timestamp: humantime::format_rfc3339_micros(SystemTime::now()).to_string(),
        level,
        message,
    };
    serde_json::to_string(&line).expect("strings are always JSON")
}

/// Prints what clap says: help and version on standard output, a mistake on standard error.
pub fn report_usage_error(UsageError { error, log_format }: &UsageError) -> Exit {
    // A closed stream is no reason for another exit code.
    if error.use_stderr() && *log_format == LogFormat::Json {
        let text = error.render().to_string();
        let line = line(Level::Error, text.trim_start_matches("error:").trim());
        drop(writeln!(std::io::stderr().lock(), "{line}"));
    } else {
        drop(error.print());
    }
    if error.use_stderr() { Exit::Unusable } else { Exit::Done }
}

/// Speaks on stderr, around a progress bar where there is one. A stderr that is closed is no reason to fail.
#[derive(Debug, Clone)]
pub struct Console {
    quiet: bool,
    colour: bool,
    shows_progress: bool,
    format: LogFormat,
    bars: Rc<RefCell<Option<MultiProgress>>>,
}

impl Console {
    /// The console that a command line asks for.
    pub fn of(line: &CommandLine) -> Self {
        Self::new(&line.args.global)
    }

    /// As the user wants it, and as the terminal can take it.
    fn new(global: &Global) -> Self {
        let terminal = std::io::stderr().is_terminal();
        // A Windows console shows colours once it has been asked whether it can.
        let colourful = cfg!(unix) || Term::stderr().features().colors_supported();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let asked = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colour = match global.color {
            When::Always => true,
            When::Never => false,
            When::Auto if asked("NO_COLOR") => false,
            When::Auto => {
                let refused = std::env::var_os("CLICOLOR").is_some_and(|value| value == "0");
                asked("CLICOLOR_FORCE") || (terminal && colourful && !dumb && !refused)
            }
        };
        let shows_progress = match global.progress {
            When::Always => true,
            When::Never => false,
            // A log would be written across it.
            When::Auto => terminal && !dumb && global.verbose == 0,
        };
        let format = global.log_format;
        Self {
            quiet: global.quiet,
            colour,
            shows_progress: shows_progress && !global.quiet && format == LogFormat::Text,
            format,
            bars: Rc::default(),
        }
    }

    /// Whether a bar may be drawn.
    pub(crate) fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// Whether colours may be used.
    pub(crate) fn colour(&self) -> bool {
        self.colour
    }

    /// Says one thing, unless quiet.
    pub(crate) fn info(&self, line: impl Display) {
        if !self.quiet {
            self.tell(Level::Info, &line.to_string());
        }
    }

    /// Says that the output is written but not whole, or that something deserves a look.
    pub(crate) fn warn(&self, text: impl Display) {
        if !self.quiet {
            self.tell(Level::Warn, &text.to_string());
        }
    }

    /// Says what concerns money that may be spent for nothing, quiet or not.
    pub(crate) fn warn_always(&self, text: impl Display) {
        self.tell(Level::Warn, &text.to_string());
    }

    /// Tells data that was asked for on stderr, quiet or not.
    pub(crate) fn print(&self, text: impl Display) {
        self.tell(Level::Info, &text.to_string());
    }

    /// Tells one JSON object that was asked for on stderr, quiet or not, on a line of its own.
    pub(crate) fn print_json(&self, object: &str) {
        self.write(object);
    }

    /// Tells an error.
    pub fn error(&self, failure: &Failure) {
        let (first, rest) = failure.lines();
        let lines: Vec<String> = std::iter::once(first.to_owned()).chain(rest).collect();
        self.tell(Level::Error, &lines.join("\n"));
    }

    /// Asks a question that is answered with yes or no; `None` where nobody is there to answer.
    pub(crate) fn confirm(question: &str) -> Option<bool> {
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return None;
        }
        let mut err = std::io::stderr().lock();
        drop(write!(err, "{question} [y/N] ").and_then(|()| err.flush()));
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).ok()?;
        Some(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Lets a bar know of what is said, so that they do not write over each other.
    pub(crate) fn attach_progress(&self, bars: Option<MultiProgress>) {
        *self.bars.borrow_mut() = bars;
    }

    /// Takes a bar off the screen, before an end without words.
    pub(crate) fn clear_progress(&self) {
        if let Some(bars) = &*self.bars.borrow() {
            // The screen is all that is lost.
            drop(bars.clear());
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn tell(&self, level: Level, text: &str) {
        match (self.format, level) {
            (LogFormat::Json, _) => self.write(&line(level, text)),
            (LogFormat::Text, Level::Info) => self.write(text),
            (LogFormat::Text, Level::Warn) => {
                self.write(&format!("{} {text}", self.paint("33;1", "warning:")));
            }
            (LogFormat::Text, Level::Error) => {
                self.write(&format!("{} {text}", self.paint("31;1", "error:")));
            }
        }
    }

    fn write(&self, text: &str) {
        let write = || {
            // Nobody is left to be told when stderr itself is closed.
            drop(writeln!(std::io::stderr().lock(), "{text}"));
        };
        match &*self.bars.borrow() {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }
}
