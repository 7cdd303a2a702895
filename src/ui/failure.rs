//! Errors: what happened, what was paid and written, and what helps.

use super::exit::Exit;
use super::message::{Message, message};
use crate::cli::{ConfigError, PersonError};
use crate::enrow::{FetchError, RetryCause};
use crate::ledger::{LedgerError, LedgerErrorKind};
use crate::lookup;
use crate::sheet::{OutputError, SheetError};
use crate::text::sanitize;
use std::io;
use std::path::Path;

/// The hint for a certificate that cannot be checked or is not trusted.
pub(crate) const CERTIFICATES: &str = "certificates are checked with those of the system: install `ca-certificates`, \
    or name a file of certificates in `SSL_CERT_FILE` (behind a proxy that inspects traffic, the file of the proxy); or the clock \
    of this machine is wrong";

/// The hint for a ledger that may have lost claims.
pub(crate) const REWOUND: &str = "find out what happened to the server, and restore what is missing if another copy has it; a list that was \
    written meanwhile keeps its numbers for nothing if it is the input; then `enrow-phone recover --accept-rewind` continues with what \
    the ledger holds";

/// An error as it is shown to people.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    /// What happened, on one line or several.
    what: Message,
    /// What was paid and written.
    facts: Vec<Message>,
    hint: Option<Message>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Into<Message>) -> Self {
        Self { exit, what: what.into(), facts: Vec::new(), hint: None }
    }

    /// An error about a file or a folder; `what` begins with "cannot".
    pub(crate) fn io(exit: Exit, what: &'static str, path: &Path, error: io::Error) -> Self {
        Self::new(exit, message!("{} {}: {}", what, Message::path(path), Message::foreign(error)))
    }

    /// Adds what was paid or written.
    #[must_use]
    pub(crate) fn fact(mut self, fact: impl Into<Message>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Adds the command or the action that helps.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<Message>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Enrow refused the API key; `origin` is where the key comes from.
    pub(crate) fn refused_key(origin: Option<Message>, status: u16, words: &str) -> Self {
        let from = origin.map_or(Message::default(), |origin| message!(" from {}", origin));
        Self::new(
            Exit::Key,
            message!("Enrow refused the API key{from} ({status}: \"{words}\")"; from, status, words = sanitize(words)),
        )
        .hint("check the key on the Enrow dashboard, and that its plan includes the phone search")
    }

    /// The error for an output that cannot be written, found before anything was sent.
    pub(crate) fn checked_first(error: OutputError) -> Self {
        Self::from(error).fact("this is checked first: nothing was sent")
    }

    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What happened, on one line.
    pub(crate) fn headline(&self) -> Message {
        self.what.first_line()
    }

    /// All of it, line by line.
    pub(crate) fn text(&self) -> Message {
        let facts = self.facts.iter().map(|fact| message!("  {}", fact));
        let hint = self.hint.iter().map(|hint| message!("hint: {}", hint));
        Message::lines_of(std::iter::once(self.what.clone()).chain(facts).chain(hint))
    }
}

impl From<&ConfigError> for Failure {
    fn from(error: &ConfigError) -> Self {
        let failure = Self::new(Exit::Unusable, Message::foreign(error));
        match error.hint() {
            Some(hint) => failure.hint(Message::foreign(hint)),
            None => failure,
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::new(Exit::Failed, Message::foreign(error))
    }
}

impl From<PersonError> for Failure {
    fn from(error: PersonError) -> Self {
        let failure = Self::new(Exit::Unusable, Message::foreign(error));
        match error {
            PersonError::NotADomain => failure
                .hint("write it as `--domain acme.example`, or give the company: `--company NAME`"),
            PersonError::Unsearchable(_) => failure,
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let failure = Self::new(Exit::Failed, Message::foreign(&error));
        match ledger_hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn ledger_hint(error: &LedgerError) -> Option<Message> {
    use LedgerErrorKind as Kind;
    Some(match error.kind() {
        #[cfg(feature = "postgres")]
        Kind::Certificate(_) => "where the server's certificate is signed by an authority of its own, name its file: \
             `?sslrootcert=FILE` in the address, or `PGSSLROOTCERT`"
            .into(),
        #[cfg(feature = "postgres")]
        Kind::Forgetful => {
            "switch `fsync` on, or use another server: no team can keep its promises on this one".into()
        }
        #[cfg(feature = "postgres")]
        Kind::Login(_) => "give the password in `PGPASSWORD` or in a password file (`~/.pgpass`, readable by you alone)".into(),
        #[cfg(feature = "postgres")]
        Kind::Rights(_) => {
            "the owner of the database opens a new ledger first; then everybody needs the rights of docs/team.md".into()
        }
        #[cfg(feature = "postgres")]
        Kind::Unreachable(_) => {
            "check the server and the way there, then run the same command again; another ledger would pay again".into()
        }
        Kind::Damaged(_) => message!(
            "the file is left as it is, because it may hold answers that were paid for: restore it from a backup, \
             or try `sqlite3 '{}' .recover`",
            sanitize(error.place())
        ),
        Kind::InUse(_) => "wait until they have ended, and keep cron from starting new ones; a run that was killed on another \
             machine counts for one more minute"
            .into(),
        Kind::Moved(to) => message!(
            "use it there: `--ledger '{to}'`, or in `ENROW_PHONE_LEDGER`, or `ledger = \"{to}\"` in `config.toml`";
            to = sanitize(to)
        ),
        Kind::Moving(to) => message!(
            "`enrow-phone ledger move '{}'` finishes the move, however often it was interrupted",
            sanitize(to)
        ),
        Kind::Rewound(_) => REWOUND.into(),
        Kind::Full => {
            "free some space and run the same command again; it collects what was paid for".into()
        }
        Kind::Locked => {
            "close what uses it (a database browser, a backup) and run the same command again"
                .into()
        }
        Kind::Newer { .. } => {
            "update enrow-phone, or use another ledger with `--ledger PATH`".into()
        }
        Kind::OtherApi { .. } => {
            "use one ledger for each API: `--ledger PATH` or `ENROW_PHONE_LEDGER`".into()
        }
        Kind::ReadOnly(_) => {
            "make the file and its folder writable, or use another ledger with `--ledger PATH`"
                .into()
        }
        Kind::NoLocks(_) => {
            "without locks two runs could pay for one person: keep the ledger on a local disk with `--ledger PATH`"
                .into()
        }
        Kind::OpenElsewhere => {
            "use one path for it everywhere, and mount its folder instead of the file; if somebody \
             removed a lock beside it, wait until the other run ends"
                .into()
        }
        #[cfg(feature = "postgres")]
        Kind::NotThere | Kind::Standby => return None,
        Kind::Io(_) => "look at the folder that it names, or keep the ledger elsewhere: `--ledger PATH` or `ENROW_PHONE_LEDGER`".into(),
        Kind::SameLedger => "name another place: `enrow-phone ledger move TO`; `enrow-phone ledger info` \
             shows the ledger in force"
            .into(),
        Kind::IdConflict | Kind::Refused(_) | Kind::Stopped => return None,
    })
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let failure = Self::new(Exit::Failed, Message::foreign(&error));
        match error {
            FetchError::Key { status, message } => Self::refused_key(None, status, &message),
            FetchError::NoAnswer(RetryCause::Answered(_)) => failure.hint(
                "Enrow, or a proxy in front of it, is in trouble: run the same command again later",
            ),
            FetchError::NoAnswer(RetryCause::Untrusted(_)) => failure.hint(CERTIFICATES),
            FetchError::NoAnswer(RetryCause::Unanswered(_)) => failure
                .hint("check the connection (and `HTTPS_PROXY`), then run the same command again"),
            FetchError::UnknownId { .. }
            | FetchError::Refused { .. }
            | FetchError::UnreadableBalance => failure,
        }
    }
}

impl From<lookup::Error> for Failure {
    fn from(error: lookup::Error) -> Self {
        match error {
            lookup::Error::Fetch(error) => error.into(),
            lookup::Error::Ledger(error) => error.into(),
            lookup::Error::LostId { id, kept, error } => {
                let failure = Self {
                    what: message!(
                        "Enrow took a batch, but its id cannot be recorded; keep it for `enrow-phone recover {id}`: {error}";
                        id, error = Message::foreign(&error)
                    ),
                    ..error.into()
                };
                match kept {
                    Some(file) => failure.fact(message!(
                        "the answer is kept in {}: the next run on this machine records it",
                        Message::path(&file)
                    )),
                    None => failure,
                }
            }
            error @ lookup::Error::Panicked(_) => Self::new(Exit::Failed, Message::foreign(error)),
            lookup::Error::Rows(error) => match error.downcast::<SheetError>() {
                Ok(error) => (*error).into(),
                Err(error) => Self::new(Exit::Failed, Message::foreign(error)),
            },
        }
    }
}
