//! `forget`: erases people from the ledger and from its files.

use super::session::Session;
use crate::cli::{ForgetArgs, Global};
use crate::ledger::{BatchNo, EraseMode, Erased, Ledger, Suppressed};
use crate::people::{Echo, Identity, PersonKey, PersonKeys, Profile};
use crate::ui::confirm::{Reply, confirm};
use crate::ui::console::Console;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message, people};
use crate::units::Moment;
use std::collections::{BTreeSet, HashSet};

pub(super) async fn run(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    if args.all {
        return forget_all(args, global, console).await;
    }
    let keys = keys(args)?;
    let forgetting = if args.suppress { EraseMode::Suppress } else { EraseMode::Erase };
    let Some(ledger) = open_for_erasure(args, global, console).await? else {
        return Ok(Exit::Done);
    };
    let forgotten = ledger.forget(keys, forgetting, Moment::now()).await.map_err(vacuum_failed)?;
    let Erased { known, under_way } = &forgotten;
    let profiles: HashSet<&Profile> = args.people.iter().collect();
    // A name may be in the ledger once for the domain and once for the company.
    let asked = (profiles.len() + usize::from(args.last.is_some())).max(*known);
    let done = message!("forgot {} of {}", known, asked);
    console.info(match asked.saturating_sub(*known) {
        0 => done,
        1 => message!("{}; the other was not in the ledger", done),
        _ => message!("{}; the others were not in the ledger", done),
    });
    if args.suppress {
        console.info("they are never searched for again; the ledger keeps only a digest of each");
    }
    tell_what_a_server_keeps(&ledger, *known, console);
    warn_of_unsettled(under_way, console);
    Ok(Exit::Done)
}

async fn forget_all(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(ledger) = open_for_erasure(args, global, console).await? else {
        return Ok(Exit::Done);
    };
    let totals = ledger.totals().await?;
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let question = message!(
        "forget {} of {}? {} would have to be paid again",
        counted(count(totals.people), "answer", "answers"),
        Message::place(ledger.location()),
        counted(count(totals.found), "number", "numbers")
    );
    let unchanged = "nothing was forgotten";
    if !args.yes && confirm(&question, unchanged).await? == Reply::No {
        console.info(unchanged);
        return Ok(Exit::Failed);
    }
    let suppressed = if args.and_suppressed { Suppressed::Erase } else { Suppressed::Keep };
    let forgotten = ledger.forget_all(suppressed).await.map_err(vacuum_failed)?;
    let done = message!("forgot {}", people(forgotten.known));
    console.info(match suppressed {
        Suppressed::Erase => {
            message!("{}; people who were suppressed can be searched again", done)
        }
        Suppressed::Keep => {
            message!(
                "{}; people who are suppressed stay so (`--and-suppressed` forgets them too)",
                done
            )
        }
    });
    tell_what_a_server_keeps(&ledger, forgotten.known, console);
    warn_of_unsettled(&forgotten.under_way, console);
    Ok(Exit::Done)
}

/// Opens the ledger. If there is none, `--suppress` creates one; otherwise it says so and returns `None`.
async fn open_for_erasure(
    args: &ForgetArgs,
    global: &Global,
    console: &Console,
) -> Result<Option<Ledger>, Failure> {
    if args.suppress {
        return Session::ledger(global, console).await.map(Some);
    }
    let ledger = Session::ledger_to_read(global, console).await?;
    match &ledger {
        Some(ledger) => ledger.ensure_writable()?,
        None => console.info("there is no ledger yet: it has no people to forget"),
    }
    Ok(ledger)
}

/// All keys of the people who were named. A person with company and domain may be in the ledger under either.
fn keys(args: &ForgetArgs) -> Result<Vec<PersonKey>, Failure> {
    let mut people: Vec<Identity> = args.people.iter().cloned().map(Identity::Profile).collect();
    if args.last.is_some() {
        let named = Echo {
            linkedin_url: None,
            firstname: args.first.as_deref(),
            lastname: args.last.as_deref(),
            company_domain: args.domain.as_deref(),
            company_name: args.company.as_deref(),
        }
        .identities();
        if named.is_empty() {
            return Err(Failure::new(Exit::Unusable, "a name alone does not identify a person")
                .hint("add the company, written as in the file: `--domain` or `--company`"));
        }
        people.extend(named);
    }
    Ok(people
        .iter()
        .flat_map(|person| PersonKeys::of(person, &[]).all().collect::<Vec<_>>())
        .collect())
}

/// A file is rewritten without the people. What a server does with deleted rows, only its owner can decide.
fn tell_what_a_server_keeps(ledger: &Ledger, forgotten: usize, console: &Console) {
    if ledger.location().file().is_none() && forgotten > 0 {
        console.info("their bytes stay in the server's files until the owner of the tables runs `VACUUM FULL`");
        console.info("its log, replicas and backups keep them until they expire: ask who runs it");
    }
}

fn warn_of_unsettled(under_way: &[BatchNo], console: &Console) {
    let batches = under_way.iter().collect::<BTreeSet<_>>().len();
    if batches > 0 {
        console.warn(message!(
            "{} for some of them: an answer that is still to come will not be recorded, and another search may be paid again",
            counted(batches, "batch without all its answers searched", "batches without all their answers searched")
        ));
    }
}

/// The error if people are out of the ledger, but another reader kept their old pages in the file.
fn vacuum_failed(error: crate::ledger::LedgerError) -> Failure {
    Failure::from(error)
        .fact("their bytes may still be in the ledger's files")
        .hint("wait until no other run uses the ledger, then run the same command again")
}
