//! What a run came to, as JSON for scripts.

use super::batch_json::BatchJson;
use super::estimate::Estimate;
use super::failure::{Exit, Failure};
use super::output::Output;
use crate::batch::{Credits, Moment};
use crate::cli::BulkArgs;
use crate::lookup::{PlanCounts, Receipt, RowStatus};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::time::Instant;

/// The outcome of a run, filled in as it goes on: what is not known when it ends is absent. Its JSON form is documented
/// in the README; fields are only ever added.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    #[serde(skip)]
    began: Instant,
    #[serde(flatten)]
    pub(super) done: Option<RunReport>,
    /// What went wrong, where the run ended with an error.
    error: Option<String>,
    exit_code: u8,
    /// Where the rows were written; `null` where nothing was.
    pub(super) output: Option<String>,
    #[serde(flatten)]
    pub(super) planned: Option<PlanReport>,
    /// Why the run ended, in a word: `done`, `incomplete`, `credits`, `budget`, `limit`, `lost_answers`, `timeout`,
    /// `detached`, `dry_run`, `output_closed`; after an error `failed`, `key`, `unusable`; `interrupted`, `terminated`.
    pub(super) reason: &'static str,
    /// Rows, by status; `null` where they were not counted.
    pub(super) rows: Option<RowCounts>,
    /// How long the run took.
    seconds: f64,
    /// When it began (RFC 3339, UTC).
    started: String,
}

/// What was known before the first credit.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlanReport {
    /// Rows whose person stands in an earlier row.
    pub(super) duplicates: usize,
    /// People whose answer stood in the ledger.
    pub(super) from_ledger: usize,
    /// Different people who can be searched for.
    pub(super) people: usize,
    /// Rows that cannot be searched.
    unsearchable: usize,
    /// What was reckoned.
    #[serde(rename = "planned")]
    estimate: Estimate,
}

/// What was sent, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RunReport {
    /// The batches that Enrow took in this run, oldest first.
    pub(super) batches: Vec<BatchJson>,
    /// What happened to the credits.
    pub(super) credits: CreditsReport,
    /// Batches of this API key that may have been taken, oldest first.
    pub(super) in_doubt: Vec<BatchJson>,
    /// How often Enrow was asked how a batch stands.
    pub(super) polls: usize,
    /// People sent to Enrow in this run.
    searched: usize,
}

impl Report {
    /// A run that begins now.
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            done: None,
            error: None,
            exit_code: 0,
            output: None,
            planned: None,
            reason: "done",
            rows: None,
            seconds: 0.0,
            started: Moment::now().rfc3339(),
        }
    }

    /// How long the run has taken so far.
    pub(super) fn seconds(&self) -> f64 {
        (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }

    /// With how it ended; an error has the last word about the reason.
    pub(super) fn close(&mut self, ended: Result<Exit, &Failure>) {
        self.seconds = self.seconds();
        match ended {
            Ok(exit) => self.exit_code = exit.code(),
            Err(failure) => {
                self.exit_code = failure.exit().code();
                self.error = Some(failure.lines().0.to_owned());
                self.reason = match failure.exit() {
                    Exit::Key => "key",
                    Exit::Unusable => "unusable",
                    Exit::Credits
                    | Exit::Done
                    | Exit::Failed
                    | Exit::Interrupted
                    | Exit::Partial
                    | Exit::Terminated => "failed",
                };
            }
        }
    }

    /// The report as one line.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("a report is always JSON")
    }
}

impl PlanReport {
    /// What a plan counts.
    pub(super) fn of(counts: &PlanCounts, estimate: Estimate) -> Self {
        Self {
            duplicates: counts.duplicates,
            from_ledger: counts.known_found + counts.known_not_found + counts.suppressed,
            people: counts.people,
            unsearchable: counts.unsearchable_rows(),
            estimate,
        }
    }
}

impl RunReport {
    /// What a receipt counts.
    pub(super) fn of(
        receipt: &Receipt,
        credits: CreditsReport,
        batches: Vec<BatchJson>,
        in_doubt: Vec<BatchJson>,
    ) -> Self {
        Self { batches, credits, in_doubt, polls: receipt.polls, searched: receipt.searches }
    }
}

/// The file that `--report` names.
pub(super) struct ReportFile(Output);

impl ReportFile {
    /// Proves that it can be written and is no file that the run needs, before a credit is spent.
    pub(super) fn check(args: &BulkArgs) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.report else {
            return Ok(None);
        };
        let file = Output::of(Some(path));
        let is_input = args.input != "-" && file.is(&Output::of(Some(args.input.as_ref())));
        if is_input || file.is(&Output::of(args.output.as_deref())) {
            let other = if is_input { "input" } else { "output" };
            let what = format!("`--report` names the {other}, {file}");
            return Err(Failure::new(Exit::Unusable, what)
                .fact("nothing was sent")
                .hint("give the report a file of its own"));
        }
        file.check()?;
        Ok(Some(Self(file)))
    }

    /// Replaces the file.
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut sink = self.0.begin()?;
        writeln!(sink, "{}", report.json())
            .and_then(|()| sink.commit())
            .map_err(|error| self.0.failure(&error))
    }
}

/// What happened to the credits, as the API told it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct CreditsReport {
    /// The balance at the end, where it was read.
    pub(super) balance_after: Option<Credits>,
    /// The balance before the first batch, where it was read.
    pub(super) balance_before: Option<Credits>,
    /// What batches in doubt may have reserved.
    pub(super) in_doubt: Credits,
    /// Reserved less refunded.
    pub(super) net: Credits,
    /// Given back for batches of this run.
    pub(super) refunded: Credits,
    /// Given back in this run for batches of earlier runs.
    pub(super) refunded_earlier: Credits,
    /// Reserved for batches of this run.
    pub(super) reserved: Credits,
    /// By how much the balance differs from what this run explains; others may have used the account.
    pub(super) unexplained: i64,
}

impl CreditsReport {
    /// Checks a receipt against the balance before and after.
    pub(super) fn of(receipt: &Receipt, before: Option<Credits>, after: Option<Credits>) -> Self {
        let signed = |credits: Credits| i64::try_from(credits.0).unwrap_or(i64::MAX);
        let unexplained = match (before, after) {
            (Some(before), Some(after)) => {
                let difference = signed(after) - (signed(before) - signed(receipt.net()));
                // What earlier batches gave back was in the balance before, where they ended between the runs, or came
                // since: either is explained.
                difference - difference.clamp(0, signed(receipt.refunded_earlier))
            }
            _ => 0,
        };
        Self {
            balance_after: after,
            balance_before: before,
            in_doubt: receipt.in_doubt,
            net: receipt.net(),
            refunded: receipt.refunded,
            refunded_earlier: receipt.refunded_earlier,
            reserved: receipt.reserved,
            unexplained,
        }
    }
}

/// Rows by status.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct RowCounts {
    /// All data rows.
    pub(super) total: usize,
    /// Of the found ones, those older than was asked for (`--refresh`, `--max-age`).
    pub(super) stale: usize,
    /// By the word in `phone_status`.
    #[serde(flatten)]
    pub(super) by_status: BTreeMap<&'static str, usize>,
    /// Notes of invalid rows, for the commonest reasons.
    #[serde(skip)]
    reasons: HashMap<String, usize>,
}

impl RowCounts {
    /// Every status, none counted yet.
    pub(super) fn new() -> Self {
        let all = [
            RowStatus::Found,
            RowStatus::NotFound,
            RowStatus::Invalid,
            RowStatus::Pending,
            RowStatus::NotSubmitted,
            RowStatus::Failed,
            RowStatus::Unknown,
        ];
        Self {
            by_status: all.into_iter().map(|status| (status.as_str(), 0)).collect(),
            ..Self::default()
        }
    }

    /// Counts a row.
    pub(super) fn count(&mut self, status: RowStatus, note: &str) {
        self.total += 1;
        *self.by_status.entry(status.as_str()).or_default() += 1;
        if status == RowStatus::Invalid {
            // As many reasons as there are kinds of them; refusals in the API's own words could be many.
            if let Some(count) = self.reasons.get_mut(note) {
                *count += 1;
            } else if self.reasons.len() < 100 {
                self.reasons.insert(note.to_owned(), 1);
            }
        }
    }

    /// How many rows have a status.
    pub(super) fn of(&self, status: RowStatus) -> usize {
        self.by_status.get(status.as_str()).copied().unwrap_or(0)
    }

    /// How many rows have no answer, and another run may still get one.
    pub(super) fn open(&self) -> usize {
        [RowStatus::Pending, RowStatus::NotSubmitted, RowStatus::Failed, RowStatus::Unknown]
            .into_iter()
            .map(|status| self.of(status))
            .sum()
    }

    /// The commonest reasons of invalid rows.
    pub(super) fn commonest(&self, most: usize) -> Vec<(&str, usize)> {
        let mut reasons: Vec<_> =
            self.reasons.iter().map(|(note, count)| (note.as_str(), *count)).collect();
        reasons.sort_by_key(|(note, count)| (std::cmp::Reverse(*count), note.to_owned()));
        reasons.truncate(most);
        reasons
    }
}
