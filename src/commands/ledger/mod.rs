//! `ledger`: shows the ledger, moves it, and limits what its runs spend.

mod budget;
mod info;
mod transfer;

use crate::cli::{Global, LedgerCommand};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;

pub(super) async fn run(
    command: LedgerCommand,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    match command {
        LedgerCommand::Budget(args) => budget::run(&args, global, console).await,
        LedgerCommand::Info(args) => info::run(&args, global, console).await,
        LedgerCommand::Move(args) => transfer::run(args, global, console).await,
    }
}
