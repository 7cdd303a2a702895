//! Serving the sandbox on loopback.

use super::api::{self, Call};
use super::control::Control;
use super::faults::{End, Phase};
use super::http::{Connection, HttpRequest, HttpResponse, reason};
use super::listener::Listener;
use super::settings::Settings;
use super::state::Shared;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// A local Enrow, served in a thread of its own until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    control: Control,
    /// The thread, and what ends it when it is dropped.
    thread: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
    url: String,
}

impl Sandbox {
    /// Serves a sandbox on this port of 127.0.0.1; 0 takes a free one. Nobody elsewhere reaches it: all who do can read
    /// what was sent.
    pub fn start(settings: Settings, port: u16) -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let listener = Listener::open(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
            let shared = Arc::new(Shared::new(settings, listener));
            drop(tell.send(Arc::clone(&shared)));
            tokio::select! {
                () = accept(shared) => {}
                _ = stopped => {}
            }
            Ok(())
        };
        // A runtime cannot end within another one, where the commands are.
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve)
        })?;
        let Ok(shared) = told.recv() else {
            let error = thread.join().ok().and_then(Result::err);
            return Err(error.unwrap_or_else(|| io::Error::other("its thread has ended")));
        };
        let url = format!("http://{}", shared.listener.addr);
        Ok(Self { control: Control { shared }, thread: Some((stop, thread)), url })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.control.shut();
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

async fn serve(mut connection: Connection, mut shuts: watch::Receiver<usize>, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            biased;
            _ = shuts.changed() => return,
            begins = connection.begins() => if !begins { return },
        }
        let is_kept = match connection.request().await {
            Ok(request) => answer(&mut connection, request, &shuts, &shared).await,
            Err(Some(reply)) => {
                connection.answer(&reply, true).await;
                false
            }
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
    let reply = tokio::select! {
        biased;
        reply = act(&call, shared) => Some(reply),
        () = connection.left() => None,
    };
    let loss = call.faults.lost;
    let reply = reply.and_then(|reply| match loss {
        Some(loss) => reply.lost(loss.sent, &target),
        None => Some(reply),
    });
    let status = reply.as_ref().map(|reply| reply.status);
    let is_lost = loss.is_some() || status.is_none();
    shared.change(|state, _| state.log.finish(call.number, status, is_lost));
    // A connection that was open while the listener was shut ends with its answer.
    let closes = closes || shuts.has_changed().unwrap_or(true);
    let end = match loss.map_or(End::Keep, |loss| loss.end) {
        End::Keep if closes => End::Close,
        end => end,
    };
    if let Some(reply) = reply {
        let reply = reply.with("date", &date(call.faults.clock));
        if !connection.answer(&reply, end != End::Keep).await {
            return false;
        }
    }
    match end {
        End::Close => {}
        End::Hang => connection.left().await,
        End::Keep => return true,
        End::Reset => connection.reset(),
    }
    false
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
    let reply = match faults.lost.map_or(Phase::After, |loss| loss.phase) {
        Phase::After if faults.taken_late.is_zero() => api::handle(shared, call),
        Phase::After => late(faults.taken_late).await.unwrap_or_else(|_| unused()),
        Phase::Before => unused(),
        Phase::Later(time) => {
            drop(late(time));
            unused()
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
