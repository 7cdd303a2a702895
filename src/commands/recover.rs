//! `recover`: settle batches that may have been taken, by a person's word.

use super::session::Session;
use crate::batch::BatchId;
use crate::cli::{Global, RecoverArgs};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchRecord, BatchState, Verdict};
use crate::lookup::{
    self, Cancel, Engine, HIGHEST_KNOWN_PRICE, LARGEST_BATCH, RecoverError, Recovered, Settings,
    Through,
};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::units::{Credits, Moment, counted, grouped};
use std::rc::Rc;
use std::time::Duration;

/// Runs the command.
pub(super) async fn run(
    args: &RecoverArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let session = Session::open(global, console)?;
    let settings = Settings {
        batch_size: LARGEST_BATCH,
        detach: true,
        doubt_wait: global.doubt_wait,
        freshness: lookup::freshness(Moment::now(), None, None),
        limit: None,
        max_credits: None,
        through: Through::Bulk,
        webhook: None,
    };
    let engine = Engine::new(session.service(), settings, Cancel::new(), Box::new(|_| {}));
    let work = async {
        match &args.id {
            Some(id) => by_id(&engine, id, &session, console).await,
            None => list(args, &engine, &session, console).await,
        }
    };
    tokio::select! {
        done = work => done,
        exit = super::session::signals::signal() => Ok(exit),
    }
}

/// Fetches a batch by its id and records it if it is one of those in doubt.
async fn by_id(
    engine: &Rc<Engine>,
    id: &BatchId,
    session: &Session,
    console: &Console,
) -> Result<Exit, Failure> {
    let failure = |error: lookup::Error| session.failure(error);
    engine.recover_interrupted().await.map_err(failure)?;
    let nothing_changed = |failure: Failure| failure.fact("nothing was changed");
    match engine.recover(id).await {
        Ok(Recovered::Recorded { people, found }) => {
            let (people, found) = (grouped(people as u64), grouped(found as u64));
            console.info(format!(
                "batch {id} is recovered: {people} people are answered, {found} numbers found"
            ));
            console.info(
                "hint: run the `bulk` command again: it writes them and pays for none of them",
            );
            Ok(Exit::Done)
        }
        Ok(Recovered::Running { people }) => {
            console.info(format!(
                "batch {id} is ours: {} people; it is not finished yet",
                grouped(people as u64)
            ));
            console.info("hint: run the `bulk` command again: it collects the answers");
            Ok(Exit::Partial)
        }
        Ok(Recovered::Known(state)) => {
            console.info(match state {
                BatchState::Completed | BatchState::Failed => {
                    format!("batch {id} is settled already")
                }
                BatchState::Running | BatchState::Sending | BatchState::Unknown => {
                    format!("batch {id} is known: the next run collects it")
                }
            });
            Ok(Exit::Done)
        }
        Err(RecoverError::Fetch(error)) => Err(nothing_changed(session.failure(error))),
        Err(RecoverError::Other(error)) => Err(session.failure(error)),
        Err(error @ RecoverError::CannotTellYet(_)) => {
            let failure = nothing_changed(Failure::new(Exit::Partial, error.to_string()));
            Err(failure.hint("run the same command again once the batch is finished"))
        }
        Err(error @ RecoverError::AnotherBatch(_)) => {
            let failure = nothing_changed(Failure::new(Exit::Failed, error.to_string()));
            Err(failure.hint(
                "`enrow-phone recover` lists the batches in doubt, with the time they were sent",
            ))
        }
        Err(error @ RecoverError::NothingInDoubt) => {
            Err(nothing_changed(Failure::new(Exit::Failed, error.to_string())))
        }
    }
}

/// Lists what is in doubt with what the balance says, and gives it up if that is asked for.
async fn list(
    args: &RecoverArgs,
    engine: &Rc<Engine>,
    session: &Session,
    console: &Console,
) -> Result<Exit, Failure> {
    let failure = |error: lookup::Error| session.failure(error);
    let (verdict, mut doubts) = engine.doubts().await.map_err(failure)?;
    let unusable = session.ledger.totals().await?.unusable;
    if doubts.is_empty() {
        console.info("no batch of this API key is in doubt");
    } else if verdict == Verdict::NotTaken {
        console.info(format!(
            "the balance proves that {} in doubt: the next run asks for their people again",
            counted(doubts.len(), "batch was not taken", "batches were not taken"),
        ));
        doubts.clear();
    }
    let price = session.ledger.account_state(session.account).await?.price;
    let price = price.unwrap_or(HIGHEST_KNOWN_PRICE);
    if !doubts.is_empty() {
        for batch in &doubts {
            console.print(describe(batch, price));
        }
        let balance = engine.balance(RetryPolicy::Tries(5)).await.map_err(failure)?;
        let expected = engine.expected_balance().await.map_err(failure)?;
        console.print(compare(balance, expected, &doubts, price));
    }
    if unusable > 0 {
        console.print(format!(
            "{} paid for, or may be, without an answer that can be used: `phone_note` says why",
            counted(unusable, "person was", "people were")
        ));
    }
    if doubts.is_empty() && unusable == 0 {
        return Ok(Exit::Done);
    }
    if !args.resubmit {
        if !doubts.is_empty() {
            console.print(
                "hint: find the id on the Enrow dashboard and run `enrow-phone recover BATCH_ID`",
            );
        }
        console.print("hint: to ask for these people again and perhaps pay twice: `enrow-phone recover --resubmit`");
        return Ok(Exit::Partial);
    }
    give_up(args, engine, &doubts, unusable, price, console).await
}

/// What the balance says of the batches in doubt.
fn compare(
    balance: Credits,
    expected: Option<i64>,
    doubts: &[BatchRecord],
    price: Credits,
) -> String {
    let Some(expected) = expected else {
        return format!("balance now {balance}; what it must be had none been taken is not known");
    };
    let difference = i64::try_from(balance.0).unwrap_or(i64::MAX).saturating_sub(expected);
    let people: usize = doubts.iter().map(|batch| batch.searches).sum();
    // Every documented price will do while the account's own is not learned.
    let held = [price, Credits(40)].map(|price| i64::try_from(price.saturating_mul(people).0).ok());
    let says = if held.contains(&difference.checked_neg()) {
        "just what they reserve: they were taken"
    } else {
        "which proves nothing: others used the account, or the batches are finished"
    };
    let expected = Credits(u64::try_from(expected).unwrap_or(0));
    let sign = if difference < 0 { "-" } else { "" };
    let difference = grouped(difference.unsigned_abs());
    format!(
        "balance now {balance}; had none been taken it would be {expected}: {sign}{difference}, {says}"
    )
}

async fn give_up(
    args: &RecoverArgs,
    engine: &Rc<Engine>,
    doubts: &[BatchRecord],
    unusable: usize,
    price: Credits,
    console: &Console,
) -> Result<Exit, Failure> {
    let in_doubt: usize = doubts.iter().map(|batch| batch.searches).sum();
    let people = in_doubt + unusable;
    let question = format!(
        "ask for {} again? Up to {} credits may be paid a second time",
        counted(people, "person", "people"),
        price.saturating_mul(people)
    );
    if !args.yes {
        match Console::confirm(&question) {
            Some(true) => {}
            Some(false) => {
                console.info("nothing was changed");
                return Ok(Exit::Partial);
            }
            None => {
                return Err(Failure::new(Exit::Unusable, "nobody is there to be asked")
                    .fact(question)
                    .fact("nothing was changed")
                    .hint("add `--yes` to mean it"));
            }
        }
    }
    let given_up = engine.give_up(doubts).await?;
    if given_up < in_doubt {
        console.info(format!(
            "{} not given up: their batches were settled meanwhile",
            counted(in_doubt - given_up, "person was", "people were")
        ));
    }
    let open = given_up + engine.reopen_unusable().await?;
    if open > 0 {
        console.info(format!(
            "{} open again: run the `bulk` command again to ask for them",
            counted(open, "person is", "people are")
        ));
    }
    Ok(Exit::Done)
}

fn describe(batch: &BatchRecord, price: Credits) -> String {
    let age = Moment::now().since(batch.claimed);
    let age = humantime::format_duration(Duration::from_secs(age.as_secs()));
    let sent = batch.claimed.rfc3339();
    let before = batch
        .balance_before
        .map_or(String::new(), |balance| format!(", balance before it {balance}"));
    format!(
        "sent {age} ago ({sent}): {}, up to {} credits{before}",
        counted(batch.searches, "person", "people"),
        price.saturating_mul(batch.searches)
    )
}
