//! What a run came to: the summary people read, and the same as JSON for scripts.

use super::failure::Exit;
use super::figures::Figures;
use crate::batch::{BatchId, Credits, grouped};
use crate::lookup::{Receipt, RowStatus, Tally};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// The outcome of a run. Its JSON form is documented in the README; fields are only ever added.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Ids of the batches Enrow took in this run.
    pub batches: Vec<BatchId>,
    /// What happened to the credits.
    pub credits: CreditsReport,
    /// Rows whose person stands in an earlier row.
    pub duplicates: usize,
    /// The exit code.
    pub exit_code: u8,
    /// People whose answer stood in the ledger.
    pub from_ledger: usize,
    /// Where the rows were written; `null` where nothing was.
    pub output: Option<String>,
    /// Different people who can be searched for.
    pub people: usize,
    /// What was reckoned before the run.
    pub planned: Figures,
    /// How often Enrow was asked how a batch stands.
    pub polls: usize,
    /// Why the run ended, in a word: `done`, `incomplete`, `credits`, `budget`, `limit`, `lost_answers`, `timeout`,
    /// `interrupted`, `terminated`, `detached`, `dry_run`.
    pub reason: &'static str,
    /// Rows, by status.
    pub rows: RowCounts,
    /// People sent to Enrow in this run.
    pub searched: usize,
    /// How long the run took.
    pub seconds: f64,
}

/// What happened to the credits, as the API told it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct CreditsReport {
    /// The balance at the end, where it was read.
    pub balance_after: Option<Credits>,
    /// The balance before the first batch, where it was read.
    pub balance_before: Option<Credits>,
    /// What batches in doubt may have reserved.
    pub in_doubt: Credits,
    /// Reserved less refunded.
    pub net: Credits,
    /// Given back for batches of this run.
    pub refunded: Credits,
    /// Given back in this run for batches of earlier runs.
    pub refunded_earlier: Credits,
    /// Reserved for batches of this run.
    pub reserved: Credits,
    /// By how much the balance differs from what this run explains; others may have used the account.
    pub unexplained: i64,
}

impl CreditsReport {
    /// Checks a receipt against the balance before and after.
    pub fn of(receipt: &Receipt, before: Option<Credits>, after: Option<Credits>) -> Self {
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

impl CreditsReport {
    fn lines(self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let CreditsReport {
            balance_after,
            in_doubt,
            net,
            refunded,
            refunded_earlier,
            reserved,
            unexplained,
            ..
        } = self;
        if reserved > Credits::ZERO || in_doubt > Credits::ZERO || refunded_earlier > Credits::ZERO
        {
            let mut credits = format!("{reserved} reserved, {refunded} refunded, {net} net");
            if refunded_earlier > Credits::ZERO {
                credits += &format!("; {refunded_earlier} refunded for earlier batches");
            }
            if in_doubt > Credits::ZERO {
                credits += &format!("; up to {in_doubt} more in doubt");
            }
            lines.push(("credits", credits));
        }
        if let Some(balance) = balance_after {
            let difference = match unexplained {
                0 => String::new(),
                // What a batch in doubt may hold is told above.
                n if n < 0 && n.unsigned_abs() <= in_doubt.0 => {
                    format!(
                        ", {} less: what is in doubt seems to hold them",
                        grouped(n.unsigned_abs())
                    )
                }
                n if n > 0 => format!(
                    ", {} more than this run explains",
                    grouped(n.unsigned_abs())
                ),
                n => format!(
                    ", {} less than this run explains",
                    grouped(n.unsigned_abs())
                ),
            };
            lines.push(("balance", format!("{balance}{difference}")));
        }
        lines
    }
}

/// Rows by status.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RowCounts {
    /// All data rows.
    pub total: usize,
    /// By the word in `phone_status`.
    #[serde(flatten)]
    pub by_status: BTreeMap<&'static str, usize>,
    /// Notes of invalid rows, for the commonest reasons.
    #[serde(skip)]
    pub reasons: HashMap<String, usize>,
}

impl RowCounts {
    /// Every status, none counted yet.
    pub fn new() -> Self {
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
    pub fn count(&mut self, status: RowStatus, note: &str) {
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
    pub fn of(&self, status: RowStatus) -> usize {
        self.by_status.get(status.as_str()).copied().unwrap_or(0)
    }

    /// How many rows another run may still change.
    pub fn open(&self) -> usize {
        [
            RowStatus::Pending,
            RowStatus::NotSubmitted,
            RowStatus::Failed,
            RowStatus::Unknown,
        ]
        .into_iter()
        .map(|status| self.of(status))
        .sum()
    }

    /// The commonest reasons of invalid rows.
    fn commonest(&self, most: usize) -> Vec<(&str, usize)> {
        let mut reasons: Vec<_> = self
            .reasons
            .iter()
            .map(|(note, count)| (note.as_str(), *count))
            .collect();
        reasons.sort_by_key(|(note, count)| (std::cmp::Reverse(*count), note.to_owned()));
        reasons.truncate(most);
        reasons
    }
}

impl Report {
    /// The report of a run.
    pub fn of(
        tally: &Tally,
        planned: Figures,
        receipt: &Receipt,
        rows: RowCounts,
        credits: CreditsReport,
        elapsed: Duration,
    ) -> Self {
        Self {
            batches: receipt.batches.clone(),
            credits,
            duplicates: tally.duplicates,
            exit_code: 0,
            from_ledger: tally.known_found + tally.known_not_found + tally.suppressed,
            output: None,
            people: tally.people,
            planned,
            polls: receipt.polls,
            reason: "done",
            rows,
            searched: receipt.searches,
            seconds: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }

    /// With how it ended.
    #[must_use]
    pub fn ended(mut self, exit: Exit, reason: &'static str, output: Option<String>) -> Self {
        self.exit_code = exit.code();
        self.reason = reason;
        self.output = output;
        self
    }

    /// The summary, line by line.
    pub fn lines(&self) -> Vec<String> {
        let count = |n: usize| grouped(n as u64);
        let mut lines = Vec::new();
        let mut line = |name: &str, text: String| lines.push(format!("  {name:<13} {text}"));

        let folded = match self.duplicates {
            0 => String::new(),
            1 => ", 1 duplicate folded".to_owned(),
            n => format!(", {} duplicates folded", count(n)),
        };
        let known = match self.from_ledger {
            0 => String::new(),
            n => format!(", {} from the ledger", count(n)),
        };
        line(
            "rows",
            format!(
                "{}, {} people{folded}{known}",
                count(self.rows.total),
                count(self.people)
            ),
        );
        let found = self.rows.of(RowStatus::Found);
        let answered = found + self.rows.of(RowStatus::NotFound);
        let rate = (found * 100 + answered / 2).checked_div(answered);
        line(
            "found",
            count(found) + &rate.map_or(String::new(), |rate| format!(" ({rate}%)")),
        );
        line("not found", count(self.rows.of(RowStatus::NotFound)));
        let invalid = self.rows.of(RowStatus::Invalid);
        if invalid > 0 {
            let reasons = self.rows.commonest(3);
            match reasons.as_slice() {
                [(only, _)] => line("invalid", format!("{}: {only}", count(invalid))),
                several => {
                    line("invalid", count(invalid));
                    for (reason, n) in several {
                        line("", format!("{}: {reason}", count(*n)));
                    }
                }
            }
        }
        for (status, name) in [
            (RowStatus::Pending, "pending"),
            (RowStatus::NotSubmitted, "not submitted"),
            (RowStatus::Failed, "failed"),
            (RowStatus::Unknown, "unknown"),
        ] {
            if self.rows.of(status) > 0 {
                line(name, count(self.rows.of(status)));
            }
        }
        for (name, text) in self.credits.lines() {
            line(name, text);
        }
        let batches = if self.batches.len() == 1 {
            "batch"
        } else {
            "batches"
        };
        let polls = if self.polls == 1 { "poll" } else { "polls" };
        line(
            "time",
            format!(
                "{:.1} s, {} {batches}, {} {polls}",
                self.seconds,
                count(self.batches.len()),
                count(self.polls)
            ),
        );
        lines
    }
}
