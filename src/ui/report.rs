//! The report of a run, as JSON for scripts.

use super::batch_json::BatchJson;
use super::estimate::Estimate;
use super::exit::Exit;
use super::failure::Failure;
use super::message::Message;
use super::row_counts::RowCounts;
use crate::ledger::ListCosts;
use crate::lookup::{PlanCounts, Receipt};
use crate::units::{Credits, Moment};
use serde::Serialize;
use std::time::Instant;

/// The outcome of a run, filled in while it works. Parts that it did not reach are absent or `null`. `docs/reference.md`
/// documents the JSON; fields are only ever added.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(skip)]
    began: Instant,
    #[serde(flatten)]
    pub(crate) done: Option<RunReport>,
    /// The message, if the run ended with an error.
    error: Option<String>,
    exit_code: u8,
    /// What the list cost over all its runs; `null` if the run ended before this was read.
    pub(crate) list: Option<ListReport>,
    /// Where the rows were written; `null` if they were not.
    pub(crate) output: Option<String>,
    #[serde(flatten)]
    pub(crate) planned: Option<PlanReport>,
    /// Why the run ended, in a word: `done`, `incomplete`, `declined`, `detached`, `dry_run`, `output_closed`, a word of
    /// [`Ending`](super::ending::Ending), or after an error `failed`, `key`, `unusable`.
    pub(crate) reason: &'static str,
    /// `null` if the rows were not counted.
    pub(crate) rows: Option<RowCounts>,
    seconds: f64,
    /// When the run began (RFC 3339, UTC).
    started: String,
}

/// The plan, before the first credit.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanReport {
    /// Rows with a person of an earlier row.
    pub(crate) duplicates: usize,
    /// People whose answer was in the ledger.
    pub(crate) from_ledger: usize,
    /// Different people who can be searched for.
    pub(crate) people: usize,
    /// Rows that cannot be searched.
    unsearchable: usize,
    #[serde(rename = "planned")]
    estimate: Estimate,
}

/// What a list cost over all its runs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ListReport {
    found: usize,
    /// What running batches hold.
    held: Credits,
    /// Its name in the ledger.
    label: Option<String>,
    /// Given back by batches that ended.
    refunded: Credits,
    searched: usize,
    /// The cost of batches that ended.
    spent: Credits,
    /// People in batches that may have been paid.
    unclear: usize,
}

/// What was sent, and the result.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunReport {
    /// The batches that Enrow took in this run, oldest first.
    pub(crate) batches: Vec<BatchJson>,
    pub(crate) credits: CreditsReport,
    /// Batches of this API key that may have been paid, oldest first.
    pub(crate) in_doubt: Vec<BatchJson>,
    /// How often Enrow was asked for the state of a batch.
    pub(crate) polls: usize,
    /// People sent to Enrow in this run.
    pub(crate) searched: usize,
}

/// What happened to the credits, as the API says it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct CreditsReport {
    /// The balance at the end, if it was read.
    pub(crate) balance_after: Option<Credits>,
    /// The balance before the first batch, if it was read.
    balance_before: Option<Credits>,
    /// How much of `reserved` the subscription paid, as far as Enrow said so.
    pub(crate) from_sub: Credits,
    /// How much of `reserved` was bought separately, as far as Enrow said so.
    pub(crate) from_paygo: Credits,
    /// What unclear batches may have reserved.
    pub(crate) in_doubt: Credits,
    /// Reserved less refunded.
    pub(crate) net: Credits,
    /// Given back for batches of this run.
    pub(crate) refunded: Credits,
    /// Given back in this run for batches of earlier runs.
    pub(crate) refunded_earlier: Credits,
    /// Reserved for batches of this run.
    pub(crate) reserved: Credits,
    /// By how much the balance differs from what this run explains; others may have used the account.
    pub(crate) unexplained: i64,
}

impl Report {
    pub(crate) fn begin() -> Self {
        Self {
            began: Instant::now(),
            done: None,
            error: None,
            exit_code: 0,
            list: None,
            output: None,
            planned: None,
            reason: "done",
            rows: None,
            seconds: 0.0,
            started: Moment::now().rfc3339(),
        }
    }

    /// How long the run has taken so far.
    pub(crate) fn seconds(&self) -> f64 {
        (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }

    /// Adds how the run ended; an error replaces the reason.
    pub(crate) fn close(&mut self, ended: Result<Exit, &Failure>) {
        self.seconds = self.seconds();
        match ended {
            Ok(exit) => self.exit_code = exit.code(),
            Err(failure) => {
                self.exit_code = failure.exit().code();
                self.error = Some(failure.headline().to_string());
                self.reason = failure.exit().error_word();
            }
        }
    }

    /// The report on one line.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a report is always JSON")
    }
}

impl ListReport {
    pub(crate) fn of(label: Option<&str>, costs: &ListCosts) -> Self {
        let ListCosts { found, held, refunded, searched, spent, unclear } = *costs;
        let label = label.map(str::to_owned);
        Self { found, held, label, refunded, searched, spent, unclear }
    }
}

impl PlanReport {
    pub(crate) fn of(counts: &PlanCounts, estimate: Estimate) -> Self {
        Self {
            duplicates: counts.duplicates,
            from_ledger: counts.known_found + counts.known_not_found + counts.suppressed,
            people: counts.people,
            unsearchable: counts.unsearchable_rows(),
            estimate,
        }
    }

    pub(crate) fn balance(&self) -> Option<Credits> {
        self.estimate.balance
    }

    /// A budget that does not pay for a single search.
    pub(crate) fn short_budget(&self) -> Option<Message> {
        self.estimate.short_budget()
    }
}

impl CreditsReport {
    /// Compares a receipt with the balance before and after.
    pub(crate) fn of(receipt: &Receipt, before: Option<Credits>, after: Option<Credits>) -> Self {
        let signed = |credits: Credits| i64::try_from(credits.0).unwrap_or(i64::MAX);
        let unexplained = match (before, after) {
            (Some(before), Some(after)) => {
                let difference = signed(after) - (signed(before) - signed(receipt.net()));
                // Refunds of earlier batches came before the first balance or after it: both explain a difference.
                difference - difference.clamp(0, signed(receipt.refunded_earlier))
            }
            _ => 0,
        };
        Self {
            balance_after: after,
            balance_before: before,
            from_sub: receipt.split.subscription,
            from_paygo: receipt.split.pay_as_you_go,
            in_doubt: receipt.in_doubt,
            net: receipt.net(),
            refunded: receipt.refunded,
            refunded_earlier: receipt.refunded_earlier,
            reserved: receipt.reserved,
            unexplained,
        }
    }
}
