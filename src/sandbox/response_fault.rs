//! Answers that get lost or spoilt on their way.

use super::faults::ResponseFault;
use super::net::{Break, Line};
use super::reply::Reply;
use super::shapes::Message;
use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_LENGTH, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// What the caller is given instead of `answer`; `None` where that is nothing and the connection stays open.
///
/// A response that is returned may still not arrive: `line` breaks when it is written.
pub(super) fn apply(
    response_fault: ResponseFault,
    answer: Response,
    path: &Uri,
    line: &Line,
) -> Option<Response> {
    Some(match response_fault {
        ResponseFault::Close => {
            line.break_off(Break::Close);
            answer
        }
        ResponseFault::Garbage => {
            let mut garbage = answer;
            *garbage.body_mut() = Body::from("{\"id\": \"e3b61122-d6a6-\u{fffd}");
            garbage.headers_mut().remove(CONTENT_LENGTH);
            garbage
        }
        ResponseFault::Hang => return None,
        ResponseFault::Html(status) => page(status),
        ResponseFault::Redirect(status) => {
            let mut redirect = page(status);
            let elsewhere = HeaderValue::try_from(format!("/redirected{path}"));
            if let Ok(elsewhere) = elsewhere {
                redirect.headers_mut().insert(LOCATION, elsewhere);
            }
            redirect
        }
        ResponseFault::Reset => {
            line.break_off(Break::Reset);
            answer
        }
        ResponseFault::Stall => {
            line.break_off(Break::StallAfter(half(&answer)));
            answer
        }
        ResponseFault::Status(status, pause) => error(status, pause),
        ResponseFault::Truncate => {
            line.break_off(Break::CloseAfter(half(&answer)));
            answer
        }
    })
}

/// Whether the status line of the answer reaches the caller.
pub(super) fn lets_status_through(response_fault: ResponseFault) -> bool {
    match response_fault {
        ResponseFault::Close | ResponseFault::Hang | ResponseFault::Reset => false,
        ResponseFault::Garbage
        | ResponseFault::Html(_)
        | ResponseFault::Redirect(_)
        | ResponseFault::Stall
        | ResponseFault::Status(..)
        | ResponseFault::Truncate => true,
    }
}

fn half(answer: &Response) -> usize {
    let length = answer.body().size_hint().lower() / 2;
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn error(status: StatusCode, pause: Option<Duration>) -> Response {
    let message = match status.as_u16() {
        401 => "This apikey is not valid",
        402 => "Insufficient credits",
        422 => "Insufficient balance",
        _ => status.canonical_reason().unwrap_or("Error"),
    };
    let reply = Reply::json(status.as_u16(), &Message { message });
    let reply = match pause {
        // The header knows whole seconds only (RFC 9110, 10.2.3).
        Some(pause) => {
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            reply.with(RETRY_AFTER, seconds)
        }
        None => reply,
    };
    reply.into_response()
}

/// What a proxy in front of the API says when it has something to say.
fn page(status: StatusCode) -> Response {
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n<body><center><h1>{status}</h1></center></body></html>\n"
    );
    Reply::new(status.as_u16(), "text/html; charset=utf-8", body).into_response()
}
