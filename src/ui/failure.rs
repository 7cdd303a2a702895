//! How a command ends: exit codes that mean one thing each, and errors that say what to do.

use crate::cli::{ConfigError, PersonError};
use crate::enrow::{FetchError, RetryCause};
use crate::ledger::{LedgerError, LedgerErrorKind};
use crate::lookup;
use crate::sheet::{OutputError, SheetError};
use std::fmt::Display;
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
pub struct Failure {
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

    /// Enrow refused the API key; `origin` is where the key comes from.
    pub(crate) fn refused_key(origin: Option<&dyn Display>, status: u16, message: &str) -> Self {
        let from = origin.map_or(String::new(), |origin| format!(" from {origin}"));
        Self::new(Exit::Key, format!("Enrow refused the API key{from} ({status}: \"{message}\")"))
            .hint(
                "check the key on the Enrow dashboard, and that its plan includes the phone search",
            )
    }

    /// An output that turned out to be unwritable before anything was sent.
    pub(crate) fn checked_first(error: OutputError) -> Self {
        Self::from(error).fact("this is checked first: nothing was sent")
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The first line, and all lines below it.
    pub(crate) fn lines(&self) -> (&str, impl Iterator<Item = String>) {
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

impl From<&ConfigError> for Failure {
    fn from(error: &ConfigError) -> Self {
        let failure = Self::new(Exit::Unusable, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<PersonError> for Failure {
    fn from(error: PersonError) -> Self {
        let failure = Self::new(Exit::Unusable, error.to_string());
        match error {
            PersonError::NotAHost => failure
                .hint("write it as `--domain acme.example`, or give the company: `--company NAME`"),
            PersonError::Unsearchable(_) => failure,
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let failure = Self::new(Exit::Failed, error.to_string());
        match ledger_hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn ledger_hint(error: &LedgerError) -> Option<String> {
    use LedgerErrorKind as Kind;
    Some(match error.kind() {
        Kind::Damaged(_) => format!(
            "it is left as it is, since it may hold answers that were paid for: restore it from a backup, or try \
             `sqlite3 '{}' .recover`",
            error.path().display()
        ),
        Kind::Full => {
            "free some space and run the same command again; what was paid for is collected then"
                .to_owned()
        }
        Kind::Locked => {
            "close what holds it (a database browser, a backup) and run the same command again"
                .to_owned()
        }
        Kind::Newer { .. } => {
            "update enrow-phone, or name another ledger with `--ledger PATH`".to_owned()
        }
        Kind::OtherApi { .. } => {
            "name a ledger of its own for each API: `--ledger PATH` or `ENROW_PHONE_LEDGER`"
                .to_owned()
        }
        Kind::ReadOnly(_) => {
            "make it and its folder writable, or name another with `--ledger PATH`".to_owned()
        }
        Kind::IdConflict | Kind::Io(_) | Kind::Refused(_) | Kind::Stopped => return None,
    })
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let what = error.to_string();
        match error {
            FetchError::Key { status, message } => Self::refused_key(None, status, &message),
            FetchError::NoAnswer(RetryCause::Answered(_)) => Self::new(Exit::Failed, what).hint(
                "Enrow, or a proxy before it, is in trouble: run the same command again later",
            ),
            FetchError::NoAnswer(RetryCause::Unanswered(_)) => Self::new(Exit::Failed, what)
                .hint("check the connection (and `HTTPS_PROXY`), then run the same command again"),
            FetchError::UnknownId { .. }
            | FetchError::Refused { .. }
            | FetchError::UnreadableBalance => Self::new(Exit::Failed, what),
        }
    }
}

impl From<lookup::Error> for Failure {
    fn from(error: lookup::Error) -> Self {
        use lookup::Error;
        match error {
            Error::Fetch(error) => error.into(),
            Error::Ledger(error) => error.into(),
            Error::LostId { id, error } => Self {
                what: format!(
                    "Enrow took a batch, but its id cannot be recorded; keep it for `enrow-phone recover {id}`: {error}"
                ),
                ..error.into()
            },
            Error::Panicked(_) => Self::new(Exit::Failed, error.to_string()),
            Error::Rows(error) => match error.downcast::<SheetError>() {
                Ok(error) => (*error).into(),
                Err(error) => Self::new(Exit::Failed, error.to_string()),
            },
        }
    }
}
