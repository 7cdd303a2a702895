//! `ledger move`: moves everything into another ledger, which is used from then on.

use crate::cli::{Global, LedgerMoveArgs};
use crate::commands::session::{self, Session};
use crate::ledger::{Ledger, LedgerErrorKind, LedgerLocation, MoveReport, Moved, MovedTo};
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
        return Err(Failure::new(Exit::Failed, session::no_ledger(global))
            .hint(message!("nothing needs to be moved: use {} from the beginning", to)));
    };
    source.ensure_writable()?;
    let from = Message::place(source.location());
    let info = source.info().await?;
    if args.give_up {
        return give_up(&source, info.moved, location, console).await;
    }
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
        "{from} is kept as it was, and no run uses it any more; people who are forgotten from now on are still in it, so delete it in time\n\
         hint: `ledger = \"{to}\"` in `config.toml`, `ENROW_PHONE_LEDGER` or `--ledger` for every run, on every machine";
        from, to = Message::foreign(target.location())
    ));
    Ok(Exit::Done)
}

/// Uses the ledger again, if the one that it was moved to seems to be lost for good.
async fn give_up(
    source: &Ledger,
    moved: Option<MovedTo>,
    location: LedgerLocation,
    console: &Console,
) -> Result<Exit, Failure> {
    let (from, to) = (Message::place(source.location()), Message::place(&location));
    let Some(moved) = moved else {
        console.info(message!("{} was moved nowhere; nothing was changed", from));
        return Ok(Exit::Done);
    };
    source.ensure_movable(&moved.to).await.or_else(|error| match error.kind() {
        LedgerErrorKind::Moved(_) => Ok(()),
        _ => Err(error),
    })?;
    if moved.to != location.to_string() {
        let there = Message::place(moved.to);
        let what = message!("{} was moved to {}, not to {}", from, there, to);
        return Err(Failure::new(Exit::Failed, what).fact("nothing was changed"));
    }
    if is_there(location, console).await? {
        let what = message!("{} is there, so it is not lost", to);
        return Err(Failure::new(Exit::Failed, what).fact("nothing was changed").hint(message!(
            "`enrow-phone ledger move` without `--give-up` finishes the move to {}",
            to
        )));
    }
    source.give_up_move().await?;
    console.warn(message!(
        "{} is in force again; people who were asked for with {} since then are not in it, and would be paid for again",
        from,
        to
    ));
    Ok(Exit::Done)
}

/// Whether there is a ledger. One on a server that cannot be reached counts as lost, because the user says that it is.
async fn is_there(location: LedgerLocation, console: &Console) -> Result<bool, Failure> {
    let is_file = location.file().is_some();
    if !location.exists() {
        return Ok(false);
    }
    let opened = session::try_open(location.even_if_moved(), Ledger::open_to_look, console).await;
    match opened {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_there() || (error.is_away() && !is_file) => {
            console.info(Message::foreign(&error));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Checks that this ledger may be moved, and then opens the other one, so that a refusal creates none.
async fn open(
    location: LedgerLocation,
    source: &Ledger,
    console: &Console,
) -> Result<Ledger, Failure> {
    source.ensure_movable(&location.to_string()).await?;
    let target = session::open(location, Ledger::open, console).await?;
    let other = source.ensure_other(&target).await;
    other.map_err(|error| Failure::from(error).fact("nothing was changed"))?;
    Ok(target)
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
