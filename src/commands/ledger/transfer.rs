//! `ledger move`: everything into another ledger, which is in force from then on.

use crate::cli::{Global, LedgerMoveArgs};
use crate::commands::session::{self, Session};
use crate::ledger::{Ledger, LedgerLocation, MoveReport, Moved};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message};

pub(super) async fn run(
    args: LedgerMoveArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let location = session::location_of_argument(args.to, global)?;
    let to = Message::place(&location);
    let Some(source) = Session::ledger_as_it_is(global, console).await? else {
        let path = session::ledger_path(global).unwrap_or_default();
        let what = message!("there is no ledger at {} yet", Message::path(&path));
        return Err(Failure::new(Exit::Failed, what)
            .hint(message!("nothing needs to be moved: use {} from the beginning", to)));
    };
    source.ensure_writable()?;
    let from = Message::place(source.location());
    let info = source.info().await?;
    if let Some(moved) =
        info.moved.filter(|moved| moved.is_done && moved.to == location.to_string())
    {
        console.info(message!("{} was moved to {} before", from, Message::place(moved.to)));
        return Ok(Exit::Done);
    }
    let target = open(location, &source, console).await?;
    console.info(message!("moving {} to {}", from, to));
    let moved = source.move_to(&target).await.map_err(|error| {
        Failure::from(error).fact("run the same command again: it is all moved, or nothing is")
    })?;
    match moved {
        Moved::Finished => {
            console.info(message!("an earlier move had copied everything: {} is in force now", to));
        }
        Moved::Now(report) => tell(report, &to, console),
    }
    console.info(message!(
        "{from} is kept as it was and used by no run any more; who is forgotten from now on is still in it, so delete it in time\n\
         hint: `ledger = \"{to}\"` in `config.toml`, `ENROW_PHONE_LEDGER` or `--ledger` for every run, on every machine";
        from, to = Message::foreign(target.location())
    ));
    Ok(Exit::Done)
}

/// Opens the other ledger once it is known that this one may be moved: a refusal makes none.
async fn open(
    location: LedgerLocation,
    source: &Ledger,
    console: &Console,
) -> Result<Ledger, Failure> {
    source.ensure_movable(&location.to_string()).await?;
    session::open(location, Ledger::open, console).await
}

fn tell(report: MoveReport, to: &Message, console: &Console) {
    let MoveReport { people, in_both, paid_in_both, suppressed, batches, unsettled } = report;
    let people = counted(people, "person", "people");
    let batches = counted(batches, "batch", "batches");
    console.info(message!("moved {} and {} to {}", people, batches, to));
    if suppressed > 0 {
        let suppressed = counted(
            suppressed, "of them is not to be searched for", "of them are not to be searched for",
        );
        console.info(message!("  {}", suppressed));
    }
    if unsettled > 0 {
        let batches = counted(unsettled, "batch is", "batches are");
        console.info(message!("  {} not settled: the next runs collect what Enrow took", batches));
    }
    if in_both > 0 {
        let both = counted(in_both, "person was", "people were");
        let paid = counted(paid_in_both, "number was", "numbers were");
        console.warn(message!(
            "{} in both ledgers already, and {} paid for twice before",
            both,
            paid
        ));
    }
}
