//! One run from its plan to the last answer it can get.

use super::error::end_of;
use super::orphans::BatchAction;
use super::plan::Plan;
use super::run_state::WaitFor;
use super::submit::Submitter;
use super::{EndReason, Engine, Error, RowError};
use crate::enrow::{FetchError, RetryCause, RetryPolicy};
use crate::ledger::{AccountState, BatchNo, BatchRecord, PersonId, Status, Which};
use crate::people::Search;
use crate::timer::sleep;
use crate::units::{Credits, Moment};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

/// How often the ledger is asked about batches of other runs.
pub(super) const LEDGER_POLL: Duration = Duration::from_millis(500);

/// How often the run tells the ledger that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How many people the ledger is asked about at once.
const CHUNK: usize = 100_000;

/// How often in a row a run looks again at people who are open but cannot be claimed.
const MAX_IDLE_ROUNDS: u32 = 8;

#[derive(Debug, Clone)]
pub(crate) struct RunOutcome {
    /// Why it ended early, if it did.
    pub end: Option<EndReason>,
    /// Batches that are not settled, of all accounts.
    pub unsettled: Vec<BatchRecord>,
}

impl Engine {
    /// Searches for everybody who is open and waits for everybody who is claimed. `searches` is called for each pass
    /// over the rows, of which each asks for somebody or for nobody. After an error the next run can still collect
    /// everything that was paid.
    pub(crate) async fn run<I, E>(
        self: &Rc<Self>,
        plan: &Plan,
        searches: impl FnMut() -> I,
    ) -> Result<RunOutcome, Error>
    where
        I: Iterator<Item = Result<Option<Search>, E>>,
        E: Into<RowError>,
    {
        let end = self.with_tasks(Rounds::new(self, plan).run(searches)).await?;
        let end = self.end(end);
        Ok(RunOutcome { end, unsettled: self.ledger.batches(Which::Unsettled).await? })
    }

    /// Reads the account's balance and takes it into the books, so that a later proof has something to compare with.
    pub(crate) async fn balance(&self, patience: RetryPolicy) -> Result<Credits, Error> {
        let state = self.ledger.account_state(self.account).await?;
        let balance = self.read_balance(patience).await?;
        if self.may_compare(balance, &state).await? {
            self.ledger.note_balance(self.account, balance, state, Moment::now()).await?;
        }
        self.run_state.set_learned_price(state.price);
        Ok(balance)
    }

    /// Whether a balance may replace the one before. Where the ledger may have lost something, the old balance is
    /// evidence, so it stays, unless the new one is exactly as expected.
    async fn may_compare(&self, balance: Credits, state: &AccountState) -> Result<bool, Error> {
        let Some(rewind) = self.ledger.rewind().await? else { return Ok(true) };
        let is_cleared = rewind.is_cleared_by(state.is_shown_by(balance));
        if is_cleared {
            self.ledger.believe_server().await?;
        }
        Ok(is_cleared)
    }

    /// Why the run ends early that ended like this.
    pub(super) fn end(&self, end: Option<EndReason>) -> Option<EndReason> {
        match self.run_state.end(end) {
            Some(reason) if reason.ends_collecting() => Some(reason),
            _ if self.ledger.is_gone() => Some(EndReason::LedgerGone),
            end => end,
        }
    }

    /// Why nobody may be claimed: the ledger may have lost claims, or is about to.
    pub(crate) async fn rewound(&self) -> Result<Option<EndReason>, Error> {
        if self.ledger.is_gone() {
            return Ok(Some(EndReason::LedgerGone));
        }
        let Some(rewind) = self.ledger.rewind().await? else { return Ok(None) };
        let state = self.ledger.account_state(self.account).await?;
        Ok(Some(EndReason::of_rewind(rewind, state.is_at_rest(Moment::now()))))
    }

    /// The same, but `None` if Enrow answers without a balance. Then nothing is sent, and what was sent is collected.
    pub(crate) async fn balance_if_readable(
        &self,
        policy: RetryPolicy,
    ) -> Result<Option<Credits>, Error> {
        match self.balance(policy).await {
            Err(Error::Fetch(
                FetchError::UnreadableBalance | FetchError::NoAnswer(RetryCause::Answered(_)),
            )) => Ok(None),
            balance => balance.map(Some),
        }
    }

    /// Does `work` while batches are followed. A task that fails ends the run with its error.
    pub(super) async fn with_tasks<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut work = pin!(work);
        let done = tokio::select! {
            done = &mut work => done,
            error = self.heartbeats() => return Err(error),
            error = self.first_failure() => {
                // A POST that is on its way still gets its moment.
                self.cancel.cancel(EndReason::Failed);
                work.await.and(Err(error))
            }
        };
        self.tasks.borrow_mut().abort_all();
        done
    }

    /// Says now and then that this run is alive, until the ledger fails.
    async fn heartbeats(&self) -> Error {
        loop {
            match self.ledger.heartbeat(Moment::now()).await {
                // The code that needs it waits for it, until the time is over.
                Err(error) if error.is_away() => {}
                Err(error) => return error.into(),
                Ok(()) => sleep(HEARTBEAT).await,
            }
        }
    }

    async fn first_failure(&self) -> Error {
        loop {
            let started = self.run_state.changed();
            match poll_fn(|context| self.tasks.borrow_mut().poll_join_next(context)).await {
                Some(Ok(Ok(()))) => {}
                Some(Ok(Err(error))) => return error,
                Some(Err(error)) => return Error::Panicked(error.to_string()),
                None => started.await,
            }
        }
    }
}

/// What a round finds in the ledger.
struct Round {
    /// Not answered, not claimed, and not sent by this run; sorted.
    open: Vec<PersonId>,
    /// People in batches that this run does not follow.
    claimed_elsewhere: usize,
    claimed_in: BTreeSet<BatchNo>,
}

/// A round searches for the open people and waits for the claimed ones. Another follows where another run has given
/// people back in the meantime. Nobody is sent twice in one run.
struct Rounds<'a> {
    engine: &'a Rc<Engine>,
    plan: &'a Plan,
    /// Everybody who is not answered; sorted.
    people: Cow<'a, [PersonId]>,
    /// Who was sent in this run, by the position in `people`.
    tried: Vec<bool>,
    /// How many more people may be sent.
    left: usize,
    end: Option<EndReason>,
    idle: u32,
    /// Batches that ended between a look-up of their people and the wait for them.
    gone: BTreeSet<BatchNo>,
}

impl<'a> Rounds<'a> {
    fn new(engine: &'a Rc<Engine>, plan: &'a Plan) -> Self {
        let mut people = Cow::Borrowed(plan.open.as_slice());
        if !plan.claimed.is_empty() {
            people.to_mut().extend(&plan.claimed);
            people.to_mut().sort_unstable();
        }
        Self {
            engine,
            plan,
            tried: vec![false; people.len()],
            people,
            left: engine.settings.limit.unwrap_or(usize::MAX),
            end: engine.run_state.balance().is_none().then_some(EndReason::BalanceUnknown),
            idle: 0,
            gone: BTreeSet::new(),
        }
    }

    async fn run<I, E>(
        mut self,
        mut searches: impl FnMut() -> I,
    ) -> Result<Option<EndReason>, Error>
    where
        I: Iterator<Item = Result<Option<Search>, E>>,
        E: Into<RowError>,
    {
        self.engine.start_reading();
        let mut is_first = true;
        loop {
            self.take_released();
            let mut round = self.look_up().await?;
            if std::mem::take(&mut is_first) {
                self.engine.adopt(&round.claimed_in).await?;
                if !round.claimed_in.is_empty() {
                    round = self.look_up().await?;
                }
            }
            let Round { open, claimed_elsewhere, claimed_in } = round;
            let any_open = !open.is_empty();
            let mut any_sent = false;
            if self.end.is_none() && any_open {
                any_sent = self.submit(&open, claimed_elsewhere, searches()).await?;
            }
            drop(open);
            self.idle = if any_sent || !any_open { 0 } else { self.idle + 1 };
            if self.engine.settings.detach
                || self.end.as_ref().is_some_and(EndReason::ends_collecting)
            {
                return Ok(self.end);
            }
            match self.engine.wait(&claimed_in, &mut self.gone).await? {
                Waited::Ended(reason) => return Ok(Some(reason)),
                // People who are open but could not be claimed are in another run's hands; the next round sees them.
                Waited::NothingLeft if self.engine.balances.is_open() => {
                    let verdict = self.engine.await_verdict();
                    match self.engine.cancel.run_until_cancelled(verdict).await {
                        Ok(done) => done?,
                        Err(reason) => return Ok(Some(reason)),
                    }
                }
                Waited::NothingLeft if self.engine.balances.has_released() => {}
                Waited::NothingLeft
                    if self.end.is_some() || !any_open || self.idle > MAX_IDLE_ROUNDS =>
                {
                    return Ok(self.end);
                }
                Waited::NothingLeft | Waited::Changed => {}
            }
        }
    }

    /// Lets the people of lost batches be sent again that were proven not to be taken.
    fn take_released(&mut self) {
        for lost in self.engine.balances.take_released() {
            for person in &lost.people {
                if let Ok(position) = self.people.binary_search(person) {
                    self.tried[position] = false;
                }
            }
            self.left = self.left.saturating_add(lost.people.len());
            if self.engine.may_send_again() {
                self.end = None;
            } else {
                self.end.get_or_insert(EndReason::AnswersLost);
            }
        }
    }

    async fn look_up(&self) -> Result<Round, Error> {
        let engine = self.engine;
        let mut round =
            Round { open: Vec::new(), claimed_elsewhere: 0, claimed_in: BTreeSet::new() };
        for (people, tried) in self.people.chunks(CHUNK).zip(self.tried.chunks(CHUNK)) {
            let freshness = engine.settings.freshness;
            let statuses = engine.ledger.person_statuses(people.to_vec(), freshness).await?;
            for (status, tried) in statuses.into_iter().zip(tried) {
                match status.status {
                    Status::Open if !tried => round.open.push(status.person),
                    Status::Claimed(batch) => {
                        round.claimed_elsewhere += usize::from(!engine.run_state.follows(batch));
                        round.claimed_in.insert(batch);
                    }
                    Status::Open | Status::Answered(_) => {}
                }
            }
        }
        Ok(round)
    }

    /// Sends the open people. Answers whether anybody was sent.
    async fn submit(
        &mut self,
        open: &[PersonId],
        claimed_elsewhere: usize,
        searches: impl Iterator<Item = Result<Option<Search>, impl Into<RowError>>>,
    ) -> Result<bool, Error> {
        self.end = self.engine.rewound().await?;
        if self.end.is_some() {
            return Ok(false);
        }
        let state = &self.engine.run_state;
        state.set_ahead(open.len().min(self.left), claimed_elsewhere);
        let reading = self.engine.begin_sending();
        if let Err(reason) = self.engine.cancel.run_until_cancelled(reading).await {
            self.end = Some(reason);
            return Ok(false);
        }
        let mut sent = vec![false; open.len()];
        let mut submitter = Submitter::new(self.engine, self.plan, open, &mut sent, self.left);
        let done = submitter.run(searches).await;
        self.engine.end_sending();
        self.end = end_of(done)?;
        let before = std::mem::replace(&mut self.left, submitter.left());
        if self.end.is_none() && self.left == 0 && before < open.len() {
            self.end = Some(EndReason::LimitReached);
        }
        state.set_ahead(0, claimed_elsewhere);
        let any_sent = sent.contains(&true);
        let sent = open.iter().zip(&sent).filter(|(_, sent)| **sent);
        let mut sent = sent.map(|(person, _)| person).peekable();
        for (person, tried) in self.people.iter().zip(&mut self.tried) {
            *tried |= sent.next_if_eq(&person).is_some();
        }
        Ok(any_sent)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// Another run's batch has ended: people may be open again.
    Changed,
    Ended(EndReason),
    /// Everything that this run can settle is settled.
    NothingLeft,
}

impl Engine {
    /// Waits until every batch that this run follows, or waits for, has ended.
    pub(super) async fn wait(
        self: &Rc<Self>,
        claimed_in: &BTreeSet<BatchNo>,
        gone: &mut BTreeSet<BatchNo>,
    ) -> Result<Waited, Error> {
        let mut waited_elsewhere = false;
        let mut waiting = None;
        loop {
            if let Some(reason) = self.cancel.reason() {
                return Ok(Waited::Ended(reason));
            }
            let changed = self.run_state.changed();
            let ours_run = self.run_state.follows_any();
            let mut elsewhere = false;
            let unsettled = self.ledger.batches(Which::Unsettled).await?;
            let now = Moment::now();
            for batch in unsettled.iter().filter(|batch| claimed_in.contains(&batch.batch)) {
                if self.run_state.follows(batch.batch) {
                    continue;
                }
                elsewhere |= match BatchAction::of(batch, now) {
                    BatchAction::AwaitOwner => {
                        self.name_unclear_owner(batch);
                        true
                    }
                    BatchAction::ReplayResponse => {
                        self.replay_saved_responses().await?;
                        true
                    }
                    BatchAction::Adopt => {
                        self.adopt(claimed_in).await?;
                        true
                    }
                    BatchAction::Leave | BatchAction::Settled => false,
                };
            }
            waited_elsewhere |= elsewhere;
            // One that is gone since the people were looked up may have given them back. Once is enough: the next look
            // is later.
            let is_gone = |claimed: &&BatchNo| unsettled.iter().all(|it| it.batch != **claimed);
            for batch in claimed_in.iter().filter(is_gone) {
                waited_elsewhere |= gone.insert(*batch);
            }
            match (elsewhere, ours_run) {
                (false, false) if waited_elsewhere => return Ok(Waited::Changed),
                (false, false) => return Ok(Waited::NothingLeft),
                (true, false) => {
                    waiting.get_or_insert_with(|| self.run_state.wait(WaitFor::OtherRun, None));
                }
                (_, true) => {}
            }
            tokio::select! {
                () = changed => {}
                () = sleep(LEDGER_POLL), if elsewhere => {}
                _ = self.cancel.cancelled() => {}
            }
        }
    }
}
