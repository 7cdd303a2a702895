//! Sending people to Enrow, in batches: claim, POST, and what its answer asks for.

mod pending;
mod refusal;

use super::funds::{Affordable, Shortage};
use super::plan::{InputRow, Plan, RowRole};
use super::run::EndReason;
use super::{Engine, Notice, Through};
use crate::batch::Nonce;
use crate::enrow::{
    Delivery, HttpResponse, Refusal, RetryPolicy, Submission, Taken, bulk_body, single_body,
};
use crate::ledger::{
    Acceptance, BatchNo, LedgerError, NewBatch, PersonId, Reserved, SavedResponse, Verdict,
};
use crate::people::{Row, Search};
use crate::units::{Credits, Moment};
use pending::{PendingBatch, PendingSearch, Probe};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How long a POST that is on its way is waited for when the run is interrupted.
const GRACE_PERIOD: Duration = Duration::from_millis(1500);

/// How often one batch is sent again after proof that it was not taken.
const RESENDS: u32 = 5;

/// How often 429 is answered with patience before the run gives up.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// What the submission has learned so far.
pub(super) struct Submitter<'a> {
    engine: &'a Rc<Engine>,
    plan: &'a Plan,
    /// Sorted; who of them was sent stands in `sent`.
    open: &'a [PersonId],
    sent: &'a mut [bool],
    /// The place among the open ones behind the last who was sent.
    next: usize,
    batch_size: usize,
    left: usize,
    waiting: VecDeque<PendingBatch>,
    /// Batches Enrow took in this run.
    accepted: usize,
    /// Lost answers in a row that could not be proven.
    doubts: u32,
    /// A refused first trial, until the second tells what the refusal is about.
    suspect: Option<(PendingSearch, String)>,
    backoff: Duration,
    /// The balance was read since it was last found short.
    balance_is_fresh: bool,
}

/// What to do after one parcel.
enum Next {
    GoOn,
    EndReason(EndReason),
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
            doubts: 0,
            suspect: None,
            backoff: Duration::from_secs(1),
            balance_is_fresh: true,
        }
    }

    /// How many more people may be sent.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Reads the rows once more and sends everybody who is open. `Some` tells why it stopped early.
    pub(super) async fn run(
        &mut self,
        rows: &mut dyn Iterator<Item = anyhow::Result<InputRow>>,
    ) -> anyhow::Result<Option<EndReason>> {
        let mut row = 0;
        let mut read_all = false;
        loop {
            if let Some(reason) = self.engine.stop.reason() {
                return Ok(Some(EndReason::Stopped(reason)));
            }
            let parcel = match self.waiting.pop_front() {
                Some(parcel) => parcel,
                None if read_all => {
                    // The other trial told nothing; others were accepted, so the refusal was about this one.
                    if self.accepted > 0 {
                        self.probe_accepted().await?;
                    }
                    return Ok(None);
                }
                None => {
                    let items = self.fill(rows, &mut row, &mut read_all)?;
                    if items.is_empty() {
                        continue;
                    }
                    PendingBatch::of(items)
                }
            };
            match self.afford(parcel).await? {
                Err(halt) => return Ok(Some(halt)),
                Ok(parcel) => match self.send(parcel).await? {
                    Next::GoOn => {}
                    Next::EndReason(halt) => return Ok(Some(halt)),
                },
            }
        }
    }

    /// Takes the next people from the rows, up to a batch.
    fn fill(
        &mut self,
        rows: &mut dyn Iterator<Item = anyhow::Result<InputRow>>,
        row: &mut usize,
        read_all: &mut bool,
    ) -> anyhow::Result<Vec<PendingSearch>> {
        let mut items = Vec::new();
        while items.len() < self.batch_size.min(self.left) {
            let Some(entry) = rows.next().transpose()? else {
                self.plan.ends_at(*row)?;
                *read_all = true;
                return Ok(items);
            };
            let part = self.plan.part(*row, entry.fingerprint)?;
            *row += 1;
            let (RowRole::Person(person), Row::Person(search)) = (part, entry.row) else {
                continue;
            };
            let place = self.place(person);
            if let Some(place) = place
                && !std::mem::replace(&mut self.sent[place], true)
            {
                self.next = place + 1;
                items.push(PendingSearch { person, search });
            }
        }
        *read_all = self.left <= items.len();
        self.left -= items.len().min(self.left);
        Ok(items)
    }

    /// Where a person stands among the open ones; mostly right behind the one before.
    fn place(&self, person: PersonId) -> Option<usize> {
        if self.open.get(self.next) == Some(&person) {
            return Some(self.next);
        }
        self.open.binary_search(&person).ok()
    }

    /// Waits until this parcel, or the part of it that will ever be affordable, is covered by balance and budget.
    async fn afford(
        &mut self,
        mut parcel: PendingBatch,
    ) -> anyhow::Result<Result<PendingBatch, EndReason>> {
        loop {
            let changed = self.engine.run_state.changed();
            let refunds_ahead = self.engine.run_state.refunds_ahead();
            let fit = self
                .engine
                .run_state
                .funds(self.engine.settings.max_credits)
                .affordable(parcel.items.len(), refunds_ahead);
            match fit {
                Affordable::Send(searches) if searches == parcel.items.len() => {
                    return Ok(Ok(parcel));
                }
                // The account is asked before its credits are called short: batches that ended have given some back,
                // and somebody may have added some.
                Affordable::Send(_) | Affordable::Wait | Affordable::Nothing(Shortage::Credits)
                    if !self.balance_is_fresh =>
                {
                    self.read_balance().await?;
                    if let Some(reason) = self.engine.stop.reason() {
                        return Ok(Err(EndReason::Stopped(reason)));
                    }
                }
                Affordable::Send(searches) => {
                    let rest = parcel.items.split_off(searches);
                    self.waiting.push_front(PendingBatch::of(rest));
                    return Ok(Ok(parcel));
                }
                Affordable::Wait => {
                    if self.engine.stop.cut(changed).await.is_none() {
                        let reason = self.engine.stop.told().await;
                        return Ok(Err(EndReason::Stopped(reason)));
                    }
                    self.balance_is_fresh = false;
                }
                Affordable::Nothing(short) => return Ok(Err(EndReason::Shortage(short))),
            }
        }
    }

    async fn read_balance(&mut self) -> anyhow::Result<()> {
        let engine = self.engine;
        let trouble = |trouble: &_| engine.trouble(trouble);
        let asking = engine.client.account(RetryPolicy::Endless, &trouble);
        if let Some(account) = engine.stop.cut(asking).await {
            engine.run_state.set_balance(account?.credits);
            self.balance_is_fresh = true;
        }
        Ok(())
    }

    /// Claims and sends one batch. The claim is durable before the POST leaves; whatever comes back, the claim ends in
    /// exactly one of: running, released, in doubt.
    async fn send(&mut self, parcel: PendingBatch) -> anyhow::Result<Next> {
        let engine = self.engine;
        let slot = engine.ledger.reserve_post(engine.account, Moment::now()).await?;
        if let Some(reason) = engine.stop.sleep(slot.since(Moment::now())).await {
            self.waiting.push_front(parcel);
            return Ok(Next::EndReason(EndReason::Stopped(reason)));
        }
        let nonce = Nonce::random();
        let people = parcel.items.iter().map(|item| item.person).collect();
        let new = NewBatch {
            account: engine.account,
            nonce: nonce.clone(),
            single: engine.settings.through == Through::Single,
            people,
            freshness: engine.settings.freshness,
            now: Moment::now(),
        };
        let Some(claimed) = engine.ledger.claim(new).await? else {
            self.leave_to_others(&parcel.items);
            return Ok(Next::GoOn);
        };
        if let Some(reason) = engine.stop.reason() {
            engine.ledger.release(claimed.batch).await?;
            return Ok(Next::EndReason(EndReason::Stopped(reason)));
        }
        let (parcel, others) = parcel.split(&claimed.positions);
        self.leave_to_others(&others);

        let searches: Vec<&Search> = parcel.items.iter().map(|item| &item.search).collect();
        let delivery = tokio::select! {
            delivery = self.post(&searches, &nonce) => delivery,
            () = self.grace_period() => {
                Delivery::Lost("the run was interrupted before the answer came".to_owned())
            }
        };
        let submission = match delivery {
            Delivery::NotSent(why) => Submission::Refused(Refusal::NotSent(why)),
            Delivery::Lost(why) => Submission::Unknown(crate::enrow::LostAnswer(why)),
            Delivery::Answered(answer) => {
                let submission = Submission::read(&answer);
                let HttpResponse { status, body, .. } = answer;
                // Kept as it came, whatever was read out of it: an id is never lost to what comes after.
                if (200..300).contains(&status) {
                    let kept = engine
                        .ledger
                        .keep_answer(claimed.batch, SavedResponse { status, body })
                        .await;
                    kept.map_err(|error| unrecorded(error, &submission))?;
                }
                submission
            }
        };
        match submission {
            Submission::Taken(taken) => self.taken(claimed.batch, parcel, taken).await,
            Submission::Refused(refusal) => {
                engine.ledger.release(claimed.batch).await?;
                self.refused(parcel, refusal).await
            }
            Submission::Unknown(lost) => self.lost(claimed.batch, parcel, lost.0).await,
        }
    }

    /// Ends a moment after the run is told to stop, which leaves the answer that is on its way time to come.
    async fn grace_period(&self) {
        self.engine.stop.told().await;
        (self.engine.notice)(Notice::GracePeriod);
        tokio::time::sleep(GRACE_PERIOD).await;
    }

    /// Another run has claimed or answered these people since they were planned for. They count as not sent, so that
    /// this run takes over if the other one gives them back.
    fn leave_to_others(&mut self, items: &[PendingSearch]) {
        self.engine.run_state.drop_ahead(items.len());
        for item in items {
            if let Ok(place) = self.open.binary_search(&item.person) {
                self.sent[place] = false;
            }
        }
    }

    async fn post(&self, searches: &[&Search], nonce: &Nonce) -> Delivery {
        let Engine { client, settings, .. } = &**self.engine;
        match settings.through {
            Through::Bulk => {
                let body = bulk_body(searches, nonce, settings.webhook.as_ref());
                client.post_bulk(body).await
            }
            // Batches are of one then.
            Through::Single => client.post_single(single_body(searches[0], nonce)).await,
        }
    }

    async fn taken(
        &mut self,
        batch: BatchNo,
        parcel: PendingBatch,
        taken: Taken,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        let (_, price) = engine.run_state.money();
        let reserved = Reserved::of(taken.reserved, price, parcel.items.len());
        let acceptance = Acceptance { id: taken.id.clone(), reserved };
        let recorded = engine.ledger.accepted(batch, acceptance, Moment::now()).await;
        recorded.map_err(|error| unrecorded(error, &Submission::Taken(taken.clone())))?;
        if let Reserved::Stated(credits) = reserved {
            let learned = credits.0 / parcel.items.len() as u64;
            engine
                .run_state
                .set_price(Some(Credits(learned)).filter(|price| *price > Credits::ZERO));
        }
        tracing::info!(id = %taken.id, searches = parcel.items.len(), reserved = reserved.credits().0, "batch taken");
        self.accepted += 1;
        self.doubts = 0;
        self.backoff = Duration::from_secs(1);
        self.balance_is_fresh = false;
        engine.run_state.trouble(None);
        if let Some(holdings) = engine.ledger.batch(batch).await? {
            engine.follow(holdings, true);
        }
        if parcel.trial != Probe::None {
            self.probe_accepted().await?;
        }
        Ok(Next::GoOn)
    }

    /// The answer is lost: the batch is in doubt, and only proof that it was not taken sends it again.
    async fn lost(
        &mut self,
        batch: BatchNo,
        mut parcel: PendingBatch,
        why: String,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        engine.ledger.doubt(batch).await?;
        let (_, price) = engine.run_state.money();
        let reserved =
            price.unwrap_or(super::HIGHEST_KNOWN_PRICE).saturating_mul(parcel.items.len());
        engine.run_state.doubted(reserved);
        self.balance_is_fresh = false;
        (engine.notice)(Notice::Doubt { people: parcel.items.len(), why });
        if let Some(reason) = engine.stop.reason() {
            return Ok(Next::EndReason(EndReason::Stopped(reason)));
        }
        match engine.prove().await? {
            Verdict::NotTaken => {
                engine.run_state.doubt_lifted(reserved);
                (engine.notice)(Notice::DoubtLifted);
                parcel.resent += 1;
                if parcel.resent > RESENDS {
                    return Ok(Next::EndReason(EndReason::NoAnswers));
                }
                self.waiting.push_front(parcel);
                Ok(Next::GoOn)
            }
            Verdict::Open => {
                engine.run_state.drop_ahead(parcel.items.len());
                self.doubts += 1;
                // Twice in a row is no accident: every further batch could be paid for and lost as well.
                if self.doubts > 1 {
                    Ok(Next::EndReason(EndReason::NoAnswers))
                } else {
                    Ok(Next::GoOn)
                }
            }
        }
    }
}

/// The ledger failed at the worst moment. The id, where there is one, is told: with it the batch can be collected.
fn unrecorded(error: LedgerError, submission: &Submission) -> anyhow::Error {
    let error = anyhow::Error::from(error);
    match submission {
        Submission::Taken(Taken { id, .. }) => error.context(format!(
            "Enrow took a batch, but its id cannot be recorded; keep it for `enrow-phone recover {id}`"
        )),
        Submission::Refused(_) | Submission::Unknown(_) => error,
    }
}
