//! How a command ends: exit codes that mean one thing each, and errors that say what to do.

use crate::enrow::{FetchError, Trouble};
use crate::ledger::LedgerError;
use crate::lookup::Changed;
use crate::sheet::SheetError;
use std::process::ExitCode;

/// The exit codes. They are a public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every searchable row is answered.
    Done,
    /// 1: failed, nothing written.
    Failed,
    /// 2: the command line or the input cannot be used.
    Unusable,
    /// 3: written, but not whole.
    Partial,
    /// 4: no API key, or it was refused.
    Key,
    /// 5: credits or the budget ran out.
    Credits,
    /// 130: interrupted.
    Interrupted,
    /// 143: terminated.
    Terminated,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unusable => 2,
            Self::Partial => 3,
            Self::Key => 4,
            Self::Credits => 5,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error for the person at the keyboard: what happened, what was paid and written, what helps.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    /// What happened; further lines are told as they are.
    what: String,
    /// What was paid and written.
    facts: Vec<String>,
    hint: Option<String>,
}

impl Failure {
    /// An error.
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), facts: Vec::new(), hint: None }
    }

    /// With what was paid and written.
    #[must_use]
    pub(crate) fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// With the command or deed that helps.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// The lines below the first.
    pub(super) fn lines(&self) -> (&str, impl Iterator<Item = String>) {
        let (first, rest) = self.what.split_once('\n').unwrap_or((&self.what, ""));
        let rest = rest.lines().map(str::to_owned);
        let facts = self.facts.iter().map(|fact| format!("  {fact}"));
        (first, rest.chain(facts).chain(self.hint.iter().map(|hint| format!("hint: {hint}"))))
    }
}

impl From<SheetError> for Failure {
    fn from(error: SheetError) -> Self {
        let exit = if error.is_io() { Exit::Failed } else { Exit::Unusable };
        Self::new(exit, error.to_string())
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let failure = Self::new(Exit::Failed, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let what = error.to_string();
        match error {
            FetchError::Key { status, words } => super::api_key::refused(None, status, &words),
            FetchError::NoAnswer(Trouble::Answered(_)) => Self::new(Exit::Failed, what).hint(
                "Enrow, or a proxy before it, is in trouble: run the same command again later",
            ),
            FetchError::NoAnswer(Trouble::Unanswered(_)) => Self::new(Exit::Failed, what)
                .hint("check the connection (and `HTTPS_PROXY`), then run the same command again"),
            FetchError::UnknownId { .. } | FetchError::Refused { .. } => {
                Self::new(Exit::Failed, what)
            }
        }
    }
}

impl From<anyhow::Error> for Failure {
    /// Our own errors keep their exit code and hint, however deep they travelled.
    fn from(error: anyhow::Error) -> Self {
        let told = format!("{error:#}");
        let mut failure = match error.downcast::<SheetError>() {
            Ok(error) => error.into(),
            Err(error) => match error.downcast::<LedgerError>() {
                Ok(error) => error.into(),
                Err(error) => match error.downcast::<FetchError>() {
                    Ok(error) => error.into(),
                    Err(error) => match error.downcast::<Changed>() {
                        Ok(_) => Self::new(Exit::Failed, "")
                            .hint("run the same command again once the file is whole"),
                        Err(_) => Self::new(Exit::Failed, ""),
                    },
                },
            },
        };
        failure.what = told;
        failure
    }
}
