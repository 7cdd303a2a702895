//! `account`: what the key opens.

use super::session::Session;
use crate::cli::{AccountArgs, Global};
use crate::enrow::RetryPolicy;
use crate::lookup::HIGHEST_KNOWN_PRICE;
use crate::text::sanitize_within;
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::ui::stdout;
use crate::units::{Credits, grouped};
use serde::Serialize;

/// The account as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct AccountJson {
    /// The balance.
    credits: Credits,
    /// By what the key can be told from others; the key cannot be read back from it.
    key: String,
    /// What one number costs; `null` until a first batch has told.
    price: Option<Credits>,
    /// How many numbers the credits pay for, at the highest documented price where the account's own is not known.
    searches: usize,
    /// Who is told of finished batches.
    webhooks: Vec<String>,
}

/// Asks and tells.
pub(super) async fn run(
    args: &AccountArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let session = Session::open(global, console)?;
    let info = session.client.account(RetryPolicy::Tries(3), &|_| ()).await;
    let info = info.map_err(|error| session.failure(error))?;
    let credits = info.balance().map_err(|error| session.failure(error))?;
    let price = session.ledger.account_state(session.account).await?.price;
    let json = AccountJson {
        credits,
        key: session.account.to_string(),
        price,
        searches: credits.affordable_searches(price.unwrap_or(HIGHEST_KNOWN_PRICE)),
        webhooks: info
            .webhooks
            .iter()
            .map(|webhook| sanitize_within(webhook, 200).into_string())
            .collect(),
    };
    if args.json {
        stdout::print_json(&json)?;
    } else {
        stdout::print(json.lines().join("\n").as_bytes())?;
    }
    Ok(Exit::Done)
}

impl AccountJson {
    fn lines(&self) -> Vec<String> {
        let searches = grouped(self.searches as u64);
        let pays = match self.price {
            Some(price) => format!("pays for {searches} numbers at {price}"),
            None => format!(
                "pays for {searches} numbers at least (at {HIGHEST_KNOWN_PRICE}, the highest documented price)"
            ),
        };
        let mut lines =
            vec![format!("credits   {}, {pays}", self.credits), format!("key       {}", self.key)];
        if self.webhooks.is_empty() {
            lines.push("webhooks  none".to_owned());
        }
        let mut title = "webhooks";
        for webhook in &self.webhooks {
            lines.push(format!("{title:<8}  {webhook}"));
            title = "";
        }
        lines
    }
}
