//! A request on its way through the sandbox.

use super::faults::{Phase, RequestFaults};
use super::log::Endpoint;
use super::net::Line;
use super::response_fault::{apply, lets_status_through};
use super::shared::Shared;
use super::validate;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::time::sleep;

/// The header that carries the key.
const KEY: &str = "x-api-key";

/// What the endpoints need to know of a request beside its content.
#[derive(Debug, Clone)]
pub(super) struct RequestContext {
    key: Option<String>,
    limit: Option<usize>,
    number: usize,
}

impl RequestContext {
    /// The key it came with.
    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The batch size that is in force for this request alone.
    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Its number in the log.
    pub(super) fn number(&self) -> usize {
        self.number
    }
}

/// Stands between the network and the endpoints: notes every request and does to it what the faults say.
pub(super) async fn middleware(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response {
    let endpoint = Endpoint::of(request.method().as_str(), request.uri().path());
    let key = request
        .headers()
        .get(KEY)
        .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned())
        .filter(|key| !key.is_empty());
    line.begin();
    let text = format!("{} {}", request.method(), request.uri());
    let (number, request_faults) = shared.arrive(endpoint, text, key.as_deref());
    let request_context = RequestContext { key, limit: request_faults.limit, number };
    let mut guard =
        RequestGuard { shared: &shared, line: &line, number, searches: None, status: None };
    let response =
        apply_faults(request_faults, request_context, &line, request, next, &mut guard).await;
    let Some(mut response) = response else {
        drop(guard);
        return std::future::pending().await;
    };
    if shared.door().is_shut() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// Answers the request, or fails to.
async fn apply_faults(
    request_faults: RequestFaults,
    request_context: RequestContext,
    line: &Line,
    request: Request,
    next: Next,
    guard: &mut RequestGuard<'_>,
) -> Option<Response> {
    let uri = request.uri().clone();
    let (mut head, body) = request.into_parts();
    // Read to its end in any case: an answer that is lost is lost after that.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Some(StatusCode::BAD_REQUEST.into_response());
    };
    head.extensions.insert(request_context);
    let response = match request_faults.lost {
        Some((Phase::Before, _)) => {
            guard.searches = Some(validate::count(&body));
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Some((Phase::After, _)) | None => {
            next.run(Request::from_parts(head, Body::from(body))).await
        }
    };
    if !request_faults.slow.is_zero() {
        sleep(request_faults.slow).await;
    }
    let Some((_, response_fault)) = request_faults.lost else {
        guard.status = Some(response.status().as_u16());
        return Some(response);
    };
    let response = apply(response_fault, response, &uri, line)?;
    if lets_status_through(response_fault) {
        guard.status = Some(response.status().as_u16());
    }
    Some(response)
}

/// Notes that a request is over, also when its caller gives up waiting.
struct RequestGuard<'a> {
    shared: &'a Shared,
    line: &'a Line,
    number: usize,
    /// How many searches the request had, where no endpoint has noted that.
    searches: Option<usize>,
    status: Option<u16>,
}

impl Drop for RequestGuard<'_> {
    fn drop(&mut self) {
        self.line.answered();
        self.shared.with(|state, _| {
            if let Some(searches) = self.searches {
                state.log.note(self.number, |request| request.searches = searches);
            }
            state.log.finish(self.number, self.status);
        });
    }
}
