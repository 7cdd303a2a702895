//! Fetches any batch of the account, also one that another tool sent: its results, and what the ledger can record
//! from them.

use super::collect::{MISSING_RETRY, UNFINISHED_RETRY};
use super::matching::Statement;
use super::poll::{Look, PollTarget};
use super::{EndReason, Engine, Error};
use crate::batch::{BatchId, Nonce};
use crate::enrow::{BatchReport, EchoedSearch, FetchError, SearchResult, Stage, Stats};
use crate::ledger::{BatchRecord, Hole, Which};
use crate::people::{Answer, Country, PersonKey, RowAnswer, RowStatus};
use crate::units::Moment;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// What to do while a batch runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhileRunning {
    AskOnce,
    Wait,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fetched {
    Done(Results),
    Failed,
    Ongoing {
        /// Searches that are finished, where Enrow says so.
        finished: Option<usize>,
        /// Searches in all, where Enrow says so.
        requested: Option<usize>,
    },
    /// The run ended first.
    Ended(EndReason),
}

/// The results of a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Results {
    /// Whether the nonce proves that it is a batch of ours whose answer was lost.
    pub in_doubt: bool,
    /// Searches that Enrow gave no result for.
    pub missing: usize,
    /// Answers the ledger did not have.
    pub recorded: usize,
    /// One row for each result, in the order in which they were searched.
    pub rows: Vec<FetchedRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FetchedRow {
    pub answer: RowAnswer,
    /// The sender's own id of the search.
    pub custom: Option<String>,
    /// The search, as Enrow echoes it.
    pub searched: EchoedSearch,
}

/// Why the looking ended.
enum Looked {
    Ended(BatchReport),
    Ongoing(Stats),
}

impl Engine {
    /// Gets the results of a batch of this account, and records in the ledger what they prove. May be repeated at any
    /// time. Costs nothing.
    pub(crate) async fn fetch(
        &self,
        id: &BatchId,
        running: WhileRunning,
    ) -> Result<Fetched, Error> {
        self.replay_saved_responses().await?;
        let known = self.ledger.batches(Which::Ids(vec![id.clone()])).await?.pop();
        let known = known.as_ref();
        let target = PollTarget { id, known };
        let looking =
            self.poll_until_done(target, async |look| self.decide_fetch(target, running, look));
        match self.cancel.run_until_cancelled(looking).await {
            Err(reason) => Ok(Fetched::Ended(reason)),
            Ok(looked) => match looked? {
                Looked::Ongoing(stats) => {
                    Ok(Fetched::Ongoing { finished: stats.finished, requested: stats.requested })
                }
                Looked::Ended(report) => self.settle(known, report).await,
            },
        }
    }

    /// What one look at a fetched batch leads to.
    fn decide_fetch(
        &self,
        target: PollTarget<'_>,
        running: WhileRunning,
        look: Look,
    ) -> Result<ControlFlow<Looked>, Error> {
        let stats = match (look, running) {
            (Look::Ongoing { stats, .. }, WhileRunning::AskOnce) => {
                return Ok(ControlFlow::Break(Looked::Ongoing(stats)));
            }
            (Look::Ongoing { stats, .. }, WhileRunning::Wait) => stats,
            (Look::Ended { report, lasts }, WhileRunning::Wait)
                if lasts < UNFINISHED_RETRY && report.has_holes(target.known) =>
            {
                report.stats
            }
            (Look::Ended { report, .. }, _) => {
                return Ok(ControlFlow::Break(Looked::Ended(report)));
            }
            // Accepted a moment ago: it may take a while to be shown.
            (Look::NotShown { error: FetchError::UnknownId { .. }, .. }, WhileRunning::Wait)
                if target.known.is_some_and(|batch| batch.accepted.is_some())
                    && target.age() < MISSING_RETRY =>
            {
                Stats::default()
            }
            (Look::NotShown { error, .. }, _) => return Err(error.into()),
        };
        self.run_state.watches(stats.finished.unwrap_or(0), stats.requested.unwrap_or(1));
        Ok(ControlFlow::Continue(()))
    }

    /// Records what an ended batch proves, and turns its results into rows.
    async fn settle(
        &self,
        known: Option<&BatchRecord>,
        report: BatchReport,
    ) -> Result<Fetched, Error> {
        let results = match &report.stage {
            Stage::Completed(results) => results.clone(),
            Stage::Failed | Stage::Ongoing => Vec::new(),
        };
        let has_failed = report.stage == Stage::Failed;
        let requested = report.stats.requested.unwrap_or(0);
        let nonce = report.nonce.clone();
        let in_doubt = match &nonce {
            Some(nonce) => {
                let lost = self.ledger.batches(Which::WithoutId).await?;
                lost.iter().any(|batch| batch.nonce.as_str() == nonce)
            }
            None => false,
        };
        let unique = UniqueResults { rows: unique(results), nonce: nonce.map(Nonce::from_text) };
        let mut recorded = 0;
        if let Some(batch) = known {
            recorded = self.record_report(batch, report).await?.ledger.answered;
        }
        let learned = self.ledger.import_answers(unique.answers(), Moment::now()).await?;
        recorded += learned.recorded;
        if has_failed {
            return Ok(Fetched::Failed);
        }
        let suppressed: HashSet<PersonKey> = learned.suppressed.into_iter().collect();
        let rows: Vec<FetchedRow> = unique.rows(&suppressed);
        Ok(Fetched::Done(Results {
            in_doubt,
            missing: requested.saturating_sub(rows.len()),
            recorded,
            rows,
        }))
    }
}

impl BatchReport {
    /// Whether results of a completed batch are missing or not finished: they may come a moment later.
    fn has_holes(&self, known: Option<&BatchRecord>) -> bool {
        match &self.stage {
            Stage::Completed(results) => {
                let finished = |result: &SearchResult| match Statement::of(result) {
                    Statement::Silent(Hole::Ongoing) => false,
                    Statement::Silent(_)
                    | Statement::Found(_)
                    | Statement::NotFound
                    | Statement::NotInternational(_)
                    | Statement::NotCalledFound(_) => true,
                };
                let searches = known.map_or(results.len(), |batch| batch.searches);
                let rows = unique(results.clone());
                let answered = rows.iter().filter(|(result, _)| finished(result)).count();
                answered < searches
            }
            Stage::Failed | Stage::Ongoing => false,
        }
    }
}

/// What the results say of one search.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    Contradiction,
    Statement(Statement),
}

/// Results in the order of their searches, each search once.
fn unique(mut results: Vec<SearchResult>) -> Vec<(SearchResult, Said)> {
    results.sort_by_key(|result| result.index.unwrap_or(usize::MAX));
    let mut rows: Vec<(SearchResult, Said)> = Vec::with_capacity(results.len());
    // A search that comes twice has the same index and names the same person.
    let mut seen: HashMap<(usize, Option<PersonKey>), usize> = HashMap::new();
    for result in results {
        let said = Said::Statement(Statement::of(&result));
        let place = result.index.map(|index| (index, key(&result)));
        let before = place.and_then(|place| seen.insert(place, rows.len()));
        match before.map(|at| &mut rows[at].1) {
            Some(first) if *first == said => {}
            Some(first) => *first = Said::Contradiction,
            None => rows.push((result, said)),
        }
    }
    rows
}

struct UniqueResults {
    rows: Vec<(SearchResult, Said)>,
    nonce: Option<Nonce>,
}

impl UniqueResults {
    /// What can be said of people who are named, each once and without contradiction.
    fn answers(&self) -> Vec<(PersonKey, Answer)> {
        let mut answers: HashMap<PersonKey, Option<Answer>> = HashMap::new();
        for (result, said) in &self.rows {
            let Some(key) = key(result) else { continue };
            let answer = match said {
                Said::Statement(Statement::Found(number)) => {
                    let country = result.country.as_deref().and_then(Country::parse);
                    Some(Answer::Found { number: number.clone(), country })
                }
                Said::Statement(Statement::NotFound) => Some(Answer::NotFound),
                Said::Contradiction
                | Said::Statement(
                    Statement::NotInternational(_)
                    | Statement::NotCalledFound(_)
                    | Statement::Silent(_),
                ) => None,
            };
            answers
                .entry(key)
                .and_modify(|known| {
                    if *known != answer {
                        *known = None;
                    }
                })
                .or_insert(answer);
        }
        answers.into_iter().filter_map(|(key, answer)| Some((key, answer?))).collect()
    }

    fn rows(self, suppressed: &HashSet<PersonKey>) -> Vec<FetchedRow> {
        let Self { rows, nonce } = self;
        let row = |(result, said): (SearchResult, Said)| FetchedRow {
            answer: if key(&result).is_some_and(|key| suppressed.contains(&key)) {
                RowAnswer::suppressed()
            } else {
                row_answer(&result, said)
            },
            // Where the sender gave none, our own proof travels there.
            custom: result.custom.clone().filter(|custom| {
                !nonce.as_ref().is_some_and(|nonce| is_our_word(nonce, &result, custom))
            }),
            searched: result.params.unwrap_or_default(),
        };
        rows.into_iter().map(row).collect()
    }
}

/// Whether a `custom` is the nonce or the proof that we sent, not the user's own word.
fn is_our_word(nonce: &Nonce, result: &SearchResult, custom: &str) -> bool {
    let position = result.index.and_then(|index| u32::try_from(index).ok());
    custom == nonce.as_str() || position.is_some_and(|position| custom == nonce.proof(position))
}

/// Whom a result is about, as far as its own echo tells.
fn key(result: &SearchResult) -> Option<PersonKey> {
    result.params.as_ref()?.as_echo().key()
}

fn row_answer(result: &SearchResult, said: Said) -> RowAnswer {
    let failed = |why: String| RowAnswer::without(RowStatus::Failed, why);
    match said {
        Said::Contradiction => {
            failed("Enrow gave two answers that contradict each other".to_owned())
        }
        Said::Statement(Statement::Found(number)) => RowAnswer {
            status: RowStatus::Found,
            number: Some(number),
            country: result.country.as_deref().and_then(Country::parse),
            note: "".into(),
            is_stale: false,
        },
        Said::Statement(Statement::NotFound) => RowAnswer::without(RowStatus::NotFound, ""),
        Said::Statement(Statement::NotInternational(number)) => failed(format!(
            "Enrow gave a number that is not in international form (E.164): \"{}\"",
            String::from(number)
        )),
        Said::Statement(Statement::NotCalledFound(number)) => failed(format!(
            "Enrow gave a number, but does not call it found: \"{}\"",
            String::from(number)
        )),
        Said::Statement(Statement::Silent(Hole::Ongoing)) => {
            RowAnswer::without(RowStatus::Pending, "Enrow has not finished this search")
        }
        Said::Statement(Statement::Silent(Hole::NumberMissing)) => {
            failed("Enrow found a number but did not give it".to_owned())
        }
        Said::Statement(Statement::Silent(
            Hole::UnknownWord | Hole::NoResult | Hole::NotProven | Hole::Contradicted,
        )) => failed("Enrow answered with a word that is not in its contract".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrow::Qualification;
    use crate::people::PhoneNumber;

    fn found(index: usize, number: &str, slug: &str, custom: &str) -> SearchResult {
        let linkedin_url = Some(format!("https://www.linkedin.com/in/{slug}"));
        SearchResult {
            index: Some(index),
            qualification: Qualification::Found,
            number: Some(number.to_owned()),
            country: None,
            params: Some(EchoedSearch { linkedin_url, ..EchoedSearch::default() }),
            custom: Some(custom.to_owned()),
        }
    }

    fn of(results: Vec<SearchResult>, nonce: &Nonce) -> UniqueResults {
        UniqueResults { rows: unique(results), nonce: Some(nonce.clone()) }
    }

    #[test]
    fn the_users_own_word_comes_back_and_ours_does_not() {
        let nonce = Nonce::random();
        let customs =
            [nonce.proof(0), nonce.as_str().to_owned(), nonce.proof(7), "crm-1".to_owned()];
        let results = customs.iter().enumerate();
        let results = results.map(|(i, custom)| found(i, "+12025550101", "ada", custom)).collect();
        let rows = of(results, &nonce).rows(&HashSet::new());
        let shown: Vec<_> = rows.iter().map(|row| row.custom.as_deref()).collect();
        assert_eq!(shown, [None, None, Some(customs[2].as_str()), Some("crm-1")]);
    }

    #[test]
    fn what_is_said_twice_counts_once_and_not_where_it_differs() {
        let nonce = Nonce::random();
        let (one, two) = ("+12025550101", "+12025550102");
        let results = vec![
            found(0, one, "ada", ""),
            found(0, one, "ada", ""),
            found(1, one, "ben", ""),
            found(1, two, "ben", ""),
            // Asked for twice in one batch.
            found(2, one, "cleo", ""),
            found(3, one, "cleo", ""),
            found(4, one, "dora", ""),
            found(5, two, "dora", ""),
        ];
        let results = of(results, &nonce);
        let key_of = |slug| key(&found(0, one, slug, "")).unwrap();
        let said: HashMap<_, _> = results.answers().into_iter().collect();
        assert_eq!(
            said.keys().copied().collect::<HashSet<_>>(),
            HashSet::from(["ada", "cleo"].map(key_of))
        );
        let rows = results.rows(&HashSet::from([key_of("ada")]));
        let numbers: Vec<_> =
            rows.iter().map(|row| row.answer.number.as_ref().map(PhoneNumber::as_str)).collect();
        let (one, two) = (Some(one), Some(two));
        assert_eq!(numbers, [None, None, one, one, one, two]);
        assert_eq!(rows[1].answer.status, RowStatus::Failed);
    }
}
