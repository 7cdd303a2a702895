//! The receipt of a run, for people.

use super::message::{Message, count, counted, message, people};
use super::report::{CreditsReport, ListReport, PlanReport, RunReport};
use super::row_counts::RowCounts;
use crate::ledger::ListCosts;
use crate::people::RowStatus;
use crate::text::sanitize;
use crate::units::Credits;
use serde_json::{Map, Value, json};

/// The receipt, line by line.
pub(crate) fn lines(
    planned: &PlanReport,
    done: &RunReport,
    rows: &RowCounts,
    seconds: f64,
) -> Vec<Message> {
    let mut lines = row_lines(planned, rows);
    lines.extend(invalid_lines(rows));
    for (status, name) in [
        (RowStatus::Skipped, "skipped"),
        (RowStatus::Pending, "pending"),
        (RowStatus::NotSubmitted, "not submitted"),
        (RowStatus::Failed, "failed"),
        (RowStatus::Unknown, "unknown"),
    ] {
        if rows.of(status) > 0 {
            lines.push(line(name, count(rows.of(status))));
        }
    }
    lines.extend(credit_line(&done.credits));
    lines.extend(balance_line(&done.credits));
    let batches = counted(done.batches.len(), "batch", "batches");
    let polls = counted(done.polls, "poll", "polls");
    lines.push(line("time", message!("{:.1} s, {}, {}", seconds, batches, polls)));
    lines
}

/// The receipt for log collectors.
pub(crate) fn fields(
    done: &RunReport,
    rows: &RowCounts,
    list: Option<&ListReport>,
    seconds: f64,
) -> Map<String, Value> {
    let fields = json!({
        "rows": rows, "searched": done.searched, "credits": done.credits, "list": list, "seconds": seconds
    });
    fields.as_object().cloned().unwrap_or_default()
}

/// What a list cost over all its runs.
pub(crate) fn costs_line(costs: &ListCosts) -> Message {
    let ListCosts { found, held, refunded, searched, spent, unclear } = *costs;
    let mut text = message!("{} credits spent, {} given back", spent, refunded);
    if held > Credits::ZERO {
        text.push(message!(", {} held", held));
    }
    text.push(message!("; {} found of {} searched", count(found), count(searched)));
    if unclear > 0 {
        text.push(message!("; {} unclear", people(unclear)));
    }
    line("this list", text)
}

fn line(name: &'static str, text: impl Into<Message>) -> Message {
    message!("  {:<13} {}", name, text.into())
}

fn row_lines(planned: &PlanReport, rows: &RowCounts) -> Vec<Message> {
    let mut all = message!("{}, {}", count(rows.total), people(planned.people));
    if planned.duplicates > 0 {
        all.push(message!(", {} merged", counted(planned.duplicates, "duplicate", "duplicates")));
    }
    if planned.from_ledger > 0 {
        all.push(message!(", {} from the ledger", count(planned.from_ledger)));
    }
    let (found, not_found) = (rows.of(RowStatus::Found), rows.of(RowStatus::NotFound));
    let answered = found + not_found;
    let rate = (found * 100 + answered / 2).checked_div(answered);
    let rate = rate.map_or(Message::default(), |rate| message!(" ({}%)", rate));
    vec![
        line("rows", all),
        line("found", message!("{}{}", count(found), rate)),
        line("not found", count(not_found)),
    ]
}

fn invalid_lines(rows: &RowCounts) -> Vec<Message> {
    let invalid = rows.of(RowStatus::Invalid);
    let reasons = rows.reasons();
    match reasons.as_slice() {
        [] => Vec::new(),
        [(only, _)] => vec![line("invalid", message!("{}: {}", count(invalid), sanitize(only)))],
        several => {
            let several = several
                .iter()
                .map(|(reason, n)| line("", message!("{}: {}", count(*n), sanitize(reason))));
            std::iter::once(line("invalid", count(invalid))).chain(several).collect()
        }
    }
}

fn credit_line(credits: &CreditsReport) -> Option<Message> {
    let CreditsReport {
        from_sub,
        from_paygo,
        in_doubt,
        net,
        refunded,
        refunded_earlier,
        reserved,
        ..
    } = *credits;
    if reserved.saturating_add(in_doubt).saturating_add(refunded_earlier) == Credits::ZERO {
        return None;
    }
    let mut text = message!("{} reserved, {} refunded, {} net", reserved, refunded, net);
    if from_paygo > Credits::ZERO {
        text.push(message!(
            "; reserved {} of the subscription, {} bought separately",
            from_sub,
            from_paygo
        ));
    }
    if refunded_earlier > Credits::ZERO {
        text.push(message!("; {} refunded for earlier batches", refunded_earlier));
    }
    if in_doubt > Credits::ZERO {
        text.push(message!("; up to {} more may have been paid", in_doubt));
    }
    Some(line("credits", text))
}

fn balance_line(credits: &CreditsReport) -> Option<Message> {
    let balance = credits.balance_after?;
    let difference = Credits(credits.unexplained.unsigned_abs());
    let note = match credits.unexplained {
        0 => Message::default(),
        // Unclear batches may hold the difference; the line above names them.
        n if n < 0 && difference <= credits.in_doubt => {
            message!(", {} less: the unclear batches seem to hold them", difference)
        }
        n if n > 0 => message!(", {} more than this run explains", difference),
        // This has its own warning.
        _ => Message::default(),
    };
    Some(line("balance", message!("{}{}", balance, note)))
}
