//! A request on its way through the sandbox.

use super::desk::Desk;
use super::faults::{Moment, Ordeal};
use super::log::Endpoint;
use super::loss::{lets_status_through, spoil};
use super::net::Line;
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
pub(super) struct Visit {
    key: Option<String>,
    limit: Option<usize>,
    number: usize,
}

impl Visit {
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
pub(super) async fn attend(
    State(desk): State<Arc<Desk>>,
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
    let (number, ordeal) = desk.arrive(endpoint, text, key.as_deref());
    let visit = Visit { key, limit: ordeal.limit, number };
    let mut leaving = Leaving { desk: &desk, line: &line, number, searches: None, status: None };
    let response = suffer(ordeal, visit, &line, request, next, &mut leaving).await;
    let Some(mut response) = response else {
        drop(leaving);
        return std::future::pending().await;
    };
    if desk.door().is_shut() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// Answers the request, or fails to.
async fn suffer(
    ordeal: Ordeal,
    visit: Visit,
    line: &Line,
    request: Request,
    next: Next,
    leaving: &mut Leaving<'_>,
) -> Option<Response> {
    let uri = request.uri().clone();
    let (mut head, body) = request.into_parts();
    // Read to its end in any case: an answer that is lost is lost after that.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Some(StatusCode::BAD_REQUEST.into_response());
    };
    head.extensions.insert(visit);
    let response = match ordeal.lost {
        Some((Moment::Before, _)) => {
            leaving.searches = Some(validate::count(&body));
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Some((Moment::After, _)) | None => {
            next.run(Request::from_parts(head, Body::from(body))).await
        }
    };
    if !ordeal.slow.is_zero() {
        sleep(ordeal.slow).await;
    }
    let Some((_, loss)) = ordeal.lost else {
        leaving.status = Some(response.status().as_u16());
        return Some(response);
    };
    let response = spoil(loss, response, &uri, line)?;
    if lets_status_through(loss) {
        leaving.status = Some(response.status().as_u16());
    }
    Some(response)
}

/// Notes that a request is over, also when its caller gives up waiting.
struct Leaving<'a> {
    desk: &'a Desk,
    line: &'a Line,
    number: usize,
    /// How many searches the request had, where no endpoint has noted that.
    searches: Option<usize>,
    status: Option<u16>,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.line.answered();
        self.desk.with(|books, _| {
            if let Some(searches) = self.searches {
                books.log.note(self.number, |request| request.searches = searches);
            }
            books.log.depart(self.number, self.status);
        });
    }
}
