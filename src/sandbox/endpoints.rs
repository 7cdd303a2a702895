//! The endpoints of the API.

use super::batch::{Batch, Stage};
use super::refusal::{Asked, Refusal};
use super::reply::Reply;
use super::request_context::RequestContext;
use super::shapes::{Accepted, AccountInfo, Message, Shapes, Spent};
use super::shared::Shared;
use super::validate;
use super::webhook;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::sync::Arc;

/// The query of a GET.
#[derive(Debug, Deserialize)]
pub(super) struct ById {
    id: Option<String>,
}

/// POST /phone/bulk
pub(super) async fn submit_bulk(
    shared: State<Arc<Shared>>,
    request_context: Extension<RequestContext>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    submit(&shared, &request_context, Asked::Bulk, payload(&headers, &body))
}

/// POST /phone/single
pub(super) async fn submit_single(
    shared: State<Arc<Shared>>,
    request_context: Extension<RequestContext>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    submit(&shared, &request_context, Asked::Single, payload(&headers, &body))
}

/// GET /phone/bulk
pub(super) async fn poll_bulk(
    shared: State<Arc<Shared>>,
    request_context: Extension<RequestContext>,
    query: Query<ById>,
) -> Reply {
    poll(&shared, &request_context, Asked::Bulk, query.0)
}

/// GET /phone/single
pub(super) async fn poll_single(
    shared: State<Arc<Shared>>,
    request_context: Extension<RequestContext>,
    query: Query<ById>,
) -> Reply {
    poll(&shared, &request_context, Asked::Single, query.0)
}

/// GET /account/info
pub(super) async fn account(
    State(shared): State<Arc<Shared>>,
    Extension(request_context): Extension<RequestContext>,
) -> Reply {
    shared.with(|state, _| match state.account(request_context.key()) {
        Ok(account) => {
            let credits = state.accounts[account].credits.balance;
            let webhooks = &state.settings.webhooks;
            Reply::json(200, &AccountInfo { credits, webhooks })
        }
        Err(refusal) => refusal.reply(state.settings.shapes),
    })
}

/// The body where it is declared to be JSON: the API reads no other.
fn payload<'a>(headers: &HeaderMap, body: &'a Bytes) -> &'a [u8] {
    let declared = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if declared.is_some_and(|kind| kind.starts_with(b"application/json")) { body } else { &[] }
}

/// Anything else.
pub(super) async fn elsewhere() -> Reply {
    Reply::json(404, &Message { message: "Not Found" })
}

fn submit(
    shared: &Arc<Shared>,
    request_context: &RequestContext,
    kind: Asked,
    body: &[u8],
) -> Reply {
    shared.with(|state, now| {
        let shapes = state.settings.shapes;
        let account = match state.phone_account(request_context.key()) {
            Ok(account) => account,
            Err(refusal) => return refusal.reply(shapes),
        };
        let taken = state.admit(account, now).and_then(|()| {
            let payload = match kind {
                Asked::Bulk => {
                    let limit = request_context.limit().unwrap_or(state.settings.batch_limit);
                    validate::bulk(body, limit)?
                }
                Asked::Single => validate::single(body)?,
            };
            let searches = payload.searches.len();
            state.log.note(request_context.number(), |request| request.searches = searches);
            state.take(account, kind, payload, body, now)
        });
        let reply = match taken {
            Ok(number) => {
                state.log.note(request_context.number(), |request| request.taken = Some(number));
                if let Some(url) = &state.batches[number].webhook {
                    tokio::spawn(webhook::notify(Arc::clone(shared), number, url.clone()));
                }
                accepted(&state.batches[number])
            }
            Err(refusal) => refusal.reply(shapes),
        };
        let limit = state.settings.posts_per_second;
        let posts = &mut state.accounts[account].posts;
        let left = limit.saturating_sub(posts.count(now));
        let header = HeaderName::from_static;
        reply
            .with(header("x-ratelimit-limit"), limit)
            .with(header("x-ratelimit-remaining"), left)
            .with(header("x-ratelimit-reset"), posts.seconds_to_relief(now))
    })
}

fn accepted(batch: &Batch) -> Reply {
    let shape = Accepted {
        id: &batch.id,
        message: match batch.kind {
            Asked::Bulk => "Bulk search operating",
            Asked::Single => "Single search operating",
        },
        credits_used: batch.reserved(),
        estimated_duration: match batch.kind {
            Asked::Bulk => Some(batch.estimated_minutes()),
            Asked::Single => None,
        },
        credits: Spent::from_subscription(batch.reserved()),
    };
    Reply::json(201, &shape)
}

fn poll(shared: &Shared, request_context: &RequestContext, kind: Asked, query: ById) -> Reply {
    shared.with(|state, now| {
        let shapes = state.settings.shapes;
        let found = state.phone_account(request_context.key()).and_then(|account| {
            let id = query.id.filter(|id| !id.is_empty()).ok_or(Refusal::MissingId)?;
            state.find(account, kind, &id, now)
        });
        let number = match found {
            Ok(number) => number,
            Err(refusal) => return refusal.reply(shapes),
        };
        let echo = state.settings.echo;
        let batch = &state.batches[number];
        let is_over = batch.stage(now) != Stage::UnderWay;
        let reply = match kind {
            Asked::Bulk => {
                let status = match shapes {
                    Shapes::Older if !is_over => 202,
                    Shapes::Newest | Shapes::Older => 200,
                };
                Reply::json(status, &batch.bulk_status(now, shapes, echo))
            }
            Asked::Single => {
                let status = if is_over { 200 } else { 202 };
                Reply::json(status, &batch.single_status(now, echo))
            }
        };
        if is_over {
            state.delivered(number);
        }
        reply
    })
}
