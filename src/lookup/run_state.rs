//! What a run is doing, in numbers. Submitting, collecting and the progress display meet here.

mod receipt;
#[cfg(test)]
mod tests;
mod waits;

pub(crate) use receipt::Receipt;
pub(crate) use waits::WaitFor;

use super::EndReason;
use super::funds::{Funds, Price, Refunds};
use super::post_window::PostWindow;
use crate::batch::{BatchId, CreditSplit};
use crate::ledger::{BatchNo, Ledger};
use crate::units::Credits;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use waits::{RetryWait, SILENT, Wait};

/// Shared by the tasks of one run, all on one thread.
#[derive(Debug, Default)]
pub(crate) struct RunState {
    inner: RefCell<Inner>,
    changed: Notify,
    /// The run may wait for its lock.
    ledger: Option<Rc<Ledger>>,
}

#[derive(Debug, Default)]
struct Inner {
    running: BTreeMap<BatchNo, RunningBatch>,
    /// Batches with people without an answer, which this run no longer looks at.
    left_open: BTreeSet<BatchNo>,
    /// Batches that no row of this run waits for, and that were looked at.
    looked_at: BTreeSet<BatchNo>,
    receipt: Receipt,
    /// Searches of settled batches that this run followed.
    answered: usize,
    /// People whose searches are yet to be sent.
    to_send: usize,
    /// People in batches that another run follows.
    elsewhere: usize,
    /// Searches without an answer of batches that this run stopped following.
    unanswered: usize,
    balance: Option<Credits>,
    price: Price,
    /// What batches of this run hold beyond what Enrow stated, as the balance shows.
    unstated: Credits,
    /// Whether a batch was taken late.
    taken_late: bool,
    posts: PostWindow,
    trouble: Option<RetryWait>,
    /// Oldest first.
    waits: Vec<Wait>,
    waits_so_far: u64,
    /// How long the balance has to stay as it is until it proves that a lost batch was not taken.
    proof_left: Option<Duration>,
    /// Of any batch that is fetched: searches finished, and all.
    watched: Option<(usize, usize)>,
}

/// A running batch that this run follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunningBatch {
    pub id: BatchId,
    pub searches: usize,
    /// How many of the searches Enrow has finished.
    pub finished: usize,
    pub reserved: Credits,
    pub split: CreditSplit,
    pub sent_by: SentBy,
}

/// Whose receipt counts a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SentBy {
    EarlierRun,
    ThisRun,
}

/// What holds up the run.
impl RunState {
    /// Something is asked again, after a pause.
    pub(super) fn trouble(&self, why: String, pause: Option<Duration>) {
        let again = pause.and_then(|pause| Instant::now().checked_add(pause));
        self.inner.borrow_mut().trouble = Some(RetryWait { why, again });
    }

    pub(super) fn trouble_over(&self) {
        self.inner.borrow_mut().trouble = None;
    }

    /// Begins a wait, whose end may be known.
    pub(super) fn wait(&self, what: WaitFor, time: Option<Duration>) -> Waiting<'_> {
        let mut inner = self.inner.borrow_mut();
        inner.waits_so_far += 1;
        let number = inner.waits_so_far;
        let since = Instant::now();
        let until = time.and_then(|time| since.checked_add(time));
        inner.waits.push(Wait { number, what, since, until });
        Waiting { run_state: self, number }
    }
}

/// A wait that lasts until this is dropped.
pub(super) struct Waiting<'a> {
    run_state: &'a RunState,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.run_state.inner.borrow_mut().waits.retain(|wait| wait.number != self.number);
    }
}

/// The state at one moment, for the progress display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Snapshot {
    /// Searches answered, also those of batches that still run.
    pub answered: usize,
    /// Searches this run waits for in all.
    pub total: usize,
    /// Numbers found so far; `None` while no batch has ended, since Enrow tells them only then.
    pub found: Option<usize>,
    /// Running batches.
    pub batches: usize,
    /// What is in the way at the moment.
    pub trouble: Option<String>,
    /// What the run waits for, where it takes long.
    pub wait: Option<WaitFor>,
    /// How long that, or the pause after a trouble, still lasts.
    pub wait_left: Option<Duration>,
    /// How long the balance has to stay as it is until it proves that a lost batch was not taken.
    pub proof_left: Option<Duration>,
}

impl RunState {
    pub(super) fn of(ledger: Rc<Ledger>) -> Self {
        Self { ledger: Some(ledger), ..Self::default() }
    }

    /// Completes when something changes after this was called, awaited or not.
    pub(crate) fn changed(&self) -> impl Future<Output = ()> + '_ {
        let mut changed = Box::pin(self.changed.notified());
        // Registered at once: a change between this call and the await is not missed.
        changed.as_mut().enable();
        changed
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let inner = self.inner.borrow();
        let running: usize = inner.running.values().map(|batch| batch.searches).sum();
        let finished: usize = inner.running.values().map(|batch| batch.finished).sum();
        let (watched, of) = inner.watched.unwrap_or_default();
        let locked = self.ledger.as_ref().and_then(|ledger| ledger.lock_wanted_for());
        let locked = locked.filter(|time| *time >= SILENT);
        let wait = inner.waits.iter().find(|wait| wait.is_long());
        let until = match &inner.trouble {
            Some(trouble) => trouble.again,
            None => wait.and_then(|wait| wait.until),
        };
        Snapshot {
            answered: inner.answered + finished + watched,
            total: inner.answered
                + running
                + inner.to_send
                + inner.elsewhere
                + inner.unanswered
                + of,
            found: (inner.answered > 0).then_some(inner.receipt.found),
            batches: inner.running.len() + usize::from(inner.watched.is_some()),
            trouble: inner.trouble.as_ref().map(|trouble| trouble.why.clone()),
            wait: locked.map(|_| WaitFor::Ledger).or(wait.map(|wait| wait.what)),
            wait_left: until.map(|until| until.saturating_duration_since(Instant::now())),
            proof_left: inner.proof_left,
        }
    }

    pub(crate) fn receipt(&self) -> Receipt {
        self.inner.borrow().receipt.clone()
    }

    /// What one search costs this account, once learned.
    pub(crate) fn price(&self) -> Option<Credits> {
        self.inner.borrow().price.known()
    }

    pub(super) fn has_proven_price(&self) -> bool {
        matches!(self.inner.borrow().price, Price::Proven(_))
    }

    pub(super) fn balance(&self) -> Option<Credits> {
        self.inner.borrow().balance
    }

    pub(super) fn funds(&self, budget: Option<Credits>) -> Funds {
        let inner = self.inner.borrow();
        let receipt = &inner.receipt;
        Funds {
            balance: inner.balance.unwrap_or_default(),
            price: inner.price,
            budget,
            committed: receipt
                .net()
                .saturating_add(receipt.in_doubt)
                .saturating_add(inner.unstated),
        }
    }

    /// Whether this run follows a batch that has not ended.
    pub(super) fn follows_any(&self) -> bool {
        !self.inner.borrow().running.is_empty()
    }

    pub(super) fn refunds(&self) -> Refunds {
        if self.follows_any() { Refunds::Ahead } else { Refunds::None }
    }

    /// Whether this run follows a batch, or stopped following it.
    pub(super) fn follows(&self, batch: BatchNo) -> bool {
        let inner = self.inner.borrow();
        inner.running.contains_key(&batch) || inner.left_open.contains(&batch)
    }

    /// Whether this run stopped following a batch that Enrow did not show.
    pub(super) fn stopped_following(&self, batch: BatchNo) -> bool {
        self.inner.borrow().left_open.contains(&batch)
    }

    /// Stops following a batch that may still be running.
    pub(super) fn stop_following(&self, batch: BatchNo, found: usize) {
        let mut inner = self.inner.borrow_mut();
        if let Some(running) = inner.running.remove(&batch) {
            inner.left_open.insert(batch);
            inner.answered += running.finished;
            inner.unanswered += running.searches - running.finished;
            inner.receipt.found += found;
        }
        inner.trouble = None;
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Whether this run sees a batch for the first time, of those that it does not follow.
    pub(super) fn meets(&self, batch: BatchNo) -> bool {
        self.inner.borrow_mut().looked_at.insert(batch)
    }

    pub(super) fn set_balance(&self, balance: Credits) {
        self.inner.borrow_mut().balance = Some(balance);
        self.changed.notify_waiters();
    }

    /// The price that earlier runs learned.
    pub(super) fn set_learned_price(&self, price: Option<Credits>) {
        let mut inner = self.inner.borrow_mut();
        inner.price = match (inner.price, price) {
            (Price::Proven(_), _) => return,
            (Price::Learned(_) | Price::Unknown, Some(price)) => Price::Learned(price),
            (Price::Learned(_) | Price::Unknown, None) => Price::Unknown,
        };
    }

    /// What a search of this run's newest batch reserved. The price of a run never falls.
    pub(super) fn prove_price(&self, price: Credits) {
        let mut inner = self.inner.borrow_mut();
        inner.price = match inner.price {
            Price::Proven(before) => Price::Proven(before.max(price)),
            Price::Learned(_) | Price::Unknown => Price::Proven(price),
        };
    }

    /// The balance shows that a batch holds more than Enrow stated.
    pub(super) fn add_unstated(&self, credits: Credits) {
        let mut inner = self.inner.borrow_mut();
        inner.unstated = inner.unstated.saturating_add(credits);
    }

    pub(super) fn set_ahead(&self, to_send: usize, elsewhere: usize) {
        let mut inner = self.inner.borrow_mut();
        (inner.to_send, inner.elsewhere) = (to_send, elsewhere);
    }

    /// Searches that will not be sent after all, or are answered by another run.
    pub(super) fn drop_ahead(&self, searches: usize) {
        let mut inner = self.inner.borrow_mut();
        inner.to_send = inner.to_send.saturating_sub(searches);
    }

    /// How long the next POST has to wait for the ones before it.
    pub(super) fn post_wait(&self) -> Duration {
        self.inner.borrow().posts.wait(Instant::now())
    }

    /// A POST has ended. `limit` is how many a second Enrow says that it takes.
    pub(super) fn post_ended(&self, limit: Option<u32>) {
        self.inner.borrow_mut().posts.ended(Instant::now(), limit);
    }

    /// A batch was taken whose people had been given up, or others have by now.
    pub(super) fn taken_late(&self) {
        self.inner.borrow_mut().taken_late = true;
    }

    /// Why the run ends early that ended like this.
    pub(super) fn end(&self, end: Option<EndReason>) -> Option<EndReason> {
        end.or_else(|| self.inner.borrow().taken_late.then_some(EndReason::TakenLate))
    }

    pub(super) fn set_proof_left(&self, left: Option<Duration>) {
        self.inner.borrow_mut().proof_left = left;
    }

    pub(super) fn polled(&self) {
        self.inner.borrow_mut().receipt.polls += 1;
    }

    pub(super) fn started(&self, batch: BatchNo, running: RunningBatch) {
        let mut inner = self.inner.borrow_mut();
        match running.sent_by {
            SentBy::ThisRun => {
                inner.to_send = inner.to_send.saturating_sub(running.searches);
                inner.receipt.searches += running.searches;
                inner.receipt.reserved = inner.receipt.reserved.saturating_add(running.reserved);
                let split = &mut inner.receipt.split;
                split.subscription = split.subscription.saturating_add(running.split.subscription);
                split.pay_as_you_go =
                    split.pay_as_you_go.saturating_add(running.split.pay_as_you_go);
                inner.receipt.batches.push(running.id.clone());
                inner.balance =
                    inner.balance.map(|balance| balance.saturating_sub(running.reserved));
            }
            SentBy::EarlierRun => {
                inner.elsewhere = inner.elsewhere.saturating_sub(running.searches);
            }
        }
        inner.running.insert(batch, running);
        drop(inner);
        self.changed.notify_waiters();
    }

    pub(super) fn finished(&self, batch: BatchNo, finished: usize) {
        if let Some(running) = self.inner.borrow_mut().running.get_mut(&batch) {
            running.finished = finished.clamp(running.finished, running.searches);
        }
    }

    /// The refund is not added to the balance: Enrow gave it back when the batch ended, so a balance that was read
    /// since may hold it already, and what is counted twice is sent for nothing.
    pub(super) fn settled(&self, batch: BatchNo, found: usize, refunded: Credits) {
        let mut inner = self.inner.borrow_mut();
        if let Some(running) = inner.running.remove(&batch) {
            inner.answered += running.searches;
            inner.receipt.found += found;
            match running.sent_by {
                SentBy::ThisRun => {
                    inner.receipt.refunded = inner.receipt.refunded.saturating_add(refunded);
                }
                SentBy::EarlierRun => {
                    inner.receipt.refunded_earlier =
                        inner.receipt.refunded_earlier.saturating_add(refunded);
                }
            }
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Shows a batch that is only looked at.
    pub(super) fn watches(&self, finished: usize, searches: usize) {
        self.inner.borrow_mut().watched = Some((finished, searches));
    }

    pub(super) fn doubted(&self, reserved: Credits) {
        let mut inner = self.inner.borrow_mut();
        inner.receipt.in_doubt = inner.receipt.in_doubt.saturating_add(reserved);
        inner.balance = inner.balance.map(|balance| balance.saturating_sub(reserved));
    }

    pub(super) fn doubt_lifted(&self, reserved: Credits) {
        let mut inner = self.inner.borrow_mut();
        inner.receipt.in_doubt = inner.receipt.in_doubt.saturating_sub(reserved);
    }
}
