//! Answers that came without a claim: another tool asked, or another machine, and the batch was fetched here.

use super::people::{self, FAILED, FOUND, NOT_FOUND, SUPPRESSED, UNUSABLE};
use super::{Ledger, Result};
use crate::people::{Answer, Country, PersonKey};
use crate::units::Moment;
use rusqlite::{OptionalExtension, Transaction};

/// What became of answers that came without a claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many were new and are recorded.
    pub recorded: usize,
    /// People who are not to be searched for; nothing is recorded of them.
    pub suppressed: Vec<PersonKey>,
}

impl Ledger {
    /// Enters these people and records numbers, and that there is none, for those of whom nothing better is known.
    ///
    /// The answers may be old, so they replace nothing: a number that was paid for here stays, and whoever is claimed
    /// is left to the batch that has them. When Enrow gave them is not known; they count from `now`.
    ///
    /// # Errors
    /// Where the ledger cannot be written; nothing was recorded then.
    pub async fn import_answers(
        &self,
        answers: Vec<(PersonKey, Answer)>,
        now: Moment,
    ) -> Result<Imported> {
        self.ask(move |store| {
            store.write(|t| {
                let mut imported = Imported::default();
                for (key, answer) in &answers {
                    match import_answer(t, *key, answer, now)? {
                        ImportOutcome::Recorded => imported.recorded += 1,
                        ImportOutcome::Suppressed => imported.suppressed.push(*key),
                        ImportOutcome::NothingNew => {}
                    }
                }
                Ok(imported)
            })
        })
        .await
    }
}

enum ImportOutcome {
    NothingNew,
    Recorded,
    Suppressed,
}

fn import_answer(
    t: &Transaction<'_>,
    key: PersonKey,
    answer: &Answer,
    now: Moment,
) -> rusqlite::Result<ImportOutcome> {
    let person = people::find(t, key)?;
    let known: Option<(Option<i64>, Option<i64>)> = match person {
        None => None,
        Some(person) => t
            .prepare_cached("SELECT status, batch FROM people WHERE id = ?1")?
            .query_row([person.number()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    let status = match known {
        Some((Some(SUPPRESSED), _)) => return Ok(ImportOutcome::Suppressed),
        Some((_, Some(_))) => return Ok(ImportOutcome::NothingNew),
        Some((status, None)) => status,
        None => None,
    };
    let (new, number, country) = match (answer, status) {
        (Answer::Found { number, country }, status) if status != Some(FOUND) => {
            let country = country.as_ref().map(Country::as_str);
            (FOUND, Some(number.as_str()), country)
        }
        (Answer::NotFound, None | Some(FAILED | UNUSABLE)) => (NOT_FOUND, None, None),
        (
            Answer::Found { .. }
            | Answer::NotFound
            | Answer::Invalid(_)
            | Answer::Failed(_)
            | Answer::Unusable(_),
            _,
        ) => {
            return Ok(ImportOutcome::NothingNew);
        }
    };
    let person = person.map_or_else(|| people::add(t, key), Ok)?;
    t.prepare_cached(
        "UPDATE people SET status = ?2, answered_at = ?3, asked_at = ?3, number = ?4, country = ?5, note = NULL
         WHERE id = ?1",
    )?
    .execute((person.number(), new, now.0, number, country))?;
    Ok(ImportOutcome::Recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{AccountId, Nonce};
    use crate::ledger::{EraseMode, Freshness, LedgerLocation, NewBatch, StoredAnswer};
    use crate::people::{Identity, PhoneNumber, Profile};

    const NOW: Moment = Moment(1_000);
    const LATER: Moment = Moment(2_000);

    fn key(slug: &str) -> PersonKey {
        Identity::Profile(Profile::parse_handle(slug).unwrap()).key()
    }

    fn number(text: &str) -> Answer {
        Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: Country::parse("US") }
    }

    fn everything() -> Freshness {
        Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER }
    }

    fn ledger() -> Ledger {
        Ledger::open(LedgerLocation::temporary("test".to_owned()).unwrap()).unwrap()
    }

    async fn recorded(ledger: &Ledger, slug: &str) -> Option<StoredAnswer> {
        let statuses = ledger.upsert_people(vec![key(slug)], everything()).await.unwrap();
        let records = ledger.person_records(vec![statuses[0].person]).await.unwrap();
        records[0].recorded.clone()
    }

    fn answer(answer: Answer, at: Moment) -> StoredAnswer {
        StoredAnswer::Answer { answer, answered: at, asked: at }
    }

    #[tokio::test]
    async fn new_people_are_entered_and_better_answers_kept() {
        let ledger = ledger();
        let (old, new) = (number("+12025550101"), number("+12025550102"));
        let first = vec![(key("ada"), old.clone()), (key("ben"), Answer::NotFound)];
        let imported = ledger.import_answers(first, NOW).await.unwrap();
        assert_eq!(imported.recorded, 2);
        let second = vec![
            (key("ada"), new.clone()),
            (key("ben"), new.clone()),
            (key("eve"), Answer::Failed("?".to_owned())),
        ];
        let imported = ledger.import_answers(second, LATER).await.unwrap();
        assert_eq!(imported.recorded, 1);
        assert_eq!(recorded(&ledger, "ada").await, Some(answer(old, NOW)));
        assert_eq!(recorded(&ledger, "ben").await, Some(answer(new, LATER)));
        assert_eq!(recorded(&ledger, "eve").await, None);
        let again = vec![(key("ada"), Answer::NotFound), (key("ben"), Answer::NotFound)];
        assert_eq!(ledger.import_answers(again, LATER).await.unwrap().recorded, 0);
    }

    #[tokio::test]
    async fn whoever_is_claimed_is_left_to_the_batch_that_has_them() {
        let ledger = ledger();
        let statuses = ledger.upsert_people(vec![key("ada")], everything()).await.unwrap();
        let new = NewBatch {
            account: AccountId::of_key("key"),
            nonce: Nonce::random(),
            single: false,
            people: vec![statuses[0].person],
            freshness: everything(),
            now: NOW,
        };
        ledger.claim(new).await.unwrap().unwrap();
        let answers = vec![(key("ada"), number("+12025550101"))];
        assert_eq!(ledger.import_answers(answers, NOW).await.unwrap(), Imported::default());
        assert_eq!(recorded(&ledger, "ada").await, None);
    }

    #[tokio::test]
    async fn nothing_is_learned_of_the_suppressed() {
        let ledger = ledger();
        let forgotten = ledger.forget(vec![key("ada")], EraseMode::Suppress, NOW).await;
        forgotten.unwrap();
        let answers = vec![(key("ada"), number("+12025550101"))];
        let imported = ledger.import_answers(answers, LATER).await.unwrap();
        assert_eq!((imported.recorded, imported.suppressed), (0, vec![key("ada")]));
        assert_eq!(recorded(&ledger, "ada").await, Some(StoredAnswer::Suppressed));
    }
}
