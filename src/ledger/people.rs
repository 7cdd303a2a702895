//! The face for people: finding and adding them, and what is recorded about them.

use super::error::Result;
use super::handle::{Backend, Ledger, on_backend};
use super::types::{Alias, AskedBy, FilledRow, Freshness, PersonId, PersonRecord, PersonStatus};
use crate::people::{PersonKey, PersonKeys};
use crate::units::Moment;
use std::pin::Pin;

impl Ledger {
    /// Adds the people who are not known yet, and says what is known about each of these, in the order asked. New people
    /// get ids in that order. The operation begins at once, before the future is awaited. Large chunks are cheap: 100,000
    /// at once cost a tenth of 3,000 at a time.
    ///
    /// People may be known by other keys as well: `aliases` are in the order of their rows. A later row that has only
    /// one of them finds the person.
    ///
    /// A row's person is the one who has the key of its search. Where nobody has it, it is the one person who has one of
    /// its aliases, and who has no other key of a kind that the row has: another profile, or another domain, is another
    /// person. An alias that would fit two people is none from then on.
    ///
    /// # Errors
    /// Where the ledger cannot be written. Nobody was added then.
    pub fn upsert_people(
        &self,
        keys: Vec<PersonKey>,
        aliases: Vec<Alias>,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Vec<PersonStatus>>> + use<> {
        let begun: Pin<Box<dyn Future<Output = Result<Vec<PersonStatus>>> + Send>> =
            match &self.backend {
                Backend::File(file) => Box::pin(file.upsert_people(keys, aliases, freshness)),
                #[cfg(feature = "postgres")]
                Backend::Server(server) => Box::pin(server.upsert_people(keys, aliases, freshness)),
            };
        begun
    }

    /// Adds one person as [`Ledger::upsert_people`] does.
    pub(crate) async fn upsert_person(
        &self,
        keys: PersonKeys,
        freshness: Freshness,
    ) -> Result<PersonStatus> {
        let PersonKeys { primary, aliases } = keys;
        let aliases = aliases.into_iter().map(|key| Alias { row: 0, key }).collect();
        Ok(self.upsert_people(vec![primary], aliases, freshness).await?[0])
    }

    /// What is known about people who were added before, in the order asked.
    pub(crate) async fn person_statuses(
        &self,
        people: Vec<PersonId>,
        freshness: Freshness,
    ) -> Result<Vec<PersonStatus>> {
        on_backend!(self, person_statuses(people, freshness))
    }

    /// Everything that rows can say about their people, in the order asked. Of a claim it says who sent it if that is
    /// somebody else.
    pub async fn person_records(&self, people: Vec<PersonId>) -> Result<Vec<PersonRecord>> {
        let mut records = on_backend!(self, person_records(people))?;
        let own = self.location().who_asks();
        for claim in records.iter_mut().filter_map(|record| record.claim.as_mut()) {
            if claim.asked_by == *own {
                claim.asked_by = AskedBy::default();
            }
        }
        Ok(records)
    }

    /// Of rows that came with a number, whether the ledger knows anything about each: an answer or a claim of its person,
    /// or the number, even as somebody else's. Where it does, its word counts and not the row's.
    pub(crate) async fn knows_filled(&self, rows: Vec<FilledRow>) -> Result<Vec<bool>> {
        on_backend!(self, knows_filled(rows))
    }

    /// Records that the API refused one person's search for what is in it, without any batch.
    pub(crate) async fn mark_invalid(
        &self,
        person: PersonId,
        message: String,
        now: Moment,
    ) -> Result<()> {
        on_backend!(self, mark_invalid(person, message, now))
    }
}
