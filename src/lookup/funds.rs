//! What the next batch may cost: the balance, the budget and the price. Until the price is learned, sizes are chosen as
//! if it were the highest documented one.

use crate::ledger::Reserved;
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

/// What an accepted batch shows of its cost. Read only under a budget.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub reserved: Reserved,
    pub searches: usize,
    /// By how much the balance fell meanwhile.
    pub fallen: Credits,
}

impl Cost {
    /// How much more the balance fell than Enrow stated.
    pub(super) fn unstated(self) -> Credits {
        self.fallen.saturating_sub(self.reserved.credits())
    }

    /// What each search costs at most. The statement alone is not believed: the balance must have fallen by as much.
    pub(super) fn price(self, has_proven_price: bool) -> Credits {
        let price = each(self.fallen.max(self.reserved.credits()), self.searches);
        match self.reserved.stated() {
            Some(stated) if self.fallen >= stated => price,
            // The refund of another batch hides what this one holds.
            Some(_) if has_proven_price => price,
            // A balance out of a cache, or no statement: sizes are chosen by the highest price.
            Some(_) | None => price.max(HIGHEST_KNOWN_PRICE),
        }
    }
}

/// The share of one of so many searches, at most.
pub(super) fn each(credits: Credits, searches: usize) -> Credits {
    Credits(credits.0.div_ceil(searches.max(1) as u64))
}

/// How many searches may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affordable {
    /// This many, at once.
    Send(usize),
    /// Fewer than wanted; refunds of running batches may pay for more later.
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
    fn a_statement_of_the_price_is_believed_where_the_balance_fell_by_as_much() {
        let stated = |credits| Reserved::Stated(Credits(credits));
        let assumed = Reserved::Assumed(Credits(200));
        for (reserved, fallen, is_proven, price, unstated) in [
            (stated(200), 200, false, 40, 0),
            (stated(201), 201, false, 41, 0),
            (stated(200), 300, false, 60, 100),
            (stated(200), 199, false, 50, 0),
            (stated(200), 0, true, 40, 0),
            (stated(300), 0, false, 60, 0),
            (stated(0), 200, true, 50, 200),
            (stated(0), 0, true, 50, 0),
            (assumed, 200, true, 50, 0),
            (assumed, 400, true, 80, 200),
        ] {
            let cost = Cost { reserved, searches: 5, fallen: Credits(fallen) };
            let found = (cost.price(is_proven), cost.unstated());
            assert_eq!(found, (Credits(price), Credits(unstated)), "{cost:?} {is_proven}");
        }
        assert_eq!(each(Credits(40), 0), Credits(40));
    }

    /// A refusal is free, and an empty account is none that may have a lower price.
    #[test]
    fn an_account_without_credits_is_not_asked_for_its_price() {
        let empty = Funds { balance: Credits::ZERO, price: Price::Unknown, ..RICH };
        assert_eq!(empty.affordable(1, Refunds::None), Affordable::Nothing(Shortage::Credits));
    }

    /// What is held by others is not waited for before the price is known.
    #[test]
    fn a_probe_waits_for_no_refund() {
        let under_budget = Funds { budget: Some(Credits(4000)), ..RICH };
        for (price, budgeted, first) in [
            (Price::Learned(Credits(40)), true, Affordable::Send(1)),
            (Price::Unknown, true, Affordable::Send(1)),
            (Price::Unknown, false, Affordable::Send(2)),
            (Price::Learned(Credits(50)), false, Affordable::Wait),
            (Price::Proven(Credits(50)), true, Affordable::Wait),
        ] {
            let funds = Funds { price, balance: Credits(100), ..under_budget };
            let funds = Funds { budget: funds.budget.filter(|_| budgeted), ..funds };
            assert_eq!(funds.affordable(3, Refunds::Ahead), first, "{funds:?}");
        }
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
