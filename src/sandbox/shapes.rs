//! The JSON of the API, as its reference pages write it.
//!
//! Written from the documentation and deliberately not shared with the client: a field name that is wrong cannot be
//! wrong on both sides. The documented examples stand in `fixtures/api/`, and the tests below hold these types to them.

use super::search::Search;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Which of the documented forms the sandbox speaks where the reference pages of different dates disagree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shapes {
    /// As the pages have it today.
    #[default]
    Newest,
    /// As older pages and sister endpoints have it: 202 while a batch is under way, `index` in quotes, `stats.valid`,
    /// an object for `credits_cost`, 422 `Insufficient balance`.
    Older,
}

/// POST /phone/bulk.
#[derive(Debug, Deserialize)]
pub(super) struct BulkRequest {
    pub(super) searches: Option<Vec<Search>>,
    pub(super) custom: Option<Map<String, Value>>,
    pub(super) settings: Option<SettingsRequest>,
}

/// POST /phone/single.
#[derive(Debug, Deserialize)]
pub(super) struct SingleRequest {
    #[serde(flatten)]
    pub(super) search: Search,
    pub(super) settings: Option<SettingsRequest>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct SettingsRequest {
    pub(super) webhook: Option<String>,
}

/// The 201 to a POST.
#[derive(Debug, Serialize)]
pub(super) struct Accepted<'a> {
    pub(super) id: &'a str,
    pub(super) message: &'static str,
    pub(super) credits_used: u64,
    /// Minutes. A single search has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) estimated_duration: Option<u64>,
    pub(super) credits: Spent,
}

/// Where credits came from.
#[derive(Debug, Serialize)]
pub(super) struct Spent {
    amount: u64,
    source: &'static str,
    split: Split,
}

#[derive(Debug, Serialize)]
struct Split {
    #[serde(rename = "fromPaygo")]
    from_paygo: u64,
    #[serde(rename = "fromSub")]
    from_sub: u64,
}

impl Spent {
    /// The sandbox's account has a subscription, which pays for everything.
    pub(super) fn from_subscription(amount: u64) -> Self {
        Self { amount, source: "sub", split: Split { from_paygo: 0, from_sub: amount } }
    }
}

/// GET /phone/bulk.
#[derive(Debug, Serialize)]
pub(super) struct BulkStatus<'a> {
    pub(super) general: General<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) results: Option<Vec<Entry<'a>>>,
    pub(super) stats: Stats,
}

#[derive(Debug, Serialize)]
pub(super) struct General<'a> {
    pub(super) id: &'a str,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<&'a Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Completed,
    Failed,
    Ongoing,
}

/// One entry of `results`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<Index>,
    pub(super) qualification: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<Params<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<&'a str>,
}

impl Entry<'_> {
    /// An entry for the search at `index` that found nothing.
    pub(super) fn of(index: usize) -> Self {
        Self {
            index: Some(Index::Number(index)),
            qualification: NOT_FOUND,
            number: None,
            country: None,
            params: None,
            custom: None,
        }
    }
}

pub(super) const FOUND: &str = "found";
pub(super) const NOT_FOUND: &str = "not_found";
pub(super) const STILL_ONGOING: &str = "ongoing";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Index {
    Number(usize),
    Text(String),
}

/// A search as it is echoed.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Params<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) linkedin_url: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) firstname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lastname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) company_domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) company_name: Option<&'a str>,
}

/// Every field of `stats` that some page documents; which are filled depends on status and [`Shapes`].
#[derive(Debug, Default, Serialize)]
pub(super) struct Stats {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credits_cost: Option<Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credits_to_refund: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<usize>,
    pub(super) requested: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) valid: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Cost {
    Final(u64),
    Itemised {
        initial: u64,
        refunded: u64,
        #[serde(rename = "final")]
        last: u64,
    },
}

/// GET /phone/single.
#[derive(Debug, Serialize)]
pub(super) struct SingleStatus<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<Params<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<&'static str>,
    pub(super) qualification: &'static str,
}

/// GET /account/info.
#[derive(Debug, Serialize)]
pub(super) struct AccountInfo<'a> {
    pub(super) credits: u64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) webhooks: &'a [String],
}

/// What a webhook is told.
#[derive(Debug, Serialize)]
pub(super) struct Notification<'a> {
    pub(super) event: &'static str,
    pub(super) id: &'a str,
    pub(super) credits: Spent,
}

/// The body of most errors.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub(super) message: &'a str,
}

/// The body with which the single endpoint says that credits are short.
#[derive(Debug, Serialize)]
pub(super) struct Reason<'a> {
    pub(super) reason: &'a str,
    pub(super) success: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The documented example as JSON.
    macro_rules! documented {
        ($name:literal) => {
            serde_json::from_str::<Value>(include_str!(concat!(
                "../../fixtures/api/",
                $name,
                ".json"
            )))
            .unwrap()
        };
    }

    fn value(shape: impl Serialize) -> Value {
        serde_json::to_value(shape).unwrap()
    }

    fn entry(url: &str, index: Index) -> Entry<'_> {
        Entry {
            index: Some(index),
            params: Some(Params { linkedin_url: Some(url.into()), ..Params::default() }),
            ..Entry::of(0)
        }
    }

    #[test]
    fn the_documented_request_is_understood() {
        let request: BulkRequest =
            serde_json::from_str(include_str!("../../fixtures/api/bulk_request.json")).unwrap();
        let mut dwight = Search::at_domain("Dwight", "Schrute", "dundermifflin.com");
        dwight.custom = Some("lead-2".into());
        assert_eq!(
            request.searches.unwrap(),
            [Search::profile("https://www.linkedin.com/in/michael-scott"), dwight]
        );
        assert_eq!(request.custom.unwrap()["any"], "object");
        assert_eq!(request.settings.unwrap().webhook.unwrap(), "https://your-app.example/hook");
    }

    #[test]
    fn a_single_request_is_a_search_with_settings_beside_it() {
        let request: SingleRequest =
            serde_json::from_str(include_str!("../../fixtures/api/single_request.json")).unwrap();
        let mut michael = Search::profile("https://www.linkedin.com/in/michael-scott");
        michael.custom = Some("lead-1".into());
        assert_eq!(request.search, michael);
        assert_eq!(request.settings.unwrap().webhook.unwrap(), "https://your-app.example/hook");
    }

    #[test]
    fn an_accepted_batch_is_written_as_documented() {
        let accepted = Accepted {
            id: "e3b61122-d6a6-4ea7-b331-9b734682a76a",
            message: "Bulk search operating",
            credits_used: 80,
            estimated_duration: Some(1),
            credits: Spent::from_subscription(80),
        };
        assert_eq!(value(accepted), documented!("bulk_accepted"));
    }

    #[test]
    fn a_batch_under_way_is_written_as_documented() {
        let documented = documented!("bulk_ongoing");
        let custom = documented["general"]["custom"].as_object().unwrap().clone();
        let ongoing = BulkStatus {
            general: General {
                id: "e3b61122-d6a6-4ea7-b331-9b734682a76a",
                status: Status::Ongoing,
                custom: Some(&custom),
            },
            results: None,
            stats: Stats { finished: Some(1), requested: 2, ..Stats::default() },
        };
        assert_eq!(value(ongoing), documented);
    }

    #[test]
    fn a_completed_batch_is_written_as_documented() {
        let michael = Entry {
            qualification: FOUND,
            number: Some("+15705551234".into()),
            country: Some("US"),
            custom: Some("lead-1"),
            ..entry("https://www.linkedin.com/in/michael-scott", Index::Number(0))
        };
        let dwight = Entry {
            params: Some(Params {
                firstname: Some("Dwight"),
                lastname: Some("Schrute"),
                company_domain: Some("dundermifflin.com"),
                ..Params::default()
            }),
            ..entry("", Index::Number(1))
        };
        let completed = BulkStatus {
            general: General {
                id: "e3b61122-d6a6-4ea7-b331-9b734682a76a",
                status: Status::Completed,
                custom: None,
            },
            results: Some(vec![michael, dwight]),
            stats: Stats {
                credits_cost: Some(Cost::Final(80)),
                credits_to_refund: Some(0),
                found: Some(2),
                requested: 2,
                ..Stats::default()
            },
        };
        assert_eq!(value(completed), documented!("bulk_completed"));
    }

    #[test]
    fn older_pages_are_spelt_as_they_were() {
        assert_eq!(value(entry("u", Index::Text("0".into())))["index"], json!("0"));
        let stats = Stats {
            credits_cost: Some(Cost::Itemised { initial: 80, refunded: 40, last: 40 }),
            credits_to_refund: Some(40),
            requested: 2,
            valid: Some(1),
            ..Stats::default()
        };
        assert_eq!(
            value(stats),
            json!({"credits_cost": {"initial": 80, "refunded": 40, "final": 40}, "credits_to_refund": 40, "requested": 2, "valid": 1})
        );
    }

    #[test]
    fn the_account_is_written_as_documented() {
        let account = AccountInfo {
            credits: 36_000,
            webhooks: &["https://your-app.example/hook".to_owned()],
        };
        assert_eq!(value(account), documented!("account_info"));
        let bare = AccountInfo { credits: 1, webhooks: &[] };
        assert_eq!(value(bare), json!({"credits": 1}));
    }

    #[test]
    fn a_single_answer_is_written_as_documented() {
        let answer = entry("https://www.linkedin.com/in/michael-scott", Index::Number(0));
        let single = SingleStatus {
            params: answer.params,
            custom: Some("lead-1"),
            number: Some("+15705551234".into()),
            country: Some("US"),
            qualification: FOUND,
        };
        assert_eq!(value(single), documented!("single_completed"));
    }

    #[test]
    fn errors_are_written_as_documented() {
        assert_eq!(
            value(Message { message: "Too Many Requests" }),
            json!({"message": "Too Many Requests"})
        );
        assert_eq!(
            value(Reason { reason: "Insufficient credits", success: false }),
            documented!("single_no_credits")
        );
    }

    #[test]
    fn a_notification_carries_no_results() {
        let told = Notification {
            event: "bulk_phone_search_finished",
            id: "e3b61122-d6a6-4ea7-b331-9b734682a76a",
            credits: Spent::from_subscription(80),
        };
        assert_eq!(value(told), documented!("webhook"));
    }
}
