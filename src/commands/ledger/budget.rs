//! `ledger budget`: shows or sets a cap on what all runs of the ledger spend together.

use crate::batch::AccountId;
use crate::cli::{BudgetAmount, BudgetPer, Global, LedgerBudgetArgs};
use crate::commands::session::{self, Session};
use crate::ledger::{Budget, Per};
use crate::ui::budget;
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::stdout;
use crate::units::{Credits, Moment};
use serde::Serialize;

/// A budget as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
pub(super) struct BudgetJson {
    credits: Credits,
    /// The digest of the key; `null` for all keys together.
    key: Option<String>,
    left: Credits,
    /// When the next day or month begins (RFC 3339, UTC).
    next: String,
    per: &'static str,
    spent: Credits,
    /// Who spent it, dearest first.
    spenders: Vec<SpenderJson>,
}

#[derive(Debug, Serialize)]
struct SpenderJson {
    credits: Credits,
    label: Option<String>,
    /// `user@host`; `null` where nobody is named.
    who: Option<String>,
}

impl BudgetJson {
    pub(super) fn of(budget: &Budget) -> Self {
        let spenders = budget.spenders.iter().map(|spender| SpenderJson {
            credits: spender.credits,
            label: spender.label.clone(),
            who: spender.asked_by.name(),
        });
        Self {
            credits: budget.cap,
            key: budget.account.map(|account| account.to_string()),
            left: budget.cap.saturating_sub(budget.spent),
            next: budget.ends.rfc3339(),
            per: budget.per.word(),
            spent: budget.spent,
            spenders: spenders.collect(),
        }
    }
}

pub(super) async fn run(
    args: &LedgerBudgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    match args.credits {
        None => show(args, global, console).await,
        Some(amount) => set(args, amount, global, console).await,
    }
}

async fn show(
    args: &LedgerBudgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let budgets = match Session::ledger_to_read(global, console).await? {
        Some(ledger) => ledger.budgets(Moment::now()).await?,
        None => Vec::new(),
    };
    if args.json {
        stdout::print_json(&budgets.iter().map(BudgetJson::of).collect::<Vec<_>>())?;
    } else if budgets.is_empty() {
        console.info("there is no budget: `enrow-phone ledger budget --per day 4000` sets one");
    } else {
        let texts = budgets.iter().map(|budget| {
            let mut lines = vec![budget::standing(budget)];
            lines.extend(budget::spenders(budget, usize::MAX));
            Message::lines_of(lines)
        });
        stdout::print(&Message::lines_of(texts))?;
    }
    Ok(Exit::Done)
}

async fn set(
    args: &LedgerBudgetArgs,
    amount: BudgetAmount,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let account: Option<AccountId> =
        if args.this_key { Some(session::account(global, console).await?) } else { None };
    let ledger = Session::ledger(global, console).await?;
    let (periods, cap) = match (amount, args.per) {
        (BudgetAmount::None, None) => (Per::ALL.to_vec(), None),
        (BudgetAmount::None, Some(per)) => (vec![stored(per)], None),
        (BudgetAmount::Credits(cap), Some(per)) => (vec![stored(per)], Some(cap)),
        (BudgetAmount::Credits(_), None) => {
            let what = "a budget is for a day or a month; nothing was changed";
            return Err(Failure::new(Exit::Unusable, what).hint("add `--per day` or `--per month`"));
        }
    };
    let had = ledger.budgets(Moment::now()).await?;
    let is_there =
        |per: Per| had.iter().any(|budget| (budget.account, budget.per) == (account, per));
    if cap.is_none() && !periods.iter().any(|per| is_there(*per)) {
        console.info("there is no such budget, nothing was changed");
        return Ok(Exit::Done);
    }
    for per in periods {
        ledger.set_budget(account, per, cap).await?;
    }
    let budgets = ledger.budgets(Moment::now()).await?;
    let mut ours = budgets.iter().filter(|budget| budget.account == account).peekable();
    if ours.peek().is_none() {
        console.info("the budget is removed");
    }
    for budget in ours {
        console.info(message!("budget: {}", budget::standing(budget)));
    }
    Ok(Exit::Done)
}

fn stored(per: BudgetPer) -> Per {
    match per {
        BudgetPer::Day => Per::Day,
        BudgetPer::Month => Per::Month,
    }
}
