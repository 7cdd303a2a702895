//! One person: the same claim, care and record as a batch of one, through the endpoint for one.

use super::plan::{InputRow, Plan, Rows};
use super::run::{EndReason, LEDGER_POLL};
use super::run_state::Receipt;
use super::submit::Submitter;
use super::{Engine, StopReason};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchNo, BatchRecord, BatchState, Owner, PersonId, PersonRecord, Status};
use crate::people::{Row, Search};
use std::rc::Rc;

/// What came of asking for one person.
#[derive(Debug, Clone)]
pub(crate) struct FindOutcome {
    /// The batch of an earlier or another run that the answer came with, or is awaited from.
    pub earlier: Option<BatchRecord>,
    /// Why it ended early, if it did.
    pub halt: Option<EndReason>,
    /// What it did with the credits.
    pub receipt: Receipt,
    /// What the ledger knows now.
    pub record: PersonRecord,
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
    pub(crate) async fn find(self: &Rc<Self>, search: Search) -> anyhow::Result<FindOutcome> {
        let one = One(search);
        let plan = Plan::make(&one, &self.ledger, self.settings.freshness).await?;
        let person = plan.person(0);
        let mut earlier = None;
        let halt = self.find_loop(&one, &plan, person, &mut earlier).await;
        *self.tasks.borrow_mut() = tokio::task::JoinSet::new();
        if let Some(error) = self.failure.borrow_mut().take() {
            return Err(error);
        }
        let halt = halt?;
        let record = self.ledger.person_records(vec![person]).await?.pop();
        let earlier = match earlier {
            Some(batch) => self.ledger.batch(batch).await?,
            None => None,
        };
        Ok(FindOutcome {
            earlier,
            halt,
            receipt: self.run_state.receipt(),
            record: record.unwrap_or_default(),
        })
    }

    async fn find_loop(
        self: &Rc<Self>,
        one: &One,
        plan: &Plan,
        person: PersonId,
        earlier: &mut Option<BatchNo>,
    ) -> anyhow::Result<Option<EndReason>> {
        let mut sent = false;
        let mut proven = false;
        loop {
            if let Some(reason) = self.stop.reason() {
                return Ok(Some(EndReason::Stopped(reason)));
            }
            let changed = self.run_state.changed();
            let statuses =
                self.ledger.person_statuses(vec![person], self.settings.freshness).await?;
            let next = match statuses[0].status {
                // The answer is on record a moment before what it cost is counted.
                Status::Answered(_) if self.run_state.refunds_ahead() => Next::Wait,
                Status::Answered(_) => return Ok(None),
                // Sent once, and given back since: the answer was unusable, or nobody took it.
                Status::Open if sent => return Ok(None),
                Status::Open => {
                    sent = true;
                    match self.ask_once(one, plan, person).await? {
                        None => Next::Look,
                        halt => return Ok(halt),
                    }
                }
                Status::Claimed(batch) => {
                    if !sent {
                        *earlier = Some(batch);
                    }
                    if self.run_state.stopped_following(batch) {
                        Next::GiveUp
                    } else if self.run_state.follows(batch) {
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
                    () = tokio::time::sleep(LEDGER_POLL) => {}
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
    ) -> anyhow::Result<Option<EndReason>> {
        // Read before anything is sent: a lost answer is judged by it.
        if let Some(balance) = self.stop.cut(self.balance(RetryPolicy::Tries(5))).await {
            balance?;
        } else {
            let reason = self.stop.reason().unwrap_or(StopReason::Interrupted);
            return Ok(Some(EndReason::Stopped(reason)));
        }
        self.run_state.set_ahead(1, 0);
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
                self.replay_saved_responses().await?;
                Next::Look
            }
            (BatchState::Running, Owner::Us | Owner::Dead) if ours => {
                self.adopt().await?;
                Next::Wait
            }
            (BatchState::Unknown, Owner::Us | Owner::Dead) if ours && !*proven => {
                *proven = true;
                self.prove_doubts().await?;
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
    fn pass(&self) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<InputRow>> + '_>> {
        Ok(Box::new(std::iter::once(Ok(InputRow {
            row: Row::Person(self.0.clone()),
            fingerprint: 0,
        }))))
    }
}
