//! Messages on standard error.

use super::exit::Exit;
use super::failure::Failure;
use super::message::Message;
use super::repeated_options::RepeatedOptions;
use super::stderr::{Level, Stderr};
use crate::cli::{CommandLine, Global, LogFormat, UsageError, When};
use console::Term;
use indicatif::MultiProgress;
use serde_json::{Map, Value};
use std::io::IsTerminal;

/// Prints what clap says: help and version on standard output, a mistake on standard error.
pub fn report_usage_error(UsageError { error, log_format }: &UsageError) -> Exit {
    if error.use_stderr() && *log_format == LogFormat::Json {
        let text = error.render().to_string();
        let text = text.trim_start_matches("error:").trim();
        Stderr::new(*log_format, false, RepeatedOptions::default()).message(Level::Error, text);
    } else {
        // A closed stream does not change the exit code.
        drop(error.print());
    }
    if error.use_stderr() { Exit::Unusable } else { Exit::Done }
}

/// Prints messages on standard error, around a progress bar if there is one.
#[derive(Debug, Clone)]
pub struct Console {
    quiet: bool,
    shows_progress: bool,
    pub(super) stderr: Stderr,
    pub(super) verbose: u8,
}

impl Console {
    pub fn of(line: &CommandLine) -> Self {
        let global = &line.args.global;
        let terminal = std::io::stderr().is_terminal() && !is_dumb() && !wants_plain_lines();
        let shows_progress = match global.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && global.verbose == 0,
        };
        let is_text = global.log_format == LogFormat::Text;
        Self {
            quiet: global.quiet,
            shows_progress: shows_progress && !global.quiet && is_text,
            stderr: Stderr::new(
                global.log_format,
                wants_colour(global, terminal),
                RepeatedOptions::of(global),
            ),
            verbose: global.verbose,
        }
    }

    /// The message with commands that speak of the ledger and the account of this one.
    pub(crate) fn with_options(&self, message: &Message) -> Message {
        message.map(|text| self.stderr.options.added_to(text).into_owned())
    }

    pub(crate) fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    pub(crate) fn colour(&self) -> bool {
        self.stderr.colour
    }

    /// Prints a message, unless quiet.
    pub(crate) fn info(&self, text: impl Into<Message>) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// Prints lines for people, or one JSON object with these fields for log collectors, unless quiet.
    pub(crate) fn info_with(
        &self,
        lines: impl IntoIterator<Item = Message>,
        name: &str,
        fields: impl FnOnce() -> Map<String, Value>,
    ) {
        match self.stderr.format {
            LogFormat::Text => lines.into_iter().for_each(|line| self.info(line)),
            LogFormat::Json if self.quiet => {}
            LogFormat::Json => self.stderr.event(Level::Info, name, fields()),
        }
    }

    /// Warns, unless quiet.
    pub(crate) fn warn(&self, text: impl Into<Message>) {
        if !self.quiet {
            self.stderr.message(Level::Warn, text.into().as_str());
        }
    }

    /// Warns of credits that may be lost, or says why the exit code is not 0. If quiet, only on one line.
    pub(crate) fn warn_always(&self, text: impl Into<Message>) {
        let text = text.into();
        let text = if self.quiet { text.first_line() } else { text };
        self.stderr.message(Level::Warn, text.as_str());
    }

    /// Prints what the command was asked for, quiet or not.
    pub(crate) fn print(&self, text: impl Into<Message>) {
        self.stderr.message(Level::Info, text.into().as_str());
    }

    /// Prints one JSON object that the command was asked for, quiet or not, on one line.
    pub(crate) fn print_json(&self, object: &str) {
        self.stderr.line(object);
    }

    /// Prints why a command failed.
    pub fn error(&self, failure: &Failure) {
        self.stderr.message(Level::Error, failure.text().as_str());
    }

    /// Sets the progress bars, so that messages are not written across them.
    pub(crate) fn attach_progress(&self, bars: Option<MultiProgress>) {
        self.stderr.set_bars(bars);
    }

    /// Removes the progress bar from the screen.
    pub(crate) fn clear_progress(&self) {
        self.stderr.clear_bars();
    }
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// `ACCESSIBLE` asks for output that a screen reader can read: nothing is overwritten.
fn wants_plain_lines() -> bool {
    std::env::var_os("ACCESSIBLE").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Whether the terminal can show more than ASCII.
pub(super) fn draws_boxes() -> bool {
    cfg!(windows) || is_utf8(|name| std::env::var(name).ok())
}

/// Whether the locale is UTF-8. The first variable that has a value counts (POSIX, environment variables).
fn is_utf8(value: impl Fn(&'static str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| value(name).filter(|v| !v.is_empty()));
    let locale = locale.unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn wants_colour(global: &Global, terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match global.color {
        When::Always => true,
        When::Never => false,
        When::Auto if is_set("NO_COLOR") => false,
        When::Auto if is_set("CLICOLOR_FORCE") => true,
        When::Auto => {
            // A Windows console shows colours only after this question switched them on.
            let is_able = cfg!(unix) || Term::stderr().features().colors_supported();
            let is_refused = std::env::var_os("CLICOLOR").is_some_and(|value| value == "0");
            terminal && is_able && !is_refused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_utf8;

    #[test]
    fn the_first_variable_that_is_set_names_the_locale() {
        for (all, ctype, lang, is) in [
            ("", "", "en_GB.UTF-8", true),
            ("", "C", "en_GB.UTF-8", false),
            ("C.utf8", "C", "C", true),
            ("", "", "de_DE@euro", false),
            ("", "", "", false),
        ] {
            let value = |name| {
                Some(
                    match name {
                        "LC_ALL" => all,
                        "LC_CTYPE" => ctype,
                        _ => lang,
                    }
                    .to_owned(),
                )
            };
            assert_eq!(is_utf8(value), is, "{all} {ctype} {lang}");
        }
    }
}
