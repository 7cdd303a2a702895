//! A cap on what all runs of a ledger may spend in a day or a month.

use super::asked_by::AskedBy;
use crate::batch::{AccountId, Nonce};
use crate::units::{Credits, Moment};

/// How long a budget lasts. Days and months begin at midnight UTC, by the ledger's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Per {
    Day,
    Month,
}

impl Per {
    pub(crate) const ALL: [Self; 2] = [Self::Day, Self::Month];

    /// As it is stored and written.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    pub(in crate::ledger) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|per| per.word() == word)
    }
}

/// Stored in place of a key where a budget is for all of them.
pub(in crate::ledger) const ALL_KEYS: [u8; 16] = [0; 16];

/// A budget, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Budget {
    /// `None` for all keys together.
    pub account: Option<AccountId>,
    pub per: Per,
    pub cap: Credits,
    /// What batches of this period cost, hold or may cost.
    pub spent: Credits,
    pub began: Moment,
    /// When the next period begins.
    pub ends: Moment,
    /// Who spent it, dearest first.
    pub spenders: Vec<Spender>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spender {
    pub asked_by: AskedBy,
    /// Of which list.
    pub label: Option<String>,
    pub credits: Credits,
}

/// What a batch may cost, to be reserved before it is claimed.
#[derive(Debug, Clone)]
pub(crate) struct BudgetRequest {
    pub account: AccountId,
    /// That of the batch: it ties the reservation to what becomes of it.
    pub nonce: Nonce,
    /// How many searches are wanted at least, or else none.
    pub least: usize,
    pub most: usize,
    /// What one of them costs at most.
    pub price: Credits,
    pub label: Option<String>,
    pub now: Moment,
}

/// How much of a request fits the budgets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// So many searches, which are reserved.
    Searches(usize),
    /// Too few. Nothing is reserved.
    Spent(Box<Budget>),
    /// There is no budget.
    Unlimited,
}
