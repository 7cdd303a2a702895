//! Reading the balance while a run sends batches, and releasing the batches that were lost and provably not taken.

use super::balances::{Balances, LostBatch};
use super::experiment::{Reading, Verdict};
use super::run_state::WaitFor;
use super::{Engine, Error, Notice};
use crate::enrow::{AccountInfo, RetryPolicy};
use crate::ledger::{BalanceReading, BatchState, ExperimentEnd, Which};
use crate::timer::sleep;
use crate::units::{Credits, Moment};
use std::rc::Rc;
use std::time::Duration;

/// Well within the longest gap that a chain of readings may have, however slow one answer is.
const READ_EVERY: Duration = Duration::from_secs(30);

/// After an answer was lost.
const READ_OFTEN: Duration = Duration::from_secs(20);

/// Not even a short silence is watched more often, and a balance that cannot be read is asked for again after this.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);

/// How often lost batches are released and sent again in one run. An Enrow that loses every answer is not worked around.
const MAX_RELEASES: u32 = 5;

impl Engine {
    /// Reads the account's balance, judges it, and keeps it.
    pub(super) async fn read_balance(&self, policy: RetryPolicy) -> Result<Credits, Error> {
        let Balances { began, experiment, since, silence, turn, .. } = &self.balances;
        let _turn = turn.lock().await;
        let now = Moment::now();
        if experiment.borrow().chain_began().is_none() {
            since.set(now);
        }
        let activity = |now| self.ledger.account_activity(self.account, since.get(), now, *silence);
        let before = activity(now).await?;
        let asked = began.elapsed();
        let _waiting = self.run_state.wait(WaitFor::Balance, None);
        let info = self.client.account(policy, &|cause, again| self.trouble(cause, again)).await?;
        let answered = began.elapsed();
        self.balances.last.set(Some(answered));
        self.run_state.trouble_over();
        let balance = info.balance()?;
        let after = activity(Moment::now()).await?;
        let reading = reading_of(&info, balance, asked, answered);
        let verdict = experiment.borrow_mut().observe(reading, &before, &after);
        self.run_state.set_balance(balance);
        self.conclude(verdict, reading.balance, after.revision).await?;
        Ok(balance)
    }

    /// Acts on a verdict about the lost batches.
    async fn conclude(&self, verdict: Verdict, balance: i64, revision: i64) -> Result<(), Error> {
        let lost = self.balances.lost_numbers();
        if lost.is_empty() {
            return Ok(());
        }
        let reading = BalanceReading { at: Moment::now(), balance };
        self.ledger.save_reading(lost.clone(), reading).await?;
        match verdict {
            Verdict::Open { left } => self.set_proof_left(Some(left)),
            Verdict::NotTaken => {
                if self.ledger.release_untaken(lost, revision).await? {
                    self.release();
                }
            }
            Verdict::Ended(end) => self.end_experiment(end).await?,
        }
        Ok(())
    }

    fn set_proof_left(&self, left: Option<Duration>) {
        self.balances.proof_left.set(left);
        self.run_state.set_proof_left(left);
    }

    pub(super) fn release(&self) {
        let balances = &self.balances;
        balances.experiment.borrow_mut().released();
        let released = balances.lost.take();
        let people = released.iter().map(|lost| lost.people.len()).sum();
        for lost in &released {
            self.run_state.doubt_lifted(lost.reserved);
        }
        balances.released.borrow_mut().extend(released);
        balances.releases.set(balances.releases.get() + 1);
        self.set_proof_left(None);
        self.notify(Notice::NotTaken { people });
        balances.changed.notify_waiters();
    }

    async fn end_experiment(&self, end: ExperimentEnd) -> Result<(), Error> {
        let balances = &self.balances;
        self.ledger.end_experiment(balances.lost_numbers(), end).await?;
        let lost = balances.lost.take();
        if lost.is_empty() {
            // A reading and a loss came to the same end at once.
            return Ok(());
        }
        let people = lost.iter().map(|lost| lost.people.len()).sum();
        self.set_proof_left(None);
        self.notify(Notice::NothingProven { people, end });
        balances.changed.notify_waiters();
        Ok(())
    }

    /// Begins the experiment for a batch whose answer was just lost. Call it once the loss is recorded.
    pub(super) async fn watch_lost(&self, lost: LostBatch) -> Result<(), Error> {
        let balances = &self.balances;
        balances.lost.borrow_mut().push(lost);
        balances.proof_left.set(None);
        let ended = {
            let mut experiment = balances.experiment.borrow_mut();
            experiment.lost(balances.began.elapsed());
            experiment.ended()
        };
        balances.changed.notify_waiters();
        match ended {
            Some(end) => self.end_experiment(end).await,
            None => Ok(()),
        }
    }

    /// Whether an Enrow that keeps losing answers gets another chance.
    pub(super) fn may_send_again(&self) -> bool {
        self.balances.releases.get() <= MAX_RELEASES
    }

    /// Takes a new reading before anything is sent, unless there is one that is new enough. Where it fails, an answer that
    /// is lost now cannot be judged.
    pub(super) async fn begin_sending(&self) {
        let balances = &self.balances;
        let age = balances.last.get().map(|last| balances.began.elapsed().saturating_sub(last));
        if age.is_none_or(|age| age > READ_EVERY) {
            let reading = self.read_balance(RetryPolicy::Tries(1)).await;
            if let Err(error) = reading {
                tracing::info!(%error, "no balance before sending");
            }
        }
        balances.is_sending.set(true);
    }

    pub(super) fn end_sending(&self) {
        self.balances.is_sending.set(false);
    }

    /// Reads the balance again and again while batches are sent or the answer to one is lost, in its own task.
    pub(super) fn start_reading(self: &Rc<Self>) {
        let engine = Rc::clone(self);
        self.tasks.borrow_mut().spawn_local(async move { Err(engine.keep_reading().await) });
    }

    /// A reading that fails is a reading that is missing; the experiment knows how many may be.
    async fn keep_reading(&self) -> Error {
        let balances = &self.balances;
        loop {
            let pause = match balances.proof_left.get() {
                _ if !balances.is_open() => READ_EVERY,
                Some(left) => left.clamp(SHORTEST_PAUSE, READ_OFTEN),
                None => Duration::ZERO,
            };
            tokio::select! {
                () = balances.changed.notified() => continue,
                () = sleep(pause) => {}
            }
            if !balances.is_sending.get() && !balances.is_open() {
                continue;
            }
            match self.read_balance(RetryPolicy::Tries(1)).await {
                Ok(_) => {}
                Err(Error::Fetch(error)) => {
                    tracing::info!(%error, "the balance cannot be read");
                    sleep(SHORTEST_PAUSE).await;
                }
                Err(error) => return error,
            }
        }
    }

    /// Waits until the experiment of the lost batches is over, one way or the other.
    pub(super) async fn await_verdict(&self) -> Result<(), Error> {
        let balances = &self.balances;
        let until = balances.began.elapsed() + balances.patience.get();
        while balances.is_open() {
            let changed = balances.changed.notified();
            if balances.began.elapsed() >= until {
                let end = balances.experiment.borrow_mut().give_up();
                return self.end_experiment(end).await;
            }
            tokio::select! {
                () = changed => {}
                () = sleep(Duration::from_secs(1)) => {}
            }
            self.drop_settled().await?;
        }
        Ok(())
    }

    /// A person, or another run that replayed a response, may have settled a lost batch meanwhile.
    async fn drop_settled(&self) -> Result<(), Error> {
        // What a reading releases at this moment is not settled: it is sent again.
        let _turn = self.balances.turn.lock().await;
        for number in self.balances.lost_numbers() {
            let batch = self.ledger.batches(Which::Number(number)).await?.pop();
            if batch.is_none_or(|batch| batch.state != BatchState::Unknown) {
                self.balances.lost.borrow_mut().retain(|lost| lost.batch != number);
            }
        }
        if !self.balances.is_open() {
            self.set_proof_left(None);
        }
        Ok(())
    }
}

fn reading_of(
    info: &AccountInfo,
    balance: Credits,
    asked: Duration,
    answered: Duration,
) -> Reading {
    let since_1970 = |moment: Moment| Duration::from_millis(u64::try_from(moment.0).unwrap_or(0));
    Reading {
        asked,
        answered,
        wall: since_1970(Moment::now()),
        served: info.served.map(since_1970),
        cached: info.age.is_some(),
        balance: i64::try_from(balance.0).unwrap_or(i64::MAX),
    }
}
