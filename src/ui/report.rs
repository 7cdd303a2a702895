//! What a run came to, as JSON for scripts.

use crate::cli::BulkArgs;
use crate::lookup::{PlanCounts, Receipt};
use crate::people::RowStatus;
use crate::sheet::Output;
use crate::ui::batch_json::BatchJson;
use crate::ui::estimate::Estimate;
use crate::ui::failure::{Exit, Failure};
use crate::units::{Credits, Moment};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::time::Instant;

/// The outcome of a run, filled in as it goes on: what is not known when it ends is absent. Its JSON form is documented
/// in the README; fields are only ever added.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(skip)]
    began: Instant,
    #[serde(flatten)]
    pub(crate) done: Option<RunReport>,
    /// What went wrong, where the run ended with an error.
    error: Option<String>,
    exit_code: u8,
    /// Where the rows were written; `null` where nothing was.
    pub(crate) output: Option<String>,
    #[serde(flatten)]
    pub(crate) planned: Option<PlanReport>,
    /// Why the run ended, in a word: `done`, `incomplete`, `credits`, `budget`, `limit`, `lost_answers`, `timeout`,
    /// `detached`, `dry_run`, `output_closed`; after an error `failed`, `key`, `unusable`; `interrupted`, `terminated`.
    pub(crate) reason: &'static str,
    /// Rows, by status; `null` where they were not counted.
    pub(crate) rows: Option<RowCounts>,
    /// How long the run took.
    seconds: f64,
    /// When it began (RFC 3339, UTC).
    started: String,
}

/// What was known before the first credit.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanReport {
    /// Rows whose person stands in an earlier row.
    pub(crate) duplicates: usize,
    /// People whose answer stood in the ledger.
    pub(crate) from_ledger: usize,
    /// Different people who can be searched for.
    pub(crate) people: usize,
    /// Rows that cannot be searched.
    unsearchable: usize,
    /// What was reckoned.
    #[serde(rename = "planned")]
    estimate: Estimate,
}

/// What was sent, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunReport {
    /// The batches that Enrow took in this run, oldest first.
    pub(crate) batches: Vec<BatchJson>,
    /// What happened to the credits.
    pub(crate) credits: CreditsReport,
    /// Batches of this API key that may have been taken, oldest first.
    pub(crate) in_doubt: Vec<BatchJson>,
    /// How often Enrow was asked how a batch stands.
    pub(crate) polls: usize,
    /// People sent to Enrow in this run.
    searched: usize,
}

impl Report {
    /// A run that begins now.
    pub(crate) fn begin() -> Self {
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
    pub(crate) fn seconds(&self) -> f64 {
        (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }

    /// With how it ended; an error has the last word about the reason.
    pub(crate) fn close(&mut self, ended: Result<Exit, &Failure>) {
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
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a report is always JSON")
    }
}

impl PlanReport {
    /// What a plan counts.
    pub(crate) fn of(counts: &PlanCounts, estimate: Estimate) -> Self {
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
    pub(crate) fn of(
        receipt: &Receipt,
        credits: CreditsReport,
        batches: Vec<BatchJson>,
        in_doubt: Vec<BatchJson>,
    ) -> Self {
        Self { batches, credits, in_doubt, polls: receipt.polls, searched: receipt.searches }
    }
}

/// The file that `--report` names.
pub(crate) struct ReportFile(Output);

impl ReportFile {
    /// Proves that it can be written and is no file that the run needs, before a credit is spent.
    pub(crate) fn check(args: &BulkArgs) -> Result<Option<Self>, Failure> {
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
        file.check().map_err(Failure::checked_first)?;
        Ok(Some(Self(file)))
    }

    /// Replaces the file.
    pub(crate) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut sink = self.0.begin()?;
        writeln!(sink, "{}", report.json())
            .and_then(|()| sink.commit())
            .map_err(|error| self.0.error(error).into())
    }
}

/// What happened to the credits, as the API told it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct CreditsReport {
    /// The balance at the end, where it was read.
    pub(crate) balance_after: Option<Credits>,
    /// The balance before the first batch, where it was read.
    pub(crate) balance_before: Option<Credits>,
    /// What batches in doubt may have reserved.
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

impl CreditsReport {
    /// Checks a receipt against the balance before and after.
    pub(crate) fn of(receipt: &Receipt, before: Option<Credits>, after: Option<Credits>) -> Self {
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
pub(crate) struct RowCounts {
    /// All data rows.
    pub(crate) total: usize,
    /// Of the found ones, those older than was asked for (`--refresh`, `--max-age`).
    pub(crate) stale: usize,
    /// By the word in `phone_status`.
    #[serde(flatten)]
    pub(crate) by_status: BTreeMap<&'static str, usize>,
    /// Notes of invalid rows, for the commonest reasons.
    #[serde(skip)]
    reasons: HashMap<String, usize>,
}

impl RowCounts {
    /// Every status, none counted yet.
    pub(crate) fn new() -> Self {
        Self {
            by_status: RowStatus::ALL.into_iter().map(|status| (status.as_str(), 0)).collect(),
            ..Self::default()
        }
    }

    /// Counts a row.
    pub(crate) fn count(&mut self, status: RowStatus, note: &str) {
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
    pub(crate) fn of(&self, status: RowStatus) -> usize {
        self.by_status.get(status.as_str()).copied().unwrap_or(0)
    }

    /// How many rows have no answer, and another run may still get one.
    pub(crate) fn open(&self) -> usize {
        [RowStatus::Pending, RowStatus::NotSubmitted, RowStatus::Failed, RowStatus::Unknown]
            .into_iter()
            .map(|status| self.of(status))
            .sum()
    }

    /// The commonest reasons of invalid rows.
    pub(crate) fn commonest(&self, most: usize) -> Vec<(&str, usize)> {
        let mut reasons: Vec<_> =
            self.reasons.iter().map(|(note, count)| (note.as_str(), *count)).collect();
        reasons.sort_by_key(|(note, count)| (std::cmp::Reverse(*count), note.to_owned()));
        reasons.truncate(most);
        reasons
    }
}
