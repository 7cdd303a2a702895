//! What a run came to, as people read it.

use crate::people::RowStatus;
use crate::ui::report::{CreditsReport, PlanReport, RowCounts, RunReport};
use crate::units::{Credits, grouped};

/// The summary, line by line.
pub(crate) fn lines(
    planned: &PlanReport,
    done: &RunReport,
    rows: &RowCounts,
    seconds: f64,
) -> Vec<String> {
    let count = |n: usize| grouped(n as u64);
    let mut lines = Vec::new();
    let mut line = |name: &str, text: String| lines.push(format!("  {name:<13} {text}"));

    let folded = match planned.duplicates {
        0 => String::new(),
        1 => ", 1 duplicate folded".to_owned(),
        n => format!(", {} duplicates folded", count(n)),
    };
    let known = match planned.from_ledger {
        0 => String::new(),
        n => format!(", {} from the ledger", count(n)),
    };
    line("rows", format!("{}, {} people{folded}{known}", count(rows.total), count(planned.people)));
    let found = rows.of(RowStatus::Found);
    let answered = found + rows.of(RowStatus::NotFound);
    let rate = (found * 100 + answered / 2).checked_div(answered);
    line("found", count(found) + &rate.map_or(String::new(), |rate| format!(" ({rate}%)")));
    line("not found", count(rows.of(RowStatus::NotFound)));
    let invalid = rows.of(RowStatus::Invalid);
    if invalid > 0 {
        let reasons = rows.commonest(3);
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
        if rows.of(status) > 0 {
            line(name, count(rows.of(status)));
        }
    }
    for (name, text) in credit_lines(done.credits) {
        line(name, text);
    }
    let batches = if done.batches.len() == 1 { "batch" } else { "batches" };
    let polls = if done.polls == 1 { "poll" } else { "polls" };
    line(
        "time",
        format!(
            "{:.1} s, {} {batches}, {} {polls}",
            seconds,
            count(done.batches.len()),
            count(done.polls)
        ),
    );
    lines
}

fn credit_lines(credits: CreditsReport) -> Vec<(&'static str, String)> {
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
    } = credits;
    if reserved > Credits::ZERO || in_doubt > Credits::ZERO || refunded_earlier > Credits::ZERO {
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
                format!(", {} less: what is in doubt seems to hold them", grouped(n.unsigned_abs()))
            }
            n if n > 0 => format!(", {} more than this run explains", grouped(n.unsigned_abs())),
            n => format!(", {} less than this run explains", grouped(n.unsigned_abs())),
        };
        lines.push(("balance", format!("{balance}{difference}")));
    }
    lines
}
