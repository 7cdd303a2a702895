//! `forget`: erase people from the ledger, so that not even their bytes remain.

use super::session::Session;
use crate::cli::{ForgetArgs, Global};
use crate::ledger::{EraseMode, Erased, Ledger};
use crate::people::{Echo, Identity, PersonKey};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::units::{Moment, counted};

/// Runs the command.
pub(super) async fn run(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    if args.all {
        return forget_all(args, global, console).await;
    }
    let keys = keys(args)?;
    let asked = keys.len();
    let forgetting = if args.suppress { EraseMode::Suppress } else { EraseMode::Erase };
    let Some(ledger) = open_for_erasure(args, global, console)? else {
        return Ok(Exit::Done);
    };
    let forgotten = ledger.forget(keys, forgetting, Moment::now()).await.map_err(vacuum_failed)?;
    let Erased { known, under_way } = &forgotten;
    console.info(match asked.saturating_sub(*known) {
        0 => format!("forgot {known} of {asked}"),
        1 => format!("forgot {known} of {asked}; the other was not in the ledger"),
        _ => format!("forgot {known} of {asked}; the others were not in the ledger"),
    });
    if args.suppress {
        console.info("they are never searched for again; only the digests of who they are remain");
    }
    tell_under_way(under_way.len(), console);
    Ok(Exit::Done)
}

async fn forget_all(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = open_for_erasure(args, global, console)? else {
        return Ok(Exit::Done);
    };
    let totals = ledger.totals().await?;
    let question = format!(
        "forget all {} answers of `{}`? {} numbers were paid for and would be paid for again",
        totals.people,
        ledger.location().path().display(),
        totals.found
    );
    if !args.yes {
        match Console::confirm(&question) {
            Some(true) => {}
            Some(false) => {
                console.info("nothing was forgotten");
                return Ok(Exit::Failed);
            }
            None => {
                return Err(Failure::new(Exit::Unusable, "nobody is there to be asked")
                    .fact(question)
                    .fact("nothing was forgotten")
                    .hint("add `--yes` to mean it"));
            }
        }
    }
    let forgotten = ledger.forget_all().await.map_err(vacuum_failed)?;
    console.info(format!(
        "forgot {} people; people who were suppressed may be searched for again",
        forgotten.known
    ));
    tell_under_way(forgotten.under_way.len(), console);
    Ok(Exit::Done)
}

/// The ledger; `None`, which is said, where there is none and nothing is to be remembered either.
fn open_for_erasure(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Option<Ledger>, Failure> {
    if args.suppress {
        return Session::ledger(global).map(Some);
    }
    let ledger = Session::ledger_to_read(global)?;
    if ledger.is_none() {
        console.info("there is no ledger yet: nobody is in it");
    }
    Ok(ledger)
}

/// The keys of everybody who was named. Somebody named with company and domain may stand in the ledger under either.
fn keys(args: &ForgetArgs) -> Result<Vec<PersonKey>, Failure> {
    let mut keys: Vec<PersonKey> =
        args.people.iter().map(|profile| Identity::Profile(profile.clone()).key()).collect();
    if args.last.is_some() {
        let named = Echo {
            linkedin_url: None,
            firstname: args.first.as_deref(),
            lastname: args.last.as_deref(),
            company_domain: args.domain.as_deref(),
            company_name: args.company.as_deref(),
        }
        .keys();
        if named.is_empty() {
            return Err(Failure::new(Exit::Unusable, "a name alone is nobody")
                .hint("add the company as it stood in the file: `--domain` or `--company`"));
        }
        keys.extend(named);
    }
    Ok(keys)
}

fn tell_under_way(batches: usize, console: &Console) {
    if batches > 0 {
        console.warn(format!(
            "{} for some of them: the answer is not recorded, and would be paid for again if they were asked for again",
            counted(batches, "batch under way asks", "batches under way ask")
        ));
    }
}

/// The people are out of the ledger, but a reader kept old pages from being overwritten.
fn vacuum_failed(error: crate::ledger::LedgerError) -> Failure {
    Failure::from(error)
        .fact("their bytes may still be in the ledger's files")
        .hint("wait until no other run uses the ledger, then run the same command again")
}
