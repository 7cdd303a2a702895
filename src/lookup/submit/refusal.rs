//! What to do about a refusal: the batch was certainly not taken and its claim is released, so what is wrong with it is
//! mended and it is sent again.

use super::pending::{PendingBatch, PendingSearch, Probe};
use super::{LONGEST_BACKOFF, Next, Submitter};
use crate::enrow::Refusal;
use crate::lookup::Notice;
use crate::lookup::funds::{Affordable, Shortage};
use crate::lookup::run::EndReason;
use crate::units::Moment;
use std::time::Duration;

impl Submitter<'_> {
    /// A trial was accepted, so the refusal was about the other person.
    pub(super) async fn probe_accepted(&mut self) -> anyhow::Result<()> {
        match self.suspect.take() {
            Some((item, message)) => self.refuse_row(&item, message).await,
            None => Ok(()),
        }
    }

    async fn refuse_row(&self, item: &PendingSearch, message: String) -> anyhow::Result<()> {
        self.engine.run_state.drop_ahead(1);
        (self.engine.notice)(Notice::RowRefused(message.clone()));
        Ok(self
            .engine
            .ledger
            .mark_invalid(item.person, format!("Enrow refused it: {message}"), Moment::now())
            .await?)
    }

    /// The batch was certainly not taken and its claim is released: mends what was refused and sends it again.
    pub(super) async fn refused(
        &mut self,
        mut parcel: PendingBatch,
        refusal: Refusal,
    ) -> anyhow::Result<Next> {
        tracing::info!(searches = parcel.items.len(), ?refusal, "batch refused");
        match refusal {
            Refusal::Key { status, message } => {
                Ok(Next::EndReason(EndReason::Key { status, message }))
            }
            Refusal::Credits(message) => self.short(parcel, message).await,
            Refusal::TooMany { limit } if limit < parcel.items.len() => {
                (self.engine.notice)(Notice::SmallerBatches(limit));
                self.batch_size = self.batch_size.min(limit);
                let mut items = parcel.items;
                while items.len() > limit {
                    let rest = items.split_off(items.len() - limit);
                    self.waiting.push_front(PendingBatch::of(rest));
                }
                self.waiting.push_front(PendingBatch::of(items));
                Ok(Next::GoOn)
            }
            Refusal::TooMany { limit } => {
                let message = format!(
                    "it takes {limit} searches at most, but refused {}",
                    parcel.items.len()
                );
                Ok(Next::EndReason(EndReason::Refused { status: 400, message }))
            }
            Refusal::Row { place, message } if place < parcel.items.len() => {
                let item = parcel.items.remove(place);
                self.refuse_row(&item, message).await?;
                if !parcel.items.is_empty() {
                    self.waiting.push_front(parcel);
                }
                Ok(Next::GoOn)
            }
            Refusal::Row { message, .. } | Refusal::SomeRow(message) => {
                self.halve(parcel, message).await
            }
            Refusal::Request { status: 400, message }
                if !message.to_lowercase().contains("payload") =>
            {
                self.probe(parcel, message).await
            }
            Refusal::Request { status: 413, message } if parcel.items.len() > 1 => {
                self.halve(parcel, message).await
            }
            Refusal::Request { status, message } => {
                Ok(Next::EndReason(EndReason::Refused { status, message }))
            }
            Refusal::Busy { wait } => {
                self.pause(parcel, "Enrow asks to slow down (429)".to_owned(), wait).await
            }
            Refusal::NotSent(why) => self.pause(parcel, why, None).await,
        }
    }

    /// Halves a refused batch until the culprit is alone.
    async fn halve(&mut self, mut parcel: PendingBatch, message: String) -> anyhow::Result<Next> {
        if parcel.items.len() == 1 {
            let item = parcel.items.remove(0);
            self.refuse_row(&item, message).await?;
            return Ok(Next::GoOn);
        }
        let second = parcel.items.split_off(parcel.items.len() / 2);
        self.waiting.push_front(PendingBatch::of(second));
        self.waiting.push_front(PendingBatch::of(parcel.items));
        Ok(Next::GoOn)
    }

    /// A refusal in words that may or may not be about people. Once anything was accepted in this run, the request as
    /// such is fine, so it is about people. Before that the first and the last person are tried alone: if both are
    /// refused too, it is not about people, and trying on would be a loop.
    async fn probe(&mut self, mut parcel: PendingBatch, message: String) -> anyhow::Result<Next> {
        if self.accepted > 0 {
            return self.halve(parcel, message).await;
        }
        let halt = |message| Ok(Next::EndReason(EndReason::Refused { status: 400, message }));
        match parcel.trial {
            Probe::None if parcel.items.len() == 1 => halt(message),
            Probe::None => {
                let last = parcel.items.split_off(parcel.items.len() - 1);
                let rest = parcel.items.split_off(1);
                let first = parcel.items;
                if !rest.is_empty() {
                    self.waiting.push_front(PendingBatch::of(rest));
                }
                self.waiting.push_front(PendingBatch {
                    items: last,
                    trial: Probe::Second,
                    resent: 0,
                });
                self.waiting.push_front(PendingBatch {
                    items: first,
                    trial: Probe::First,
                    resent: 0,
                });
                Ok(Next::GoOn)
            }
            Probe::First => {
                self.suspect = parcel.items.pop().map(|item| (item, message));
                Ok(Next::GoOn)
            }
            Probe::Second if self.suspect.is_some() => halt(message),
            Probe::Second => self.halve(parcel, message).await,
        }
    }

    /// The API says the credits do not cover it. Nothing was charged.
    async fn short(&mut self, mut parcel: PendingBatch, message: String) -> anyhow::Result<Next> {
        let engine = self.engine;
        self.read_balance().await?;
        let funds = engine.run_state.funds(engine.settings.max_credits);
        let fits = matches!(funds.affordable(parcel.items.len(), false), Affordable::Send(n) if n == parcel.items.len());
        if fits {
            // The balance says otherwise: a higher price, or credits that are spoken for. Refunds first, then less.
            if engine.run_state.refunds_ahead() {
                let changed = engine.stop.cut(engine.run_state.changed()).await;
                self.waiting.push_front(parcel);
                return Ok(match changed {
                    Some(()) => Next::GoOn,
                    None => Next::EndReason(EndReason::Stopped(engine.stop.told().await)),
                });
            }
            if parcel.items.len() == 1 {
                tracing::info!(message, "out of credits");
                return Ok(Next::EndReason(EndReason::Shortage(Shortage::Credits)));
            }
            let rest = parcel.items.split_off(parcel.items.len() / 2);
            self.waiting.push_front(PendingBatch::of(rest));
        }
        self.waiting.push_front(parcel);
        Ok(Next::GoOn)
    }

    /// Nothing was taken; the same again in a while.
    async fn pause(
        &mut self,
        parcel: PendingBatch,
        why: String,
        wait: Option<Duration>,
    ) -> anyhow::Result<Next> {
        let engine = self.engine;
        let wait = wait.unwrap_or(self.backoff);
        self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
        engine.run_state.trouble(Some(why));
        let until = Moment(
            Moment::now().0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        );
        engine.ledger.delay_posts(engine.account, until).await?;
        self.waiting.push_front(parcel);
        Ok(match engine.stop.sleep(wait).await {
            None => Next::GoOn,
            Some(reason) => Next::EndReason(EndReason::Stopped(reason)),
        })
    }
}
