//! A request on its way through the sandbox.

use super::desk::Desk;
use super::log::Endpoint;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The header that carries the key.
const KEY: &str = "x-api-key";

/// What the endpoints need to know of a request beside its content.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    key: Option<String>,
    number: usize,
}

impl Visit {
    /// The key it came with.
    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Its number in the log.
    pub(super) fn number(&self) -> usize {
        self.number
    }
}

/// Notes every request in the journal, whatever becomes of it.
pub(super) async fn attend(
    State(desk): State<Arc<Desk>>,
    mut request: Request,
    next: Next,
) -> Response {
    let endpoint = Endpoint::of(request.method().as_str(), request.uri().path());
    let key = request
        .headers()
        .get(KEY)
        .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned())
        .filter(|key| !key.is_empty());
    let line = format!("{} {}", request.method(), request.uri());
    let number = desk.with(|books, now| {
        if endpoint.is_post()
            && let Ok(account) = books.account(key.as_deref())
        {
            let arrivals = &mut books.accounts[account].arrivals;
            arrivals.push(now);
            books.log.busiest_second = books.log.busiest_second.max(arrivals.count(now));
        }
        books.log.arrive(endpoint, line, key.as_deref())
    });
    request.extensions_mut().insert(Visit { key, number });
    let response = next.run(request).await;
    desk.with(|books, _| books.log.depart(number, Some(response.status().as_u16())));
    response
}
