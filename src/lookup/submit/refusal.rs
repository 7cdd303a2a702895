//! What to do about a refusal: the batch was certainly not taken and its claim is released, so what was refused is fixed
//! and the batch is sent again.

use super::pending::{PendingBatch, PendingSearch, Probe};
use super::{Early, LONGEST_BACKOFF, Submitter};
use crate::enrow::Refusal;
use crate::lookup::funds::{Affordable, Refunds};
use crate::lookup::{EndReason, Error, Notice};
use crate::units::Moment;
use std::time::Duration;

impl Submitter<'_> {
    pub(super) async fn refused(
        &mut self,
        batch: PendingBatch,
        refusal: Refusal,
    ) -> Result<(), Early> {
        let searches = batch.searches.len();
        tracing::info!(searches, ?refusal, "batch refused");
        match refusal {
            Refusal::Key { status, message } => {
                Err(EndReason::KeyRefused { status, message }.into())
            }
            Refusal::Credits(message) => self.without_credits(batch, &message).await,
            Refusal::TooMany { limit } if limit < searches => {
                self.split(batch, limit);
                Ok(())
            }
            Refusal::TooMany { limit } => {
                let message = format!("it takes {limit} searches at most, but refused {searches}");
                Err(EndReason::RequestRefused { status: 400, message }.into())
            }
            Refusal::Row { place, message } if place < searches => {
                self.drop_search(batch, place, message).await
            }
            Refusal::Row { message, .. } | Refusal::SomeRow(message) => {
                self.halve(batch, message).await
            }
            Refusal::Request(message) if !message.to_lowercase().contains("payload") => {
                self.probe(batch, message).await
            }
            Refusal::Request(message) => {
                Err(EndReason::RequestRefused { status: 400, message }.into())
            }
            Refusal::Busy { wait } => {
                self.pause(batch, "Enrow asks to slow down (429)".to_owned(), wait).await
            }
            Refusal::NotSent(why) => self.pause(batch, why, None).await,
        }
    }

    /// A probe was accepted, so the refusal was about the other person.
    pub(super) async fn probe_accepted(&mut self) -> Result<(), Error> {
        match self.suspect.take() {
            Some((search, message)) => self.refuse_search(&search, message).await,
            None => Ok(()),
        }
    }

    async fn refuse_search(&self, search: &PendingSearch, message: String) -> Result<(), Error> {
        self.engine.run_state.drop_ahead(1);
        let why = kept_reason(&message).to_owned();
        self.engine.notify(Notice::SearchRefused { message });
        Ok(self.engine.ledger.mark_invalid(search.person, why, Moment::now()).await?)
    }

    /// Enrow named the search that it refuses.
    async fn drop_search(
        &mut self,
        mut batch: PendingBatch,
        position: usize,
        message: String,
    ) -> Result<(), Early> {
        let search = batch.searches.remove(position);
        self.refuse_search(&search, message).await?;
        self.waiting.push_front(batch);
        Ok(())
    }

    /// Enrow takes fewer searches a batch.
    fn split(&mut self, batch: PendingBatch, limit: usize) {
        self.engine.notify(Notice::SmallerBatches { limit });
        self.batch_size = self.batch_size.min(limit);
        let mut searches = batch.searches;
        while searches.len() > limit {
            let rest = searches.split_off(searches.len() - limit);
            self.waiting.push_front(PendingBatch::of(rest));
        }
        self.waiting.push_front(PendingBatch::of(searches));
    }

    /// Halves a refused batch until the search that is refused is alone.
    async fn halve(&mut self, mut batch: PendingBatch, message: String) -> Result<(), Early> {
        if batch.searches.len() == 1 {
            return self.drop_search(batch, 0, message).await;
        }
        let second = batch.searches.split_off(batch.searches.len() / 2);
        self.waiting.push_front(PendingBatch::of(second));
        self.waiting.push_front(PendingBatch::of(batch.searches));
        Ok(())
    }

    /// A refusal in words that may or may not be about people. Once anything was accepted in this run, the request
    /// itself is fine, so it is about people. Before that the first and the last person are tried alone: if both are
    /// refused too, it is not about people, and trying on would be a loop.
    async fn probe(&mut self, mut batch: PendingBatch, message: String) -> Result<(), Early> {
        if self.accepted > 0 {
            return self.halve(batch, message).await;
        }
        let refused = |message| Err(EndReason::RequestRefused { status: 400, message }.into());
        match batch.probe {
            Probe::None if batch.searches.len() == 1 => refused(message),
            Probe::None => {
                let last =
                    batch.searches.pop().map(|last| PendingBatch::probe(last, Probe::Second));
                let rest = batch.searches.split_off(1);
                let first =
                    batch.searches.pop().map(|first| PendingBatch::probe(first, Probe::First));
                self.waiting.push_front(PendingBatch::of(rest));
                for probe in last.into_iter().chain(first) {
                    self.waiting.push_front(probe);
                }
                Ok(())
            }
            Probe::First => {
                self.suspect = batch.searches.pop().map(|search| (search, message));
                Ok(())
            }
            Probe::Second if self.suspect.is_some() => refused(message),
            Probe::Second => self.halve(batch, message).await,
        }
    }

    /// Enrow says that the credits do not cover it. Nothing was charged.
    async fn without_credits(
        &mut self,
        mut batch: PendingBatch,
        message: &str,
    ) -> Result<(), Early> {
        self.read_balance().await?;
        let state = &self.engine.run_state;
        let funds = state.funds(self.engine.settings.max_credits);
        let searches = batch.searches.len();
        if funds.affordable(searches, Refunds::None) == Affordable::Send(searches) {
            // The balance says otherwise: a higher price, or credits that are spoken for. Refunds first, then less.
            match state.refunds() {
                Refunds::Ahead => {
                    self.engine.cancel.run_until_cancelled(state.changed()).await?;
                }
                Refunds::None if searches == 1 => {
                    tracing::info!(message, "out of credits");
                    return Err(EndReason::CreditsRanOut.into());
                }
                Refunds::None => {
                    let rest = batch.searches.split_off(searches / 2);
                    self.waiting.push_front(PendingBatch::of(rest));
                }
            }
        }
        self.waiting.push_front(batch);
        Ok(())
    }

    /// Nothing was taken; sends the same again in a while.
    pub(super) async fn pause(
        &mut self,
        batch: PendingBatch,
        why: String,
        wait: Option<Duration>,
    ) -> Result<(), Early> {
        let engine = self.engine;
        engine.cancel.check()?;
        let wait = wait.unwrap_or(self.backoff);
        self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
        engine.run_state.trouble(why, Some(wait));
        let until = Moment(
            Moment::now().0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        );
        engine.ledger.delay_posts(engine.account, until).await?;
        self.waiting.push_front(batch);
        Ok(engine.cancel.sleep(wait).await?)
    }
}

/// What the ledger keeps of a refusal: the words of the contract, if they are among it. Other words of Enrow's may name
/// the person.
fn kept_reason(message: &str) -> &'static str {
    let message = message.to_lowercase();
    if message.contains("invalid linkedin_url") {
        "Enrow refused it: Invalid linkedin_url"
    } else if message.contains("missing mandatory property") {
        "Enrow refused it: Missing mandatory property"
    } else {
        "Enrow refused it"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::tests::session::person;
    use crate::lookup::tests::world::World;

    /// It would be sent again and again.
    #[tokio::test]
    async fn a_refusal_of_what_enrow_says_that_it_takes_ends_the_run() {
        let world = World::of("");
        let session = world.open();
        let (plan, message) = (session.plan(0..2).await, String::new);
        for (refusal, ends) in [
            (Refusal::TooMany { limit: 2 }, true),
            (Refusal::TooMany { limit: 1 }, false),
            (Refusal::Request("Invalid payload".to_owned()), true),
            (Refusal::Request(message()), false),
            // A place behind the last one names nobody.
            (Refusal::Row { place: 2, message: message() }, false),
        ] {
            let searches = plan.open.iter().enumerate();
            let searches = searches
                .map(|(n, &person_id)| PendingSearch { person: person_id, search: person(n) });
            let (batch, mut sent) = (PendingBatch::of(searches.collect()), [true; 2]);
            let engine = &session.engine;
            let mut submitter = Submitter::new(engine, &plan, &plan.open, &mut sent, 2);
            let done = submitter.refused(batch, refusal.clone()).await;
            let ended = matches!(done, Err(Early::End(EndReason::RequestRefused { .. })));
            assert_eq!(ended, ends, "{refusal:?}");
            assert_eq!(
                submitter.waiting.iter().map(|batch| batch.searches.len()).sum::<usize>(),
                if ends { 0 } else { 2 },
                "{refusal:?}"
            );
        }
    }

    #[test]
    fn a_refusal_that_names_somebody_is_not_kept_in_its_own_words() {
        for (message, kept) in [
            ("Invalid linkedin_url", "Enrow refused it: Invalid linkedin_url"),
            ("Invalid linkedin_url linkedin.com/in/ada", "Enrow refused it: Invalid linkedin_url"),
            (
                "Missing mandatory property on search n°8 of 50",
                "Enrow refused it: Missing mandatory property",
            ),
            ("Ada Lovelace is not allowed", "Enrow refused it"),
        ] {
            assert_eq!(kept_reason(message), kept);
        }
    }
}
