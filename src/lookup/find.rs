//! One person: the same claim, care and record as a batch of one, through the endpoint for one.

use super::board::Receipt;
use super::plan::{Entry, Plan, Rows};
use super::run::{Halt, WATCH};
use super::submit::Submitter;
use super::{Engine, StopReason};
use crate::enrow::Patience;
use crate::ledger::{BatchNo, BatchState, Holdings, Known, Owner, PersonId, Standing};
use crate::people::{Row, Search};
use std::rc::Rc;

/// What came of asking for one person.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// The batch of an earlier or another run that the answer came with, or is awaited from.
    pub earlier: Option<Holdings>,
    /// Why it ended early, if it did.
    pub halt: Option<Halt>,
    /// What it did with the credits.
    pub receipt: Receipt,
    /// What the ledger knows now.
    pub standing: Standing,
}

/// What comes next for somebody who is claimed.
enum Next {
    /// Look again once something has changed.
    Wait,
    /// Look again at once.
    Look,
    /// Nothing more can be learned now.
    GiveUp,
}

impl Engine {
    /// Asks for one person, unless the ledger has an answer that counts, and waits for what comes of it. **Reserves
    /// credits.** A person who is under way in another run or left by a dead one is waited for, not sent again.
    ///
    /// # Errors
    /// As [`Engine::run`]; what was paid stays collectable.
    pub(crate) async fn find(self: &Rc<Self>, search: Search) -> anyhow::Result<Sought> {
        let one = One(search);
        let plan = Plan::make(&one, &self.ledger, self.settings.freshness).await?;
        let person = plan.person(0);
        let mut earlier = None;
        let halt = self.pursue(&one, &plan, person, &mut earlier).await;
        *self.tasks.borrow_mut() = tokio::task::JoinSet::new();
        if let Some(error) = self.failure.borrow_mut().take() {
            return Err(error);
        }
        let halt = halt?;
        let standing = self.ledger.standings(vec![person]).await?.pop();
        let earlier = match earlier {
            Some(batch) => self.ledger.batch(batch).await?,
            None => None,
        };
        Ok(Sought {
            earlier,
            halt,
            receipt: self.board.receipt(),
            standing: standing.unwrap_or_default(),
        })
    }

    async fn pursue(
        self: &Rc<Self>,
        one: &One,
        plan: &Plan,
        person: PersonId,
        earlier: &mut Option<BatchNo>,
    ) -> anyhow::Result<Option<Halt>> {
        let mut sent = false;
        let mut proven = false;
        loop {
            if let Some(reason) = self.stop.reason() {
                return Ok(Some(Halt::Stopped(reason)));
            }
            let changed = self.board.changed();
            let glances = self.ledger.glances(vec![person], self.settings.freshness).await?;
            let next = match glances[0].known {
                // The answer is on record a moment before what it cost stands on the board.
                Known::Answered(_) if self.board.refunds_ahead() => Next::Wait,
                Known::Answered(_) => return Ok(None),
                // Sent once, and given back since: the answer was unusable, or nobody took it.
                Known::Open if sent => return Ok(None),
                Known::Open => {
                    sent = true;
                    match self.ask_once(one, plan, person).await? {
                        None => Next::Look,
                        halt => return Ok(halt),
                    }
                }
                Known::Claimed(batch) => {
                    if !sent {
                        *earlier = Some(batch);
                    }
                    if self.board.has_lost_sight_of(batch) {
                        Next::GiveUp
                    } else if self.board.follows(batch) {
                        Next::Wait
                    } else {
                        self.other_batch(batch, &mut proven).await?
                    }
                }
            };
            match next {
                Next::Look => {}
                Next::GiveUp => return Ok(None),
                Next::Wait => tokio::select! {
                    () = changed => {}
                    () = tokio::time::sleep(WATCH) => {}
                    _ = self.stop.told() => {}
                },
            }
        }
    }

    async fn ask_once(
        self: &Rc<Self>,
        one: &One,
        plan: &Plan,
        person: PersonId,
    ) -> anyhow::Result<Option<Halt>> {
        // Read before anything is sent: a lost answer is judged by it.
        if let Some(balance) = self.stop.cut(self.balance(Patience::Tries(5))).await {
            balance?;
        } else {
            let reason = self.stop.reason().unwrap_or(StopReason::Interrupted);
            return Ok(Some(Halt::Stopped(reason)));
        }
        self.board.set_ahead(1, 0);
        let (open, mut sent) = ([person], [false]);
        let mut submitter = Submitter::new(self, plan, &open, &mut sent, 1);
        submitter.run(&mut *one.pass()?).await
    }

    /// The person is in a batch that this run did not send.
    async fn other_batch(
        self: &Rc<Self>,
        batch: BatchNo,
        proven: &mut bool,
    ) -> anyhow::Result<Next> {
        let Some(batch) = self.ledger.batch(batch).await? else {
            return Ok(Next::Look);
        };
        let ours = batch.account == self.account;
        Ok(match (batch.state, batch.owner) {
            (BatchState::Sending | BatchState::Running, Owner::Alive)
            | (BatchState::Sending, Owner::Us) => Next::Wait,
            (BatchState::Sending, Owner::Dead) => {
                self.read_kept_answers().await?;
                Next::Look
            }
            (BatchState::Running, Owner::Us | Owner::Dead) if ours => {
                self.adopt().await?;
                Next::Wait
            }
            (BatchState::Unknown, Owner::Us | Owner::Dead) if ours && !*proven => {
                *proven = true;
                self.settle_leftovers().await?;
                Next::Look
            }
            (BatchState::Running, Owner::Us | Owner::Dead)
            | (BatchState::Unknown, Owner::Us | Owner::Dead | Owner::Alive) => Next::GiveUp,
            (
                BatchState::Completed | BatchState::Failed,
                Owner::Us | Owner::Dead | Owner::Alive,
            ) => Next::Look,
        })
    }
}

/// A sheet of one row.
struct One(Search);

impl Rows for One {
    fn pass(&self) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<Entry>> + '_>> {
        Ok(Box::new(std::iter::once(Ok(Entry {
            row: Row::Person(self.0.clone()),
            fingerprint: 0,
        }))))
    }
}
