//! One run from its plan to the last answer it can get.

use super::funds::Shortage;
use super::plan::{Plan, Rows};
use super::rows::SkipReason;
use super::submit::Submitter;
use super::{Engine, Notice, StopReason};
use crate::enrow::{HttpResponse, RetryPolicy, Submission};
use crate::ledger::{
    Acceptance, BatchNo, BatchRecord, BatchState, LedgerError, Owner, Reserved, Status, Verdict,
};
use crate::units::{Credits, Moment};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// How often the ledger is asked how another run's batches stand.
pub(super) const LEDGER_POLL: Duration = Duration::from_millis(500);

/// How many people the ledger is asked about at once.
const CHUNK: usize = 100_000;

/// How often in a row a run looks again at people who are open but cannot be claimed.
const MAX_IDLE_ROUNDS: u32 = 8;

/// Why a run ended with people it could have asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// The key was refused.
    Key {
        /// HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// `--limit`.
    Limit,
    /// Enrow's answers to the POSTs were lost, again and again.
    NoAnswers,
    /// Enrow refused the request as such.
    Refused {
        /// HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// Credits or budget ran out.
    Shortage(Shortage),
    /// Told to stop.
    Stopped(StopReason),
}

impl EndReason {
    /// What the rows that were left out are told.
    pub(crate) fn skip_reason(&self) -> SkipReason {
        match self {
            Self::Limit => SkipReason::Limit,
            Self::NoAnswers => SkipReason::Doubt,
            Self::Shortage(Shortage::Budget) => SkipReason::Budget,
            Self::Shortage(Shortage::Credits) => SkipReason::Credits,
            Self::Key { .. } | Self::Refused { .. } | Self::Stopped(_) => SkipReason::Stopped,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(crate) struct RunOutcome {
    /// Why it ended early, if it did.
    pub halt: Option<EndReason>,
    /// Batches that are not settled, of all accounts.
    pub unsettled: Vec<BatchRecord>,
}

impl Engine {
    /// Reads the account's balance and takes it into the books, so that a later proof has something to compare with.
    ///
    /// # Errors
    /// Where the key is refused, Enrow is out of reach, or the ledger cannot be written.
    pub(crate) async fn balance(&self, patience: RetryPolicy) -> anyhow::Result<Credits> {
        let state = self.ledger.account_state(self.account).await?;
        let balance =
            self.client.account(patience, &|trouble| self.trouble(trouble)).await?.credits;
        self.run_state.trouble(None);
        self.ledger.note_balance(self.account, balance, state, Moment::now()).await?;
        self.run_state.set_balance(balance);
        self.run_state.set_price(state.price);
        Ok(balance)
    }

    /// Reads answers that dead runs kept but did not get to understand, and says whether batches of this account are in
    /// doubt. Needs no network.
    ///
    /// # Errors
    /// Where the ledger cannot be used.
    pub(crate) async fn recover_interrupted(&self) -> anyhow::Result<bool> {
        self.replay_saved_responses().await?;
        Ok(!self.in_doubt().await?.is_empty())
    }

    /// Settles what dead runs left behind as far as it can be settled: asks the balance about batches in
    /// doubt.
    ///
    /// # Errors
    /// Where the ledger cannot be used or the key is refused.
    pub(crate) async fn prove_doubts(&self) -> anyhow::Result<()> {
        if !self.in_doubt().await?.is_empty() && self.prove().await? == Verdict::NotTaken {
            (self.notice)(Notice::DoubtLifted);
        }
        Ok(())
    }

    pub(super) async fn replay_saved_responses(&self) -> anyhow::Result<()> {
        for batch in self.ledger.reap_dead_runs().await? {
            let Some(raw) = batch.answer else { continue };
            let answer = HttpResponse {
                status: raw.status,
                wait: None,
                body: raw.body,
                request_id: None,
                truncated: None,
            };
            if let Submission::Taken(taken) = Submission::read(&answer) {
                let price = self.ledger.account_state(batch.account).await?.price;
                let reserved = Reserved::of(taken.reserved, price, batch.searches);
                let accepted = batch.accepted.unwrap_or(batch.claimed);
                let acceptance = Acceptance { id: taken.id, reserved };
                match self.ledger.accepted(batch.batch, acceptance, accepted).await {
                    // An id that another batch has already: it stays in doubt, and a person decides.
                    Err(LedgerError::Refused { detail, .. }) => {
                        tracing::warn!(detail, "a kept answer cannot be recorded");
                    }
                    recorded => recorded?,
                }
            }
        }
        Ok(())
    }

    /// Asks for everybody who is open and waits for everybody who is under way. What ends it early is an [`EndReason`], not
    /// an error; after an error everything that was paid can still be collected by the next run.
    ///
    /// # Errors
    /// Where the sheet cannot be read (or was changed since the plan), the ledger not be used, or a question is
    /// refused for good.
    pub(crate) async fn run(
        self: &Rc<Self>,
        plan: &Plan,
        rows: &dyn Rows,
    ) -> anyhow::Result<RunOutcome> {
        let halt = self.rounds(plan, rows).await;
        *self.tasks.borrow_mut() = tokio::task::JoinSet::new();
        if let Some(error) = self.failure.borrow_mut().take() {
            return Err(error);
        }
        Ok(RunOutcome { halt: halt?, unsettled: self.ledger.unsettled().await? })
    }

    /// A round asks for the open people and waits for the claimed ones. Another follows where another run has given
    /// people back in the meantime; nobody is sent twice in one run.
    async fn rounds(
        self: &Rc<Self>,
        plan: &Plan,
        rows: &dyn Rows,
    ) -> anyhow::Result<Option<EndReason>> {
        let mut people = Cow::Borrowed(plan.open.as_slice());
        if !plan.claimed.is_empty() {
            people.to_mut().extend(&plan.claimed);
            people.to_mut().sort_unstable();
        }
        // Who was sent in this run, by the place in `people`.
        let mut tried = vec![false; people.len()];
        let mut left = self.settings.limit.unwrap_or(usize::MAX);
        let mut halt = None;
        let mut idle_rounds = 0;
        self.adopt().await?;
        loop {
            let mut open = Vec::new();
            let mut claimed_in = BTreeSet::new();
            let mut claimed = 0;
            for (people, tried) in people.chunks(CHUNK).zip(tried.chunks(CHUNK)) {
                let statuses =
                    self.ledger.person_statuses(people.to_vec(), self.settings.freshness).await?;
                for (status, tried) in statuses.into_iter().zip(tried) {
                    match status.status {
                        Status::Open if !tried => open.push(status.person),
                        Status::Claimed(batch) => {
                            claimed += usize::from(!self.run_state.follows(batch));
                            claimed_in.insert(batch);
                        }
                        Status::Open | Status::Answered(_) => {}
                    }
                }
            }
            let mut sent = vec![false; open.len()];
            if halt.is_none() && !open.is_empty() {
                self.run_state.set_ahead(open.len().min(left), claimed);
                let mut submitter = Submitter::new(self, plan, &open, &mut sent, left);
                halt = submitter.run(&mut *rows.pass()?).await?;
                let before = std::mem::replace(&mut left, submitter.left());
                if halt.is_none() && left == 0 && before < open.len() {
                    halt = Some(EndReason::Limit);
                }
                self.run_state.set_ahead(0, claimed);
            }
            let any_sent = sent.contains(&true);
            let sent = open.iter().zip(&sent).filter(|(_, sent)| **sent);
            let mut sent = sent.map(|(person, _)| person).peekable();
            for (person, tried) in people.iter().zip(&mut tried) {
                *tried |= sent.next_if_eq(&person).is_some();
            }
            let any_open = !open.is_empty();
            drop(open);
            idle_rounds = if any_sent || !any_open { 0 } else { idle_rounds + 1 };
            match &halt {
                Some(EndReason::Stopped(_) | EndReason::Key { .. } | EndReason::Refused { .. }) => {
                    return Ok(halt);
                }
                Some(EndReason::Limit | EndReason::NoAnswers | EndReason::Shortage(_)) | None => {}
            }
            if self.settings.detach {
                return Ok(halt);
            }
            match self.wait(&claimed_in).await? {
                Waited::Stopped(reason) => return Ok(Some(EndReason::Stopped(reason))),
                // Whoever was open but not to be had is in another run's hands, which the next round sees.
                Waited::NothingLeft
                    if halt.is_some() || !any_open || idle_rounds > MAX_IDLE_ROUNDS =>
                {
                    return Ok(halt);
                }
                Waited::NothingLeft | Waited::Changed => {}
            }
        }
    }

    /// Waits until nothing this run follows or watches is under way any more.
    async fn wait(self: &Rc<Self>, claimed_in: &BTreeSet<BatchNo>) -> anyhow::Result<Waited> {
        let mut asked_balance: BTreeSet<BatchNo> = BTreeSet::new();
        let mut watched_any = false;
        loop {
            if let Some(reason) = self.stop.reason() {
                return Ok(Waited::Stopped(reason));
            }
            let changed = self.run_state.changed();
            let mut elsewhere = false;
            let ours_run = self.run_state.refunds_ahead();
            let unsettled = self.ledger.unsettled().await?;
            for batch in unsettled.iter().filter(|batch| claimed_in.contains(&batch.batch)) {
                match (batch.state, batch.owner) {
                    _ if self.run_state.follows(batch.batch) => {}
                    (BatchState::Sending | BatchState::Running, Owner::Alive) => elsewhere = true,
                    (BatchState::Sending, Owner::Dead) => {
                        self.replay_saved_responses().await?;
                        elsewhere = true;
                    }
                    (BatchState::Running, Owner::Dead | Owner::Us)
                        if batch.account == self.account =>
                    {
                        self.adopt().await?;
                        elsewhere = true;
                    }
                    (BatchState::Unknown, Owner::Dead)
                        if batch.account == self.account && asked_balance.insert(batch.batch) =>
                    {
                        elsewhere |= watched_any && self.prove().await? == Verdict::NotTaken;
                    }
                    (
                        BatchState::Sending
                        | BatchState::Running
                        | BatchState::Unknown
                        | BatchState::Completed
                        | BatchState::Failed,
                        Owner::Us | Owner::Alive | Owner::Dead,
                    ) => {}
                }
            }
            watched_any |= elsewhere;
            if !elsewhere && !ours_run {
                return Ok(if watched_any { Waited::Changed } else { Waited::NothingLeft });
            }
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep(LEDGER_POLL), if elsewhere => {}
                _ = self.stop.told() => {}
            }
        }
    }

    /// Follows the running batches of this account that no living run follows.
    pub(super) async fn adopt(self: &Rc<Self>) -> anyhow::Result<()> {
        let adopted = self.ledger.adopt(self.account).await?;
        let new: Vec<BatchRecord> =
            adopted.into_iter().filter(|batch| !self.run_state.follows(batch.batch)).collect();
        if !new.is_empty() {
            (self.notice)(Notice::Adopted(new.len()));
        }
        for batch in new {
            self.follow(batch, false);
        }
        Ok(())
    }
}

enum Waited {
    /// Something that was waited for elsewhere has ended: people may be open again.
    Changed,
    /// Everything is settled that this run can settle.
    NothingLeft,
    Stopped(StopReason),
}
