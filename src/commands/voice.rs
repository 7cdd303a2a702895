//! Everything that is said to people, on stderr. stdout carries data only.

use super::failure::Failure;
use crate::cli::{Global, When};
use indicatif::MultiProgress;
use std::cell::RefCell;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::rc::Rc;

/// Speaks on stderr, around a progress bar where there is one. A stderr that is closed is no reason to fail.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    quiet: bool,
    colour: bool,
    draws: bool,
    bars: Rc<RefCell<Option<MultiProgress>>>,
}

impl Voice {
    /// As the user wants it, and as the terminal can take it.
    pub(super) fn new(global: &Global) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let asked = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colour = match global.color.unwrap_or(When::Auto) {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let refused = asked("NO_COLOR")
                    || std::env::var_os("CLICOLOR").is_some_and(|value| value == "0");
                asked("CLICOLOR_FORCE") || (terminal && !dumb && !refused)
            }
        };
        let draws = match global.progress.unwrap_or(When::Auto) {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !dumb,
        };
        Self {
            quiet: global.quiet,
            colour,
            draws: draws && !global.quiet,
            bars: Rc::default(),
        }
    }

    /// Whether a bar may be drawn.
    pub(super) fn draws(&self) -> bool {
        self.draws
    }

    /// Whether colours may be used.
    pub(super) fn colour(&self) -> bool {
        self.colour
    }

    /// Says one thing, unless quiet.
    pub(super) fn say(&self, line: impl Display) {
        if !self.quiet {
            self.write(&line.to_string());
        }
    }

    /// Says that the output is written but not whole, or that something deserves a look.
    pub(super) fn warn(&self, text: impl Display) {
        if !self.quiet {
            self.write(&format!("{} {text}", self.paint("33;1", "warning:")));
        }
    }

    /// Tells data that was asked for on stderr, quiet or not.
    pub(super) fn data(&self, text: impl Display) {
        self.write(&text.to_string());
    }

    /// Tells an error.
    pub(super) fn fail(&self, failure: &Failure) {
        let (first, rest) = failure.lines();
        self.write(&format!("{} {first}", self.paint("31;1", "error:")));
        rest.for_each(|line| self.write(&line));
    }

    /// Asks a question that is answered with yes or no; `None` where nobody is there to answer.
    pub(super) fn ask(question: &str) -> Option<bool> {
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
    pub(super) fn around(&self, bars: Option<MultiProgress>) {
        *self.bars.borrow_mut() = bars;
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
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

/// Sends what `-v` asks for to stderr.
pub(super) fn listen_in(global: &Global) {
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::prelude::*;
    let level = match global.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(std::io::stderr);
    // Only our own words: a library's could hold a URL with an id, or a header.
    let ours = tracing_subscriber::filter::Targets::new().with_target("enrow_phone", level);
    if tracing_subscriber::registry()
        .with(layer.with_filter(ours))
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was set up before");
    }
}
