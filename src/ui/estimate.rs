//! What a run will do and cost, told before the first credit is spent.

use crate::lookup::{HIGHEST_KNOWN_PRICE, PlanCounts};
use crate::units::{Credits, grouped};
use serde::Serialize;

/// The share of people with a number where the ledger cannot tell yet: a guess that is called one.
const GUESSED_RATE: f64 = 0.5;

/// The estimate of a run that has not begun.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Estimate {
    /// New searches.
    pub new: usize,
    /// What they cost if every one of them finds a number.
    pub at_most: Credits,
    /// What they cost at the ledger's own found rate, or at a guessed half.
    pub likely: Credits,
    /// The price of one search.
    pub price: Credits,
    /// Whether the price was learned from a batch of this account; otherwise the highest that Enrow documents.
    pub price_is_learned: bool,
    /// Whether `likely` rests on the ledger's own found rate.
    pub rate_is_learned: bool,
    /// The balance.
    pub balance: Option<Credits>,
}

impl Estimate {
    /// Works the estimate out.
    pub(crate) fn of(
        counts: &PlanCounts,
        limit: Option<usize>,
        price: Option<Credits>,
        rate: Option<f64>,
        balance: Option<Credits>,
    ) -> Self {
        let new = counts.new.min(limit.unwrap_or(usize::MAX));
        let at_most = price.unwrap_or(HIGHEST_KNOWN_PRICE).saturating_mul(new);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate for people"
        )]
        let likely = Credits((at_most.0 as f64 * rate.unwrap_or(GUESSED_RATE)).round() as u64);
        Self {
            new,
            at_most,
            likely,
            price: price.unwrap_or(HIGHEST_KNOWN_PRICE),
            price_is_learned: price.is_some(),
            rate_is_learned: rate.is_some(),
            balance,
        }
    }

    /// The estimate as people read them.
    pub(crate) fn lines(&self, counts: &PlanCounts) -> Vec<String> {
        let count = |n: usize| grouped(n as u64);
        let mut people = format!("{} rows, {} people", count(counts.rows), count(counts.people));
        let mut part = |n: usize, what: &str| {
            if n > 0 {
                people += &format!(", {} {what}", count(n));
            }
        };
        part(counts.duplicates, if counts.duplicates == 1 { "duplicate" } else { "duplicates" });
        part(counts.filled_in, "filled in already");
        part(counts.known_found + counts.known_not_found, "answered in the ledger");
        part(counts.under_way, "under way");
        part(counts.unusable, "paid for without a usable answer");
        part(counts.suppressed, "suppressed");
        part(counts.unsearchable_rows(), "not searchable");
        let mut lines = vec![people];
        if self.new == 0 {
            lines.push("nothing new to search for: this costs nothing".to_owned());
            return lines;
        }
        let likely = if self.rate_is_learned { "likely" } else { "at a guess" };
        lines.push(format!(
            "{} new searches: at most {} credits, {likely} {}",
            count(self.new),
            self.at_most,
            self.likely
        ));
        if !self.price_is_learned {
            lines.push(
                "  (at 50 a number, the highest documented price; yours is learned from a batch)"
                    .to_owned(),
            );
        }
        if let Some(balance) = self.balance {
            let remains = if balance >= self.at_most {
                format!(": at least {} would remain", balance.saturating_sub(self.at_most))
            } else {
                ": may not cover all of them".to_owned()
            };
            lines.push(format!("balance {balance}{remains}"));
        }
        lines
    }
}
