//! The endpoints of the API.

use super::faults::{Effects, Staleness};
use super::http::date;
use super::refusal::Refusal;
use super::reply::Reply;
use super::state::{Shared, State};
use super::types::{Endpoint, Kind};
use super::validate::Payload;
use super::webhook;
use serde_json::json;
use std::sync::Arc;
use tokio::time::Instant;

/// A request as the endpoints see it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) body: Vec<u8>,
    pub(super) endpoint: Endpoint,
    pub(super) faults: Effects,
    /// `id` in the query.
    pub(super) id: Option<String>,
    pub(super) key: Option<String>,
    /// Its number in the log.
    pub(super) number: usize,
    /// `None` where the body cannot be read.
    pub(super) payload: Option<Payload>,
}

/// Acts on a request, and answers it.
pub(super) fn handle(shared: &Arc<Shared>, call: &Call) -> Reply {
    let (reply, webhook) = shared.change(|state, now| {
        let shapes = state.settings.shapes;
        let answered = match call.endpoint {
            Endpoint::Account => account(state, call, now),
            Endpoint::Elsewhere => Ok(Reply::message(404, "Not Found")),
            Endpoint::PollBulk => poll(state, call, Kind::Bulk, now),
            Endpoint::PollSingle => poll(state, call, Kind::Single, now),
            Endpoint::SubmitBulk => return submit(state, call, Kind::Bulk, now),
            Endpoint::SubmitSingle => return submit(state, call, Kind::Single, now),
        };
        (answered.unwrap_or_else(|refusal| refusal.reply(shapes)), None)
    });
    if let Some((number, url)) = webhook {
        tokio::spawn(webhook::notify(Arc::clone(shared), number, url));
    }
    reply
}

fn account(state: &mut State, call: &Call, now: Instant) -> Result<Reply, Refusal> {
    let account = state.account(call.key.as_deref())?;
    let account = &state.accounts[account];
    let old = call.faults.stale;
    let balance = match old {
        Some((age, _)) => account.balance_at(now.checked_sub(age)),
        None => account.credits.balance,
    };
    let mut body =
        json!({ "credits": call.faults.balance.clone().unwrap_or_else(|| json!(balance)) });
    if !state.settings.webhooks.is_empty() {
        body["webhooks"] = json!(state.settings.webhooks);
    }
    let reply = Reply::json(200, &body);
    Ok(match old {
        Some((age, Staleness::Age)) => reply.with("age", &age.as_secs()),
        Some((age, Staleness::Date)) => {
            let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            reply.with("date", &date(-seconds))
        }
        Some((_, Staleness::Silent)) | None => reply,
    })
}

/// Answers a POST, and says which webhook is to be told about which batch.
fn submit(
    state: &mut State,
    call: &Call,
    kind: Kind,
    now: Instant,
) -> (Reply, Option<(usize, url::Url)>) {
    let shapes = state.settings.shapes;
    let account = match state.phone_account(call.key.as_deref()) {
        Ok(account) => account,
        Err(refusal) => return (refusal.reply(shapes), None),
    };
    let taken = state.admit(account, now).and_then(|()| {
        let payload = call.payload.as_ref().ok_or(Refusal::MissingPayload)?;
        state.take(account, kind, payload, call.faults.limit, &call.body, now)
    });
    let (reply, webhook) = match taken {
        Ok(number) => {
            let batch = &state.batches[number];
            state.log.taken(call.number, number, batch.id.clone());
            (batch.accepted(), batch.webhook.clone().map(|url| (number, url)))
        }
        Err(refusal) => (refusal.reply(shapes), None),
    };
    let limit = state.settings.posts_per_second;
    let posts = &mut state.accounts[account].posts;
    let reply = reply
        .with("x-ratelimit-limit", &limit)
        .with("x-ratelimit-remaining", &limit.saturating_sub(posts.count(now)))
        .with("x-ratelimit-reset", &posts.seconds_to_relief(now));
    (reply, webhook)
}

fn poll(state: &mut State, call: &Call, kind: Kind, now: Instant) -> Result<Reply, Refusal> {
    let account = state.phone_account(call.key.as_deref())?;
    let id = call.id.as_deref().ok_or(Refusal::MissingId)?;
    let number = state.find(account, kind, id, now)?;
    let batch = &state.batches[number];
    let reply = batch.status(now, state.settings.shapes, state.settings.echo);
    if batch.is_over(now) {
        state.delivered(number);
    }
    Ok(reply)
}
