//! What a run will do and cost, said before the first credit is spent.

use super::message::{Message, count, counted, message, people};
use crate::lookup::{HIGHEST_KNOWN_PRICE, PlanCounts};
use crate::units::Credits;
use serde::Serialize;

/// The assumed share of people with a number, until the ledger has enough answers.
const GUESSED_RATE: f64 = 0.5;

/// The price of a number on today's plans (Enrow API, pricing).
pub(crate) const USUAL_PRICE: Credits = Credits(40);

/// How far the user lets a run go.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// `--max-credits`
    pub(crate) credits: Option<Credits>,
    /// `--limit`
    pub(crate) people: Option<usize>,
}

/// The estimate of a run that has not begun.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Estimate {
    new: usize,
    /// What they cost if a number is found for each, within `--max-credits`.
    at_most: Credits,
    /// What they cost at the found rate of the ledger, or at [`GUESSED_RATE`].
    likely: Credits,
    /// The price of one search.
    price: Credits,
    /// Whether the price was learned from a batch of this account; otherwise the highest that Enrow documents.
    price_is_learned: bool,
    /// Whether `likely` uses the found rate of the ledger.
    rate_is_learned: bool,
    pub(crate) balance: Option<Credits>,
    /// By how much the balance is below what the ledger explains.
    pub(crate) spent_elsewhere: Option<Credits>,
    /// Whether the ledger may have gone back in time, so that nobody is asked for.
    #[serde(skip)]
    pub(crate) is_held_back: bool,
    #[serde(skip)]
    budget: Option<Credits>,
    #[serde(skip)]
    rate: f64,
}

impl Estimate {
    pub(crate) fn of(
        counts: &PlanCounts,
        limits: Limits,
        learned_price: Option<Credits>,
        found_rate: Option<f64>,
        balance: Option<Credits>,
    ) -> Self {
        let price = learned_price.unwrap_or(HIGHEST_KNOWN_PRICE);
        let rate = found_rate.unwrap_or(GUESSED_RATE);
        let mut estimate = Self {
            new: counts.new.min(limits.people.unwrap_or(usize::MAX)),
            at_most: Credits::ZERO,
            likely: Credits::ZERO,
            price,
            price_is_learned: learned_price.is_some(),
            rate_is_learned: found_rate.is_some(),
            balance,
            spent_elsewhere: None,
            is_held_back: false,
            budget: limits.credits,
            rate,
        };
        (estimate.likely, estimate.at_most) = estimate.at(price);
        estimate
    }

    /// How many searches `--max-credits` pays for, even if all of them find a number. A search counts at the highest
    /// documented price until the run has proven its own.
    pub(crate) fn affordable(&self) -> Option<usize> {
        self.budget.map(|budget| budget.affordable_searches(self.price.max(HIGHEST_KNOWN_PRICE)))
    }

    pub(crate) fn lines(&self, counts: &PlanCounts) -> Vec<Message> {
        let mut lines = vec![people_line(counts)];
        if self.new == 0 {
            lines.push("nothing new to search: this costs nothing".into());
            return lines;
        }
        lines.push(message!("{} to search: {}", people(self.new), self.cost()));
        lines.extend(self.short_budget());
        lines.extend(self.balance.map(|balance| self.balance_line(balance)));
        lines
    }

    /// The warning if others spent credits of the account: they may have searched for people of the list.
    pub(crate) fn alarm(&self) -> Option<Message> {
        self.spent_elsewhere.filter(|_| self.new > 0).map(|credits| {
            message!(
                "the balance is {} less than this ledger explains: somebody else used the account, or people were searched with another ledger\n  \
                 a ledger that was copied or restored does not know whom the other one paid for: they would be paid for again",
                credits
            )
        })
    }

    /// The question before a run that may cost more than `above`, or whose people others may have searched for.
    pub(crate) fn question(&self, above: Credits) -> Option<Message> {
        let most = if self.price_is_learned || self.most() == self.at_most {
            message!("{} credits", self.at_most)
        } else {
            message!("{} credits ({} on a legacy plan)", self.most(), self.at_most)
        };
        (!self.is_held_back && (self.at_most > above || self.alarm().is_some())).then(|| {
            message!(
                "search for {}? Up to {} may be paid, and Enrow cannot cancel a batch",
                people(self.new),
                most
            )
        })
    }

    /// A budget that does not pay for a single search.
    pub(super) fn short_budget(&self) -> Option<Message> {
        let budget = self.budget.filter(|_| self.affordable() == Some(0))?;
        Some(message!(
            "`--max-credits {}` does not cover one search: it takes at least {}",
            budget.0,
            self.price.max(HIGHEST_KNOWN_PRICE)
        ))
    }

    /// What the searches likely cost, and what they cost at most, at this price.
    fn at(&self, price: Credits) -> (Credits, Credits) {
        let whole = price.saturating_mul(self.new);
        let most = self.budget.map_or(whole, |budget| whole.min(budget));
        (share(whole, self.rate).min(most), most)
    }

    /// What the searches cost at most at the learned price, or at the usual one.
    fn most(&self) -> Credits {
        self.at(if self.price_is_learned { self.price } else { USUAL_PRICE }).1
    }

    fn cost(&self) -> Message {
        let price = if self.price_is_learned { self.price } else { USUAL_PRICE };
        let (likely, most) = self.at(price);
        let mut each = message!("{} a number", price);
        if !self.price_is_learned && self.at_most > most {
            each.push(message!("; {} on a legacy plan", self.at_most));
        }
        if self.budget == Some(most) {
            each.push("; `--max-credits`");
        }
        message!("about {} credits, {} at most ({})", likely, most, each)
    }

    fn balance_line(&self, balance: Credits) -> Message {
        let (most, legacy) = (self.most(), self.at_most);
        let left = |most| balance.saturating_sub(most);
        if balance < most {
            message!("balance {}: it may not cover all of them", balance)
        } else if legacy == most {
            message!("balance {}: at least {} will remain", balance, left(most))
        } else if balance < legacy {
            message!(
                "balance {}: at least {} will remain; on a legacy plan it may not cover all of them",
                balance,
                left(most)
            )
        } else {
            message!(
                "balance {}: at least {} will remain ({} on a legacy plan)",
                balance,
                left(most),
                left(legacy)
            )
        }
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
        (counts.skipped, "skipped"),
        (counts.unsearchable_rows(), "not searchable"),
    ] {
        if number > 0 {
            line.push(message!(", {} {}", count(number), what));
        }
    }
    line
}

/// The likely part of `credits`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate for people"
)]
fn share(credits: Credits, rate: f64) -> Credits {
    Credits((credits.0 as f64 * rate).round() as u64)
}
