//! Sending people to Enrow, in batches: claim, POST, and what its answer asks for.

use super::credits::{Fit, Short};
use super::plan::{Entry, Part, Plan};
use super::run::Halt;
use super::{Engine, Notice, StopReason, Through};
use crate::batch::{Credits, Moment, Nonce};
use crate::enrow::{
    Delivery, HttpAnswer, Patience, Refusal, Submission, Taken, bulk_body, single_body,
};
use crate::ledger::{
    Acceptance, BatchNo, LedgerError, NewBatch, PersonId, RawAnswer, Reserved, Verdict,
};
use crate::people::{Row, Search};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How long a POST that is on its way is waited for when the run is interrupted.
const LAST_WORD: Duration = Duration::from_millis(1500);

/// How often one batch is sent again after proof that it was not taken.
const RESENDS: u32 = 5;

/// How often 429 is answered with patience before the run gives up.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// A person and the search that will be sent.
struct Item {
    person: PersonId,
    search: Search,
}

/// People who are to be sent together.
struct Parcel {
    items: Vec<Item>,
    /// Set while a refusal that names no row is looked into.
    trial: Trial,
    /// How often it was sent and proven not taken.
    resent: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trial {
    None,
    /// One person of a refused batch, sent alone to see whether the refusal is about people at all.
    First,
    Second,
}

impl Parcel {
    /// Those who were claimed, in the order of the claim, and the others.
    fn split(self, claimed: &[usize]) -> (Self, Vec<Item>) {
        let mut wanted = claimed.iter().copied().peekable();
        let mut others = Vec::new();
        let mut items = Vec::with_capacity(claimed.len());
        for (place, item) in self.items.into_iter().enumerate() {
            if wanted.next_if_eq(&place).is_some() {
                items.push(item);
            } else {
                others.push(item);
            }
        }
        (Self { items, ..self }, others)
    }

    fn of(items: Vec<Item>) -> Self {
        Self {
            items,
            trial: Trial::None,
            resent: 0,
        }
    }
}

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
    waiting: VecDeque<Parcel>,
    /// Batches Enrow took in this run.
    accepted: usize,
    /// Lost answers in a row that could not be proven.
    doubts: u32,
    /// A refused first trial, until the second tells what the refusal is about.
    suspect: Option<(Item, String)>,
    backoff: Duration,
    /// The balance was read since it was last found short.
    balance_is_fresh: bool,
}

/// What to do after one parcel.
enum Next {
    GoOn,
    Halt(Halt),
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
        rows: &mut dyn Iterator<Item = anyhow::Result<Entry>>,
    ) -> anyhow::Result<Option<Halt>> {
        let mut row = 0;
        let mut read_all = false;
        loop {
            if let Some(reason) = self.engine.stop.reason() {
                return Ok(Some(Halt::Stopped(reason)));
            }
            let parcel = match self.waiting.pop_front() {
                Some(parcel) => parcel,
                None if read_all => return Ok(None),
                None => {
                    let items = self.fill(rows, &mut row, &mut read_all)?;
                    if items.is_empty() {
                        continue;
                    }
                    Parcel::of(items)
                }
            };
            match self.afford(parcel).await? {
                Err(halt) => return Ok(Some(halt)),
                Ok(parcel) => match self.send(parcel).await? {
                    Next::GoOn => {}
                    Next::Halt(halt) => return Ok(Some(halt)),
                },
            }
        }
    }

    /// Takes the next people from the rows, up to a batch.
    fn fill(
        &mut self,
        rows: &mut dyn Iterator<Item = anyhow::Result<Entry>>,
        row: &mut usize,
        read_all: &mut bool,
    ) -> anyhow::Result<Vec<Item>> {
        let mut items = Vec::new();
        while items.len() < self.batch_size.min(self.left) {
            let Some(entry) = rows.next().transpose()? else {
                self.plan.ends_at(*row)?;
                *read_all = true;
                return Ok(items);
            };
            let part = self.plan.part(*row, entry.fingerprint)?;
            *row += 1;
            let (Part::Person(person), Row::Person(search)) = (part, entry.row) else {
                continue;
            };
            let place = self.place(person);
            if let Some(place) = place
                && !std::mem::replace(&mut self.sent[place], true)
            {
                self.next = place + 1;
                items.push(Item { person, search });
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
    async fn afford(&mut self, mut parcel: Parcel) -> anyhow::Result<Result<Parcel, Halt>> {
        loop {
            let changed = self.engine.board.changed();
            let refunds_ahead = self.engine.board.refunds_ahead();
            let fit = self
                .engine
                .board
                .purse(self.engine.settings.max_credits)
                .fit(parcel.items.len(), refunds_ahead);
            match fit {
                Fit::Send(searches) if searches == parcel.items.len() => return Ok(Ok(parcel)),
                // The account is asked before its credits are called short: batches that ended have given some back,
                // and somebody may have added some.
                Fit::Send(_) | Fit::Wait | Fit::Nothing(Short::Credits)
                    if !self.balance_is_fresh =>
                {
                    self.read_balance().await?;
                    if let Some(reason) = self.engine.stop.reason() {
                        return Ok(Err(Halt::Stopped(reason)));
                    }
                }
                Fit::Send(searches) => {
                    let rest = parcel.items.split_off(searches);
                    self.waiting.push_front(Parcel::of(rest));
                    return Ok(Ok(parcel));
                }
                Fit::Wait => {
                    if self.engine.stop.cut(changed).await.is_none() {
                        let reason = self.engine.stop.told().await;
                        return Ok(Err(Halt::Stopped(reason)));
                    }
                    self.balance_is_fresh = false;
                }
                Fit::Nothing(short) => return Ok(Err(Halt::Short(short))),
            }
        }
    }

    async fn read_balance(&mut self) -> anyhow::Result<()> {
        let engine = self.engine;
        let trouble = |trouble: &_| engine.trouble(trouble);
        let asking = engine.client.account(Patience::Endless, &trouble);
        if let Some(account) = engine.stop.cut(asking).await {
            engine.board.set_balance(account?.credits);
            self.balance_is_fresh = true;
        }
        Ok(())
    }

    /// Claims and sends one batch. The claim is durable before the POST leaves; whatever comes back, the claim ends in
    /// exactly one of: running, released, in doubt.
    async fn send(&mut self, parcel: Parcel) -> anyhow::Result<Next> {
        let engine = self.engine;
        let slot = engine
            .ledger
            .post_slot(engine.account, Moment::now())
            .await?;
        if let Some(reason) = engine.stop.sleep(slot.0.since(Moment::now())).await {
            self.waiting.push_front(parcel);
            return Ok(Next::Halt(Halt::Stopped(reason)));
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
            return Ok(Next::Halt(Halt::Stopped(reason)));
        }
        let (parcel, others) = parcel.split(&claimed.places);
        self.leave_to_others(&others);

        let searches: Vec<&Search> = parcel.items.iter().map(|item| &item.search).collect();
        let delivery = tokio::select! {
            delivery = self.post(&searches, &nonce) => delivery,
            () = async { engine.stop.told().await; tokio::time::sleep(LAST_WORD).await } => {
                Delivery::Lost("the run was interrupted before the answer came".to_owned())
            }
        };
        let submission = match delivery {
            Delivery::NotSent(why) => Submission::Refused(Refusal::NotSent(why)),
            Delivery::Lost(why) => Submission::Unknown(crate::enrow::LostAnswer(why)),
            Delivery::Answered(answer) => {
                let submission = Submission::read(&answer);
                let HttpAnswer { status, body, .. } = answer;
                // Kept as it came, whatever was read out of it: an id is never lost to what comes after.
                if (200..300).contains(&status) {
                    let kept = engine
                        .ledger
                        .keep_answer(claimed.batch, RawAnswer { status, body })
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

    /// Another run has claimed or answered these people since they were planned for. They count as not sent, so that
    /// this run takes over if the other one gives them back.
    fn leave_to_others(&mut self, items: &[Item]) {
        self.engine.board.drop_ahead(items.len());
        for item in items {
            if let Ok(place) = self.open.binary_search(&item.person) {
                self.sent[place] = false;
            }
        }
    }

    async fn post(&self, searches: &[&Search], nonce: &Nonce) -> Delivery {
        let Engine {
            client, settings, ..
        } = &**self.engine;
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
        parcel: Parcel,
        taken: Taken,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        let (_, price) = engine.board.money();
        let reserved = Reserved::of(taken.reserved, price, parcel.items.len());
        let acceptance = Acceptance {
            id: taken.id.clone(),
            reserved,
        };
        let recorded = engine
            .ledger
            .accepted(batch, acceptance, Moment::now())
            .await;
        recorded.map_err(|error| unrecorded(error, &Submission::Taken(taken.clone())))?;
        if let Reserved::Stated(credits) = reserved {
            let learned = credits.0 / parcel.items.len() as u64;
            engine
                .board
                .set_price(Some(Credits(learned)).filter(|price| *price > Credits::ZERO));
        }
        tracing::info!(id = %taken.id, searches = parcel.items.len(), reserved = reserved.credits().0, "batch taken");
        self.accepted += 1;
        self.doubts = 0;
        self.backoff = Duration::from_secs(1);
        self.balance_is_fresh = false;
        engine.board.trouble(None);
        if let Some(holdings) = engine.ledger.batch(batch).await? {
            engine.follow(holdings, true);
        }
        if parcel.trial != Trial::None {
            self.cleared().await?;
        }
        Ok(Next::GoOn)
    }

    /// A trial was accepted, so the refusal was about the other person.
    async fn cleared(&mut self) -> anyhow::Result<()> {
        match self.suspect.take() {
            Some((item, words)) => self.refuse_row(&item, words).await,
            None => Ok(()),
        }
    }

    async fn refuse_row(&self, item: &Item, words: String) -> anyhow::Result<()> {
        self.engine.board.drop_ahead(1);
        (self.engine.notice)(Notice::RowRefused(words.clone()));
        Ok(self
            .engine
            .ledger
            .refuse(
                item.person,
                format!("Enrow refused it: {words}"),
                Moment::now(),
            )
            .await?)
    }

    /// The batch was certainly not taken and its claim is released: mends what was refused and sends it again.
    async fn refused(&mut self, mut parcel: Parcel, refusal: Refusal) -> anyhow::Result<Next> {
        tracing::info!(searches = parcel.items.len(), ?refusal, "batch refused");
        match refusal {
            Refusal::Key { status, words } => Ok(Next::Halt(Halt::Key { status, words })),
            Refusal::Credits(words) => self.short(parcel, words).await,
            Refusal::TooMany { limit } if limit < parcel.items.len() => {
                (self.engine.notice)(Notice::SmallerBatches(limit));
                self.batch_size = self.batch_size.min(limit);
                let mut items = parcel.items;
                while items.len() > limit {
                    let rest = items.split_off(items.len() - limit);
                    self.waiting.push_front(Parcel::of(rest));
                }
                self.waiting.push_front(Parcel::of(items));
                Ok(Next::GoOn)
            }
            Refusal::TooMany { limit } => {
                let words = format!(
                    "it takes {limit} searches at most, but refused {}",
                    parcel.items.len()
                );
                Ok(Next::Halt(Halt::Refused { status: 400, words }))
            }
            Refusal::Row { place, words } if place < parcel.items.len() => {
                let item = parcel.items.remove(place);
                self.refuse_row(&item, words).await?;
                if !parcel.items.is_empty() {
                    self.waiting.push_front(parcel);
                }
                Ok(Next::GoOn)
            }
            Refusal::Row { words, .. } | Refusal::SomeRow(words) => self.halve(parcel, words).await,
            Refusal::Request { status: 400, words }
                if !words.to_lowercase().contains("payload") =>
            {
                self.look_into(parcel, words).await
            }
            Refusal::Request { status: 413, words } if parcel.items.len() > 1 => {
                self.halve(parcel, words).await
            }
            Refusal::Request { status, words } => Ok(Next::Halt(Halt::Refused { status, words })),
            Refusal::Busy { wait } => {
                self.pause(parcel, "Enrow asks to slow down (429)".to_owned(), wait)
                    .await
            }
            Refusal::NotSent(why) => self.pause(parcel, why, None).await,
        }
    }

    /// Halves a refused batch until the culprit is alone.
    async fn halve(&mut self, mut parcel: Parcel, words: String) -> anyhow::Result<Next> {
        if parcel.items.len() == 1 {
            let item = parcel.items.remove(0);
            self.refuse_row(&item, words).await?;
            return Ok(Next::GoOn);
        }
        let second = parcel.items.split_off(parcel.items.len() / 2);
        self.waiting.push_front(Parcel::of(second));
        self.waiting.push_front(Parcel::of(parcel.items));
        Ok(Next::GoOn)
    }

    /// A refusal in words that may or may not be about people. Once anything was accepted in this run, the request as
    /// such is fine, so it is about people. Before that the first and the last person are tried alone: if both are
    /// refused too, it is not about people, and trying on would be a loop.
    async fn look_into(&mut self, mut parcel: Parcel, words: String) -> anyhow::Result<Next> {
        if self.accepted > 0 {
            return self.halve(parcel, words).await;
        }
        let halt = |words| Ok(Next::Halt(Halt::Refused { status: 400, words }));
        match parcel.trial {
            Trial::None if parcel.items.len() == 1 => halt(words),
            Trial::None => {
                let last = parcel.items.split_off(parcel.items.len() - 1);
                let rest = parcel.items.split_off(1);
                let first = parcel.items;
                if !rest.is_empty() {
                    self.waiting.push_front(Parcel::of(rest));
                }
                self.waiting.push_front(Parcel {
                    items: last,
                    trial: Trial::Second,
                    resent: 0,
                });
                self.waiting.push_front(Parcel {
                    items: first,
                    trial: Trial::First,
                    resent: 0,
                });
                Ok(Next::GoOn)
            }
            Trial::First => {
                self.suspect = parcel.items.pop().map(|item| (item, words));
                Ok(Next::GoOn)
            }
            Trial::Second if self.suspect.is_some() => halt(words),
            Trial::Second => self.halve(parcel, words).await,
        }
    }

    /// The API says the credits do not cover it. Nothing was charged.
    async fn short(&mut self, mut parcel: Parcel, words: String) -> anyhow::Result<Next> {
        let engine = self.engine;
        self.read_balance().await?;
        let purse = engine.board.purse(engine.settings.max_credits);
        let fits =
            matches!(purse.fit(parcel.items.len(), false), Fit::Send(n) if n == parcel.items.len());
        if fits {
            // The balance says otherwise: a higher price, or credits that are spoken for. Refunds first, then less.
            if engine.board.refunds_ahead() {
                let changed = engine.stop.cut(engine.board.changed()).await;
                self.waiting.push_front(parcel);
                return Ok(match changed {
                    Some(()) => Next::GoOn,
                    None => Next::Halt(Halt::Stopped(engine.stop.told().await)),
                });
            }
            if parcel.items.len() == 1 {
                tracing::info!(words, "out of credits");
                return Ok(Next::Halt(Halt::Short(Short::Credits)));
            }
            let rest = parcel.items.split_off(parcel.items.len() / 2);
            self.waiting.push_front(Parcel::of(rest));
        }
        self.waiting.push_front(parcel);
        Ok(Next::GoOn)
    }

    /// Nothing was taken; the same again in a while.
    async fn pause(
        &mut self,
        parcel: Parcel,
        why: String,
        wait: Option<Duration>,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        let wait = wait.unwrap_or(self.backoff);
        self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
        engine.board.trouble(Some(why));
        let until = Moment(
            Moment::now()
                .0
                .saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        );
        engine.ledger.hold_posts(engine.account, until).await?;
        self.waiting.push_front(parcel);
        Ok(match engine.stop.sleep(wait).await {
            None => Next::GoOn,
            Some(reason) => Next::Halt(Halt::Stopped(reason)),
        })
    }

    /// The answer is lost: the batch is in doubt, and only proof that it was not taken sends it again.
    async fn lost(
        &mut self,
        batch: BatchNo,
        mut parcel: Parcel,
        why: String,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        engine.ledger.doubt(batch).await?;
        let (_, price) = engine.board.money();
        let reserved = price
            .unwrap_or(super::HIGHEST_KNOWN_PRICE)
            .times(parcel.items.len());
        engine.board.doubted(reserved);
        self.balance_is_fresh = false;
        (engine.notice)(Notice::Doubt {
            people: parcel.items.len(),
            why,
        });
        if let Some(reason) = engine.stop.reason() {
            return Ok(Next::Halt(Halt::Stopped(reason)));
        }
        match engine.prove().await? {
            Verdict::NotTaken => {
                engine.board.doubt_lifted(reserved);
                (engine.notice)(Notice::DoubtLifted);
                parcel.resent += 1;
                if parcel.resent > RESENDS {
                    return Ok(Next::Halt(Halt::NoAnswers));
                }
                self.waiting.push_front(parcel);
                Ok(Next::GoOn)
            }
            Verdict::Open => {
                engine.board.drop_ahead(parcel.items.len());
                self.doubts += 1;
                // Twice in a row is no accident: every further batch could be paid for and lost as well.
                if self.doubts > 1 {
                    Ok(Next::Halt(Halt::NoAnswers))
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

impl Halt {
    /// Whether the run ended because it was told to.
    pub fn stopped(&self) -> Option<StopReason> {
        match self {
            Self::Stopped(reason) => Some(*reason),
            Self::Key { .. }
            | Self::NoAnswers
            | Self::Refused { .. }
            | Self::Short(_)
            | Self::Limit => None,
        }
    }
}
