//! `recover`: settles what may have been paid without an answer. A person decides.

mod json;
mod listing;

use super::session::signals::cancel_on_signal;
use super::session::{Notices, Session};
use crate::batch::BatchId;
use crate::cli::{Global, RecoverArgs};
use crate::enrow::RetryPolicy;
use crate::ledger::BatchNo;
use crate::lookup::{self, Accept, Engine, RecoverError, Recovered, Settings, Unclear};
use crate::ui::confirm::{Reply, confirm};
use crate::ui::console::Console;
use crate::ui::ending::Ending;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message};
use crate::ui::progress::Progress;
use crate::ui::stdout;
use crate::units::{Credits, Moment};
use json::{AcceptedJson, RecoveredJson, ResubmittedJson, UnclearListJson};
use listing::Balance;
use std::rc::Rc;

pub(super) async fn run(
    args: &RecoverArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    if args.accept_rewind {
        return accept_rewind(global, console).await;
    }
    let session = Session::open(global, console).await?;
    let settings = Settings {
        detach: true,
        doubt_wait: global.doubt_wait,
        freshness: lookup::freshness(Moment::now(), None, None),
        ..Settings::default()
    };
    let cancel = cancel_on_signal(console);
    let engine = session.engine(settings, Notices::Hidden, &cancel, console);
    let _progress = Progress::show_waits(engine.run_state(), console);
    let recovery = Recovery { args, console, engine: &engine, session: &session };
    match cancel.run_until_cancelled(recovery.work()).await {
        Ok(done) => done.map(|exit| session.unless_gone(exit, console)),
        Err(reason) => match session.ending(&reason) {
            Ending::Error(failure) => Err(failure),
            Ending::Stopped(end) | Ending::Written(end) => Ok(end.exit),
        },
    }
}

/// Continues with a ledger that may have lost claims.
async fn accept_rewind(global: &Global, console: &Console) -> Result<Exit, Failure> {
    let ledger = Session::ledger(global, console).await?;
    match ledger.rewind().await? {
        Some(rewind) => {
            ledger.accept_rewind().await?;
            console.info(message!(
                "the ledger {}\n  it is used as it is from now on, by all machines",
                Message::foreign(rewind)
            ));
        }
        None => console.info(
            "the ledger has not gone back in time, as far as can be seen; nothing was changed",
        ),
    }
    Ok(Exit::Done)
}

struct Recovery<'a> {
    args: &'a RecoverArgs,
    console: &'a Console,
    engine: &'a Rc<Engine>,
    session: &'a Session,
}

impl Recovery<'_> {
    async fn work(&self) -> Result<Exit, Failure> {
        match (&self.args.id, &self.args.accept) {
            (Some(id), Some(number)) => {
                let accept = number.clone().map_or(Accept::All, Accept::Number);
                self.accept(id, &accept).await
            }
            _ if self.args.resubmit => self.resubmit().await,
            (Some(id), None) if BatchNo::of_handle(id).is_none() => self.read(id).await,
            (Some(_) | None, _) => self.list().await,
        }
    }

    async fn unclear(&self) -> Result<Vec<Unclear>, Failure> {
        self.unclear_of(self.args.id.as_ref()).await
    }

    async fn unclear_of(&self, only: Option<&BatchId>) -> Result<Vec<Unclear>, Failure> {
        self.engine.unclear(only).await.map_err(|error| self.session.failure(error))
    }

    /// Lists what is unclear. The list needs no network, so it comes before the balance.
    async fn list(&self) -> Result<Exit, Failure> {
        let unclear = self.unclear().await?;
        // The balance is that of all lost batches: of one among several it proves nothing.
        let all = if unclear.iter().any(listing::is_lost) {
            self.unclear_of(None).await?
        } else {
            Vec::new()
        };
        let lost: Vec<&Unclear> = all
            .iter()
            .filter(|unclear| listing::is_lost(unclear))
            .filter(|unclear| unclear.batch.account == self.session.account)
            .collect();
        if !self.args.json {
            for unclear in &unclear {
                stdout::print(&self.console.with_options(&listing::describe(unclear)))?;
            }
        }
        let balance = if lost.is_empty() { None } else { self.balance().await? };
        if self.args.json {
            stdout::print_json(&UnclearListJson::of(&unclear, balance.as_ref()))?;
        } else if let Some(balance) = &balance {
            stdout::print(&listing::compare(balance, &lost))?;
        } else if !lost.is_empty() {
            self.console.info("the balance cannot be read now");
        }
        if unclear.is_empty() {
            self.console.info(self.nothing());
            return Ok(Exit::Done);
        }
        Ok(Exit::Unknown)
    }

    fn nothing(&self) -> Message {
        match &self.args.id {
            Some(id) => message!("nothing of batch {} is unclear", id),
            None => "nothing is unclear".into(),
        }
    }

    /// The balance, and what it would be without the unclear batches; `None` where Enrow gives none.
    async fn balance(&self) -> Result<Option<Balance>, Failure> {
        let now = match self.engine.balance(RetryPolicy::Tries(2)).await {
            Ok(balance) => balance,
            Err(lookup::Error::Fetch(error)) => {
                tracing::info!(%error, "no balance");
                return Ok(None);
            }
            Err(error) => return Err(self.session.failure(error)),
        };
        let expected = self.engine.expected_balance().await;
        let expected = expected.map_err(|error| self.session.failure(error))?;
        Ok(Some(Balance { now, expected }))
    }

    /// Reads a batch by its id and records what it proves.
    async fn read(&self, id: &BatchId) -> Result<Exit, Failure> {
        let (console, session) = (self.console, self.session);
        self.engine.recover_interrupted().await.map_err(|error| session.failure(error))?;
        let unchanged = |failure: Failure| failure.fact("nothing was changed");
        let recovered = match self.engine.recover(id).await {
            Ok(recovered) => recovered,
            Err(RecoverError::Fetch(error)) => return Err(unchanged(session.failure(error))),
            Err(RecoverError::Other(error)) => return Err(session.failure(error)),
            Err(error @ RecoverError::CannotTellYet(_)) => {
                let failure = unchanged(Failure::new(Exit::Partial, Message::foreign(error)));
                return Err(failure.hint("run the same command again when the batch is finished"));
            }
            Err(error @ (RecoverError::AnotherBatch(_) | RecoverError::NothingUnclear(_))) => {
                let failure = unchanged(Failure::new(Exit::Failed, Message::foreign(error)));
                return Err(failure.hint(message!(
                    "`enrow-phone fetch {id}` writes its results and records them for the people they name, which costs nothing; \
                     `enrow-phone recover` lists what is unclear, with the time it was sent";
                    id
                )));
            }
        };
        // Numbers that came and are not proven need a person's decision.
        let unclear = self.unclear().await?;
        if self.args.json {
            stdout::print_json(&RecoveredJson::of(id, recovered, &unclear))?;
        } else {
            console.info(listing::recovered(id, recovered));
            for unclear in &unclear {
                stdout::print(&console.with_options(&listing::describe(unclear)))?;
            }
        }
        Ok(match recovered {
            _ if !unclear.is_empty() => Exit::Unknown,
            Recovered::Recorded { .. } => Exit::Done,
            Recovered::Running { .. } | Recovered::Partly { .. } => Exit::Partial,
        })
    }

    /// Takes numbers that are not proven, because a person says so.
    async fn accept(&self, id: &BatchId, accept: &Accept) -> Result<Exit, Failure> {
        // This is free, and some numbers may be proven by now.
        let before = self.unclear().await?;
        self.engine.read_again(&before).await.map_err(|error| self.session.failure(error))?;
        let accepted = self.engine.accept_unproven(id, accept).await;
        let accepted = accepted.map_err(|error| self.session.failure(error))?;
        let Some(accepted) = accepted else {
            let what = message!("this ledger does not know batch {}", id);
            return Err(Failure::new(Exit::Failed, what).fact("nothing was changed"));
        };
        if self.args.json {
            stdout::print_json(&AcceptedJson::of(id, &accepted))?;
        } else {
            for (number, why) in &accepted.left {
                stdout::print(&listing::not_taken(number, *why))?;
            }
            let taken = counted(accepted.people, "number is accepted", "numbers are accepted");
            self.console.info(taken);
            if accepted.people > 0 {
                self.console.info(
                    "hint: run the `bulk` command again: it writes them, which costs nothing",
                );
            }
        }
        // The same command again finds everything taken.
        let is_left = !accepted.left.is_empty() || !self.unclear().await?.is_empty();
        Ok(if is_left { Exit::Unknown } else { Exit::Done })
    }

    /// Lets the next run ask again for everybody who is unclear, after a person has agreed to the cost.
    async fn resubmit(&self) -> Result<Exit, Failure> {
        let failure = |error: lookup::Error| self.session.failure(error);
        let before = self.unclear().await?;
        // This is free, and people who are answered by now are not paid for again.
        let unread = self.engine.read_again(&before).await.map_err(failure)?;
        let unclear = self.unclear().await?;
        let credits = unclear
            .iter()
            .fold(Credits::ZERO, |sum, unclear| sum.saturating_add(unclear.credits()));
        if unclear.is_empty() {
            return self.resubmitted(0, credits);
        }
        let unchanged = "nothing was changed";
        let until =
            unclear.iter().filter_map(|unclear| unclear.may_be_sent_until(Moment::now())).max();
        if let Some(until) = until {
            let what = message!(
                "the run that sent it may be alive, and until {} its request may still leave: people who are searched again before \
                 then can be paid for twice",
                Message::foreign(until.rfc3339())
            );
            return Err(Failure::new(Exit::Unknown, what)
                .fact(unchanged)
                .hint("run the same command again then, or end that run"));
        }
        let question = listing::question(&unclear, &unread, credits);
        if !self.args.yes && confirm(&question, unchanged).await? == Reply::No {
            self.console.info(unchanged);
            return Ok(Exit::Unknown);
        }
        if self.args.yes {
            self.console.info(question.first_line());
        }
        let open = self.engine.resubmit(&unclear).await.map_err(failure)?;
        self.resubmitted(open, credits)
    }

    fn resubmitted(&self, open: usize, credits: Credits) -> Result<Exit, Failure> {
        if self.args.json {
            stdout::print_json(&ResubmittedJson { credits_at_most: credits, people: open })?;
        } else if open == 0 {
            self.console.info(message!("{}, nothing was changed", self.nothing()));
        } else {
            let open = counted(open, "person is", "people are");
            self.console.info(message!(
                "{} open again: run the `bulk` command again to search for them",
                open
            ));
        }
        Ok(Exit::Done)
    }
}
