//! What the next batch may cost: the balance, the budget and the price. Until the price is learned, sizes are chosen as
//! if it were the highest documented one.

use crate::units::{Credits, HIGHEST_KNOWN_PRICE};

/// The state of the money before a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Funds {
    /// What the account has, as far as known.
    pub balance: Credits,
    pub price: Price,
    /// The most that this run may reserve and pay.
    pub budget: Option<Credits>,
    /// What this run holds in reservations, has paid, or may have paid.
    pub committed: Credits,
}

/// What is known of the price of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Price {
    /// Learned by an earlier run. The plan may have changed since.
    Learned(Credits),
    /// What a batch of this run reserved for each search.
    Proven(Credits),
    #[default]
    Unknown,
}

impl Price {
    pub(super) fn known(self) -> Option<Credits> {
        match self {
            Self::Learned(price) | Self::Proven(price) => Some(price),
            Self::Unknown => None,
        }
    }
}

/// How many searches may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affordable {
    /// This many, at once.
    Send(usize),
    /// Fewer than wanted, while running batches may give back what pays for more.
    Wait,
    /// Not one.
    Nothing(Shortage),
}

/// Whether running batches may give credits back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refunds {
    Ahead,
    None,
}

/// What ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortage {
    /// The account's credits.
    Credits,
    /// The user's budget.
    Budget,
}

impl Funds {
    /// How many of `wanted` searches may be sent now.
    pub(super) fn affordable(&self, wanted: usize, refunds: Refunds) -> Affordable {
        let price = self.price.known().unwrap_or(HIGHEST_KNOWN_PRICE);
        let mut by_balance = self.balance.affordable_searches(price);
        // What a search costs is not known, so whether the balance covers one is the API's to say: a refusal is free.
        if self.price == Price::Unknown && self.balance > Credits::ZERO {
            by_balance = by_balance.max(1);
        }
        let by_budget = self.budget.map_or(usize::MAX, |budget| {
            let left = budget.saturating_sub(self.committed);
            match self.price {
                Price::Proven(price) => left.affordable_searches(price),
                // The first batch of a run under a budget has one search, whatever was learned before: should it cost
                // more than anybody documents, one search is all that it costs.
                Price::Learned(_) | Price::Unknown => {
                    left.affordable_searches(price.max(HIGHEST_KNOWN_PRICE)).min(1)
                }
            }
        });
        let fits = by_balance.min(by_budget);
        match fits {
            _ if fits >= wanted => Affordable::Send(wanted),
            0 if refunds == Refunds::None => Affordable::Nothing(if by_budget <= by_balance {
                Shortage::Budget
            } else {
                Shortage::Credits
            }),
            1.. if refunds == Refunds::None || self.is_probe() => Affordable::Send(fits),
            _ => Affordable::Wait,
        }
    }

    /// Whether the next batch finds out the price.
    fn is_probe(&self) -> bool {
        match self.price {
            Price::Proven(_) => false,
            Price::Learned(_) => self.budget.is_some(),
            Price::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RICH: Funds = Funds {
        balance: Credits(1_000_000),
        price: Price::Proven(Credits(40)),
        budget: None,
        committed: Credits(0),
    };

    #[test]
    fn what_is_covered_is_sent_whole() {
        assert_eq!(RICH.affordable(3000, Refunds::None), Affordable::Send(3000));
        assert_eq!(RICH.affordable(3000, Refunds::Ahead), Affordable::Send(3000));
    }

    #[test]
    fn refunds_are_waited_for_before_a_smaller_batch_is_sent() {
        let funds = Funds { balance: Credits(40_000), ..RICH };
        assert_eq!(funds.affordable(3000, Refunds::Ahead), Affordable::Wait);
        assert_eq!(funds.affordable(3000, Refunds::None), Affordable::Send(1000));
        assert_eq!(
            Funds { balance: Credits(39), ..RICH }.affordable(3000, Refunds::Ahead),
            Affordable::Wait
        );
        assert_eq!(
            Funds { balance: Credits(39), ..RICH }.affordable(3000, Refunds::None),
            Affordable::Nothing(Shortage::Credits)
        );
    }

    #[test]
    fn a_budget_counts_what_is_reserved_as_spent() {
        let funds = Funds { budget: Some(Credits(1000)), committed: Credits(600), ..RICH };
        assert_eq!(funds.affordable(3000, Refunds::None), Affordable::Send(10));
        assert_eq!(
            Funds { committed: Credits(1000), ..funds }.affordable(1, Refunds::None),
            Affordable::Nothing(Shortage::Budget)
        );
    }

    #[test]
    fn an_unlearned_price_is_taken_at_its_highest_and_probed_under_a_budget() {
        let unlearned = Funds { price: Price::Unknown, ..RICH };
        assert_eq!(
            Funds { balance: Credits(40_000), ..unlearned }.affordable(3000, Refunds::None),
            Affordable::Send(800)
        );
        assert_eq!(
            Funds { budget: Some(Credits(120_000)), ..unlearned }.affordable(3000, Refunds::None),
            Affordable::Send(1)
        );
        let learned = Funds { price: Price::Learned(Credits(40)), ..RICH };
        assert_eq!(learned.affordable(3000, Refunds::None), Affordable::Send(3000));
        for (budget, first) in [
            (49, Affordable::Nothing(Shortage::Budget)),
            (50, Affordable::Send(1)),
            (120_000, Affordable::Send(1)),
        ] {
            let funds = Funds { budget: Some(Credits(budget)), ..learned };
            assert_eq!(funds.affordable(3000, Refunds::None), first, "{budget}");
        }
        let nearly_nothing = Funds { balance: Credits(40), ..unlearned };
        assert_eq!(nearly_nothing.affordable(3000, Refunds::None), Affordable::Send(1));
        assert_eq!(
            Funds { budget: Some(Credits(49)), ..unlearned }.affordable(3000, Refunds::None),
            Affordable::Nothing(Shortage::Budget)
        );
    }
}
