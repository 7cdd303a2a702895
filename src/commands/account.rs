//! `account`: shows the credits of the account.

mod all;

use super::session::Session;
use super::session::blocking::say_if_slow;
use crate::cli::{AccountArgs, Global};
use crate::enrow::{AccountInfo, Client, FetchError, RetryCause, RetryPolicy};
use crate::lookup::HIGHEST_KNOWN_PRICE;
use crate::text::{Sanitized, sanitize_within};
use crate::ui::console::Console;
use crate::ui::estimate::USUAL_PRICE;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, count, counted, message};
use crate::ui::stdout;
use crate::units::Credits;
use serde::Serialize;
use std::time::Duration;

/// The account as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct AccountJson {
    credits: Credits,
    /// Identifies the key, which cannot be read back from it.
    key: String,
    /// What one number costs; `null` until a first batch has shown it.
    price: Option<Credits>,
    /// How many numbers the credits pay for: at the highest documented price until the account's own is known.
    searches: usize,
    /// Addresses that Enrow notifies of finished batches.
    webhooks: Vec<Sanitized>,
}

pub(super) async fn run(
    args: &AccountArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    if args.all {
        return all::run(args, global, console).await;
    }
    let session = Session::open(global, console).await?;
    let info = ask(&session.client, console).await;
    let info = info.map_err(|error| session.failure(error))?;
    let credits = info.balance().map_err(|error| session.failure(error))?;
    let price = session.ledger.account_state(session.account).await?.price;
    let json = AccountJson {
        credits,
        key: session.account.to_string(),
        price,
        searches: credits.affordable_searches(price.unwrap_or(HIGHEST_KNOWN_PRICE)),
        webhooks: info.webhooks.iter().map(|webhook| sanitize_within(webhook, 200)).collect(),
    };
    if args.json {
        stdout::print_json(&json)?;
    } else {
        stdout::print(&json.text())?;
    }
    Ok(Exit::Done)
}

/// Asks up to three times, and says why it waits.
pub(in crate::commands) async fn ask(
    client: &Client,
    console: &Console,
) -> Result<AccountInfo, FetchError> {
    let on_retry = |cause: &RetryCause, again: Duration| {
        let seconds = again.as_secs().max(1);
        console.info(message!(
            "waiting for Enrow: {}, again in {} s",
            Message::foreign(cause),
            seconds
        ));
    };
    let asking = client.account(RetryPolicy::Tries(3), &on_retry);
    say_if_slow(console, "waiting for Enrow".into(), asking).await
}

impl AccountJson {
    fn text(&self) -> Message {
        let pays = match self.price {
            Some(price) => {
                let numbers = counted(self.searches, "number", "numbers");
                message!("pays for {} at {} each", numbers, price)
            }
            None => message!(
                "pays for {} at {} each, {} at {} on a legacy plan",
                counted(self.credits.affordable_searches(USUAL_PRICE), "number", "numbers"),
                USUAL_PRICE,
                count(self.searches),
                HIGHEST_KNOWN_PRICE
            ),
        };
        let mut lines = vec![
            message!("credits   {}, {}", self.credits, pays),
            message!("key       {}", Message::foreign(&self.key)),
        ];
        if self.webhooks.is_empty() {
            lines.push("webhooks  none".into());
        }
        let mut title = "webhooks";
        for webhook in &self.webhooks {
            lines.push(message!("{:<8}  {}", title, webhook));
            title = "";
        }
        Message::lines_of(lines)
    }
}
