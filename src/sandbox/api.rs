//! The endpoints of the API.

use super::faults::Effects;
use super::http::{HttpRequest, HttpResponse};
use super::log::Request;
use super::payload::Payload;
use super::state::{Shared, State};
use super::types::{Endpoint, Kind};
use super::webhook;
use serde_json::json;
use std::sync::Arc;
use tokio::time::Instant;

/// A request as the endpoints see it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) faults: Effects,
    /// Its number in the log.
    pub(super) number: usize,
    endpoint: Endpoint,
    /// `None` where the body cannot be read.
    payload: Option<Payload>,
    request: HttpRequest,
}

impl Call {
    /// Notes a request and finds out what awaits it.
    pub(super) fn arrive(mut request: HttpRequest, shared: &Shared) -> Self {
        let endpoint = request.endpoint();
        // The API reads no body that is not declared to be JSON.
        let is_json =
            request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let body = std::mem::take(&mut request.body);
        let payload = match endpoint {
            Endpoint::Submit(kind) if is_json => Payload::read(kind, body),
            Endpoint::Account | Endpoint::Elsewhere | Endpoint::Poll(_) | Endpoint::Submit(_) => {
                None
            }
        };
        let noted = Request {
            at: Instant::now(),
            endpoint,
            key: key(&request).map(str::to_owned),
            line: format!("{} {}", request.method, request.target),
            is_lost: false,
            searches: payload.as_ref().map_or(0, |payload| payload.searches.len()),
            status: None,
            taken: None,
        };
        let (number, faults) = shared.change(|state, _| state.arrive(noted));
        shared.refuse_next(endpoint);
        Self { faults, number, endpoint, payload, request }
    }
}

fn key(request: &HttpRequest) -> Option<&str> {
    request.header("x-api-key").filter(|key| !key.is_empty())
}

/// Acts on a request, and answers it.
pub(super) fn handle(shared: &Arc<Shared>, call: &Call) -> HttpResponse {
    let reply = shared.change(|state, now| match call.endpoint {
        Endpoint::Account => account(state, call, now),
        Endpoint::Elsewhere => Ok(HttpResponse::message(404, "Not Found")),
        Endpoint::Poll(kind) => poll(state, call, kind, now),
        Endpoint::Submit(_) => submit(state, call, now, shared),
    });
    reply.unwrap_or_else(|refusal| refusal)
}

fn account(state: &mut State, call: &Call, now: Instant) -> Result<HttpResponse, HttpResponse> {
    let account = state.account(key(&call.request))?;
    let balance = state.accounts[account].balance_at(now.checked_sub(call.faults.stale));
    let balance = call.faults.balance.clone().unwrap_or_else(|| json!(balance));
    let mut body = json!({ "credits": balance });
    if !state.settings.webhooks.is_empty() {
        body["webhooks"] = json!(state.settings.webhooks);
    }
    let reply = HttpResponse::json(200, &body);
    Ok(match call.faults.age {
        Some(age) => reply.with("age", &age.as_secs()),
        None => reply,
    })
}

fn submit(
    state: &mut State,
    call: &Call,
    now: Instant,
    shared: &Arc<Shared>,
) -> Result<HttpResponse, HttpResponse> {
    let account = state.phone_account(key(&call.request))?;
    let taken = state.admit(account, now).and_then(|()| {
        let payload = call.payload.as_ref();
        let payload = payload.ok_or_else(|| HttpResponse::message(400, "Missing payload"))?;
        let number = state.take(account, payload, call.faults.limit, now)?;
        let batch = &state.batches[number];
        state.log.taken(call.number, number, batch.id.clone());
        if let Some(url) = batch.webhook.clone() {
            tokio::spawn(webhook::notify(Arc::clone(shared), number, url));
        }
        Ok(batch.accepted())
    });
    let limit = state.settings.posts_per_second;
    let posts = &mut state.accounts[account].posts;
    let reply = taken.unwrap_or_else(|refusal| refusal);
    Ok(reply
        .with("x-ratelimit-limit", &limit)
        .with("x-ratelimit-remaining", &limit.saturating_sub(posts.count(now)))
        .with("x-ratelimit-reset", &posts.relief(now).as_secs_f64().ceil()))
}

fn poll(
    state: &mut State,
    call: &Call,
    kind: Kind,
    now: Instant,
) -> Result<HttpResponse, HttpResponse> {
    let account = state.phone_account(key(&call.request))?;
    let id = call.request.query("id");
    let id = id.ok_or_else(|| HttpResponse::message(400, "Missing id in the query params"))?;
    let number = state.find(account, kind, &id, now)?;
    let batch = &state.batches[number];
    let reply = batch.status(now, state.settings.shapes);
    if batch.is_over(now) {
        state.delivered(number);
    }
    Ok(reply)
}
