//! Why a run ended before everybody was answered.

use super::funds::Shortage;
use crate::ledger::{Budget, Rewind};

/// Why a run ended early. Not an error: what it sent can be collected by the next run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// The answers to several POSTs in a row were lost.
    AnswersLost,
    /// Enrow answers, but not with a balance: what a search may cost cannot be judged, so nothing is sent.
    BalanceUnknown,
    /// The user's budget is used up.
    BudgetReached,
    /// The account has no credits left for another search.
    CreditsRanOut,
    /// A batch could not be followed. [`Engine::run`](super::Engine::run) returns that error instead.
    Failed,
    /// SIGHUP: the terminal is gone.
    HungUp,
    /// SIGINT or Ctrl-C.
    Interrupted,
    /// Enrow refused the API key.
    KeyRefused { status: u16, message: String },
    /// All runs of the ledger together have spent its budget.
    LedgerBudgetSpent(Box<Budget>),
    /// The file of the ledger was removed or replaced: the next run does not know whom this one asked for.
    LedgerGone,
    /// The ledger may have forgotten whom it asked for. A person decides.
    LedgerRewound(Rewind),
    /// The server of the ledger took over from another, and what still runs keeps the balance from telling what is missing.
    LedgerTookOver,
    /// The user's limit of new people is used up.
    LimitReached,
    /// Enrow refused the request itself, not one of its people.
    RequestRefused { status: u16, message: String },
    /// A batch was taken after its people had been given up: some may be paid for twice.
    TakenLate,
    /// SIGTERM.
    Terminated,
    /// The time allowed is over.
    TimedOut,
}

/// Why people who could have been searched were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SkipReason {
    Balance,
    Budget,
    Credits,
    /// The answers to earlier batches were lost: every further batch could be paid for and lost as well.
    Doubt,
    LedgerBudget,
    LedgerGone,
    LedgerRewound,
    Limit,
    /// The run ended before it came to them.
    Stopped,
}

impl EndReason {
    /// Why nobody may be asked for. At rest, nothing of ours may still change the balance.
    pub(super) fn of_rewind(rewind: Rewind, is_at_rest: bool) -> Self {
        match rewind {
            Rewind::Possible if !is_at_rest => Self::LedgerTookOver,
            Rewind::Possible | Rewind::Proven { .. } => Self::LedgerRewound(rewind),
        }
    }

    /// Why people who could have been searched were not.
    pub(crate) fn skip_reason(&self) -> SkipReason {
        match self {
            Self::AnswersLost => SkipReason::Doubt,
            Self::BalanceUnknown => SkipReason::Balance,
            Self::BudgetReached => SkipReason::Budget,
            Self::CreditsRanOut => SkipReason::Credits,
            Self::LedgerBudgetSpent(_) => SkipReason::LedgerBudget,
            Self::LedgerGone => SkipReason::LedgerGone,
            Self::LedgerRewound(_) | Self::LedgerTookOver => SkipReason::LedgerRewound,
            Self::LimitReached => SkipReason::Limit,
            Self::Failed
            | Self::HungUp
            | Self::Interrupted
            | Self::KeyRefused { .. }
            | Self::RequestRefused { .. }
            | Self::TakenLate
            | Self::Terminated
            | Self::TimedOut => SkipReason::Stopped,
        }
    }

    /// Whether somebody, or the system, asked for the end.
    pub(super) fn is_signal(&self) -> bool {
        match self {
            Self::HungUp | Self::Interrupted | Self::Terminated => true,
            Self::AnswersLost
            | Self::BalanceUnknown
            | Self::BudgetReached
            | Self::CreditsRanOut
            | Self::Failed
            | Self::KeyRefused { .. }
            | Self::LedgerBudgetSpent(_)
            | Self::LedgerGone
            | Self::LedgerRewound(_)
            | Self::LedgerTookOver
            | Self::LimitReached
            | Self::RequestRefused { .. }
            | Self::TakenLate
            | Self::TimedOut => false,
        }
    }

    /// Whether batches that are running are still waited for. What ends only the sending leaves time to collect.
    pub(super) fn ends_collecting(&self) -> bool {
        match self {
            Self::AnswersLost
            | Self::BalanceUnknown
            | Self::BudgetReached
            | Self::CreditsRanOut
            | Self::LedgerBudgetSpent(_)
            | Self::LedgerGone
            | Self::LedgerRewound(_)
            | Self::LedgerTookOver
            | Self::LimitReached
            | Self::TakenLate => false,
            Self::Failed
            | Self::HungUp
            | Self::Interrupted
            | Self::KeyRefused { .. }
            | Self::RequestRefused { .. }
            | Self::Terminated
            | Self::TimedOut => true,
        }
    }
}

impl From<Shortage> for EndReason {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::Budget => Self::BudgetReached,
            Shortage::Credits => Self::CreditsRanOut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Moment;

    #[test]
    fn what_is_proven_to_be_missing_is_shown_by_no_balance() {
        let proven = Rewind::Proven { holds: Moment(1), saw: Moment(2) };
        for (rewind, holds, is_cleared, end) in [
            (Rewind::Possible, true, true, EndReason::LedgerRewound(Rewind::Possible)),
            (Rewind::Possible, false, false, EndReason::LedgerTookOver),
            (proven, true, false, EndReason::LedgerRewound(proven)),
            (proven, false, false, EndReason::LedgerRewound(proven)),
        ] {
            assert_eq!(rewind.is_cleared_by(holds), is_cleared, "{rewind:?} {holds}");
            assert_eq!(EndReason::of_rewind(rewind, holds), end, "{rewind:?} {holds}");
        }
    }
}
