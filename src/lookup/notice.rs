//! Events of a run that users should know about.

use crate::batch::BatchId;
use crate::ledger::ExperimentEnd;
use crate::units::Credits;
use std::path::PathBuf;

/// Facts only: `ui` makes the sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Batches of earlier runs are collected.
    Adopted { batches: usize },
    /// The answer to a batch's POST was lost, so the batch may have been taken. `why` says what became of the answer.
    Doubt { people: usize, why: String },
    /// The run ends while a POST is on its way: its answer is waited for a moment longer.
    GracePeriod,
    /// The balance experiment ended: whether a lost batch was taken is for a person to find out.
    NothingProven { people: usize, end: ExperimentEnd },
    /// The balance proved that lost batches were not taken.
    NotTaken { people: usize },
    /// Another run may be sending to these people, and its lock cannot be opened.
    OwnerUnclear { lock: PathBuf, people: usize },
    /// Enrow does not know a batch that it took. This run stops following it.
    NotShown { id: Option<BatchId>, people: usize },
    /// Enrow says that a batch is done, but does not answer for everybody. This run stops following it.
    ResultsMissing { id: Option<BatchId>, people: usize },
    /// A batch is in the ledger again that a person had given up, or that a server had lost. Without an id nobody knows
    /// whether it was taken.
    Readmitted {
        id: Option<BatchId>,
        people: usize,
        /// Who may be paid for twice.
        elsewhere: usize,
        credits: Option<Credits>,
        was_given_up: bool,
    },
    /// Enrow refused one search for what is in it.
    SearchRefused { message: String },
    /// The API takes fewer searches a batch than asked for.
    SmallerBatches { limit: usize },
}

impl Notice {
    /// Whether it is shown even where notices are hidden.
    pub(crate) fn is_alarm(&self) -> bool {
        matches!(self, Self::Readmitted { .. })
    }
}
