//! Serving the sandbox on loopback.

use super::api::{self, Call};
use super::control::Control;
use super::faults::{Phase, ResponseFault};
use super::http::{Connection, End, Incoming, Request, date};
use super::listener::Listener;
use super::reply::{Reply, reason};
use super::settings::Settings;
use super::state::Shared;
use super::types::{Endpoint, Kind};
use super::validate;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

/// A local Enrow, served within a running tokio runtime until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    listener: Arc<Listener>,
    server: AbortHandle,
    shared: Arc<Shared>,
}

impl Sandbox {
    /// Serves a sandbox on `addr` within the tokio runtime that this is called in; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened on, or is not on loopback: everybody who reaches the sandbox can read what was sent.
    pub fn start(settings: Settings, addr: SocketAddr) -> io::Result<Self> {
        if !addr.ip().is_loopback() {
            let error = "the sandbox is served on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let listener = Listener::open(addr)?;
        let shared = Arc::new(Shared::new(settings, Arc::clone(&listener)));
        let server =
            tokio::spawn(accept(Arc::clone(&listener), Arc::clone(&shared))).abort_handle();
        Ok(Self { listener, server, shared })
    }

    /// Serves a sandbox on a free port from a thread of its own.
    ///
    /// # Errors
    /// There is no free port, or no thread can be started.
    pub fn spawn(settings: Settings) -> io::Result<Running> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let sandbox = {
            let _within = runtime.enter();
            Self::start(settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?
        };
        let (control, url) = (sandbox.control(), sandbox.url());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            // Ends when the other half is dropped as well as when it is used.
            runtime.block_on(stopped).unwrap_or_default();
            drop(sandbox);
        })?;
        Ok(Running { control, stop: Some(stop), thread: Some(thread), url })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.listener.addr())
    }

    /// What it has seen, and what it shall do next.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.listener.shut();
    }
}

/// A sandbox on a thread of its own; dropping it ends both.
#[derive(Debug)]
pub struct Running {
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    url: String,
}

impl Running {
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it has seen, and what it shall do next.
    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been printed; a second one here would abort the process.
            drop(thread.join());
        }
    }
}

async fn accept(listener: Arc<Listener>, shared: Arc<Shared>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    loop {
        let (stream, shuts) = listener.accept().await;
        connections.spawn(serve(Connection::new(stream), shuts, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// Serves one connection to its end.
async fn serve(mut connection: Connection, mut shuts: watch::Receiver<usize>, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            biased;
            _ = shuts.changed() => return,
            begins = connection.begins() => if !begins { return },
        }
        let request = match connection.request().await {
            Incoming::Request(request) => request,
            Incoming::Bad(reply) => {
                connection.answer(&reply, End::Close).await;
                return;
            }
            Incoming::End => return,
        };
        match answer(connection, request, &shuts, &shared).await {
            Some(kept) => connection = kept,
            None => return,
        }
    }
}

/// Answers a request, or fails to as its faults say. Returns the connection where it can be used again.
async fn answer(
    mut connection: Connection,
    request: Request,
    shuts: &watch::Receiver<usize>,
    shared: &Arc<Shared>,
) -> Option<Connection> {
    let (closes, target) = (request.closes(), request.target.clone());
    let call = Arc::new(arrive(request, shared));
    let finish =
        |status, is_lost| shared.change(|state, _| state.log.finish(call.number, status, is_lost));
    let reply = tokio::select! {
        biased;
        reply = act(&call, shared) => reply,
        () = connection.left() => {
            finish(None, true);
            return None;
        }
    };
    // A connection that was open while the listener was shut ends with its answer.
    let end = if closes || shuts.has_changed().unwrap_or(true) { End::Close } else { End::Keep };
    let Some((_, fault)) = call.faults.lost else {
        finish(Some(reply.status), false);
        return connection.answer(&reply, end).await.then_some(connection);
    };
    let half = reply.body.len() / 2;
    let (reply, end) = match fault {
        ResponseFault::Close | ResponseFault::Hang | ResponseFault::Reset => {
            finish(None, true);
            match fault {
                ResponseFault::Hang => connection.left().await,
                ResponseFault::Reset => connection.reset(),
                _ => {}
            }
            return None;
        }
        ResponseFault::Garbage => {
            (Reply { body: "{\"id\": \"e3b61122-d6a6-\u{fffd}".into(), ..reply }, end)
        }
        ResponseFault::Html(status) => (Reply::page(status), end),
        ResponseFault::Redirect(status) => {
            (Reply::page(status).with("location", &format!("/redirected{target}")), end)
        }
        ResponseFault::Stall(bytes) => (reply, End::StallAfter(bytes.unwrap_or(half))),
        ResponseFault::Status(status, pause) => (error(status, pause), end),
        ResponseFault::Truncate(bytes) => (reply, End::CloseAfter(bytes.unwrap_or(half))),
    };
    finish(Some(reply.status), true);
    connection.answer(&reply, end).await.then_some(connection)
}

/// Notes a request and finds out what awaits it.
fn arrive(request: Request, shared: &Shared) -> Call {
    let endpoint = request.endpoint();
    let kind = match endpoint {
        Endpoint::SubmitBulk => Some(Kind::Bulk),
        Endpoint::SubmitSingle => Some(Kind::Single),
        Endpoint::Account | Endpoint::Elsewhere | Endpoint::PollBulk | Endpoint::PollSingle => None,
    };
    // The API reads no body that is not declared to be JSON.
    let is_json =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let payload = kind.filter(|_| is_json).and_then(|kind| validate::read(kind, &request.body));
    let key = request.header("x-api-key").filter(|key| !key.is_empty()).map(str::to_owned);
    let line = format!("{} {}", request.method, request.target);
    let (number, faults) = shared
        .change(|state, now| state.arrive(endpoint, line, key.as_deref(), payload.as_ref(), now));
    shared.refuse_next(endpoint);
    let id = request.query("id");
    Call { body: request.body, endpoint, faults, id, key, number, payload }
}

/// Acts on a request, now, later or not at all, and returns when it is time to answer.
async fn act(call: &Arc<Call>, shared: &Arc<Shared>) -> Reply {
    let late = |time| {
        let (call, shared) = (Arc::clone(call), Arc::clone(shared));
        // A task of its own: it acts even if the caller has left.
        tokio::spawn(async move {
            sleep(time).await;
            api::handle(&shared, &call)
        })
    };
    let unused = || Reply::message(500, reason(500));
    let faults = &call.faults;
    let reply = match faults.lost {
        Some((Phase::Before, _)) => unused(),
        Some((Phase::Later(time), _)) => {
            drop(late(time));
            unused()
        }
        Some((Phase::After, _)) | None if faults.taken_late.is_zero() => api::handle(shared, call),
        Some((Phase::After, _)) | None => {
            late(faults.taken_late).await.unwrap_or_else(|_| unused())
        }
    };
    if !faults.slow.is_zero() {
        sleep(faults.slow).await;
    }
    match faults.clock {
        Some(shift) => reply.with("date", &date(shift)),
        None => reply,
    }
}

fn error(status: u16, pause: Option<std::time::Duration>) -> Reply {
    let message = match status {
        401 => "This apikey is not valid",
        402 => "Insufficient credits",
        422 => "Insufficient balance",
        _ => reason(status),
    };
    let reply = Reply::message(status, message);
    match pause {
        // The header knows whole seconds only (RFC 9110, 10.2.3).
        Some(pause) => {
            reply.with("retry-after", &(pause.as_secs() + u64::from(pause.subsec_nanos() > 0)))
        }
        None => reply,
    }
}
