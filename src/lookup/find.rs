//! One person: the same claim, care and record as a batch of one, through the endpoint for one.

use super::error::end_of;
use super::orphans::BatchAction;
use super::plan::{Plan, RowRole};
use super::run::LEDGER_POLL;
use super::run_state::{Receipt, WaitFor};
use super::submit::Submitter;
use super::{EndReason, Engine, Error};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchNo, BatchRecord, FoundBy, PersonId, PersonRecord, Status, Which};
use crate::people::Search;
use crate::timer::sleep;
use crate::units::Moment;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What came of searching for one person.
#[derive(Debug, Clone)]
pub(crate) struct FindOutcome {
    /// The batch of an earlier or another run that the answer came with, or is awaited from.
    pub earlier: Option<BatchRecord>,
    /// Why it ended early, if it did.
    pub end: Option<EndReason>,
    pub receipt: Receipt,
    /// What the ledger knows now.
    pub record: PersonRecord,
}

/// What to do next for a claimed person.
enum Next {
    /// Look again once something has changed.
    Wait,
    LookAgain,
    /// Nothing more can be learned now.
    GiveUp,
}

/// The search for one person.
struct Find<'a> {
    engine: &'a Rc<Engine>,
    search: Search,
    plan: Plan,
    person: PersonId,
    /// Whether this run has sent the search. It is sent once, and again only after proof that it was not taken.
    was_sent: bool,
    /// The batch of an earlier run that the person was found in.
    earlier: Option<BatchNo>,
}

impl Engine {
    /// Searches for one person, unless the ledger has an answer that counts, and waits for the result. **Reserves
    /// credits.** A person whom another run claimed is waited for, and so is one whom a dead run left behind: neither
    /// is sent again.
    pub(crate) async fn find(self: &Rc<Self>, search: Search) -> Result<FindOutcome, Error> {
        let keys = search.keys();
        let freshness = self.settings.freshness;
        let person = self.ledger.upsert_person(keys, freshness).await?.person;
        let mut find = Find {
            engine: self,
            person,
            plan: Plan::of(vec![RowRole::Person(person, FoundBy::OwnKey)]),
            search,
            was_sent: false,
            earlier: None,
        };
        let end = self.with_tasks(find.find_loop()).await?;
        let end = self.end(end);
        let record = self.ledger.person_records(vec![find.person]).await?.pop();
        let earlier = match find.earlier {
            Some(batch) => self.ledger.batches(Which::Number(batch)).await?.pop(),
            None => None,
        };
        Ok(FindOutcome {
            earlier,
            end,
            receipt: self.run_state.receipt(),
            record: record.unwrap_or_default(),
        })
    }
}

impl Find<'_> {
    async fn find_loop(&mut self) -> Result<Option<EndReason>, Error> {
        let Engine { balances, cancel, ledger, run_state, settings, .. } = &**self.engine;
        self.engine.start_reading();
        let mut waiting = None;
        loop {
            if !balances.take_released().is_empty() && self.engine.may_send_again() {
                self.was_sent = false;
            }
            if let Some(reason) = cancel.reason() {
                return Ok(Some(reason));
            }
            let changed = run_state.changed();
            let statuses = ledger.person_statuses(vec![self.person], settings.freshness).await?;
            let next = match statuses[0].status {
                // The answer is recorded a moment before its cost is counted.
                Status::Answered(_) if run_state.follows_any() => Next::Wait,
                Status::Answered(_) => return Ok(None),
                // Sent once, and given back since: the answer was unusable, or the batch was not taken.
                Status::Open if self.was_sent => return Ok(None),
                Status::Open => {
                    self.was_sent = true;
                    match self.send().await? {
                        None => Next::LookAgain,
                        end => return Ok(end),
                    }
                }
                Status::Claimed(batch) => self.claimed_in(batch).await?,
            };
            match next {
                Next::LookAgain => {}
                Next::GiveUp => return Ok(None),
                Next::Wait => {
                    if let (false, None) = (run_state.follows_any(), &waiting) {
                        waiting = Some(run_state.wait(WaitFor::OtherRun, None));
                    }
                    tokio::select! {
                        () = changed => {}
                        () = sleep(LEDGER_POLL) => {}
                        _ = cancel.cancelled() => {}
                    }
                }
            }
        }
    }

    async fn send(&mut self) -> Result<Option<EndReason>, Error> {
        let engine = self.engine;
        // Read before anything is sent: a lost answer is judged by it.
        let reading = engine.balance(RetryPolicy::Tries(5));
        match engine.cancel.run_until_cancelled(reading).await {
            Ok(balance) => balance?,
            Err(reason) => return Ok(Some(reason)),
        };
        if let end @ Some(_) = engine.rewound().await? {
            return Ok(end);
        }
        engine.run_state.set_ahead(1, 0);
        let (open, mut sent) = ([self.person], [false]);
        let mut submitter = Submitter::new(engine, &self.plan, &open, &mut sent, 1);
        engine.begin_sending().await;
        let done = submitter.run(one(&self.search)).await;
        engine.end_sending();
        end_of(done)
    }

    async fn claimed_in(&mut self, batch: BatchNo) -> Result<Next, Error> {
        let engine = self.engine;
        if !self.was_sent {
            self.earlier = Some(batch);
        }
        if engine.run_state.stopped_following(batch) {
            return Ok(Next::GiveUp);
        }
        if engine.run_state.follows(batch) {
            return Ok(Next::Wait);
        }
        let Some(batch) = engine.ledger.batches(Which::Number(batch)).await?.pop() else {
            return Ok(Next::LookAgain);
        };
        Ok(match BatchAction::of(&batch, Moment::now()) {
            BatchAction::AwaitOwner => {
                engine.name_unclear_owner(&batch);
                Next::Wait
            }
            BatchAction::ReplayResponse => {
                engine.replay_saved_responses().await?;
                Next::LookAgain
            }
            BatchAction::Adopt => {
                engine.adopt(&BTreeSet::from([batch.batch])).await?;
                Next::Wait
            }
            BatchAction::Leave if engine.balances.is_open() => {
                // An interrupt is seen when the loop comes round.
                if let Ok(done) = engine.cancel.run_until_cancelled(engine.await_verdict()).await {
                    done?;
                }
                Next::LookAgain
            }
            BatchAction::Leave => Next::GiveUp,
            BatchAction::Settled => Next::LookAgain,
        })
    }
}

/// An input of one row.
fn one(search: &Search) -> impl Iterator<Item = Result<Option<Search>, super::RowError>> {
    std::iter::once(Ok(Some(search.clone())))
}
