//! Sends people to Enrow, in batches: claim, POST, and the reaction to the answer.

mod afford;
mod answered;
mod budget;
mod pending;
mod refusal;

use super::error::Early;
use super::plan::{Plan, RowRole};
use super::run_state::WaitFor;
use super::{EndReason, Engine, Error, Notice, RowError, Through};
use crate::batch::Nonce;
use crate::enrow::{Delivery, LostAnswer, Refusal, SendGate, Submission, bulk_body, single_body};
use crate::ledger::{BatchNo, LedgerErrorKind, NewBatch, PersonId, SavedResponse};
use crate::people::Search;
use crate::timer;
use crate::units::Moment;
use pending::{PendingBatch, PendingSearch};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How long a POST that is on its way is waited for when the run is interrupted.
const GRACE_PERIOD: Duration = Duration::from_millis(1500);

/// How long after its claim the first byte of a batch may leave.
const SEND_WITHIN: Duration = Duration::from_secs(20);

const SHORTEST_BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Sends the open people of one round.
pub(super) struct Submitter<'a> {
    engine: &'a Rc<Engine>,
    plan: &'a Plan,
    /// Sorted; `sent` says who of them was sent.
    open: &'a [PersonId],
    sent: &'a mut [bool],
    /// The position in `open` behind the last person who was sent.
    next: usize,
    batch_size: usize,
    left: usize,
    waiting: VecDeque<PendingBatch>,
    /// Batches Enrow accepted in this run.
    accepted: usize,
    /// Lost answers in a row.
    lost_in_a_row: u32,
    /// A refused first probe. The second probe shows what the refusal was about.
    suspect: Option<(PendingSearch, String)>,
    backoff: Duration,
    /// Whether the balance was read since it last changed.
    balance_is_fresh: bool,
}

/// Where a pass over the input stands.
struct Pass<I> {
    rows: I,
    row: usize,
    is_over: bool,
}

impl<'a> Submitter<'a> {
    /// Prepares to send `open` people, at most `limit` of them.
    pub(super) fn new(
        engine: &'a Rc<Engine>,
        plan: &'a Plan,
        open: &'a [PersonId],
        sent: &'a mut [bool],
        limit: usize,
    ) -> Self {
        Self {
            engine,
            plan,
            open,
            sent,
            next: 0,
            batch_size: match engine.settings.through {
                Through::Bulk => engine.settings.batch_size,
                Through::Single => 1,
            },
            left: limit,
            waiting: VecDeque::new(),
            accepted: 0,
            lost_in_a_row: 0,
            suspect: None,
            backoff: SHORTEST_BACKOFF,
            balance_is_fresh: true,
        }
    }

    /// How many more people may be sent.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Sends everybody who is open. `searches` gives the search of each row.
    pub(super) async fn run(
        &mut self,
        searches: impl Iterator<Item = Result<Option<Search>, impl Into<RowError>>>,
    ) -> Result<(), Early> {
        let rows = searches.map(|row| row.map_err(|error| Error::Rows(error.into())));
        let mut pass = Pass { rows, row: 0, is_over: false };
        loop {
            self.engine.cancel.check()?;
            let batch = match self.waiting.pop_front() {
                Some(batch) => batch,
                None if pass.is_over => break,
                None => PendingBatch::of(self.fill(&mut pass)?),
            };
            if !batch.searches.is_empty() {
                let batch = self.afford(batch).await?;
                self.send(batch).await?;
            }
        }
        // The second probe came to nothing. Other batches were accepted, so the refusal was about the first one.
        if self.accepted > 0 {
            self.probe_accepted().await?;
        }
        Ok(())
    }

    /// Takes the next people from the rows, up to a batch.
    fn fill(
        &mut self,
        pass: &mut Pass<impl Iterator<Item = Result<Option<Search>, Error>>>,
    ) -> Result<Vec<PendingSearch>, Error> {
        let mut searches = Vec::new();
        while searches.len() < self.batch_size.min(self.left) {
            let Some(search) = pass.rows.next().transpose()? else {
                pass.is_over = true;
                return Ok(searches);
            };
            let role = self.plan.role(pass.row);
            pass.row += 1;
            let person = match role {
                RowRole::Person(person, _) | RowRole::Filled(person) => person,
                RowRole::Kept | RowRole::Skipped | RowRole::Unsearchable(_) => continue,
            };
            let Some(search) = search else { continue };
            if let Some(position) = self.position(person)
                && !std::mem::replace(&mut self.sent[position], true)
            {
                self.next = position + 1;
                searches.push(PendingSearch { person, search });
            }
        }
        pass.is_over = self.left <= searches.len();
        self.left -= searches.len().min(self.left);
        Ok(searches)
    }

    /// The position of a person in `open`; mostly right behind the one before.
    fn position(&self, person: PersonId) -> Option<usize> {
        if self.open.get(self.next) == Some(&person) {
            return Some(self.next);
        }
        self.open.binary_search(&person).ok()
    }

    /// Claims and sends one batch. The claim is durable before the POST leaves. Whatever comes back, the claim ends
    /// as exactly one of: running, released, unclear.
    async fn send(&mut self, batch: PendingBatch) -> Result<(), Early> {
        let Engine { account, cancel, client, ledger, run_state, .. } = &**self.engine;
        cancel.sleep(run_state.post_wait()).await?;
        let slot = ledger.reserve_post(*account, Moment::now()).await?;
        let turn = slot.since(Moment::now());
        let waiting = run_state.wait(WaitFor::Turn, Some(turn));
        cancel.sleep(turn).await?;
        drop(waiting);
        let waiting = run_state.wait(WaitFor::Connection, None);
        if let Err(why) = cancel.run_until_cancelled(client.connect()).await? {
            drop(waiting);
            return self.pause(batch, why, None).await;
        }
        drop(waiting);
        if self.engine.ledger.is_gone() {
            return Err(EndReason::LedgerGone.into());
        }
        let nonce = Nonce::random();
        let Some(batch) = self.reserve_budget(batch, &nonce).await? else { return Ok(()) };
        // Counted from before the claim: other runs take a batch of this age for unclear.
        let gate = SendGate::within(SEND_WITHIN);
        let Some((claim, batch)) = self.claim(batch, &nonce).await? else { return Ok(()) };
        if let Some(reason) = cancel.reason() {
            ledger.release(claim).await?;
            return Err(reason.into());
        }
        let (submission, response) = self.post(&batch, &nonce, &gate).await;
        match submission {
            Submission::Taken(taken) => self.accept(claim, batch, taken, response).await,
            Submission::Refused(refusal) => {
                ledger.release(claim).await?;
                self.refused(batch, refusal).await
            }
            Submission::Unknown(lost) => self.lost(claim, batch, lost.0, response).await,
        }
    }

    /// Claims the people of a batch. `None` if other runs have claimed all of them first.
    async fn claim(
        &mut self,
        batch: PendingBatch,
        nonce: &Nonce,
    ) -> Result<Option<(BatchNo, PendingBatch)>, Early> {
        let Engine { account, ledger, settings, .. } = &**self.engine;
        let new = NewBatch {
            account: *account,
            nonce: nonce.clone(),
            single: settings.through == Through::Single,
            people: batch.searches.iter().map(|search| search.claimed(nonce)).collect(),
            scope: settings.list,
            refresh: settings.refresh,
            label: settings.label.clone(),
            freshness: settings.freshness,
            now: Moment::now(),
            send_within: SEND_WITHIN,
        };
        let claimed = match ledger.claim(new).await {
            Err(error) if matches!(error.kind(), LedgerErrorKind::Rewound(_)) => {
                ledger.return_budget(nonce.clone()).await?;
                let end = self.engine.rewound().await?;
                return Err(end.map_or_else(|| error.into(), Early::End));
            }
            claimed => claimed?,
        };
        let Some(claimed) = claimed else {
            ledger.return_budget(nonce.clone()).await?;
            self.leave_to_others(&batch.searches);
            return Ok(None);
        };
        let (batch, others) = batch.split(&claimed.positions);
        self.leave_to_others(&others);
        Ok(Some((claimed.batch, batch)))
    }

    /// Another run has claimed or answered these people since the plan. They count as not sent, so that this run
    /// takes over if the other one releases them.
    fn leave_to_others(&mut self, searches: &[PendingSearch]) {
        self.engine.run_state.drop_ahead(searches.len());
        for search in searches {
            if let Ok(position) = self.open.binary_search(&search.person) {
                self.sent[position] = false;
            }
        }
    }

    /// Sends a claimed batch, once. The body of a 2xx response is read together with the response.
    async fn post(
        &self,
        batch: &PendingBatch,
        nonce: &Nonce,
        gate: &SendGate,
    ) -> (Submission, Option<SavedResponse>) {
        let Engine { client, run_state, settings, .. } = &**self.engine;
        let searches: Vec<&Search> = batch.searches.iter().map(|search| &search.search).collect();
        let post = async {
            match settings.through {
                Through::Bulk => {
                    let body = bulk_body(&searches, nonce, settings.webhook.as_ref());
                    client.post_bulk(body, gate).await
                }
                // Batches are of one then.
                Through::Single => client.post_single(single_body(searches[0], nonce), gate).await,
            }
        };
        let waiting = run_state.wait(WaitFor::Taken, None);
        let delivery = tokio::select! {
            delivery = post => delivery,
            delivery = self.interrupted(gate) => delivery,
        };
        drop(waiting);
        run_state.post_ended(match &delivery {
            Delivery::Answered(answer) => answer.posts_per_second,
            Delivery::Lost(_) | Delivery::NotSent(_) => None,
        });
        match delivery {
            Delivery::NotSent(why) => (Submission::Refused(Refusal::NotSent(why)), None),
            Delivery::Lost(why) => (Submission::Unknown(LostAnswer(why)), None),
            Delivery::Answered(answer) => {
                let submission = Submission::read(&answer);
                let status = answer.status;
                let is_success = (200..300).contains(&status);
                let saved = is_success.then(|| SavedResponse { status, body: answer.kept() });
                (submission, saved)
            }
        }
    }

    /// Ends when the run is cancelled: at once if nothing has left, and then nothing will; otherwise a moment later, since
    /// an answer may be on its way.
    async fn interrupted(&self, gate: &SendGate) -> Delivery {
        self.engine.cancel.cancelled().await;
        if gate.withdraw() {
            return Delivery::NotSent(
                "the run was interrupted before anything was sent".to_owned(),
            );
        }
        self.engine.notify(Notice::GracePeriod);
        timer::sleep(GRACE_PERIOD).await;
        Delivery::Lost("the run was interrupted before the answer came".to_owned())
    }
}
