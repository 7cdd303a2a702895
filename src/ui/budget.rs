//! Budgets of a ledger in words.

use super::message::{Message, message};
use crate::ledger::{Budget, Per};
use crate::text::sanitize_within;

/// Tables and lines cut a longer name of a list.
pub(crate) const LONGEST_LABEL: usize = 24;

/// `4,000 credits a day for all keys: 3,960 spent or held, 40 left until 2026-11-27 00:00 UTC`.
pub(crate) fn standing(budget: &Budget) -> Message {
    let left = budget.cap.saturating_sub(budget.spent);
    message!(
        "{cap} credits a {per} for {whom}: {spent} spent or held, {left} left until {ends}";
        cap = budget.cap, per = budget.per.word(), whom = whom(budget), spent = budget.spent, left, ends = ends(budget)
    )
}

fn whom(budget: &Budget) -> Message {
    match budget.account {
        None => "all keys".into(),
        Some(account) => message!("the key {}", account),
    }
}

fn ends(budget: &Budget) -> Message {
    let text = budget.ends.rfc3339();
    message!("{} {} UTC", Message::foreign(&text[..10]), Message::foreign(&text[11..16]))
}

/// Who spent it, in a line each, the highest amount first.
pub(crate) fn spenders(budget: &Budget, most: usize) -> Vec<Message> {
    let each = budget.spenders.iter().take(most).map(|spender| {
        let who =
            Message::foreign(spender.asked_by.name().unwrap_or_else(|| "somebody".to_owned()));
        let label = spender.label.as_deref().map_or(Message::default(), |label| {
            message!(" for {}", sanitize_within(label, LONGEST_LABEL))
        });
        message!("  {} spent or holds {}{}", who, spender.credits, label)
    });
    each.collect()
}

/// What a run says if the budget is spent, and its hint.
pub(crate) fn spent(budget: &Budget) -> (Message, Message) {
    const MOST: usize = 3;
    let what = message!(
        "the ledger's budget of {} credits a {} for {} is spent: {} are spent or held",
        budget.cap,
        budget.per.word(),
        whom(budget),
        budget.spent
    );
    let hint = message!(
        "run the same command again when the next {} begins, at {}; `enrow-phone ledger budget` shows and changes it",
        match budget.per {
            Per::Day => "day",
            Per::Month => "month",
        },
        ends(budget)
    );
    (Message::lines_of(std::iter::once(what).chain(spenders(budget, MOST))), hint)
}
