//! What a run will do and cost, said before the first credit is spent.

use super::message::{Message, count, counted, message, people};
use crate::lookup::{HIGHEST_KNOWN_PRICE, PlanCounts};
use crate::units::Credits;
use serde::Serialize;

/// The share of people with a number, while the ledger cannot tell.
const GUESSED_RATE: f64 = 0.5;

/// The price of a number on a plan of today (Enrow API, pricing).
const USUAL_PRICE: Credits = Credits(40);

/// The estimate of a run that has not begun.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Estimate {
    /// New searches.
    new: usize,
    /// What they cost if every one of them finds a number.
    at_most: Credits,
    /// What they cost at the ledger's own found rate, or at a guessed half.
    likely: Credits,
    /// The price of one search.
    price: Credits,
    /// Whether the price was learned from a batch of this account; otherwise the highest that Enrow documents.
    price_is_learned: bool,
    /// Whether `likely` rests on the ledger's own found rate.
    rate_is_learned: bool,
    pub(crate) balance: Option<Credits>,
    #[serde(skip)]
    rate: f64,
}

impl Estimate {
    pub(crate) fn of(
        counts: &PlanCounts,
        limit: Option<usize>,
        price: Option<Credits>,
        found_rate: Option<f64>,
        balance: Option<Credits>,
    ) -> Self {
        let new = counts.new.min(limit.unwrap_or(usize::MAX));
        let at_most = price.unwrap_or(HIGHEST_KNOWN_PRICE).saturating_mul(new);
        let rate = found_rate.unwrap_or(GUESSED_RATE);
        Self {
            new,
            at_most,
            likely: share(at_most, rate),
            price: price.unwrap_or(HIGHEST_KNOWN_PRICE),
            price_is_learned: price.is_some(),
            rate_is_learned: found_rate.is_some(),
            balance,
            rate,
        }
    }

    pub(crate) fn lines(&self, counts: &PlanCounts) -> Vec<Message> {
        let mut lines = vec![people_line(counts)];
        if self.new == 0 {
            lines.push("nothing new to search: this costs nothing".into());
            return lines;
        }
        lines.push(message!("{} to search: {}", people(self.new), self.cost()));
        if let Some(balance) = self.balance {
            lines.push(if balance >= self.at_most {
                message!(
                    "balance {}: at least {} will remain",
                    balance,
                    balance.saturating_sub(self.at_most)
                )
            } else {
                message!("balance {}: it may not cover all of them", balance)
            });
        }
        lines
    }

    /// The question before a run that may cost more than `above`.
    pub(crate) fn question(&self, above: Credits) -> Option<Message> {
        let most = people(self.new);
        (self.at_most > above).then(|| {
            message!(
                "search for {}? Up to {} credits may be paid, and Enrow cannot cancel a batch",
                most,
                self.at_most
            )
        })
    }

    fn cost(&self) -> Message {
        if self.price_is_learned {
            return message!(
                "about {} credits, {} at most ({} a number)",
                self.likely,
                self.at_most,
                self.price
            );
        }
        let usual = USUAL_PRICE.saturating_mul(self.new);
        message!(
            "about {} credits, {} at most ({} a number; {} on a legacy plan)",
            share(usual, self.rate),
            usual,
            USUAL_PRICE,
            self.at_most
        )
    }
}

fn people_line(counts: &PlanCounts) -> Message {
    let mut line = message!("{}, {}", counted(counts.rows, "row", "rows"), people(counts.people));
    if counts.duplicates > 0 {
        line.push(message!(", {}", counted(counts.duplicates, "duplicate", "duplicates")));
    }
    for (number, what) in [
        (counts.filled_in, "already filled in"),
        (counts.known_found + counts.known_not_found, "known from the ledger"),
        (counts.under_way, "already submitted"),
        (counts.unusable, "paid without a usable answer"),
        (counts.suppressed, "suppressed"),
        (counts.unsearchable_rows(), "not searchable"),
    ] {
        if number > 0 {
            line.push(message!(", {} {}", count(number), what));
        }
    }
    line
}

/// What is likely to be paid of `credits`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate for people"
)]
fn share(credits: Credits, rate: f64) -> Credits {
    Credits((credits.0 as f64 * rate).round() as u64)
}
