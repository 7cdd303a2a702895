//! The options of `ledger` and its commands.

use super::help;
use super::values::{self, BudgetAmount};
use clap::{ValueEnum, ValueHint};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum LedgerCommand {
    /// Show which ledger is in force, what it holds, and how healthy it is
    #[command(long_about = help::LEDGER_INFO)]
    Info(LedgerInfoArgs),
    /// Move the ledger into another file or a database; every later run on this one is told where it went
    #[command(long_about = help::LEDGER_MOVE)]
    Move(LedgerMoveArgs),
    /// Show, set or remove a cap on what all runs of the ledger spend together
    #[command(long_about = help::LEDGER_BUDGET)]
    Budget(LedgerBudgetArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct LedgerInfoArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LedgerMoveArgs {
    /// Where to: a file, or `postgres://USER@HOST/DATABASE`
    #[arg(value_name = "TO", value_hint = ValueHint::FilePath)]
    pub(crate) to: PathBuf,

    /// Use this ledger again, because the one that it was moved to is lost for good
    ///
    /// People who were asked for with the other one are not in this one, and would be paid for again. While the other one
    /// is there, this is refused.
    #[arg(long)]
    pub(crate) give_up: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LedgerBudgetArgs {
    /// Credits, or `none` to remove the budget
    #[arg(value_name = "CREDITS", value_parser = values::budget_amount, allow_negative_numbers = true)]
    pub(crate) credits: Option<BudgetAmount>,

    /// Print a JSON array
    #[arg(long, conflicts_with = "credits")]
    pub(crate) json: bool,

    /// For how long; days and months begin at midnight UTC, by the ledger's clock
    #[arg(long, value_enum, value_name = "PERIOD", requires = "credits")]
    pub(crate) per: Option<BudgetPer>,

    /// Only for the API key in force, instead of all keys together
    #[arg(long, requires = "credits")]
    pub(crate) this_key: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BudgetPer {
    Day,
    Month,
}
