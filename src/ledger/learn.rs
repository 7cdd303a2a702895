//! Answers that came without a claim: another tool asked, or another machine, and the batch was fetched here.

use super::people::{self, FAILED, FOUND, NOT_FOUND, SUPPRESSED, UNUSABLE};
use super::{Ledger, Result};
use crate::batch::Moment;
use crate::people::{Answer, Country, Key};
use rusqlite::{OptionalExtension, Transaction};

/// What became of answers that came without a claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Learned {
    /// How many were new and are recorded.
    pub recorded: usize,
    /// People who are not to be searched for; nothing is recorded of them.
    pub suppressed: Vec<Key>,
}

impl Ledger {
    /// Enters these people and records numbers, and that there is none, for those of whom nothing better is known.
    ///
    /// The answers may be old, so they replace nothing: a number that was paid for here stays, and whoever is claimed
    /// is left to the batch that has them. When Enrow gave them is not known; they count from `now`.
    ///
    /// # Errors
    /// Where the ledger cannot be written; nothing was recorded then.
    pub async fn learn(&self, answers: Vec<(Key, Answer)>, now: Moment) -> Result<Learned> {
        self.ask(move |store| {
            store.write(|t| {
                let mut learned = Learned::default();
                for (key, answer) in &answers {
                    match learn(t, *key, answer, now)? {
                        Lesson::Recorded => learned.recorded += 1,
                        Lesson::Suppressed => learned.suppressed.push(*key),
                        Lesson::NothingNew => {}
                    }
                }
                Ok(learned)
            })
        })
        .await
    }
}

enum Lesson {
    NothingNew,
    Recorded,
    Suppressed,
}

fn learn(t: &Transaction<'_>, key: Key, answer: &Answer, now: Moment) -> rusqlite::Result<Lesson> {
    let person = people::find(t, key)?;
    let known: Option<(Option<i64>, Option<i64>)> = match person {
        None => None,
        Some(person) => t
            .prepare_cached("SELECT status, batch FROM people WHERE id = ?1")?
            .query_row([person.number()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    let status = match known {
        Some((Some(SUPPRESSED), _)) => return Ok(Lesson::Suppressed),
        Some((_, Some(_))) => return Ok(Lesson::NothingNew),
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
            return Ok(Lesson::NothingNew);
        }
    };
    let person = person.map_or_else(|| people::add(t, key), Ok)?;
    t.prepare_cached(
        "UPDATE people SET status = ?2, answered_at = ?3, asked_at = ?3, number = ?4, country = ?5, note = NULL
         WHERE id = ?1",
    )?
    .execute((person.number(), new, now.0, number, country))?;
    Ok(Lesson::Recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Account, Nonce};
    use crate::ledger::{Forgetting, Freshness, NewBatch, Place, Recorded};
    use crate::people::{Identity, PhoneNumber, Profile};

    const NOW: Moment = Moment(1_000);
    const LATER: Moment = Moment(2_000);

    fn key(slug: &str) -> Key {
        Identity::Profile(Profile::parse_handle(slug).unwrap()).key()
    }

    fn number(text: &str) -> Answer {
        Answer::Found { number: PhoneNumber::parse(text).unwrap(), country: Country::parse("US") }
    }

    fn everything() -> Freshness {
        Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER }
    }

    fn ledger() -> Ledger {
        Ledger::open(Place::throwaway("test".to_owned()).unwrap()).unwrap()
    }

    async fn recorded(ledger: &Ledger, slug: &str) -> Option<Recorded> {
        let glances = ledger.enter(vec![key(slug)], everything()).await.unwrap();
        let standings = ledger.standings(vec![glances[0].person]).await.unwrap();
        standings[0].recorded.clone()
    }

    fn answer(answer: Answer, at: Moment) -> Recorded {
        Recorded::Answer { answer, answered: at, asked: at }
    }

    #[tokio::test]
    async fn new_people_are_entered_and_better_answers_kept() {
        let ledger = ledger();
        let (old, new) = (number("+12025550101"), number("+12025550102"));
        let first = vec![(key("ada"), old.clone()), (key("ben"), Answer::NotFound)];
        let learned = ledger.learn(first, NOW).await.unwrap();
        assert_eq!(learned.recorded, 2);
        let second = vec![
            (key("ada"), new.clone()),
            (key("ben"), new.clone()),
            (key("eve"), Answer::Failed("?".to_owned())),
        ];
        let learned = ledger.learn(second, LATER).await.unwrap();
        assert_eq!(learned.recorded, 1);
        assert_eq!(recorded(&ledger, "ada").await, Some(answer(old, NOW)));
        assert_eq!(recorded(&ledger, "ben").await, Some(answer(new, LATER)));
        assert_eq!(recorded(&ledger, "eve").await, None);
        let again = vec![(key("ada"), Answer::NotFound), (key("ben"), Answer::NotFound)];
        assert_eq!(ledger.learn(again, LATER).await.unwrap().recorded, 0);
    }

    #[tokio::test]
    async fn whoever_is_claimed_is_left_to_the_batch_that_has_them() {
        let ledger = ledger();
        let glances = ledger.enter(vec![key("ada")], everything()).await.unwrap();
        let new = NewBatch {
            account: Account::of_key("key"),
            nonce: Nonce::random(),
            single: false,
            people: vec![glances[0].person],
            freshness: everything(),
            now: NOW,
        };
        ledger.claim(new).await.unwrap().unwrap();
        let answers = vec![(key("ada"), number("+12025550101"))];
        assert_eq!(ledger.learn(answers, NOW).await.unwrap(), Learned::default());
        assert_eq!(recorded(&ledger, "ada").await, None);
    }

    #[tokio::test]
    async fn nothing_is_learned_of_the_suppressed() {
        let ledger = ledger();
        let forgotten = ledger.forget(vec![key("ada")], Forgetting::Suppress, NOW).await;
        forgotten.unwrap();
        let answers = vec![(key("ada"), number("+12025550101"))];
        let learned = ledger.learn(answers, LATER).await.unwrap();
        assert_eq!((learned.recorded, learned.suppressed), (0, vec![key("ada")]));
        assert_eq!(recorded(&ledger, "ada").await, Some(Recorded::Suppressed));
    }
}
