//! Serving the sandbox on loopback.

use super::api::{self, Call};
use super::control::Control;
use super::faults::{Loss, Phase};
use super::http::{Connection, End, HttpRequest};
use super::listener::Listener;
use super::response::{HttpResponse, reason};
use super::settings::Settings;
use super::state::Shared;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

/// A local Enrow, served within a running tokio runtime until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
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
        let shared = Arc::new(Shared::new(settings, Listener::open(addr)?));
        let server = tokio::spawn(accept(Arc::clone(&shared))).abort_handle();
        Ok(Self { server, shared })
    }

    /// Serves a sandbox on a free port in its own thread.
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
            // Ends when the other half is dropped.
            runtime.block_on(stopped).unwrap_or_default();
            drop(sandbox);
        })?;
        Ok(Running { control, thread: Some((stop, thread)), url })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.shared.listener.addr())
    }

    /// Shows what it has seen, and sets what it does next.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.shared.listener.shut();
    }
}

/// A sandbox in its own thread; dropping it ends both.
#[derive(Debug)]
pub struct Running {
    control: Control,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
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
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A panic over there has been printed; a second one here would abort the process.
            drop(thread.join());
        }
    }
}

async fn accept(shared: Arc<Shared>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    loop {
        let (stream, shuts) = shared.listener.accept().await;
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
        let is_kept = match connection.request().await {
            Ok(request) => answer(&mut connection, request, &shuts, &shared).await,
            Err(Some(reply)) => connection.answer(&reply, End::Close).await,
            Err(None) => false,
        };
        if !is_kept {
            return;
        }
    }
}

/// Answers a request, or fails to as its faults say; false where the connection is of no more use.
async fn answer(
    connection: &mut Connection,
    request: HttpRequest,
    shuts: &watch::Receiver<usize>,
    shared: &Arc<Shared>,
) -> bool {
    let (closes, target) = (request.says("connection", "close"), request.target.clone());
    let call = Arc::new(Call::arrive(request, shared));
    let finish =
        |status, is_lost| shared.change(|state, _| state.log.finish(call.number, status, is_lost));
    let reply = tokio::select! {
        biased;
        reply = act(&call, shared) => reply,
        () = connection.left() => {
            finish(None, true);
            return false;
        }
    };
    let loss = call.faults.lost.map(|(_, loss)| loss);
    if let Some(Loss::Close | Loss::Hang | Loss::Reset) = loss {
        finish(None, true);
        match loss {
            Some(Loss::Hang) => connection.left().await,
            Some(Loss::Reset) => connection.reset(),
            _ => {}
        }
        return false;
    }
    // A connection that was open while the listener was shut ends with its answer.
    let end = if closes || shuts.has_changed().unwrap_or(true) { End::Close } else { End::Keep };
    let half = reply.body.len() / 2;
    let (reply, end) = match loss {
        None | Some(Loss::Close | Loss::Hang | Loss::Reset) => (reply, end),
        Some(Loss::Garbage) => {
            (HttpResponse { body: "{\"id\": \"e3b61122-d6a6-\u{fffd}".into(), ..reply }, end)
        }
        Some(Loss::Html(status)) => (HttpResponse::page(status), end),
        Some(Loss::Redirect(status)) => {
            (HttpResponse::page(status).with("location", &format!("/redirected{target}")), end)
        }
        Some(Loss::Stall(bytes) | Loss::Truncate(bytes)) => {
            (reply, End::BreakAfter(bytes.unwrap_or(half)))
        }
        Some(Loss::Status(status, pause)) => (error(status, pause), end),
    };
    finish(Some(reply.status), loss.is_some());
    let is_kept = connection.answer(&reply.with("date", &date(call.faults.clock)), end).await;
    if let Some(Loss::Stall(_)) = loss {
        connection.left().await;
    }
    is_kept
}

/// Acts on a request, now, later or not at all, and returns when it is time to answer.
async fn act(call: &Arc<Call>, shared: &Arc<Shared>) -> HttpResponse {
    let late = |time| {
        let (call, shared) = (Arc::clone(call), Arc::clone(shared));
        // A task of its own: it acts even if the caller has left.
        tokio::spawn(async move {
            sleep(time).await;
            api::handle(&shared, &call)
        })
    };
    let unused = || HttpResponse::message(500, reason(500));
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
    reply
}

/// A `Date` that is wrong by this many seconds.
fn date(shift: i64) -> String {
    let (now, by) = (SystemTime::now(), Duration::from_secs(shift.unsigned_abs()));
    let shifted = if shift < 0 { now.checked_sub(by) } else { now.checked_add(by) };
    httpdate::fmt_http_date(shifted.unwrap_or(now))
}

fn error(status: u16, pause: Option<Duration>) -> HttpResponse {
    let message = match status {
        401 => "This apikey is not valid",
        402 => "Insufficient credits",
        422 => "Insufficient balance",
        _ => reason(status),
    };
    let reply = HttpResponse::message(status, message);
    // The header knows whole seconds only (RFC 9110, 10.2.3).
    let whole = |pause: Duration| pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
    match pause {
        Some(pause) => reply.with("retry-after", &whole(pause)),
        None => reply,
    }
}
