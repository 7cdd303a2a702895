//! The one table of why a run ended: exit code, word in the report, message and hint.

use super::budget;
use super::exit::Exit;
use super::failure::{Failure, REWOUND};
use super::message::{Message, message};
use crate::lookup::EndReason;
use crate::text::sanitize;

/// The word for a batch that was taken late. It is reported even where everybody is answered.
pub(crate) const TAKEN_LATE: &str = "taken_late";

/// The word for a ledger that is not there any more. It is reported even where everybody is answered.
pub(crate) const LEDGER_GONE: &str = "ledger_gone";

/// The hint after a signal.
const AGAIN: &str =
    "run the same command again: it collects what was submitted, and nobody is paid for twice";

/// What follows if a run ends.
pub(crate) enum Ending {
    /// An error. Nothing is written.
    Error(Failure),
    /// The user ended the run. Nothing is written.
    Stopped(EndText),
    /// The run could not answer everybody. The rows are written.
    Written(EndText),
}

#[derive(Debug, Clone)]
pub(crate) struct EndText {
    /// The exit code, if rows are left without an answer.
    pub(crate) exit: Exit,
    /// `reason` in the report.
    pub(crate) word: &'static str,
    pub(crate) what: Message,
    pub(crate) hint: Message,
}

impl Ending {
    /// `key` says where the API key comes from.
    pub(crate) fn of(reason: &EndReason, key: Option<Message>) -> Self {
        let end = |exit, word, what: &'static str, hint: &'static str| EndText {
            exit,
            word,
            what: what.into(),
            hint: hint.into(),
        };
        match reason {
            EndReason::AnswersLost => Self::Written(end(
                Exit::Partial,
                "lost_answers",
                "the answers to several batches were lost: no more batches were sent",
                "run the same command again later",
            )),
            EndReason::BalanceUnknown => Self::Written(end(
                Exit::Partial,
                "no_balance",
                "Enrow gives no balance: no more batches were sent",
                "run the same command again later",
            )),
            EndReason::BudgetReached => Self::Written(end(
                Exit::Credits,
                "budget",
                "`--max-credits` was reached",
                "run the same command again with a new budget; answered people are not searched again",
            )),
            EndReason::CreditsRanOut => Self::Written(end(
                Exit::Credits,
                "credits",
                "credits ran out",
                "add credits and run the same command again; answered people are not searched again",
            )),
            // The engine returns the error itself; this is only a fallback.
            EndReason::Failed => Self::Error(Failure::new(Exit::Failed, "the run failed")),
            EndReason::HungUp => Self::Stopped(end(Exit::HungUp, "hung_up", "hung up", AGAIN)),
            EndReason::Interrupted => {
                Self::Stopped(end(Exit::Interrupted, "interrupted", "interrupted", AGAIN))
            }
            EndReason::KeyRefused { status, message } => {
                Self::Error(Failure::refused_key(key, *status, message))
            }
            EndReason::LedgerBudgetSpent(spent) => {
                let (what, hint) = budget::spent(spent);
                Self::Written(EndText { exit: Exit::Credits, word: "ledger_budget", what, hint })
            }
            EndReason::LedgerGone => Self::Written(end(
                Exit::Unknown,
                LEDGER_GONE,
                "the ledger was removed or replaced while this run used it: another run does not know whom this one \
                 asked for, and may pay for them again",
                "put the right file back; `enrow-phone fetch BATCH_ID` records for it, for nothing, what a batch brought (the Enrow \
                 dashboard lists them)",
            )),
            EndReason::LedgerRewound(rewind) => Self::Written(EndText {
                exit: Exit::Unknown,
                word: "ledger_rewound",
                what: message!("the ledger {}", Message::foreign(rewind)),
                hint: REWOUND.into(),
            }),
            EndReason::LedgerTookOver => Self::Written(end(
                Exit::Partial,
                "ledger_took_over",
                "the server of the ledger took over from another or was restored: whether anything is missing shows in the balance, \
                 once no batch runs and no refund is on its way",
                "run the same command again in ten minutes",
            )),
            EndReason::LimitReached => Self::Written(end(
                Exit::Partial,
                "limit",
                "`--limit` was reached",
                "run the same command again for the next people",
            )),
            EndReason::RequestRefused { status, message } => Self::Error(
                Failure::new(
                    Exit::Failed,
                    message!("Enrow refused the request ({}: \"{}\")", status, sanitize(message)),
                )
                .fact("it was not charged, and its people stay open"),
            ),
            EndReason::TakenLate => Self::Written(end(
                Exit::Partial,
                TAKEN_LATE,
                "a batch was taken after it was given up: some of its people may be paid for twice",
                "`enrow-phone status` lists it; run the same command again to collect what is left",
            )),
            EndReason::Terminated => {
                Self::Stopped(end(Exit::Terminated, "terminated", "terminated", AGAIN))
            }
            EndReason::TimedOut => Self::Written(end(
                Exit::Partial,
                "timeout",
                "the time of `--timeout` is over",
                "run the same command again: it collects what was submitted, and searches for the others",
            )),
        }
    }
}
