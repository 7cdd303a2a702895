//! What a batch has come to, as GET answers it.

use super::result::{Qualification, SearchResult};
use super::{HttpResponse, json};
use crate::batch::BatchId;
use crate::units::{Credits, Moment};

/// One answer to GET /phone/bulk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BatchReport {
    /// The id it speaks of, where it says so.
    pub id: Option<BatchId>,
    /// The word that was sent with the batch.
    pub nonce: Option<String>,
    /// When it was made, by the server's clock.
    pub served: Option<Moment>,
    pub stage: Stage,
    pub stats: Stats,
}

/// The stages of a batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    Ongoing,
    /// Done, with these results in no promised order.
    Completed(Vec<SearchResult>),
    /// Ended without results that can be relied on.
    Failed,
}

/// Counts and credits of a batch; every field may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stats {
    /// Searches asked for.
    pub requested: Option<usize>,
    /// Searches answered so far.
    pub finished: Option<usize>,
    /// Numbers found (`valid` on older pages).
    pub found: Option<usize>,
    /// Credits given back for what was not found.
    pub refunded: Option<Credits>,
}

impl BatchReport {
    /// Reads the response to GET /phone/bulk about a batch of so many searches. `None` where it is no such thing: a
    /// proxy's page, a body that is cut short. Everything odd inside costs one field or one result, never the batch.
    pub(crate) fn read(response: &HttpResponse, searches: usize) -> Option<Self> {
        let text = json::text_of(&response.body);
        let [general, results, counts] = json::fields(&text, ["general", "results", "stats"])?;
        let [id, word, custom] =
            json::fields(general, ["id", "status", "custom"]).unwrap_or_default();
        let [nonce] = json::fields(custom, ["nonce"]).unwrap_or_default();
        let status = json::text(word).unwrap_or_default().trim().to_lowercase();
        // A result may come twice; what is far beyond what was asked is not read.
        let results = json::elements(results, searches.saturating_mul(2).saturating_add(16));
        let stage = match (status.as_str(), results) {
            ("ongoing", _) => Stage::Ongoing,
            ("failed", _) => Stage::Failed,
            ("completed", results) => completed(results.unwrap_or_default()),
            // The contract has no other status. Results say more than a word that nobody knows.
            (_, Some(results)) if !results.is_empty() => completed(results),
            ("", _) => return None,
            (_, Some(_) | None) => Stage::Ongoing,
        };
        Some(Self {
            id: json::text(id).as_deref().and_then(BatchId::parse),
            nonce: json::text(nonce),
            served: response.served,
            stage,
            stats: Stats::read(counts),
        })
    }

    /// Reads the response to GET /phone/single. 202 says that the search is ongoing.
    pub(crate) fn read_single(response: &HttpResponse, _: usize) -> Option<Self> {
        let text = json::text_of(&response.body);
        let is_ongoing = response.status == 202;
        let [qualification] = json::fields(&text, ["qualification"])?;
        if qualification.is_empty() && !is_ongoing {
            return None;
        }
        let result = SearchResult { index: Some(0), ..SearchResult::read(None, &text) };
        let nonce = result.custom.clone();
        let found = usize::from(result.qualification == Qualification::Found);
        let stage = if is_ongoing || result.qualification == Qualification::Ongoing {
            Stage::Ongoing
        } else {
            Stage::Completed(vec![result])
        };
        let stats = Stats { requested: Some(1), found: Some(found), ..Stats::default() };
        Some(Self { id: None, nonce, served: response.served, stage, stats })
    }
}

fn completed(results: Vec<(Option<usize>, &str)>) -> Stage {
    Stage::Completed(
        results.into_iter().map(|(index, json)| SearchResult::read(index, json)).collect(),
    )
}

impl Stats {
    fn read(stats: &str) -> Self {
        let names =
            ["requested", "finished", "found", "valid", "credits_to_refund", "credits_cost"];
        let [requested, finished, found, valid, refund, cost] =
            json::fields(stats, names).unwrap_or_default();
        // An object `{initial, refunded, final}` on sister endpoints.
        let [refunded] = json::fields(cost, ["refunded"]).unwrap_or_default();
        Self {
            requested: json::index(requested),
            finished: json::index(finished),
            found: json::index(found).or_else(|| json::index(valid)),
            refunded: json::clamped(refund).or_else(|| json::clamped(refunded)).map(Credits),
        }
    }
}

#[cfg(test)]
mod tests;
