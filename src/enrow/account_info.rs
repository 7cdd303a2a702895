//! What an account has.

use super::{FetchError, HttpResponse, json};
use crate::units::{Credits, Moment};
use std::time::Duration;

/// The answer to GET /account/info. Source: Enrow API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountInfo {
    /// How long the answer lay in a cache: it may be out of date.
    pub age: Option<Duration>,
    /// Credits to spend. `None` where the balance is negative, missing or no number: nothing is submitted then.
    pub credits: Option<Credits>,
    /// When the answer was made, by the server's clock.
    pub served: Option<Moment>,
    /// Addresses that Enrow calls about finished batches.
    pub webhooks: Vec<String>,
}

/// More webhooks than an account can have.
const MOST_WEBHOOKS: usize = 100;

impl AccountInfo {
    /// `None` where the response is no account's at all.
    pub(crate) fn read(response: &HttpResponse, _: usize) -> Option<Self> {
        let text = json::text_of(&response.body);
        let [credits, webhooks] = json::fields(&text, ["credits", "webhooks"])?;
        let webhooks = json::elements(webhooks, MOST_WEBHOOKS).unwrap_or_default();
        Some(Self {
            age: response.age,
            // A balance that is clamped or guessed would prove that nothing was taken.
            credits: json::whole(credits).map(Credits),
            served: response.served,
            webhooks: webhooks.into_iter().filter_map(|(_, url)| json::text(url)).collect(),
        })
    }

    pub(crate) fn balance(&self) -> Result<Credits, FetchError> {
        self.credits.ok_or(FetchError::UnreadableBalance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<AccountInfo> {
        AccountInfo::read(&HttpResponse { body: body.into(), ..HttpResponse::default() }, 0)
    }

    #[test]
    fn a_balance_is_read_in_every_form_or_called_unreadable() {
        for (body, credits) in [
            (r#"{"credits":36000}"#, Some(36000)),
            (r#"{"credits":"36000"}"#, Some(36000)),
            (r#"{"credits":36000.5,"webhooks":null}"#, Some(36000)),
            ("\u{feff}{\"credits\":0}", Some(0)),
            (r#"{"credits":-40}"#, None),
            (r#"{"credits":null}"#, None),
            (r#"{"credits":{"amount":5}}"#, None),
            (r#"{"credits":1e300}"#, None),
            ("{}", None),
        ] {
            let info = read(body).unwrap();
            assert_eq!(info.credits, credits.map(Credits), "{body}");
            assert_eq!(info.balance().is_ok(), credits.is_some());
        }
        for body in ["", "[]", "<html>", "36000"] {
            assert_eq!(read(body), None, "{body}");
        }
    }

    #[test]
    fn an_odd_webhook_costs_nothing_else() {
        let info = read(r#"{"credits":1,"webhooks":["https://a.example/",7,null]}"#).unwrap();
        assert_eq!(info.webhooks, ["https://a.example/", "7"]);
        assert_eq!(read(r#"{"credits":1,"webhooks":7}"#).unwrap().webhooks, [""; 0]);
    }
}
