//! What a batch has come to, as GET answers it.

use crate::batch::BatchId;
use crate::people::Echo;
use crate::units::Credits;
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// One answer to GET /phone/bulk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BatchReport {
    /// The id it speaks of, where it says so.
    pub(crate) id: Option<BatchId>,
    /// The word that was sent with the batch.
    pub(crate) nonce: Option<String>,
    /// How far it is.
    pub(crate) stage: Stage,
    /// Counts and credits.
    pub(crate) stats: Stats,
}

/// The stages of a batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Not done.
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
    pub(crate) requested: Option<usize>,
    /// Searches answered so far.
    pub(crate) finished: Option<usize>,
    /// Numbers found (`valid` on older pages).
    pub(crate) found: Option<usize>,
    /// Credits given back for what was not found.
    pub(crate) refunded: Option<Credits>,
}

/// One search's result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SearchResult {
    /// Its place in the request, where it is given.
    pub(crate) index: Option<usize>,
    /// What was found out.
    pub(crate) qualification: Qualification,
    /// The number as it was written.
    pub(crate) number: Option<String>,
    /// The country as it was written.
    pub(crate) country: Option<String>,
    /// The search it echoes.
    pub(crate) params: Option<EchoedSearch>,
    /// The user's own id of this search.
    pub(crate) custom: Option<String>,
}

/// What was found out about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Qualification {
    /// A number.
    Found,
    /// None.
    NotFound,
    /// Not yet known.
    Ongoing,
    /// A word this program does not know.
    Other(String),
}

/// An echoed search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(crate) struct EchoedSearch {
    /// As sent, perhaps normalised.
    pub(crate) linkedin_url: Option<String>,
    /// As sent.
    pub(crate) firstname: Option<String>,
    /// As sent.
    pub(crate) lastname: Option<String>,
    /// As sent.
    pub(crate) company_domain: Option<String>,
    /// As sent.
    pub(crate) company_name: Option<String>,
}

impl EchoedSearch {
    /// The fields by which it can be compared.
    pub(crate) fn as_echo(&self) -> Echo<'_> {
        Echo {
            linkedin_url: self.linkedin_url.as_deref(),
            firstname: self.firstname.as_deref(),
            lastname: self.lastname.as_deref(),
            company_domain: self.company_domain.as_deref(),
            company_name: self.company_name.as_deref(),
        }
    }
}

impl BatchReport {
    /// Reads the body of GET /phone/bulk. `None` where it is no such thing (a proxy's page, a body cut short).
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let shape: BulkShape<'_> = serde_json::from_slice(body).ok()?;
        let nonce = shape
            .general
            .custom
            .as_ref()
            .and_then(|custom| custom.get("nonce")?.as_str().map(str::to_owned));
        let stage = match shape.general.status.as_ref() {
            "ongoing" => Stage::Ongoing,
            "completed" => Stage::Completed(
                shape.results.unwrap_or_default().into_iter().map(Into::into).collect(),
            ),
            "failed" => Stage::Failed,
            _ => return None,
        };
        let stats = shape.stats.map(Into::into).unwrap_or_default();
        Some(Self { id: shape.general.id.as_deref().and_then(BatchId::parse), nonce, stage, stats })
    }

    /// Reads the body of GET /phone/single. `ongoing` says whether the status (202) already told so.
    pub(super) fn read_single(body: &[u8], ongoing: bool) -> Option<Self> {
        let shape: ResultShape<'_> = serde_json::from_slice(body).ok()?;
        if shape.qualification.is_none() && !ongoing {
            return None;
        }
        let result = SearchResult { index: Some(0), ..shape.into() };
        let nonce = result.custom.clone();
        let found = usize::from(result.qualification == Qualification::Found);
        let stage = if ongoing || result.qualification == Qualification::Ongoing {
            Stage::Ongoing
        } else {
            Stage::Completed(vec![result])
        };
        let stats = Stats { requested: Some(1), found: Some(found), ..Stats::default() };
        Some(Self { id: None, nonce, stage, stats })
    }
}

#[derive(Deserialize)]
struct BulkShape<'a> {
    #[serde(borrow)]
    general: GeneralShape<'a>,
    #[serde(borrow)]
    results: Option<Vec<ResultShape<'a>>>,
    stats: Option<StatsShape>,
}

#[derive(Deserialize)]
struct GeneralShape<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    custom: Option<Value>,
}

#[derive(Deserialize)]
struct ResultShape<'a> {
    #[serde(default, deserialize_with = "place")]
    index: Option<usize>,
    #[serde(borrow)]
    qualification: Option<Cow<'a, str>>,
    number: Option<String>,
    country: Option<String>,
    params: Option<EchoedSearch>,
    #[serde(default, deserialize_with = "text")]
    custom: Option<String>,
}

impl From<ResultShape<'_>> for SearchResult {
    fn from(shape: ResultShape<'_>) -> Self {
        let qualification = match shape.qualification.as_deref() {
            Some("found") => Qualification::Found,
            Some("not_found") => Qualification::NotFound,
            Some("ongoing") => Qualification::Ongoing,
            other => Qualification::Other(super::message::clean(other.unwrap_or("none"))),
        };
        Self {
            index: shape.index,
            qualification,
            number: shape.number,
            country: shape.country,
            params: shape.params,
            custom: shape.custom,
        }
    }
}

#[derive(Deserialize)]
struct StatsShape {
    #[serde(default, deserialize_with = "place")]
    requested: Option<usize>,
    #[serde(default, deserialize_with = "place")]
    finished: Option<usize>,
    #[serde(default, deserialize_with = "place")]
    found: Option<usize>,
    #[serde(default, deserialize_with = "place")]
    valid: Option<usize>,
    #[serde(default, deserialize_with = "place")]
    credits_to_refund: Option<usize>,
    credits_cost: Option<Value>,
}

impl From<StatsShape> for Stats {
    fn from(shape: StatsShape) -> Self {
        // An object `{initial, refunded, final}` on sister endpoints.
        let in_cost = || shape.credits_cost.as_ref()?.get("refunded")?.as_u64();
        let refunded = shape.credits_to_refund.map(|credits| credits as u64).or_else(in_cost);
        Self {
            requested: shape.requested,
            finished: shape.finished,
            found: shape.found.or(shape.valid),
            refunded: refunded.map(Credits),
        }
    }
}

/// A count that is written as a number or as a string; anything else is as if it were absent, since one odd field must
/// not make a paid answer unreadable.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    struct Place;
    impl<'de> Visitor<'de> for Place {
        type Value = Option<usize>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a count")
        }
        fn visit_u64<E: de::Error>(self, count: u64) -> Result<Self::Value, E> {
            Ok(usize::try_from(count).ok())
        }
        fn visit_i64<E: de::Error>(self, count: i64) -> Result<Self::Value, E> {
            Ok(usize::try_from(count).ok())
        }
        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(text.trim().parse().ok())
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<de::IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    }
    deserializer.deserialize_any(Place)
}

/// A text, or whatever stands in its place as JSON.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(other) => Some(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_answers_are_read() {
        let ongoing = br#"{"general":{"id":"b-1","status":"ongoing","custom":{"nonce":"n"}},"stats":{"requested":2,"finished":1}}"#;
        let report = BatchReport::read(ongoing).unwrap();
        assert_eq!((report.stage, report.nonce.as_deref()), (Stage::Ongoing, Some("n")));
        assert_eq!(report.stats.finished, Some(1));

        let done = br#"{"general":{"id":"b-1","status":"completed"},"results":[
            {"index":0,"qualification":"found","number":"+15705551234","country":"US",
             "params":{"linkedin_url":"https://www.linkedin.com/in/michael-scott"},"custom":"lead-1"},
            {"index":"1","qualification":"not_found","params":{},"new_field":[1,2]}],
            "stats":{"credits_cost":80,"credits_to_refund":40,"found":1,"requested":2}}"#;
        let report = BatchReport::read(done).unwrap();
        let Stage::Completed(results) = report.stage else { panic!("not completed") };
        assert_eq!(results[0].number.as_deref(), Some("+15705551234"));
        assert_eq!(
            (results[1].index, &results[1].qualification),
            (Some(1), &Qualification::NotFound)
        );
        assert_eq!(report.stats.refunded, Some(Credits(40)));
    }

    #[test]
    fn older_shapes_of_the_statistics_are_read() {
        let old = br#"{"general":{"status":"completed"},"results":[],
            "stats":{"valid":3,"credits_cost":{"initial":200,"refunded":80,"final":120}}}"#;
        let stats = BatchReport::read(old).unwrap().stats;
        assert_eq!((stats.found, stats.refunded), (Some(3), Some(Credits(80))));
    }

    #[test]
    fn what_is_no_report_is_not_taken_for_one() {
        for body in [
            &b"<html>"[..],
            b"{}",
            b"",
            br#"{"general":{"status":"completed"},"results":[{"ind"#,
            br#"{"general":{"status":"x"}}"#,
        ] {
            assert!(BatchReport::read(body).is_none());
        }
    }
}
