//! The endpoints of the API.

use super::batch::{Batch, Stage};
use super::desk::Desk;
use super::refusal::{Asked, Refusal};
use super::reply::Reply;
use super::shapes::{Accepted, AccountInfo, Message, Shapes, Spent};
use super::validate;
use super::visit::Visit;
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
    desk: State<Arc<Desk>>,
    visit: Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    submit(&desk, &visit, Asked::Bulk, payload(&headers, &body))
}

/// POST /phone/single
pub(super) async fn submit_single(
    desk: State<Arc<Desk>>,
    visit: Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    submit(&desk, &visit, Asked::Single, payload(&headers, &body))
}

/// GET /phone/bulk
pub(super) async fn poll_bulk(
    desk: State<Arc<Desk>>,
    visit: Extension<Visit>,
    query: Query<ById>,
) -> Reply {
    poll(&desk, &visit, Asked::Bulk, query.0)
}

/// GET /phone/single
pub(super) async fn poll_single(
    desk: State<Arc<Desk>>,
    visit: Extension<Visit>,
    query: Query<ById>,
) -> Reply {
    poll(&desk, &visit, Asked::Single, query.0)
}

/// GET /account/info
pub(super) async fn account(
    State(desk): State<Arc<Desk>>,
    Extension(visit): Extension<Visit>,
) -> Reply {
    desk.with(|books, _| match books.account(visit.key()) {
        Ok(account) => {
            let credits = books.accounts[account].credits.balance;
            let webhooks = &books.settings.webhooks;
            Reply::json(200, &AccountInfo { credits, webhooks })
        }
        Err(refusal) => refusal.reply(books.settings.shapes),
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

fn submit(desk: &Arc<Desk>, visit: &Visit, kind: Asked, body: &[u8]) -> Reply {
    desk.with(|books, now| {
        let shapes = books.settings.shapes;
        let account = match books.phone_account(visit.key()) {
            Ok(account) => account,
            Err(refusal) => return refusal.reply(shapes),
        };
        let taken = books.admit(account, now).and_then(|()| {
            let payload = match kind {
                Asked::Bulk => {
                    let limit = visit.limit().unwrap_or(books.settings.batch_limit);
                    validate::bulk(body, limit)?
                }
                Asked::Single => validate::single(body)?,
            };
            let searches = payload.searches.len();
            books.log.note(visit.number(), |request| request.searches = searches);
            books.take(account, kind, payload, body, now)
        });
        let reply = match taken {
            Ok(number) => {
                books.log.note(visit.number(), |request| request.taken = Some(number));
                if let Some(url) = &books.batches[number].webhook {
                    tokio::spawn(webhook::notify(Arc::clone(desk), number, url.clone()));
                }
                accepted(&books.batches[number])
            }
            Err(refusal) => refusal.reply(shapes),
        };
        let limit = books.settings.posts_per_second;
        let posts = &mut books.accounts[account].posts;
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

fn poll(desk: &Desk, visit: &Visit, kind: Asked, query: ById) -> Reply {
    desk.with(|books, now| {
        let shapes = books.settings.shapes;
        let found = books.phone_account(visit.key()).and_then(|account| {
            let id = query.id.filter(|id| !id.is_empty()).ok_or(Refusal::MissingId)?;
            books.find(account, kind, &id, now)
        });
        let number = match found {
            Ok(number) => number,
            Err(refusal) => return refusal.reply(shapes),
        };
        let echo = books.settings.echo;
        let batch = &books.batches[number];
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
            books.delivered(number);
        }
        reply
    })
}
