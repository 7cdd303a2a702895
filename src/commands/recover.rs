//! `recover`: settle what may have been paid without an answer. A person decides.

use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::batch::BatchId;
use crate::cli::{Global, RecoverArgs};
use crate::enrow::RetryPolicy;
use crate::ledger::{BalanceReading, BatchRecord};
use crate::lookup::{self, Engine, HIGHEST_KNOWN_PRICE, RecoverError, Recovered, Settings};
use crate::ui::confirm::{Reply, confirm};
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message, people};
use crate::ui::notice::experiment_end;
use crate::units::{Credits, Moment};
use std::rc::Rc;
use std::time::Duration;

pub(super) async fn run(
    args: &RecoverArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let session = Session::open(global, console).await?;
    let settings = Settings {
        detach: true,
        doubt_wait: global.doubt_wait,
        freshness: lookup::freshness(Moment::now(), None, None),
        ..Settings::default()
    };
    let cancel = cancel_on_signal(console);
    let engine = session.engine(settings, Notices::Hidden, &cancel, console);
    let work = async {
        match &args.id {
            Some(id) => by_id(&engine, id, &session, console).await,
            None => Doubts::read(&engine, &session, console).await?.settle(args, console).await,
        }
    };
    match cancel.run_until_cancelled(work).await {
        Ok(done) => done,
        Err(reason) => match session.ending(&reason) {
            Ending::Error(failure) => Err(failure),
            Ending::Stopped(end) | Ending::Written(end) => Ok(end.exit),
        },
    }
}

/// Fetches a batch by its id and records it, if it is one of the unclear ones.
async fn by_id(
    engine: &Rc<Engine>,
    id: &BatchId,
    session: &Session,
    console: &Console,
) -> Result<Exit, Failure> {
    engine.recover_interrupted().await.map_err(|error| session.failure(error))?;
    let unchanged = |failure: Failure| failure.fact("nothing was changed");
    match engine.recover(id).await {
        Ok(Recovered::Recorded { people: answered, found }) => {
            let (answered, found) = (people(answered), counted(found, "number", "numbers"));
            console.info(message!("batch {id} is recovered: {answered} answered, {found} found"; id, answered, found));
            console.info("hint: run the `bulk` command again: it writes the answers, which cost nothing more");
            Ok(Exit::Done)
        }
        Ok(Recovered::Running { people: number }) => {
            console.info(message!(
                "batch {} is ours ({}), but it is not finished yet",
                id,
                people(number)
            ));
            console.info("hint: run the `bulk` command again: it collects the answers");
            Ok(Exit::Partial)
        }
        Ok(Recovered::Partly { people: all, found, open }) => {
            let (all, open) = (people(all), people(open));
            let found = counted(found, "number", "numbers");
            console.info(message!("batch {id} is done ({all}): {found} found, {open} without an answer yet"; id, all, found, open));
            console.info("hint: run the `bulk` command again: it looks for the missing answers");
            Ok(Exit::Partial)
        }
        Err(RecoverError::Fetch(error)) => Err(unchanged(session.failure(error))),
        Err(RecoverError::Other(error)) => Err(session.failure(error)),
        Err(error @ RecoverError::CannotTellYet(_)) => {
            let failure = unchanged(Failure::new(Exit::Partial, Message::foreign(error)));
            Err(failure.hint("run the same command again when the batch is finished"))
        }
        Err(error @ RecoverError::AnotherBatch(_)) => {
            let failure = unchanged(Failure::new(Exit::Failed, Message::foreign(error)));
            Err(failure.hint(
                "`enrow-phone recover` lists the unclear batches, with the time they were sent",
            ))
        }
        Err(error @ RecoverError::NothingInDoubt) => {
            Err(unchanged(Failure::new(Exit::Failed, Message::foreign(error))))
        }
    }
}

/// Everything that is unclear, and what the balance says about it.
struct Doubts<'a> {
    batches: Vec<BatchRecord>,
    engine: &'a Rc<Engine>,
    price: Credits,
    /// People who were paid for without a usable answer.
    unusable: usize,
}

impl<'a> Doubts<'a> {
    /// Reads and lists it.
    async fn read(
        engine: &'a Rc<Engine>,
        session: &Session,
        console: &Console,
    ) -> Result<Self, Failure> {
        let failure = |error: lookup::Error| session.failure(error);
        let batches = engine.doubts().await.map_err(failure)?;
        let unusable = session.ledger.totals().await?.unusable;
        if batches.is_empty() {
            console.info("no batch of this API key is unclear");
        }
        let price = session.ledger.account_state(session.account).await?.price;
        let price = price.unwrap_or(HIGHEST_KNOWN_PRICE);
        if !batches.is_empty() {
            for batch in &batches {
                console.print(describe(batch, price));
                let readings = session.ledger.readings(batch.batch).await?;
                console.print(describe_readings(batch, &readings));
            }
            let balance = engine.balance(RetryPolicy::Tries(5)).await.map_err(failure)?;
            let expected = engine.expected_balance().await.map_err(failure)?;
            console.print(compare(balance, expected, &batches, price));
        }
        if unusable > 0 {
            console.print(message!(
                "{} charged without a usable answer: `phone_note` says why",
                counted(unusable, "person may have been", "people may have been")
            ));
        }
        Ok(Self { batches, engine, price, unusable })
    }

    /// Says how to settle it, or gives it up if that was asked for.
    async fn settle(&self, args: &RecoverArgs, console: &Console) -> Result<Exit, Failure> {
        if self.batches.is_empty() && self.unusable == 0 {
            return Ok(Exit::Done);
        }
        if args.resubmit {
            return self.give_up(args, console).await;
        }
        if !self.batches.is_empty() {
            console.print(
                "hint: find the id on the Enrow dashboard and run `enrow-phone recover BATCH_ID`",
            );
        }
        console.print("hint: to search for these people again and perhaps pay twice: `enrow-phone recover --resubmit`");
        Ok(Exit::Partial)
    }

    async fn give_up(&self, args: &RecoverArgs, console: &Console) -> Result<Exit, Failure> {
        let unclear: usize = self.batches.iter().map(|batch| batch.searches).sum();
        let all = unclear + self.unusable;
        let question = message!(
            "search for {} again? Up to {} credits may be paid a second time",
            people(all),
            self.price.saturating_mul(all)
        );
        let unchanged = "nothing was changed";
        if !args.yes && confirm(&question, unchanged).await? == Reply::No {
            console.info(unchanged);
            return Ok(Exit::Partial);
        }
        let open = self.engine.resubmit().await?;
        if open > 0 {
            console.info(message!(
                "{} open again: run the `bulk` command again to search for them",
                counted(open, "person is", "people are")
            ));
        }
        Ok(Exit::Done)
    }
}

/// What the balance says of the unclear batches.
fn compare(
    balance: Credits,
    expected: Option<i64>,
    doubts: &[BatchRecord],
    price: Credits,
) -> Message {
    let Some(expected) = expected else {
        return message!(
            "balance {}; the ledger does not know what it would be without them",
            balance
        );
    };
    let difference = i64::try_from(balance.0).unwrap_or(i64::MAX).saturating_sub(expected);
    let people: usize = doubts.iter().map(|batch| batch.searches).sum();
    // Until the account's own price is learned, either documented price explains the difference.
    let held = [price, Credits(40)].map(|price| i64::try_from(price.saturating_mul(people).0).ok());
    let says = if held.contains(&difference.checked_neg()) {
        "exactly what they reserve: Enrow took them"
    } else {
        "which proves nothing: others used the account, or the batches are finished"
    };
    message!(
        "balance {balance}; without them it would be {expected}: {difference}, {says}";
        balance,
        expected = signed(expected),
        difference = signed(difference),
        says,
    )
}

/// What the run that lost the answer saw of the balance afterwards, for the person who decides.
fn describe_readings(batch: &BatchRecord, readings: &[BalanceReading]) -> Message {
    let before = batch.balance_before.map(|balance| i64::try_from(balance.0).unwrap_or(i64::MAX));
    let mut lines = Vec::new();
    let mut shown = None;
    for (index, reading) in readings.iter().enumerate() {
        // A balance that stands still is said once, and once more where it was read last.
        if shown == Some(reading.balance) && index + 1 < readings.len() {
            continue;
        }
        shown = Some(reading.balance);
        lines.push(message!(
            "  {at}: balance {balance}{change}";
            at = Message::foreign(reading.at.rfc3339()),
            balance = signed(reading.balance),
            change = match before.map(|before| reading.balance.saturating_sub(before)) {
                Some(0) => ", as before".into(),
                Some(change @ 1..) => message!(", +{} since it was sent", signed(change)),
                Some(change) => message!(", {} since it was sent", signed(change)),
                None => Message::default(),
            },
        ));
    }
    lines.push(match batch.experiment {
        Some(end) => message!("  the balance proves nothing: {}", experiment_end(end)),
        None => "  the run that sent it ended before the balance could prove anything".into(),
    });
    Message::lines_of(lines)
}

fn signed(credits: i64) -> Message {
    let sign = if credits < 0 { "-" } else { "" };
    message!("{}{}", sign, Credits(credits.unsigned_abs()))
}

fn describe(batch: &BatchRecord, price: Credits) -> Message {
    let age = Moment::now().since(batch.claimed);
    let age = humantime::format_duration(Duration::from_secs(age.as_secs()));
    let before = batch.balance_before;
    message!(
        "sent {age} ago ({sent}): {people}, up to {credits} credits{before}";
        age = Message::foreign(age),
        sent = Message::foreign(batch.claimed.rfc3339()),
        people = people(batch.searches),
        credits = price.saturating_mul(batch.searches),
        before = before.map_or(Message::default(), |before| message!(", balance before it {}", before)),
    )
}
